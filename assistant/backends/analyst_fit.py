"""Pure: how a statement fits a question's companies and periods, and what its source weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_kinds import satisfies
from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_terms import stems
from assistant.backends.analyst_wanted import Wanted
from corpus.forms import base_form

__all__ = [
    "answers",
    "company_match",
    "is_guidance",
    "period_match",
    "period_named",
    "standing",
]

_GUIDANCE = re.compile(
    r"\b(?:expect|anticipat|guid(?:es?|ed|ing|ance)\b|outlook|forecast|project(?:s|ed)?\b|plan(?:s|ned|ning)?\b"
    r"|estimat|will be|range of|target)",
    re.IGNORECASE,
)
_OF_ITS_DAY = 0.2
"""An article of the year asked for may speak of any year; a part of that year, named, says more."""
_ELSEWHERE = 0.2
"""A statement of no company, where the company is spoken of in the same document."""
_LEAST_ABOUT = _ELSEWHERE
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
    doing = asked.wanted in (Wanted.MANNER, Wanted.REASON)
    each = [_about(item, name, 0.5 if doing else 0.7) for name in asked.companies]
    return min(each) if asked.related else sum(each) / len(each)


def _about(item: Candidate, name: str, beside: float) -> float:
    """Return how far it is about a company, `beside` where that stands in a sentence next to it.

    How and why something was done tells who did it, less so what was said beside.
    """
    if name in item.companies:
        return 1.0
    if item.view.company == name:
        return 1.0 if _own(item) or not item.companies else 0.5
    if name in item.companies_near:
        return beside
    spoken_of = name in item.view.others or name in item.companies_in_view
    return _ELSEWHERE if spoken_of and not item.companies else 0.0


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
        reports = item.view.period or item.view.ended or _own(item)
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
    if period.part:
        return 1.0 if said.part == period.part else 0.0 if said.part else 0.5
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


def standing(item: Candidate, asked: Asked) -> float:
    """Return how much weight a source carries: a filing, the company's words, then others.

    What a term means in general, and where to look, a single company's filing does not tell.
    """
    if asked.wanted in (Wanted.MEANING, Wanted.PLACE) and not asked.companies:
        return -1.0 if base_form(item.view.form) in (*_FILINGS, *_OWN_WORDS) else 0.5
    if base_form(item.view.form) in _FILINGS:
        worth = 3.0
    elif item.view.form in _OWN_WORDS:
        worth = 2.5
    else:
        return 0.5
    return worth if not asked.companies or item.view.company in asked.companies else 0.5
