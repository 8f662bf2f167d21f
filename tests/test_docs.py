"""Documentation proven: what can be typed or set is written down, and what is written exists."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from assistant import settings
from assistant.backends.entry import Kind
from assistant.backends.entry_reading import FIELDS
from assistant.cli import app
from assistant.conversation import FlagKind
from assistant.routing import Intent, Rules
from corpus.lexicon import LexiconFiles
from corpus.models import Media, Statement
from corpus.query import understand
from corpus.ranking import FEATURES

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted((REPOSITORY / "docs").glob("*.md"))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in [REPOSITORY / "README.md", *PAGES])
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"loadfactor {command}" in TEXT


def test_no_command_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"\.venv/bin/loadfactor ([a-z]+)", TEXT))
    assert named <= set(COMMANDS)


def test_settings_are_documented_and_real() -> None:
    assert settings.__doc__
    real = set(re.findall(r"LOADFACTOR_[A-Z_]+", settings.__doc__))
    assert real == set(re.findall(r"LOADFACTOR_[A-Z_]+", TEXT))


def test_every_backend_field_and_kind_is_documented() -> None:
    page = (REPOSITORY / "docs" / "add-a-backend.md").read_text(encoding="utf-8")
    table = page.partition("| field | meaning | default |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE)) == set(FIELDS)
    assert all(f"`{kind}`" in table for kind in Kind)
    assert all(field.name in page for field in fields(Rules))
    assert all(intent in page for intent in Intent)


def test_every_flag_is_documented() -> None:
    page = (REPOSITORY / "docs" / "read-an-answer.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)) == set(FlagKind)


def test_every_format_is_documented() -> None:
    page = (REPOSITORY / "docs" / "add-documents.md").read_text(encoding="utf-8").casefold()
    assert all(media.value in page for media in Media)


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", TEXT, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("page", [REPOSITORY / "README.md", *PAGES], ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_words_that_the_page_teaches_are_understood(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "find-the-page.md").read_text(encoding="utf-8")
    aliases, glossary = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    (tmp_path / "aliases.toml").write_text(aliases)
    (tmp_path / "glossary.toml").write_text(glossary)
    words = LexiconFiles(tmp_path).current()
    query = understand(
        "What was Big Green's capex coverage?", aliases=words.aliases, glossary=words.glossary
    )
    assert query.companies == ("NVIDIA",)
    assert query.items == ("capex coverage",)
    assert Statement.CASH_FLOW in query.statements


def test_the_features_of_the_ranking_are_counted() -> None:
    assert len(FEATURES) == 14
    assert "fourteen features" in (REPOSITORY / "docs" / "find-the-page.md").read_text()
