"""What the record of a turn holds, as JSON: no document's text, only where that text stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import TypeAdapter

from assistant.conversation import CitedFigure, Flag, Seconds, Span
from assistant.inquiry import NO_FILTERS
from corpus.models import Filters, Media, Reason, Source

__all__ = [
    "VERSION",
    "DocumentFacts",
    "Record",
    "StoredAnswer",
    "StoredCitation",
    "StoredEvidence",
    "StoredPassage",
    "StoredStep",
    "from_json",
    "to_json",
]

VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is still said of a document that was removed; `source` is its newest."""

    id: str
    title: str
    media: Media
    companies: tuple[str, ...]
    form: str | None
    fiscal_period: str | None
    published: date | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage and a digest of its text: a document that is cut anew reuses its passages' ids."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A piece of evidence; those of before reasons were kept have none."""

    n: int
    document: DocumentFacts
    passages: tuple[StoredPassage, ...]
    tokens: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """A quote as offsets into its passage's text."""

    n: int
    passage: str
    quote: Span


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step; `attempt` is the id of the ledger's row."""

    backend: str
    label: str
    destination: str
    reason: str
    outcome: str | None
    attempt: str | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer; `attempt` and `attempts` are ids of the ledger's rows."""

    text: str
    answered: bool
    citations: tuple[StoredCitation, ...]
    figures: tuple[CitedFigure, ...]
    dropped: int
    flags: tuple[Flag, ...]
    steps: tuple[StoredStep, ...]
    attempt: str
    attempts: tuple[str, ...]
    seconds: Seconds


@dataclass(frozen=True, slots=True)
class Record:
    """What a turn leaves; `answer` is None for one that has none.

    `filters` are those that it was asked with; records of before there were any have none.
    """

    version: Literal[1]
    evidence: tuple[StoredEvidence, ...]
    answer: StoredAnswer | None
    filters: Filters = NO_FILTERS


_JSON = TypeAdapter(Record)


def to_json(record: Record) -> dict[str, Any]:
    """Return the record as JSON values; decimals are strings."""
    found: dict[str, Any] = _JSON.dump_python(record, mode="json")
    return found


def from_json(value: Mapping[str, Any]) -> Record:
    """Raises ValueError for what is no record of this version."""
    return _JSON.validate_python(value)
