"""Filters on the command line: what is searched, and what is said where nothing would be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.cost.ledger import Ledger
from corpus.onnx_embedder import OnnxEmbedder

REPOSITORY = Path(__file__).parents[2]
QUESTION = "What did the cranes cost?"
commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OPTIONS = ("--company", "--form", "--period", "--since", "--until", "--document")
LETTERS = {
    "amazon-2025.md": ("Amazon", "note", "2025-03-01"),
    "amazon-2026.md": ("Amazon", "article", "2026-03-01"),
    "meta-2026.md": ("Meta", "note", "2026-03-01"),
}
LETTER = """---
title: {name}
companies: [{company}]
form: {form}
published: {published}
---
{company} bought cranes. The cranes of {company} cost $3 million.
"""


@pytest.fixture
def letters(tmp_path: Path, onnx: OnnxEmbedder) -> None:
    onnx.embed_query("warm")
    for name, (company, form, published) in LETTERS.items():
        text = LETTER.format(name=name, company=company, form=form, published=published)
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / name) for name in LETTERS]
    assert CliRunner().invoke(app, ["ingest", *paths, "--json"]).exit_code == 0


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def calls() -> int:
    with closing(Ledger(Path(os.environ["LOADFACTOR_DATA"]) / "ledger.db")) as ledger:
        return len(ledger.attempts())


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--company", "AMZN"), {"amazon-2025.md", "amazon-2026.md"}),
        (("--company", "amazon", "--until", "2025-12-31"), {"amazon-2025.md"}),
        (("--since", "2026-03-01", "--until", "2026-03-01"), {"amazon-2026.md", "meta-2026.md"}),
        (("--form", "NOTE", "--since", "2026-01-01"), {"meta-2026.md"}),
        (
            ("--document", "meta-2026.md", "--document", "amazon-2025.md"),
            {"amazon-2025.md", "meta-2026.md"},
        ),
    ],
)
def test_a_search_finds_only_what_is_within_its_filters(
    letters: None, words: tuple[str, ...], found: set[str]
) -> None:
    (row,) = rows(run("search", QUESTION, *words, "--json"))
    assert {hit["document"] for hit in row["hits"]} == found


def test_an_answer_rests_only_on_what_is_within_its_filters(letters: None) -> None:
    (answer,) = rows(run("ask", QUESTION, "--document", "meta-2026.md", "--json"))
    assert {item["document"] for item in answer["evidence"]} == {"meta-2026.md"}
    assert "Meta" in answer["answer"]


@pytest.mark.parametrize("command", ["search", "ask", "compare"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--company", "Amazn"), "no document of company 'Amazn'. Close to it: Amazon."),
        (("--document", "meta-2025.md"), "Did you mean 'meta-2026.md'"),
        (("--company", "Meta", "--form", "article"), "No document is within the filters"),
    ],
)
def test_a_filter_that_leaves_nothing_is_told_before_anything_is_asked(
    letters: None, command: str, words: tuple[str, ...], said: str
) -> None:
    before = calls()
    two = ("--backends", "offline,openai") if command == "compare" else ()
    done = run(command, QUESTION, *words, *two)
    assert done.exit_code == 1
    assert said in str(done.exception)
    assert calls() == before


def test_what_is_told_goes_to_standard_error(letters: None) -> None:
    command = [sys.executable, "-m", "assistant.cli", "search", QUESTION, "--form", "S-1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 1
    assert "no document of form 'S-1'. It holds: article, note." in done.stderr


@pytest.mark.parametrize("words", [("search",), ("ask",), ("compare", "--backends", "a,b")])
def test_an_end_before_the_beginning_is_wrong_use(words: tuple[str, ...]) -> None:
    assert run(*words, "x", "--since", "2026-01-02", "--until", "2026-01-01").exit_code == 2


@pytest.mark.parametrize("command", ["search", "ask", "compare"])
def test_every_filter_is_an_option_of_each_command_and_documented(command: str) -> None:
    page = (REPOSITORY / "docs" / "confine-a-question.md").read_text(encoding="utf-8")
    options = {option for known in commands[command].params for option in known.opts}
    for option in OPTIONS:
        assert option in options
        assert option in page
