"""The notes that ship with the corpus: complete, sourced, and true to their sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

import corpus
from corpus.errors import InputRefused
from corpus.models import Document
from ingest.limits import Limits
from ingest.note_check import check_note
from ingest.note_corpus import held_text
from ingest.note_form import copied_runs
from ingest.note_support import Held
from ingest.notes import Note, statements
from ingest.parsed import Task, parsed_of
from ingest.readers import HEAD_BYTES, detect
from ingest.readers.front_matter import split_front_matter
from ingest.readers.here import read_here

FOLDER = Path(corpus.__file__).parent / "notes"
FIRST = ("alphabet", "amazon", "meta", "microsoft")
MOST_TOKENS = 256


def shipped(path: Path) -> Note:
    front = split_front_matter(path.read_text(encoding="utf-8"))
    return Note(path.name, front.stated, front.body, front.line)


NOTES = tuple(shipped(path) for path in sorted(FOLDER.glob("*.md")))
notes = pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)


def test_a_library_ships() -> None:
    companies = {f"{company}-capex.md" for company in FIRST}
    assert companies | {"hyperscaler-capex-compared.md", "glossary.md"} <= {n.name for n in NOTES}
    assert len(NOTES) >= 20


@notes
def test_a_note_keeps_the_form(note: Note) -> None:
    found = check_note(note, dict.fromkeys(note.sources))
    assert [finding for finding in found if finding.fails] == []
    assert note.stated["publisher"] == "Load Factor"


def test_no_question_is_asked_twice() -> None:
    asked = [question for note in NOTES for question in note.listed("questions")]
    assert len(asked) == len(set(asked))


@pytest.fixture(scope="module")
def manifest(shared: Path) -> Mapping[str, str]:
    """The day, month or year of each document, by its file."""
    lines = (shared / "docs" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["file"]: row["date"] for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def text_of(shared: Path) -> Callable[[str], Held]:
    """What the corpus holds of a document of the manifest, each read once; nothing of a paywall."""
    return cache(lambda file: held(shared / "docs" / file))


def held(path: Path) -> Held:
    with path.open("rb") as opened:
        media = detect(opened.read(HEAD_BYTES), path.name)
    reading = read_here(media, path, Limits())
    try:
        parsed = parsed_of(reading, Task(path.name, path.name, MOST_TOKENS, {}))
    except InputRefused:
        return Held(path.name, ())
    told = parsed.recognised
    document = Document(path.name, told.title, media, told.companies, told.form)
    return held_text(document, parsed.passages)


@notes
@pytest.mark.shared
def test_each_source_is_one_of_the_manifest(note: Note, manifest: Mapping[str, str]) -> None:
    for source in note.sources:
        assert source.file is not None and source.file in manifest, source
        assert source.date.isoformat().startswith(manifest[source.file]), source


@notes
@pytest.mark.shared
def test_each_figure_stands_in_its_source(note: Note, text_of: Callable[[str], Held]) -> None:
    found = check_note(note, {source: text_of(source.file or "") for source in note.sources})
    assert [f"{one.line}: {one.what}" for one in found] == []


@pytest.mark.shared
def test_no_sentence_is_anyones_copy(
    manifest: Mapping[str, str], text_of: Callable[[str], Held]
) -> None:
    said = [statement for note in NOTES for statement in statements(note)]
    copied = {file: list(copied_runs(said, "\n".join(text_of(file).texts))) for file in manifest}
    assert {file: runs for file, runs in copied.items() if runs} == {}
