"""The notes that ship with the corpus: complete, sourced, and true to their sources."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

import pypdfium2
import pytest
from lxml import html

import corpus
from tests.corpus.notes_check import (
    Note,
    Source,
    copied_runs,
    figures,
    kind_of,
    named_dates,
    near_topics,
    parse_note,
    sections,
    stands,
    statements,
    supporting,
    values,
    words,
)

FOLDER = Path(corpus.__file__).parent / "notes"
NOTES = tuple(parse_note(path.name, path.read_text()) for path in sorted(FOLDER.glob("*.md")))
KEYS = {"title", "companies", "topics", "as_of", "form", "publisher", "sources", "questions"}
COMPANIES = ("Amazon", "Alphabet", "Meta", "Microsoft")
KINDS = {"filing": ("10-",), "call": ("earnings call",), "other": ("news", "research")}

notes = pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)


def test_the_first_notes_ship() -> None:
    companies = {f"{company.lower()}-capex.md" for company in COMPANIES}
    assert companies | {"hyperscaler-capex-compared.md"} <= {note.name for note in NOTES}


@notes
def test_front_matter_is_complete(note: Note) -> None:
    assert set(note.front) == KEYS
    assert note.front["form"] == "note"
    assert note.front["publisher"] == "Load Factor"
    assert note.front["as_of"] == max(source.date for source in note.sources)
    assert note.front["companies"] and note.front["topics"]
    assert all(source.document and source.publisher for source in note.sources)
    assert all(isinstance(source.date, date) for source in note.sources)
    assert all(source.url is None or source.url.startswith("https://") for source in note.sources)


@notes
def test_starter_questions(note: Note) -> None:
    questions = cast(list[str], note.front["questions"])
    assert 2 <= len(questions) <= 3
    assert all(question.endswith("?") for question in questions)
    assert all(any(name in question for name in (*COMPANIES, "hyper")) for question in questions)


@notes
def test_length_and_table(note: Note) -> None:
    assert 400 <= len(words(note.body)) <= 900
    assert "\n|---" in note.body


@notes
def test_each_figure_names_a_source_of_the_note(note: Note) -> None:
    dates = {source.date for source in note.sources}
    bare = [line for line in statements(note.body) if figures(line) and not named_dates(line)]
    assert bare == []
    assert named_dates(note.body) <= dates
    for section in sections(note.body):
        assert not figures(section) or named_dates(section), section


@notes
def test_each_source_is_used(note: Note) -> None:
    named = named_dates(note.body)
    assert [source.document for source in note.sources if source.date not in named] == []


@notes
def test_sentences_stand_alone(note: Note) -> None:
    leaning = re.compile(r"(It|Its|This|These|They|Their|He|She)\b")
    assert [line for line in statements(note.body) if leaning.match(line)] == []
    for line in statements(note.body):
        assert not figures(line) or any(name in line for name in (*COMPANIES, "four plans")), line


@pytest.fixture(scope="module")
def manifest(shared: Path) -> tuple[dict[str, str], ...]:
    lines = (shared / "docs" / "manifest.jsonl").read_text().splitlines()
    return tuple(json.loads(line) for line in lines)


@pytest.fixture(scope="module")
def texts(shared: Path, manifest: tuple[dict[str, str], ...]) -> Mapping[str, str]:
    return {row["file"]: text_of(shared / "docs" / row["file"]) for row in manifest}


@notes
@pytest.mark.shared
def test_each_figure_stands_in_its_source(
    note: Note, manifest: tuple[dict[str, str], ...], texts: Mapping[str, str]
) -> None:
    files = {source: files_of(source, manifest, texts) for source in note.sources}
    assert {source.document: found for source, found in files.items() if len(found) != 1} == {}
    wrong: list[tuple[str, str]] = []
    for line in statements(note.body):
        named = supporting(line, note.sources, COMPANIES) if figures(line) else []
        stated = [values(near_topics(line, texts[files[source][0]], source)) for source in named]
        wrong.extend(
            (figure.text, line)
            for figure in figures(line)
            if not any(stands(figure, one) for one in stated)
        )
    assert wrong == []


@notes
@pytest.mark.shared
def test_no_sentence_is_copied(note: Note, texts: Mapping[str, str]) -> None:
    copied = {name: copied_runs(note.body, text) for name, text in texts.items()}
    assert {name: found for name, found in copied.items() if found} == {}


def files_of(
    source: Source, manifest: tuple[dict[str, str], ...], texts: Mapping[str, str]
) -> list[str]:
    """Documents of the same date, company and kind; secondary ones also of the same title."""
    kinds = KINDS[kind_of(source)]
    return [
        row["file"]
        for row in manifest
        if source.date.isoformat().startswith(row["date"])
        and any(kind in row["kind"] for kind in kinds)
        and (
            row["company"] == source.publisher
            if source.publisher in COMPANIES
            else letters(source.document) in letters(row["file"] + texts[row["file"]][:300])
        )
    ]


def letters(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]+", text.lower()))


def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        pages = pypdfium2.PdfDocument(path)
        try:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
        finally:
            pages.close()
    if path.suffix == ".html":
        return " ".join(map(str, html.fromstring(path.read_bytes()).itertext()))
    return path.read_text(errors="replace")


SOURCE_TEXT = (
    "We spent $24.3 billion and $43.2 billion on cash capital expenditures in the two quarters. "
    "Purchases of property and equipment (128,320). We expect $60 to $65 billion, or 38%, "
    "and depreciate servers over five to six years."
)


@pytest.mark.parametrize(
    "claim", ["$43.2 billion", "$128.3 billion", "$60 billion to $65 billion", "38%", "six years"]
)
def test_the_checker_accepts_what_the_source_states(claim: str) -> None:
    assert figures(claim)
    assert all(stands(figure, values(SOURCE_TEXT)) for figure in figures(claim))


@pytest.mark.parametrize(
    "claim",
    ["$43.3 billion", "$432 billion", "$43.2 million", "$128.4 billion", "39%", "seven years"],
)
def test_the_checker_finds_a_wrong_digit_or_scale(claim: str) -> None:
    assert [stands(figure, values(SOURCE_TEXT)) for figure in figures(claim)] == [False]


def test_the_checker_keeps_companies_apart() -> None:
    day = date(2026, 4, 30)
    rows = (Source("a", "Amazon", day, None), Source("b", "Meta", day, None))
    assert supporting("Meta spent $1 billion (2026-04-30).", rows, COMPANIES) == [rows[1]]
    assert supporting("Meta spent $1 billion.", rows, COMPANIES) == []


def test_the_checker_keeps_subjects_and_kinds_apart() -> None:
    text = SOURCE_TEXT + " Other words follow." * 30 + " Net sales were $43.9 billion."
    filing = Source("Form 10-K", "Amazon", date(2026, 2, 5), None)
    near = near_topics("Amazon's capex was $43.9 billion.", text, filing)
    assert stands(figures("$43.9 billion")[0], values(text))
    assert not stands(figures("$43.9 billion")[0], values(near))
    day = date(2026, 2, 4)
    rows = tuple(
        Source(title, "Alphabet", day, None) for title in ("Form 10-K", "Q4 earnings call")
    )
    assert supporting("$1 billion (Form 10-K, 2026-02-04)", rows, COMPANIES) == [rows[0]]
    assert supporting("$1 billion (call, 2026-02-04)", rows, COMPANIES) == [rows[1]]


def test_the_checker_finds_a_copied_sentence() -> None:
    copied = "In short, they spent $43.2 billion on cash capital expenditures in the two quarters."
    assert copied_runs(copied, SOURCE_TEXT)
    assert not copied_runs("Cash capex was $43.2 billion, up from $24.3 billion.", SOURCE_TEXT)
    assert not copied_runs(f'The line is "{copied[10:80]}" there.', SOURCE_TEXT)


@pytest.mark.parametrize("text", ["no front matter", "---\ntitle: a\n---\nbody"])
def test_an_incomplete_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="incomplete"):
        parse_note("a.md", text)
