"""Which documents a question is about: nested choices, each searched on its own; pure.

Every choice that holds a passage votes for it, so that a passage of the right company and period is
lifted by three votes over one that merely uses the same words. Nothing is excluded: an article
about Amazon in a document that names no company still has its vote in the widest choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.catalog import Stamped
from corpus.forms import base_form
from corpus.models import Document
from corpus.query import Query

__all__ = ["Scope", "scopes"]

EVERYTHING = 1.0
COMPANY = 1.0
PERIOD = 1.0
FORM = 0.5
"""Weight of a vote in each choice; a form is named in passing, a company seldom is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents to search, the weight of their votes, and the company that they are about."""

    documents: tuple[Stamped, ...]
    weight: float
    company: str | None = None


def scopes(query: Query, admitted: Sequence[Stamped]) -> tuple[Scope, ...]:
    """Return the choices for a question, the widest first; empty ones are left out."""
    return tuple(scope for scope in _scopes(query, tuple(admitted)) if scope.documents)


def _scopes(query: Query, admitted: tuple[Stamped, ...]) -> Iterator[Scope]:
    yield Scope(admitted, EVERYTHING)
    companies = [name for name in query.companies if _having(admitted, _is_about(name))]
    for name in companies:
        about = _having(admitted, _is_about(name))
        yield Scope(about, COMPANY, name)
        yield from _narrowed(query, about, name)
    if not companies:
        yield from _narrowed(query, admitted, None)


def _narrowed(query: Query, chosen: tuple[Stamped, ...], name: str | None) -> Iterator[Scope]:
    for period in query.periods:
        yield Scope(_having(chosen, period.matches), PERIOD / len(query.periods), name)
    if query.forms:
        yield Scope(
            _having(chosen, lambda document: base_form(document.form) in query.forms), FORM, name
        )


def _is_about(name: str) -> Callable[[Document], bool]:
    return lambda document: name in document.companies


def _having(
    admitted: tuple[Stamped, ...], condition: Callable[[Document], bool]
) -> tuple[Stamped, ...]:
    return tuple(stamped for stamped in admitted if condition(stamped.document))
