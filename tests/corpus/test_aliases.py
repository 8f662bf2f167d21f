"""Nicknames of companies from a file that an analyst edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.aliases import NO_ALIASES, Aliases, load_aliases
from corpus.companies import find_companies
from corpus.errors import CorpusError


def test_nicknames_are_read_and_found(tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    path.write_text('[aliases]\n"Mouse House" = "The Walt Disney Company"\nVOLT = "Zorblax"\n')
    aliases = load_aliases(path)
    assert find_companies("the mouse house and VOLT", aliases=aliases) == ("Disney", "Zorblax")
    assert find_companies("a volt of Disney", aliases=aliases) == ("Disney",)


def test_a_nickname_goes_before_our_own_table() -> None:
    aliases = Aliases((("Big Blue", "Zorblax"), ("GM", "General Mills")))
    assert find_companies("Big Blue and GM", aliases=aliases) == ("Zorblax", "General Mills")


def test_an_absent_or_empty_file_has_none(tmp_path: Path) -> None:
    assert load_aliases(tmp_path / "aliases.toml") == NO_ALIASES
    (tmp_path / "aliases.toml").write_text("# none yet\n")
    assert load_aliases(tmp_path / "aliases.toml") == NO_ALIASES


@pytest.mark.parametrize(
    ("content", "told"),
    (
        (b"[aliases]\nMouse House = 'Disney'", "line 2"),
        (b"'Mouse House' = 'Disney'", "'Mouse House' is not known here"),
        (b"aliases = ['Mouse House']", "aliases is no table"),
        (b"[aliases]\n'Mouse House' = 3", "'Mouse House' stands for no name"),
        (b"[aliases]\nm = 'Disney'", "'m' is too short"),
        (b"[aliases]\n'..' = 'Disney'", r"'\.\.' is too short"),
        (b"[aliases]\n'M\xfcller' = 'Disney'", "not in UTF-8"),
    ),
)
def test_a_malformed_file_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "aliases.toml"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=rf"aliases\.toml: .*{told}.*To mend it, "):
        load_aliases(path)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="To mend it, make it a readable file"):
        load_aliases(tmp_path)
