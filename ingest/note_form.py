"""Pure: the rules of form that a research note keeps, whatever its sources say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ingest.note_figures import figures
from ingest.note_sources import without_citations
from ingest.notes import Finding, FindingKind, Note, NoteSource, Statement, statements

__all__ = ["FEWEST_WORDS", "MOST_WORDS", "copied_runs", "form_findings"]

FEWEST_WORDS, MOST_WORDS = 400, 900
QUESTIONS = range(2, 4)
RUN = 8
"""Words in a row that are another's: fewer may be chance or a term of the trade."""
_QUOTED = re.compile(r'"[^"\n]{1,90}"|“[^”\n]{1,90}”')
_LEANING = re.compile(r"(?:It|Its|This|That|These|Those|They|Their|He|She)\b")
_TEXTS = {
    "title": 'title: "..."',
    "publisher": "publisher: who answers for the note",
}
_LISTS = {"companies": "companies: [...], [] where it is about none", "topics": "topics: [...]"}


def form_findings(note: Note) -> Iterator[Finding]:
    """Yield what is wrong with front matter, questions, length and sentences of a note."""
    for what, remedy in (*_front_matter(note), *_dates(note)):
        yield Finding(note.name, 1, FindingKind.FRONT_MATTER, what, remedy)
    yield from _questions(note)
    yield from _length(note)
    yield from _leaning(note)


def copied_runs(said: Iterable[Statement], source: str) -> Iterator[tuple[Statement, str]]:
    """Yield the statements with eight words in a row of `source`, and the first such words.

    Quoted titles and line items of at most 90 characters are exempt.
    """
    held = set(_runs(source))
    for statement in said:
        parts = _QUOTED.sub("|", statement.text).split("|")
        copied = (run for part in parts for run in _runs(part) if run in held)
        first = next(copied, None)
        if first is not None:
            yield statement, " ".join(first)


def _front_matter(note: Note) -> Iterator[tuple[str, str]]:
    for key, remedy in _TEXTS.items():
        if not (isinstance(note.stated.get(key), str) and note.stated[key]):
            yield f"{key} is missing", f"write {remedy}"
    for key, remedy in _LISTS.items():
        if not isinstance(note.stated.get(key), list) or (key == "topics" and not note.listed(key)):
            yield f"{key} is no list", f"write {remedy}"
    if note.stated.get("form") != "note":
        yield "form is not note", "write form: note"
    rows = note.listed("sources")
    if not rows:
        yield "sources are missing", "list document, publisher and date of every source"
    for number, row in enumerate(rows, start=1):
        source = NoteSource.of(row)
        if source is None:
            yield (
                f"source {number} is incomplete",
                "give document, publisher and date (YYYY-MM-DD, the first day of a month or year)",
            )
        elif source.url is not None and not source.url.startswith("https://"):
            yield f"source {number} has no public address", "begin its url with https://"


def _dates(note: Note) -> Iterator[tuple[str, str]]:
    try:
        as_of = date.fromisoformat(str(note.stated.get("as_of")))
    except ValueError:
        yield "as_of is no date", "write as_of: YYYY-MM-DD, the date of the newest source"
        return
    newest = max((source.date for source in note.sources), default=as_of)
    if as_of != newest:
        yield f"as_of is {as_of}, the newest source is of {newest}", f"write as_of: {newest}"


def _questions(note: Note) -> Iterator[Finding]:
    asked = [str(question) for question in note.listed("questions")]
    if len(asked) not in QUESTIONS:
        yield Finding(
            note.name,
            1,
            FindingKind.QUESTIONS,
            f"{len(asked)} starter questions",
            "list two or three questions that the note answers, each with its subject in full",
        )
    for question in asked:
        if not question.endswith("?"):
            remedy = "end a question with a question mark"
            yield Finding(note.name, 1, FindingKind.QUESTIONS, f"no question: {question}", remedy)


def _length(note: Note) -> Iterator[Finding]:
    length = len(re.findall(r"[\w$%][\w$%.,'’-]*", note.body))
    if not FEWEST_WORDS <= length <= MOST_WORDS:
        yield Finding(
            note.name,
            note.line,
            FindingKind.LENGTH,
            f"{length} words",
            f"write {FEWEST_WORDS} to {MOST_WORDS} words",
        )


def _leaning(note: Note) -> Iterator[Finding]:
    for statement in statements(note):
        leans = _LEANING.match(statement.text)
        if leans and figures(without_citations(statement.text)):
            yield Finding(
                note.name,
                statement.line,
                FindingKind.LEANING,
                f"begins with {leans.group()}: {statement.short}",
                "name the subject: the sentence is cited alone",
            )


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text.lower())
    return zip(*(tokens[start:] for start in range(RUN)), strict=False)
