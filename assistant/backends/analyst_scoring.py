"""Pure: how well a candidate statement answers what was asked.

Coverage of the question's terms comes first; company, period, kind of answer, guidance or result,
date and standing of the source then move a statement up or down.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_fit import (
    company_match,
    is_guidance,
    period_match,
    period_named,
    standing,
)
from assistant.backends.analyst_kinds import defines, points, satisfies
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_terms import STOPWORDS, Stems, Term, contains, stems
from assistant.backends.analyst_wanted import MEASURED, Wanted
from assistant.backends.analyst_whole import WHOLE, places_of, wholeness

__all__ = ["Pool", "Scored", "coverage", "mentions", "score"]

_EXPECTS = re.compile(r"\b(?:expect|anticipat|guid)")
_ASSUMED = re.compile(
    r"\b(?:assum(?:es?|ed|ing)|suppos(?:es?|ed|ing)|hypothetical)\b", re.IGNORECASE
)
_BOILERPLATE = re.compile(
    r"forward-looking|differ materially|safe harbor|undertake no obligation|press star|your line"
    r"|operator|may not be indicative|table of contents|welcome to|webcast",
    re.IGNORECASE,
)
_NEAR_WORTH = 0.5
_AROUND_WORTH = 0.45
_CAPTION_WORTH = 0.9
_TITLE_WORTH = 0.7
_LONGER_ITEM = 0.5
_FEW_WORDS = 8
_OTHER_NAME = 0.97
"""A row by the very name asked for goes before one by another name of the item."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score (about 0 to 2) and its coverage of the terms (0 to 1).

    `whole` is above 0 for a total, below it for a part of the item or for something else of it.
    """

    candidate: Candidate
    score: float
    coverage: float
    whole: float = 0.0


@dataclass(frozen=True)
class Pool:
    """All candidates of one evidence pack, for what is rare among them and which is newest."""

    candidates: tuple[Candidate, ...]

    def rarity(self, term: Term) -> float:
        holding = sum(1 for item in self.candidates if mentions(item, term) >= _OTHER_NAME)
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
    weights: Mapping[Term, float],
    wanted: Wanted,
    newest: date | None,
) -> Scored:
    covered = coverage(item, weights)
    value = covered
    value += 0.35 if satisfies(item, wanted) else -0.1
    value += 0.35 * _tells(item, weights, wanted)
    value += 0.25 * period_match(item, asked.periods)
    value += 0.25 * (item.row and period_named(item.label, asked.periods))
    value += _tense(asked, item)
    whole = wholeness(asked, item, weights)
    value += _nearness(item, weights, wanted) + whole
    value += 0.06 * standing(item, asked)
    value += _recency(asked, item, newest) + _plainness(item, wanted)
    value += 0.08 / item.view.n
    if _BOILERPLATE.search(item.text) or item.text.endswith("?"):
        value -= 0.5
    if asked.companies:
        value *= 0.35 + 0.65 * company_match(item, asked)
    return Scored(item, value, covered, whole)


def _tells(item: Candidate, terms: Iterable[Term], wanted: Wanted) -> bool:
    """Tell whether it says what a term means, or where to look, and not only speaks of it."""
    if wanted is Wanted.PLACE:
        return points(item)
    return wanted is Wanted.MEANING and any(defines(item, term.ways) for term in terms)


def coverage(item: Candidate, weights: Mapping[Term, float]) -> float:
    """Return the share of the terms' weight that the statement and its surroundings hold."""
    total = sum(weights.values())
    if total == 0:
        return 0.0
    return sum(weight * mentions(item, term) for term, weight in weights.items()) / total


def mentions(item: Candidate, term: Term) -> float:
    """Return 1 for a mention in the statement, less for a synonym or a mention around it."""
    if any(contains(item.stems, way) for way in term.ways):
        if item.row and _names_longer_item(item, term):
            return _LONGER_ITEM
        return 1.0 if contains(item.stems, stems(term.word)) else _OTHER_NAME
    if any(len(way) > 1 and _said_apart(item, way) for way in term.ways):
        return 0.85
    if any(contains(item.stems, way) for way in term.near):
        return _NEAR_WORTH + 0.2
    if any(contains(item.title, way) for way in term.ways):
        return _TITLE_WORTH
    if any(contains(item.near, way) for way in term.ways):
        return _CAPTION_WORTH if item.row and term.weight <= 1 else _AROUND_WORTH
    if any(contains(item.title, way) for way in term.near):
        return _TITLE_WORTH * _NEAR_WORTH
    if any(contains(item.near, way) for way in term.near):
        return _AROUND_WORTH * _NEAR_WORTH
    return 0.0


def _names_longer_item(item: Candidate, term: Term) -> bool:
    """Tell whether a row is of another line item that only holds the name of the one asked for."""
    label = tuple(part for part in stems(item.label) if part not in WHOLE)
    within = [way for way in term.ways if contains(label, way)]
    return term.weight > 1 and bool(within) and label not in within


def _said_apart(item: Candidate, way: Stems) -> bool:
    """Tell whether the words of a phrase all stand in the statement, in whatever order."""
    return all(part in item.stems for part in way if part not in STOPWORDS)


def _tense(asked: Asked, item: Candidate) -> float:
    if asked.expected:
        return 0.25 if is_guidance(item) else -0.1
    if asked.actual and _EXPECTS.search(item.text[: _first_figure(item)]):
        return -0.2
    return 0.0


def _plainness(item: Candidate, wanted: Wanted) -> float:
    """Prefer what is found to what is assumed, and prose to figures where none is asked for.

    A remark of a few words tells little.
    """
    if wanted in MEASURED:
        return -0.2 if _ASSUMED.search(item.text) else 0.0
    if wanted not in (Wanted.STATEMENT, Wanted.MANNER):
        return 0.0
    figures = wanted is Wanted.STATEMENT and bool(item.quantities)
    return -0.05 * figures - 0.2 * (len(item.stems) < _FEW_WORDS)


def _first_figure(item: Candidate) -> int:
    return item.quantities[0].span[0] if item.quantities else len(item.text)


def _nearness(item: Candidate, weights: Mapping[Term, float], wanted: Wanted) -> float:
    """Return up to 0.2 for a line item that stands close before or after a figure."""
    items = [way for term in weights if term.weight > 1 for way in term.ways]
    if item.row or not items or wanted not in MEASURED:
        return 0.0
    figures = [len(stems(item.text[: quantity.span[0]])) for quantity in item.quantities]
    places = [place for way in items for place in places_of(item.stems, way)]
    apart = min((abs(figure - place) for figure in figures for place in places), default=20)
    return 0.2 * max(0.0, 1 - apart / 20)


def _told_of(item: Candidate, dated: date, asked: Asked) -> date:
    """Return the day of which a statement tells how things stand, else its document's."""
    if not asked.standing:
        return dated
    ends = (period.ends for period in item.periods)
    return max((end for end in ends if end <= dated), default=item.view.ended or dated)


def _recency(asked: Asked, item: Candidate, newest: date | None) -> float:
    """Newer is better for guidance and for "latest"; a little better elsewhere, unless dated."""
    if newest is None or item.view.dated is None:
        return 0.0
    years_old = (newest - _told_of(item, item.view.dated, asked)).days / 365
    if asked.latest:
        return -0.35 * min(years_old, 2.0)
    dated = any(period.end_month for period in asked.periods)
    if asked.expected and not dated:
        return -0.25 * min(years_old, 2.0)
    if asked.periods:
        return 0.0
    return -(0.15 if asked.standing else 0.05) * min(years_old, 3.0)
