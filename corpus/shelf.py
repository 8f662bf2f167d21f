"""The documents that a search may find, and which of them are about whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from corpus.catalog import Stamped
from corpus.models import Document

__all__ = ["Shelf", "dated"]


@dataclass(frozen=True)
class Shelf:
    """Searched documents; what is told of them is worked out once, whatever is asked."""

    stamped: tuple[Stamped, ...]

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id."""
        return {stamped.document.id: stamped.document for stamped in self.stamped}

    @cached_property
    def newest(self) -> date | None:
        """The day of the newest document that tells its day."""
        return max((day for d in self.documents.values() if (day := dated(d))), default=None)

    def about(self, company: str) -> tuple[Stamped, ...]:
        """Return the documents that are about a company, alone or beside others."""
        return self._by_company.get(company, ())

    @cached_property
    def _by_company(self) -> Mapping[str, tuple[Stamped, ...]]:
        held: dict[str, list[Stamped]] = {}
        for stamped in self.stamped:
            for name in dict.fromkeys(stamped.document.companies):
                held.setdefault(name, []).append(stamped)
        return {name: tuple(about) for name, about in held.items()}


def dated(document: Document) -> date | None:
    """Return when a document was published, else the end of its period."""
    return document.published or document.period_end
