"""Pure: which sources of a note a statement names, by date, kind, publisher and company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from corpus.companies import canonical, find_companies
from ingest.notes import Note, NoteSource, Statement

__all__ = ["Claim", "claims", "companies_of", "dates_named", "sources_named", "without_citations"]

_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_LABEL = re.compile(r"(?:^|[(;|])([^();|]*?)(\d{4}-\d{2}-\d{2})")
_BRACKET = re.compile(r"\([^()]*\d{4}-\d{2}-\d{2}[^()]*\)")
_CITED = re.compile(r"\([^()]*\d{4}-\d{2}-\d{2}[^()]*\)|\|[^|]*\d{4}-\d{2}-\d{2}[^|]*(?=\|)")
_FORM = re.compile(r"\b(?:10-[KQ]|8-K|6-K|20-F|40-F|S-1|F-1)\b", re.IGNORECASE)
_CALL = re.compile(r"\bcall\b|\btranscript\b", re.IGNORECASE)
_SECONDARY = re.compile(
    r"\b(?:news|article|digest|note|study|blog|post|index|(?<!annual )(?<!quarterly )report)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The part of a statement that one citation stands behind, and the whole statement."""

    text: str
    whole: Statement


def claims(statement: Statement) -> tuple[Claim, ...]:
    """Return the parts of a sentence up to each of its citations; a row is one, with all of its.

    What follows the last citation belongs to it.
    """
    text = statement.text
    ends = [] if statement.is_row else [match.end() for match in _BRACKET.finditer(text)]
    bounds = [0, *ends[:-1], len(text)]
    return tuple(Claim(text[start:end], statement) for start, end in pairwise(bounds))


def companies_of(note: Note) -> tuple[str, ...]:
    """Return the companies that a note knows beyond the table of all."""
    return tuple(canonical(name) for name in note.companies)


def dates_named(statement: Statement) -> tuple[date, ...]:
    """Return the days that a statement names in ISO form; impossible ones are left out."""
    found = (_day(text) for text in _ISO.findall(statement.text))
    return tuple(day for day in found if day is not None)


def sources_named(
    claim: Claim, sources: Sequence[NoteSource], known: Sequence[str]
) -> tuple[NoteSource, ...]:
    """Return the sources that a claim names; several where what it says fits several.

    A citation is a day with a label: "(Form 10-Q, 2026-04-30)". The label's form or "call" must be
    the document's; a publisher in it leaves that one's alone. What a company itself published is
    the source for that company only, where the sentence names any. `known` adds companies to
    the table's.
    """
    named = set(find_companies(claim.whole.text, known))
    found = [
        source
        for label, day in _labels(claim.text)
        for source in _labelled(label or claim.text, [s for s in sources if s.date == day])
        if not named or _publisher(source, known) in {None, *named}
    ]
    return tuple(dict.fromkeys(found))


def without_citations(text: str) -> str:
    """Return a statement's text with spaces in place of its citations; offsets stay."""
    return _CITED.sub(lambda match: " " * len(match.group()), text)


def _labels(text: str) -> list[tuple[str, date]]:
    found = ((label.strip(" ,"), _day(day)) for label, day in _LABEL.findall(text))
    return [(label, day) for label, day in found if day is not None]


def _labelled(label: str, sources: Sequence[NoteSource]) -> Sequence[NoteSource]:
    fitting = [source for source in sources if _fits(label, source)]
    said = label.casefold()
    own = [s for s in fitting if s.publisher.casefold() in said or s.document.casefold() in said]
    return own or fitting


def _fits(label: str, source: NoteSource) -> bool:
    """Tell whether the kind that a citation names is the document's, where it names any."""
    forms, is_call, is_secondary = _kinds(label)
    held, is_from_call, _ = _kinds(source.document)
    if not (forms or is_call or is_secondary):
        return True
    is_primary = bool(held) or is_from_call
    return bool(held & forms) or (is_call and is_from_call) or (is_secondary and not is_primary)


def _kinds(text: str) -> tuple[frozenset[str], bool, bool]:
    forms = frozenset(form.upper() for form in _FORM.findall(text))
    return forms, _CALL.search(text) is not None, _SECONDARY.search(text) is not None


def _publisher(source: NoteSource, known: Sequence[str]) -> str | None:
    """Return the company that published a source itself, None for anyone else."""
    name = canonical(source.publisher)
    return name if name in find_companies(source.publisher, known) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
