"""Pure: whether a statement holds the kind of thing that was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_terms import Stems, contains, stems
from assistant.backends.analyst_wanted import Wanted
from assistant.quantities import Quantity
from corpus.companies import find_companies

__all__ = ["defines", "points", "satisfies"]

_REASON = re.compile(
    r"\b(?:because|due to|driven by|as a result|reflect(?:s|ed|ing)?|related to|owing to|since"
    r"|primarily|attributable|in order to|to (?:now )?include|to support|to meet|given|thanks to"
    r"|reason|caused|led by|stem(?:s|med)? from)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:means|(?<!I )(?<!you )(?<!we )mean|refers? to"
    r"|(?:is|are) (?:an?|the|what|how|those|defined|measured|counted)|stands? for"
    r"|measures?|counts?|compares?|describes?|defined as|share of|ratio of)\b",
    re.IGNORECASE,
)
_IN_DOCUMENT = re.compile(
    r"\b(?:items? \d+[a-c]?|notes? (?:\d+|to)|in (?:a|the|its) notes?|footnotes?|sections?"
    r"|statements? of|cash flow statement|income statement|balance sheet"
    r"|management[’']s discussion|MD&A|(?<!following )tables?)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\bwhere\b[^:;]*: ", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?<!first )(?<!second )(?<!latter )half(?!-| (?:year|billion|million))|halv(?:ed|es)"
    r"|(?:one|a|two)[- ]thirds?|(?:a|one|three)[- ]quarters? of (?:its|the|all|total)"
    r"|doubl(?:ed|es)|tripl(?:ed|es)|(?:two|three|ten)fold)\b",
    re.IGNORECASE,
)
_FIGURED = re.compile(r"\d")
_LEAST_TOLD = 3
_FIRST_WORDS = 6
_SUBJECT = 3
"""Words before a term that is what a sentence is about: "By contrast, the MFU compares ..."."""
_NO_COUNTS = frozenset({"percent", "percentage points", "basis points", "years", "months"})
_UNIT_PRICE = re.compile(
    r"(?:/|per\s|an\s|a\s)\s?(?:\w+[- ])?(?:hr|hour|gpu|tokens?|1m)\b|\$/hr|hourly", re.IGNORECASE
)
_LEAST_SCALE = 1000
_PERSON = re.compile(r"\b[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+\b")


def satisfies(item: Candidate, wanted: Wanted) -> bool:
    """Tell whether the statement holds the kind of thing that was asked for."""
    check = _CHECKS.get(wanted)
    return check is None or check(item)


def _has_money(item: Candidate) -> bool:
    return any(q.is_money or _is_scaled_cell(item, q) for q in item.quantities)


def _is_scaled_cell(item: Candidate, quantity: Quantity) -> bool:
    """Tell whether a cell stands under "in millions" and the like, which filings say of money."""
    return item.row and quantity.unit == "" and quantity.quantum >= _LEAST_SCALE


def _has_rate(item: Candidate) -> bool:
    priced = [quantity for quantity in item.quantities if quantity.is_money]
    where = f"{item.text} {item.around} {item.view.title}"
    return any(q.per for q in priced) or bool(priced and _UNIT_PRICE.search(where))


def _has_unit(item: Candidate, *units: str) -> bool:
    return any(quantity.unit in units for quantity in item.quantities)


def _is_count(quantity: Quantity) -> bool:
    return not quantity.is_money and quantity.unit not in _NO_COUNTS


def _explains(item: Candidate) -> bool:
    """Tell whether a row begins with words and no figures, or a sentence defines."""
    if not item.row:
        return _DEFINES.search(item.text) is not None
    said = item.text.rpartition(" — ")[2].partition(": ")[2].split()
    return len(said) >= _LEAST_TOLD and not any(map(_FIGURED.search, said[:_FIRST_WORDS]))


def defines(item: Candidate, ways: Iterable[Stems]) -> bool:
    """Tell whether a statement says what something is that is called by one of the `ways`."""
    if not _explains(item):
        return False
    if item.row:
        said = stems(item.label)
        return any(contains(said, way) and len(said) <= len(way) + _SUBJECT for way in ways)
    subject = item.stems
    return any(contains(subject[: len(way) + _SUBJECT], way) for way in ways)


def points(item: Candidate) -> bool:
    """Tell whether a row stands in a table that says where things are found."""
    return item.row and _WHERE.search(item.text) is not None


def _has_share(item: Candidate) -> bool:
    units = ("percent", "percentage points", "basis points")
    return _has_unit(item, *units) or _FRACTION.search(item.text) is not None


def _has_name(item: Candidate) -> bool:
    """Tell whether two capitalised words stand together that are no company's name."""
    names = (match.group() for match in _PERSON.finditer(item.text))
    return any(not find_companies(name) for name in names)


_CHECKS: Mapping[Wanted, Callable[[Candidate], bool]] = {
    Wanted.MONEY: _has_money,
    Wanted.RATE: _has_rate,
    Wanted.PERCENT: _has_share,
    Wanted.AMOUNT: lambda item: _has_share(item) or _has_money(item),
    Wanted.DURATION: lambda item: _has_unit(item, "years", "months", "weeks", "days", "hours"),
    Wanted.COUNT: lambda item: any(_is_count(quantity) for quantity in item.quantities),
    Wanted.DATE: lambda item: any(period.month for period in item.periods),
    Wanted.PERSON: _has_name,
    Wanted.REASON: lambda item: bool(_REASON.search(item.text)),
    Wanted.MEANING: _explains,
    Wanted.PLACE: lambda item: bool(_IN_DOCUMENT.search(item.text)),
}
