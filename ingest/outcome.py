"""What an ingest reports: events while it runs, one outcome an input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.models import Document

__all__ = ["Event", "Finished", "Found", "Outcome", "Progress", "Status"]


class Status(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REMOVED = "removed"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input; `seconds` is wall time, None is unknown.

    `warnings` say what a reader should know of the reading: pages without text, hidden text,
    a guessed encoding.
    """

    input: str
    status: Status
    reason: str | None = None
    document_id: str | None = None
    title: str | None = None
    company: str | None = None
    form: str | None = None
    fiscal_period: str | None = None
    published: date | None = None
    pages: int | None = None
    passages: int = 0
    figures: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()

    @staticmethod
    def of(location: str, status: Status, document: Document, reason: str | None = None) -> Outcome:
        return Outcome(
            input=location,
            status=status,
            reason=reason,
            document_id=document.id,
            title=document.title,
            company=document.company,
            form=document.form,
            fiscal_period=document.fiscal_period,
            published=document.published,
            pages=document.pages,
            passages=document.passages,
            warnings=document.warnings,
        )

    def as_json(self) -> dict[str, object]:
        """Return the object of the JSON Lines contract."""
        return {
            "input": self.input,
            "status": str(self.status),
            "reason": self.reason,
            "document_id": self.document_id,
            "title": self.title,
            "company": self.company,
            "form": self.form,
            "fiscal_period": self.fiscal_period,
            "published": self.published.isoformat() if self.published else None,
            "pages": self.pages,
            "passages": self.passages,
            "figures": self.figures,
            "seconds": round(self.seconds, 3),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """So many inputs were found, folders opened; one Finished will follow for each."""

    inputs: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A document is under way: read, and `done` of its `passages` are embedded."""

    name: str
    pages: int | None
    passages: int
    done: int


@dataclass(frozen=True, slots=True)
class Finished:
    outcome: Outcome


Event = Found | Progress | Finished
