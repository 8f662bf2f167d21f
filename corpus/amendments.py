"""Which filing an amended filing amends; pure.

An amendment seldom repeats the whole filing: a 10-K/A often holds Part III alone. So neither
takes the other's place; each is told of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from corpus.forms import base_form, is_amendment
from corpus.models import Document

__all__ = ["amended_document", "amendments_of"]

PERIODIC = frozenset({"10-K", "10-Q", "20-F", "40-F"})
"""Forms that a company files once for a fiscal period; of the others it files many."""


def amended_document(amendment: Document, candidates: Iterable[Document]) -> Document | None:
    """Return the original filing that `amendment` amends, the latest where there are several.

    None for a document that is no amendment, and where no candidate is the same report.
    """
    originals = [document for document in candidates if _amends(amendment, document)]
    return max(originals, key=_by_date, default=None)


def amendments_of(original: Document, candidates: Iterable[Document]) -> tuple[Document, ...]:
    """Return the amendments of a filing, the latest first."""
    found = [document for document in candidates if _amends(document, original)]
    return tuple(sorted(found, key=_by_date, reverse=True))


def _amends(amendment: Document, original: Document) -> bool:
    return (
        is_amendment(amendment.form)
        and not is_amendment(original.form)
        and base_form(amendment.form) == original.form
        and _same_filer(amendment, original)
        and _same_report(amendment, original)
    )


def _same_filer(one: Document, other: Document) -> bool:
    if one.company is None or other.company is None:
        return False
    return one.company.casefold() == other.company.casefold()


def _same_report(one: Document, other: Document) -> bool:
    """Tell by the fiscal period, for current reports by the day that they are on."""
    if other.form in PERIODIC:
        return one.fiscal_period is not None and one.fiscal_period == other.fiscal_period
    return one.period_end is not None and one.period_end == other.period_end


def _by_date(document: Document) -> tuple[date, str]:
    return (document.published or date.min, document.id)
