"""The notes of a real store, against the documents that it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from corpus.models import Document, Media, Source
from corpus.originals import original_path
from corpus.store import Corpus
from ingest.note_console import checked_json, run_check_notes
from ingest.note_corpus import check_notes, document_of
from ingest.notes import Finding, FindingKind, NoteSource
from ingest.pipeline import ingest
from tests.fakes import HashingEmbedder

FILING = """# Northwind quarterly letter

Capital expenditures of Northwind were $4.2 billion in the first quarter of 2026.
"""
NOTE = """---
title: Northwind capital expenditure
companies: [Northwind]
topics: [capital expenditure]
as_of: 2026-04-30
form: note
publisher: Load Factor
sources:
  - document: Northwind quarterly letter
    publisher: Northwind
    date: 2026-04-30
    file: letter.md
questions:
  - What did Northwind spend in the first quarter of 2026?
  - Who runs Northwind's data centers?
---
# Northwind capital expenditure

Northwind's capital expenditure was {figure} for January to March 2026 (letter, 2026-04-30).

{filler}
"""
FILLER = "No plan for a later year has been given, and none is guessed at here. " * 30


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    with Corpus.open(data, embedder) as opened:
        yield opened


def take(corpus: Corpus, folder: Path, figure: str = "$4.2 billion", letter: bool = True) -> None:
    note = folder / "northwind.md"
    note.write_text(NOTE.format(figure=figure, filler=FILLER), encoding="utf-8")
    files = [note]
    if letter:
        files.append(folder / "letter.md")
        files[1].write_text(FILING, encoding="utf-8")
    for _ in ingest([str(file) for file in files], corpus):
        pass


def findings(corpus: Corpus) -> tuple[Finding, ...]:
    (checked,) = check_notes(corpus)
    assert checked.document.name == "northwind.md"
    return checked.findings


def test_a_note_that_its_sources_bear_out_is_in_order(corpus: Corpus, tmp_path: Path) -> None:
    take(corpus, tmp_path)
    assert findings(corpus) == ()
    assert run_check_notes(corpus) == 0


def test_the_questions_of_a_note_are_kept(corpus: Corpus, tmp_path: Path) -> None:
    take(corpus, tmp_path, letter=False)
    (note,) = corpus.documents()
    assert len(note.questions) == 2
    assert note.questions[1] == "Who runs Northwind's data centers?"


def test_a_wrong_figure_fails_by_its_line_in_the_file(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(corpus, tmp_path, figure="$4.3 billion")
    (finding,) = findings(corpus)
    assert (finding.kind, finding.line) == (FindingKind.NOT_IN_SOURCE, 19)
    assert run_check_notes(corpus, as_json=True) == 3
    told = capsys.readouterr()
    (row,) = map(json.loads, told.out.splitlines())
    assert row == checked_json(next(check_notes(corpus)))
    assert row["ok"] is False and row["findings"][0]["line"] == 19
    assert "1 to mend" in told.err
    assert run_check_notes(corpus) == 3
    assert "$4.3 billion" in capsys.readouterr().out


def test_a_source_that_is_not_held_is_told_and_fails_nothing(
    corpus: Corpus, tmp_path: Path
) -> None:
    take(corpus, tmp_path, figure="$4.3 billion", letter=False)
    assert [finding.kind for finding in findings(corpus)] == [FindingKind.NOT_HELD]
    assert run_check_notes(corpus) == 0


def test_a_note_without_sources_is_not_checked(corpus: Corpus, tmp_path: Path) -> None:
    plain = tmp_path / "plain.md"
    plain.write_text("# A thought\n\nNorthwind spends $9 billion.\n", encoding="utf-8")
    for _ in ingest([str(plain)], corpus):
        pass
    assert list(check_notes(corpus)) == []


def test_a_note_whose_original_is_lost_is_told(corpus: Corpus, tmp_path: Path) -> None:
    take(corpus, tmp_path)
    (note,) = (one for one in corpus.documents() if one.name == "northwind.md")
    original_path(corpus.data, note.id, note.media).unlink()
    (finding,) = findings(corpus)
    assert "original" in finding.what and finding.fails


def held(name: str, **facts: object) -> Document:
    place = Source(f"/in/{name}", name, datetime(2026, 11, 1))
    made = Document(id=name, title=name, media=Media.TEXT, sources=(place,))
    return replace(made, **facts)  # type: ignore[arg-type]


DAY = date(2026, 4, 30)
ANNUAL = held("a.pdf", companies=("Northwind",), form="10-K", published=DAY)
CALL = held("b.txt", companies=("Northwind",), form="earnings call", published=DAY)
STORY = held(
    "c.md",
    title="Who builds",
    form="article",
    publisher="The Lantern",
    published=DAY,
    references=("https://lantern.example/who",),
)
DIGEST = held("d.md", form="note", references=("https://lantern.example/other",))
HELD = (DIGEST, ANNUAL, CALL, STORY)


@pytest.mark.parametrize(
    ("source", "document"),
    [
        (NoteSource("x", "y", DAY, file="B.TXT"), CALL),
        (NoteSource("who builds", "y", DAY), STORY),
        (NoteSource("x", "y", DAY, url="https://lantern.example/who"), STORY),
        (NoteSource("x", "y", DAY, url="https://lantern.example/other"), None),
        (NoteSource("Northwind Form 10-K for fiscal 2025", "Northwind", DAY), ANNUAL),
        (NoteSource("Northwind Q1 2026 earnings call", "Northwind", DAY), CALL),
        (NoteSource("A letter", "Northwind", DAY), None),
        (NoteSource("A story", "The Lantern", DAY), STORY),
        (NoteSource("A story", "The Lantern", date(2026, 5, 1)), None),
    ],
)
def test_a_source_is_found_by_file_title_address_or_publisher(
    source: NoteSource, document: Document | None
) -> None:
    assert document_of(source, HELD) is document
