"""Pure: how well a candidate statement answers what was asked.

Coverage of the question's terms comes first; company, period, kind of answer, guidance or result,
date and standing of the source then move a statement up or down.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_periods import Period
from assistant.backends.analyst_question import Asked, Wanted
from assistant.backends.analyst_terms import Term, contains

__all__ = [
    "Pool",
    "Scored",
    "company_match",
    "coverage",
    "is_guidance",
    "mentions",
    "period_match",
    "satisfies",
    "score",
    "standing",
]

_GUIDANCE = re.compile(
    r"\b(?:expect|anticipat|guidance|outlook|forecast|project(?:s|ed)?\b|plan(?:s|ned|ning)?\b"
    r"|estimat|will be|range of|target)",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"forward-looking|differ materially|safe harbor|undertake no obligation|press star|your line"
    r"|operator|may not be indicative|table of contents|welcome to|webcast",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|due to|driven by|as a result|reflect(?:s|ed|ing)?|related to|owing to|since"
    r"|primarily|attributable|in order to|to (?:now )?include|to support|to meet|given|thanks to"
    r"|reason|caused|led by|stem(?:s|med)? from)\b",
    re.IGNORECASE,
)
_UNIT_PRICE = re.compile(
    r"(?:/|per\s|an\s|a\s)\s?(?:\w+[- ])?(?:hr|hour|gpu|tokens?|1m)\b|\$/hr|hourly", re.IGNORECASE
)
_PERSON = re.compile(r"\b[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+\b")
_NEAR_WORTH = 0.5
_AROUND_WORTH = 0.45
_FILINGS = ("10-K", "10-Q", "8-K", "20-F", "6-K", "S-1")
_OWN_WORDS = ("earnings call", "press release")


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score (about 0 to 2) and its coverage of the terms (0 to 1)."""

    candidate: Candidate
    score: float
    coverage: float


@dataclass(frozen=True)
class Pool:
    """All candidates of one evidence pack, for what is rare among them and which is newest."""

    candidates: tuple[Candidate, ...]

    def rarity(self, term: Term) -> float:
        holding = sum(1 for item in self.candidates if mentions(item, term) >= 1)
        return term.weight * math.log(1 + (1 + len(self.candidates)) / (1 + holding))

    def newest(self) -> date | None:
        return max((d for item in self.candidates if (d := item.view.dated)), default=None)


def score(asked: Asked, pool: Pool, terms: Sequence[Term], wanted: Wanted) -> tuple[Scored, ...]:
    """Return all candidates scored for these terms and kind of answer, best first."""
    weights = {term: pool.rarity(term) for term in terms}
    newest = pool.newest()
    scored = [_score(asked, item, weights, wanted, newest) for item in pool.candidates]
    return tuple(sorted(scored, key=lambda item: (-item.score, item.candidate.position)))


def _score(
    asked: Asked,
    item: Candidate,
    weights: dict[Term, float],
    wanted: Wanted,
    newest: date | None,
) -> Scored:
    covered = coverage(item, weights)
    value = covered
    value += 0.35 if satisfies(item, wanted) else -0.1
    value += 0.25 * period_match(item, asked.periods)
    value += _tense(asked, item)
    value += 0.06 * standing(item, asked)
    value += _recency(asked, item, newest)
    value += 0.08 / item.view.n
    if _BOILERPLATE.search(item.text) or item.text.endswith("?"):
        value -= 0.5
    if asked.companies:
        value *= 0.35 + 0.65 * company_match(item, asked)
    return Scored(item, value, covered)


def coverage(item: Candidate, weights: dict[Term, float]) -> float:
    """Return the share of the terms' weight that the statement and its surroundings hold."""
    total = sum(weights.values())
    if total == 0:
        return 0.0
    return sum(weight * mentions(item, term) for term, weight in weights.items()) / total


def mentions(item: Candidate, term: Term) -> float:
    """Return 1 for a mention in the statement, less for a synonym or a mention around it."""
    if any(contains(item.stems, way) for way in term.ways):
        return 1.0
    if any(contains(item.stems, way) for way in term.near):
        return _NEAR_WORTH + 0.2
    if any(contains(item.near, way) for way in term.ways):
        return _AROUND_WORTH if not item.row else 0.9
    if any(contains(item.near, way) for way in term.near):
        return _AROUND_WORTH * _NEAR_WORTH
    return 0.0


def company_match(item: Candidate, asked: Asked) -> float:
    """Return the share of the companies asked about that the statement is about."""
    if not asked.companies:
        return 1.0
    return sum(_about(item, name) for name in asked.companies) / len(asked.companies)


def _about(item: Candidate, name: str) -> float:
    if name in item.companies:
        return 1.0
    if item.view.company == name:
        return 1.0 if _own(item) or not item.companies else 0.5
    if name in item.companies_near:
        return 0.7
    return 0.3 if name in item.view.others and not item.companies else 0.0


def _own(item: Candidate) -> bool:
    return item.view.form in (*_FILINGS, *_OWN_WORDS)


def period_match(item: Candidate, wanted: Sequence[Period]) -> float:
    """Return 1 where the statement names a period asked for, less where its document does."""
    if not wanted:
        return 0.0
    if any(_same(said, period) for said in item.periods for period in wanted):
        return 1.0
    if any(_document_fits(item, period) for period in wanted):
        return 0.3 if item.periods else 0.6
    exact = any(period.end_month for period in wanted)
    years = {period.year for period in wanted}
    if item.periods and not years & {said.year for said in item.periods}:
        return -0.8
    return -0.3 if exact else 0.0


def _same(said: Period, period: Period) -> bool:
    if said.year != period.year:
        return False
    return period.end_month is None or said.end_month == period.end_month


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


def _tense(asked: Asked, item: Candidate) -> float:
    if asked.expected:
        return 0.25 if is_guidance(item) else -0.1
    if asked.actual and re.search(r"\b(?:expect|anticipat)", item.text):
        return -0.2
    return 0.0


def satisfies(item: Candidate, wanted: Wanted) -> bool:
    """Tell whether the statement holds the kind of thing that was asked for."""
    check = _CHECKS.get(wanted)
    return check is None or check(item)


def _has_money(item: Candidate) -> bool:
    return any(quantity.is_money for quantity in item.quantities)


def _has_rate(item: Candidate) -> bool:
    priced = [quantity for quantity in item.quantities if quantity.is_money]
    where = f"{item.text} {item.around} {item.view.title}"
    return any(q.per for q in priced) or bool(priced and _UNIT_PRICE.search(where))


def _has_unit(item: Candidate, *units: str) -> bool:
    return any(quantity.unit in units for quantity in item.quantities)


_CHECKS: Mapping[Wanted, Callable[[Candidate], bool]] = {
    Wanted.MONEY: _has_money,
    Wanted.RATE: _has_rate,
    Wanted.PERCENT: lambda item: _has_unit(item, "percent", "percentage points", "basis points"),
    Wanted.DURATION: lambda item: _has_unit(item, "years", "months", "weeks", "days", "hours"),
    Wanted.COUNT: lambda item: any(not q.is_money for q in item.quantities),
    Wanted.DATE: lambda item: bool(item.periods),
    Wanted.PERSON: lambda item: bool(_PERSON.search(item.text)) or bool(item.companies),
    Wanted.REASON: lambda item: bool(_REASON.search(item.text)),
}


def standing(item: Candidate, asked: Asked) -> float:
    """Return how much weight a source carries: a filing, the company's words, then others."""
    if item.view.form in _FILINGS:
        worth = 3.0
    elif item.view.form in _OWN_WORDS:
        worth = 2.5
    else:
        return 0.5
    return worth if not asked.companies or item.view.company in asked.companies else 0.5


def _recency(asked: Asked, item: Candidate, newest: date | None) -> float:
    """Newer is better for guidance and for "latest"; a little better elsewhere, unless dated."""
    if newest is None or item.view.dated is None:
        return 0.0
    years_old = (newest - item.view.dated).days / 365
    if asked.latest:
        return -0.35 * min(years_old, 2.0)
    dated = any(period.end_month for period in asked.periods)
    if asked.expected and not dated:
        return -0.25 * min(years_old, 2.0)
    return 0.0 if asked.periods else -0.05 * min(years_old, 3.0)
