"""Pure: how a statement fits a question's companies, periods and kind of answer, and its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_terms import Stems, contains, stems
from assistant.backends.analyst_wanted import Wanted
from assistant.quantities import Quantity
from corpus.companies import find_companies
from corpus.forms import base_form

__all__ = [
    "answers",
    "company_match",
    "defines",
    "is_guidance",
    "period_match",
    "period_named",
    "satisfies",
    "standing",
]

_GUIDANCE = re.compile(
    r"\b(?:expect|anticipat|guid(?:es?|ed|ing|ance)\b|outlook|forecast|project(?:s|ed)?\b|plan(?:s|ned|ning)?\b"
    r"|estimat|will be|range of|target)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|due to|driven by|as a result|reflect(?:s|ed|ing)?|related to|owing to|since"
    r"|primarily|attributable|in order to|to (?:now )?include|to support|to meet|given|thanks to"
    r"|reason|caused|led by|stem(?:s|med)? from)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:means?|(?:is|are) (?:an?|the|what|how|those|defined|measured|counted)|refers? to"
    r"|stands? for|measures?|counts?|compares?|describes?|defined as|share of|ratio of)\b",
    re.IGNORECASE,
)
_IN_DOCUMENT = re.compile(
    r"\b(?:items? \d+[a-c]?|notes?|footnotes?|sections?|statements? of|cash flow statement"
    r"|income statement|balance sheet|management[’']s discussion|MD&A|tables?)\b",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:half|halv(?:ed|es)|(?:one|a|two)[- ]thirds?|(?:a|one|three)[- ]quarters?|doubl(?:ed|es)"
    r"|tripl(?:ed|es)|(?:two|three|ten)fold)\b",
    re.IGNORECASE,
)
_FIGURED = re.compile(r"\d")
_LEAST_TOLD = 3
_SUBJECT = 3
"""Words before a term that is what a sentence is about: "By contrast, the MFU compares ..."."""
_NO_COUNTS = frozenset({"percent", "percentage points", "basis points", "years", "months"})
_UNIT_PRICE = re.compile(
    r"(?:/|per\s|an\s|a\s)\s?(?:\w+[- ])?(?:hr|hour|gpu|tokens?|1m)\b|\$/hr|hourly", re.IGNORECASE
)
_OF_ITS_DAY = 0.4
"""An article of the year asked for may speak of any year; a part of that year, named, says more."""
_LEAST_ABOUT = 0.4
_LEAST_SCALE = 1000
_PERSON = re.compile(r"\b[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+\b")
_FILINGS = ("10-K", "10-Q", "8-K", "20-F", "6-K", "S-1")
_OWN_WORDS = ("earnings call", "press release")


def answers(item: Candidate, asked: Asked) -> bool:
    """Tell whether one statement holds all at once: a company asked about, the kind, its unit."""
    if asked.companies and company_match(item, asked) < _LEAST_ABOUT / len(asked.companies):
        return False
    accepted = {asked.wanted, Wanted.MONEY} if asked.wanted is Wanted.PERCENT else {asked.wanted}
    if not any(satisfies(item, kind) for kind in accepted):
        return False
    if asked.wanted is not Wanted.RATE or not asked.per:
        return True
    return bool({*stems(asked.per)[-1:]} & {*item.stems, *item.near, *_spelled_out(item)})


def _spelled_out(item: Candidate) -> tuple[str, ...]:
    """Return the units that prices in a statement are per, "/hr" as "hour"."""
    return tuple(part for quantity in item.quantities for part in stems(quantity.per))


def company_match(item: Candidate, asked: Asked) -> float:
    """Return the share of the companies asked about that the statement is about."""
    if not asked.companies:
        return 1.0
    each = [_about(item, name) for name in asked.companies]
    return min(each) if asked.related else sum(each) / len(each)


def _about(item: Candidate, name: str) -> float:
    if name in item.companies:
        return 1.0
    if item.view.company == name:
        return 1.0 if _own(item) or not item.companies else 0.5
    if name in item.companies_near:
        return 0.7
    spoken_of = name in item.view.others or name in item.companies_in_view
    return 0.4 if spoken_of and not item.companies else 0.0


def _own(item: Candidate) -> bool:
    return base_form(item.view.form) in (*_FILINGS, *_OWN_WORDS)


def period_match(item: Candidate, wanted: Sequence[Period]) -> float:
    """Return 1 where the statement names a period asked for, less where its document does."""
    if not wanted:
        return 0.0
    return sum(_period_match(item, period) for period in wanted) / len(wanted)


def period_named(text: str, wanted: Sequence[Period]) -> bool:
    """Tell whether a short text such as a row's label names a period asked for."""
    return any(_likeness(said, period) == 1.0 for said in periods(text) for period in wanted)


def _period_match(item: Candidate, period: Period) -> float:
    said = max((_likeness(one, period) for one in item.periods), default=0.0)
    if _document_fits(item, period):
        of_it, of_its_day = (0.3, 0.0) if item.periods else (0.6, _OF_ITS_DAY)
        reports = item.view.period is not None or item.view.ended is not None
        said = max(said, of_it if reports else of_its_day)
    if said > 0:
        return said
    if item.periods and period.year not in {one.year for one in item.periods}:
        return -0.8
    return 0.0 if period.whole_year else -0.3


def _likeness(said: Period, period: Period) -> float:
    """Return 1 for the same period, half for a part of the year asked for."""
    if said.year != period.year:
        return 0.0
    if period.whole_year:
        return 1.0 if said.whole_year else 0.5
    if period.fiscal or said.fiscal:
        return 1.0 if period.quarter is not None and said.quarter == period.quarter else 0.0
    return 1.0 if said.end_month == period.end_month else 0.0


def _document_fits(item: Candidate, period: Period) -> bool:
    view = item.view
    if view.ended is not None and period.holds(view.ended):
        return True
    if view.period and view.period.startswith(f"FY{period.year}"):
        return (period.quarter is None and period.month is None) or view.period.endswith(
            f"Q{period.quarter}"
        )
    if view.published is not None and period.quarter is None:
        return period.holds(view.published)
    return False


def is_guidance(item: Candidate) -> bool:
    return _GUIDANCE.search(item.text) is not None


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
    """Tell whether a row gives words and no figures for its label, or a sentence defines."""
    if not item.row:
        return _DEFINES.search(item.text) is not None
    first = item.text.rpartition(" — ")[2].partition(";")[0].partition(": ")[2]
    return len(first.split()) >= _LEAST_TOLD and _FIGURED.search(first) is None


def defines(item: Candidate, ways: Iterable[Stems]) -> bool:
    """Tell whether a statement says what something is that is called by one of the `ways`."""
    if not _explains(item):
        return False
    if item.row:
        said = stems(item.label)
        return any(contains(said, way) and len(said) <= len(way) + _SUBJECT for way in ways)
    subject = item.stems
    return any(contains(subject[: len(way) + _SUBJECT], way) for way in ways)


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
    Wanted.DURATION: lambda item: _has_unit(item, "years", "months", "weeks", "days", "hours"),
    Wanted.COUNT: lambda item: any(_is_count(quantity) for quantity in item.quantities),
    Wanted.DATE: lambda item: any(period.month for period in item.periods),
    Wanted.PERSON: _has_name,
    Wanted.REASON: lambda item: bool(_REASON.search(item.text)),
    Wanted.MEANING: _explains,
    Wanted.PLACE: lambda item: bool(_IN_DOCUMENT.search(item.text)),
}


def standing(item: Candidate, asked: Asked) -> float:
    """Return how much weight a source carries: a filing, the company's words, then others.

    What a term means, and where to look, anyone may say.
    """
    if asked.wanted in (Wanted.MEANING, Wanted.PLACE):
        return 0.5
    if base_form(item.view.form) in _FILINGS:
        worth = 3.0
    elif item.view.form in _OWN_WORDS:
        worth = 2.5
    else:
        return 0.5
    return worth if not asked.companies or item.view.company in asked.companies else 0.5
