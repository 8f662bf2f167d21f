"""Filters as people give them, settled by what the corpus holds; pure.

A name that no document has is told with those that come close: a search that is confined to nothing
would only say that it found nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from corpus.aliases import NO_ALIASES, Aliases
from corpus.companies import canonical
from corpus.errors import DocumentNotFound
from corpus.finding import find_document
from corpus.forms import base_form
from corpus.models import Document, Filters
from corpus.periods import Period, find_periods

__all__ = ["admitted", "describe", "held_forms", "require_some", "settle", "without"]

NO_FILTERS = Filters()
NAMED = 3
"""Names offered in place of one that no document has."""
FEW = 10
"""So many names are all listed where none comes close."""
CLOSE = 0.6
"""Likeness (difflib's ratio) from which a name is offered."""
SPELLED = " Periods are spelled FY2025 or FY2026Q2."


def settle(given: Filters, documents: Sequence[Document], aliases: Aliases = NO_ALIASES) -> Filters:
    """Return filters in the words of `documents`, all that are searched.

    Companies may be given by alias (an analyst's own `aliases` too), legal name or ticker, forms
    and periods in any usual spelling, documents as to `corpus.finding`. Raises DocumentNotFound,
    naming what comes close, for what no document has, and where all filters together leave none.
    """
    nicknames = {nick.casefold(): name for nick, name in aliases.pairs}
    meant = (nicknames.get(name.strip().casefold(), name) for name in given.companies)
    settled = replace(
        given,
        companies=_each(meant, lambda name: _companies(name, documents)),
        forms=_each(given.forms, lambda form: _forms(form, documents)),
        periods=_each(given.periods, lambda period: _periods(period, documents)),
        documents=_each(given.documents, lambda name: (find_document(name, documents).id,)),
    )
    require_some(settled, documents)
    return settled


def admitted(filters: Filters, documents: Iterable[Document]) -> tuple[Document, ...]:
    """Return the documents within the filters."""
    return tuple(document for document in documents if filters.admit(document))


def require_some(filters: Filters, documents: Sequence[Document]) -> None:
    """Raise DocumentNotFound where filters leave no document, naming the one to give up."""
    if filters == NO_FILTERS or admitted(filters, documents):
        return
    told = " · ".join(describe(filters, documents))
    raise DocumentNotFound(
        f"No document is within the filters: {told}.{_way_out(filters, documents)}"
    )


def without(filters: Filters, field: str) -> Filters:
    """Return the filters with one of them, a field of Filters, left out."""
    return replace(filters, **{field: getattr(NO_FILTERS, field)})


def describe(filters: Filters, documents: Iterable[Document]) -> tuple[str, ...]:
    """Return what each filter confines to, as readers say it: ("Amazon or Meta", "10-K")."""
    return tuple(_words(filters, documents).values())


def held_forms(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return the forms that a filter can name, sorted: 10-K also where only a 10-K/A is held."""
    forms = {form for d in documents for form in (d.form, base_form(d.form)) if form is not None}
    return tuple(sorted(forms))


def _words(filters: Filters, documents: Iterable[Document]) -> dict[str, str]:
    titles = {document.id: document.title for document in documents} if filters.documents else {}
    named = [titles.get(name, "a removed document") for name in filters.documents]
    words = {
        "companies": " or ".join(filters.companies),
        "forms": " or ".join(filters.forms),
        "periods": " or ".join(filters.periods),
        "since": f"since {filters.since}" if filters.since else "",
        "until": f"until {filters.until}" if filters.until else "",
        "documents": named[0] if len(named) == 1 else f"{len(named)} documents" if named else "",
    }
    return {field: text for field, text in words.items() if text}


def _way_out(filters: Filters, documents: Sequence[Document]) -> str:
    words = _words(filters, documents)
    if len(words) < 2:
        return ""
    left = {field: len(admitted(without(filters, field), documents)) for field in words}
    field = max(left, key=lambda name: left[name])
    noun = "document" if left[field] == 1 else "documents"
    return f" Without “{words[field]}” there would be {left[field]} {noun}." if left[field] else ""


def _each(given: Iterable[str], found: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for wanted in given for name in found(wanted)))


def _companies(wanted: str, documents: Iterable[Document]) -> tuple[str, ...]:
    held = sorted({name for document in documents for name in document.companies})
    key = _company_key(wanted)
    found = tuple(name for name in held if _company_key(name) == key)
    if not found:
        part = [name for name in held if set(_parts(wanted)) & set(_parts(name))]
        raise _unknown("company", wanted, held, [*_alike(canonical(wanted), held), *part])
    return found


def _forms(wanted: str, documents: Iterable[Document]) -> tuple[str, ...]:
    held = held_forms(documents)
    found = tuple(form for form in held if _form_key(form) == _form_key(wanted))
    if not found:
        raise _unknown("form", wanted, held, _alike(wanted, held))
    return found


def _periods(wanted: str, documents: Iterable[Document]) -> tuple[str, ...]:
    held = sorted({d.fiscal_period for d in documents if d.fiscal_period is not None})
    found = tuple(period for period in held if _period_key(period) == _period_key(wanted))
    if not found:
        spelled = SPELLED if _period(wanted) is None else ""
        raise _unknown("fiscal period", wanted, held, _nearest(wanted, held), spelled)
    return found


def _unknown(
    kind: str, wanted: str, held: Sequence[str], close: Sequence[str], spelled: str = ""
) -> DocumentNotFound:
    offered = tuple(dict.fromkeys(close))[:NAMED]
    if offered:
        hint = f" Close to it: {', '.join(offered)}."
    elif 0 < len(held) <= FEW:
        hint = f" It holds: {', '.join(held)}."
    else:
        hint = " `loadfactor documents` lists what there is."
    return DocumentNotFound(f"The corpus holds no document of {kind} {wanted!r}.{hint}{spelled}")


def _alike(wanted: str, held: Sequence[str]) -> list[str]:
    by_key = {name.casefold(): name for name in held}
    return [by_key[key] for key in get_close_matches(wanted.casefold(), by_key, NAMED, CLOSE)]


def _nearest(wanted: str, held: Sequence[str]) -> list[str]:
    """Return the periods held by their distance in time, years before quarters for a year."""
    aim = _period(wanted)
    known = [(period, name) for name in held if (period := _period(name)) is not None]
    if aim is None:
        return []

    def distance(period: Period) -> tuple[bool, int]:
        quarters = 4 * (period.year - aim.year) + (period.quarter or 4) - (aim.quarter or 4)
        return (period.quarter is None) != (aim.quarter is None), abs(quarters)

    return [name for _, name in sorted(known, key=lambda pair: (distance(pair[0]), pair[1]))]


def _period(text: str) -> Period | None:
    found = find_periods(text)
    return (
        found[0] if len(found) == 1 and found[0].month is None and found[0].half is None else None
    )


def _period_key(text: str) -> tuple[int, int | None] | str:
    period = _period(text)
    return (period.year, period.quarter) if period is not None else text.casefold()


def _form_key(form: str) -> str:
    return re.sub(r"[^0-9a-z]", "", form.casefold())


def _company_key(name: str) -> str:
    return canonical(name).casefold()


def _parts(name: str) -> list[str]:
    return [word for word in re.findall(r"\w+", name.casefold()) if len(word) > 2]
