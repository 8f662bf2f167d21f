"""What analysts edit is read again when they have edited it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.aliases import NO_ALIASES
from corpus.errors import CorpusError
from corpus.glossary import shipped
from corpus.lexicon import LexiconFiles


def test_an_edited_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    files = LexiconFiles(tmp_path)
    first = files.current()
    assert first.aliases == NO_ALIASES
    assert first.glossary is shipped()
    assert files.current() is first
    (tmp_path / "aliases.toml").write_text('[aliases]\n"Mouse House" = "Disney"\n')
    assert files.current().aliases.pairs == (("Mouse House", "Disney"),)
    (tmp_path / "aliases.toml").unlink()
    assert files.current().aliases == NO_ALIASES


def test_a_malformed_file_is_told_until_it_is_mended(tmp_path: Path) -> None:
    files = LexiconFiles(tmp_path)
    files.current()
    (tmp_path / "glossary.toml").write_text("[[items]]\nname = 1\n")
    for _ in range(2):
        with pytest.raises(CorpusError, match="has no name"):
            files.current()
    (tmp_path / "glossary.toml").write_text("")
    assert files.current().glossary is shipped()
