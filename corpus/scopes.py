"""Which documents a question is about: nested choices, each searched on its own; pure.

A choice brings candidates, nothing is excluded: an article about Amazon in a document that names no
company is still found in the widest choice, and the ranking weighs it against Amazon's filings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from corpus.catalog import Stamped
from corpus.models import Document
from corpus.query import Query
from corpus.shelf import Shelf

__all__ = ["Extent", "Scope", "scopes", "sides_of"]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much the corpus holds."""

    documents: int
    passages: int


@dataclass(frozen=True)
class Scope:
    """Documents to search, and the company that they are about; None for a choice of no company."""

    documents: tuple[Stamped, ...]
    company: str | None = None

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(stamped.document.id for stamped in self.documents)

    @cached_property
    def passages(self) -> int:
        return sum(stamped.document.passages for stamped in self.documents)

    def is_all(self, whole: Extent) -> bool:
        """Tell whether it holds every document of the corpus."""
        return len(self.documents) == whole.documents


def scopes(query: Query, shelf: Shelf) -> tuple[Scope, ...]:
    """Return the choices for a question, the widest first; each holds another set of documents.

    Where all documents are about the company, that is the only choice.
    """
    chosen = {scope.ids: scope for scope in _scopes(query, shelf)}
    return tuple(scope for scope in chosen.values() if scope.documents)


def sides_of(query: Query, shelf: Shelf) -> tuple[frozenset[str], ...]:
    """Return the ids of the documents on each side of a question that names several.

    Sides are companies, else periods of the company; those without a document are left out.
    """
    companies = [shelf.about(name) for name in query.companies]
    if len(companies) > 1:
        return tuple(_ids(side) for side in companies if side)
    about = companies[0] if companies else shelf.stamped
    periods = (_ids(_having(about, period.matches)) for period in query.periods)
    return tuple(dict.fromkeys(side for side in periods if side))


def _ids(side: Iterable[Stamped]) -> frozenset[str]:
    return frozenset(stamped.document.id for stamped in side)


def _scopes(query: Query, shelf: Shelf) -> Iterator[Scope]:
    yield Scope(shelf.stamped)
    held = [(name, about) for name in query.companies if (about := shelf.about(name))]
    for name, about in held:
        yield Scope(about, name)
        yield Scope(_having(about, _is_of_period(query)), name)
    if not held:
        yield Scope(_having(shelf.stamped, _is_of_period(query)))


def _is_of_period(query: Query) -> Callable[[Document], bool]:
    return lambda document: any(period.matches(document) for period in query.periods)


def _having(
    about: tuple[Stamped, ...], condition: Callable[[Document], bool]
) -> tuple[Stamped, ...]:
    return tuple(stamped for stamped in about if condition(stamped.document))
