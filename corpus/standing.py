"""How a document stands to a question: its company, period, form and age; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import NamedTuple

from corpus.forms import SECOND_HAND, base_form
from corpus.models import Document
from corpus.periods import Period
from corpus.query import Query
from corpus.shelf import Shelf, dated

__all__ = ["Standing", "settled", "standings"]

OTHERS_SHARE = 0.5
"""A document that speaks of a company beside others is half as much about it."""
YEAR_DAYS = 365.25


class Standing(NamedTuple):
    """Shares between 0 and 1; 0 where the question does not say or the document does not tell.

    They are the last features of a leaf (`corpus.ranking`), in this order.

    `other_company` is 1 for a document of companies other than those that the question names.
    `period` is 1 for a document of any period asked for, `newest_period` for one of the last of
    them. `recent` falls with the years behind the newest document, where the question names no
    period or wants the newest. `second_hand` is 1 for an article or note about a company whose own
    filings or calls are here: a filing ranks over what is written about it.
    """

    company: float = 0.0
    other_company: float = 0.0
    period: float = 0.0
    newest_period: float = 0.0
    form: float = 0.0
    recent: float = 0.0
    second_hand: float = 0.0


def standings(
    query: Query, shelf: Shelf, wanted: Collection[str] | None = None
) -> dict[str, Standing]:
    """Return how documents stand to the question among all of the `shelf`, by document id.

    The last period asked for is the last that a document of the companies named speaks for. Only
    those of the `wanted` ids are told, where these are given.
    """
    about = _about_companies(query, shelf)
    spoken_for = [p for p in query.periods if any(p.matches(d) for d in about)]
    last = max(spoken_for, key=lambda each: (each.ends, each.whole_year), default=None)
    newest = shelf.newest if query.newest or last is None else None
    named = frozenset(query.companies)
    told = {d.company for d in about if d.company in named and d.form not in SECOND_HAND}
    documents = shelf.documents
    return {
        document_id: _standing(query, documents[document_id], last, newest, told)
        for document_id in (documents if wanted is None else documents.keys() & wanted)
    }


def settled(query: Query, shelf: Shelf) -> Query:
    """Return the query with periods that the documents of its companies speak for.

    A period that none of them does becomes the wider one around it, as far as there is one: where
    there is no report on the day, that on the quarter may tell.
    """
    about = _about_companies(query, shelf)
    periods = (_spoken_for(period, about) for period in query.periods)
    return replace(query, periods=tuple(dict.fromkeys(periods)))


def _about_companies(query: Query, shelf: Shelf) -> tuple[Document, ...]:
    """Return the documents of the companies that a question names, all where there is none."""
    each = chain.from_iterable(shelf.about(name) for name in query.companies)
    about = {stamped.document.id: stamped.document for stamped in each}
    return tuple((about or shelf.documents).values())


def _spoken_for(period: Period, documents: Sequence[Document]) -> Period:
    if period.wider is None or any(period.matches(document) for document in documents):
        return period
    return _spoken_for(period.wider, documents)


def _standing(
    query: Query,
    document: Document,
    last: Period | None,
    newest: date | None,
    told: AbstractSet[str | None],
) -> Standing:
    return Standing(
        company=_about(query.companies, document),
        other_company=float(
            bool(query.companies and document.companies)
            and not set(query.companies) & set(document.companies)
        ),
        period=float(any(period.matches(document) for period in query.periods)),
        newest_period=float(last is not None and last.matches(document)),
        form=float(base_form(document.form) in query.forms),
        recent=_recent(document, newest),
        second_hand=float(document.form in SECOND_HAND and not told.isdisjoint(document.companies)),
    )


def _about(companies: Iterable[str], document: Document) -> float:
    if any(name == document.company for name in companies):
        return 1.0
    return OTHERS_SHARE if set(companies) & set(document.companies) else 0.0


def _recent(document: Document, newest: date | None) -> float:
    known = dated(document)
    if known is None or newest is None:
        return 0.0
    return 1 / (1 + (newest - known).days / YEAR_DAYS)
