"""Periods that a follow-up takes over from the question before it, moved as it says; pure."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.intents import Intent, compares, find_intents
from corpus.periods import Period, bare_parts, find_periods
from corpus.relative_periods import asks_newest, moves, periods_meant

__all__ = ["periods_taken_over"]

_FULL_YEAR = re.compile(
    r"\b(?:full|whole|entire|fiscal)[\s-]+year\b|\bannual(?:ly)?\b|\bfor\s+the\s+year\b"
    r"|\byear\s+as\s+a\s+whole\b",
    re.IGNORECASE,
)
_SAME_PART = re.compile(
    r"\b(?:same|equivalent|corresponding|comparable)\s+(?:quarter|period|half)", re.I
)
_ONE = re.compile(
    r"\b(?:(?P<back>previous|prior|preceding)\s+one|(?:next|following|subsequent)\s+one)\b"
    r"|\b(?:one\s+)?(?:(?P<before>before)|after)(?:\s+that|\s+this)?\W*$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\b", re.IGNORECASE)
_LAST_QUARTER = re.compile(r"\b(?:last|final)\s+(?:fiscal\s+)?quarter\b", re.IGNORECASE)


def periods_taken_over(question: str, before: str) -> tuple[Period, ...]:
    """Return the periods that a follow-up means beside those that it names in full."""
    earlier = periods_meant(before)
    named = find_periods(question)
    if not earlier or asks_newest_only(question):
        return ()
    last = max(earlier, key=lambda period: period.ends)
    if named:
        return _beside_named(question, named, earlier)
    if bare := bare_parts(question):
        return tuple(_in_year(mention.period, last) for mention in bare)
    if last.whole_year and _LAST_QUARTER.search(question):
        return (replace(last, quarter=4),)
    if steps := _steps(question, last):
        first = min(earlier, key=lambda period: period.ends)
        moved = tuple((first if step < 0 else last).moved(step) for step in steps)
        return _with_anchor(question, earlier, moved)
    if _FULL_YEAR.search(question) and not last.whole_year:
        return (Period(last.year, fiscal=last.fiscal),)
    return earlier


def asks_newest_only(question: str) -> bool:
    """Tell whether a follow-up leaves the period before for the newest: "And currently?"."""
    return asks_newest(question) and not moves(question)


def _with_anchor(
    question: str, earlier: tuple[Period, ...], moved: tuple[Period, ...]
) -> tuple[Period, ...]:
    """Return the periods to look in: both that are compared, and that in which one is forecast."""
    if Intent.GUIDANCE in find_intents(question):
        return earlier
    return tuple(dict.fromkeys((*earlier, *moved))) if compares(question) else moved


def _beside_named(
    question: str, named: tuple[Period, ...], earlier: tuple[Period, ...]
) -> tuple[Period, ...]:
    """Return what a follow-up with its own periods still takes over: the other side, or a part."""
    part = earlier[-1]
    if _SAME_PART.search(question) and named[0].whole_year and not part.whole_year:
        return (replace(part, year=named[0].year),)
    set_against = compares(question) or _SINCE.search(question)
    return tuple(period for period in earlier if period not in named) if set_against else ()


def _steps(question: str, last: Period) -> tuple[int, ...]:
    """Return the steps in quarters; "the one after that" is as long as the period before."""
    if steps := moves(question):
        return tuple(step.quarters for step in steps)
    length = 4 if last.whole_year else 2 if last.half else 1
    one = _ONE.search(question)
    return (-length if one["back"] or one["before"] else length,) if one else ()


def _in_year(part: Period, anchor: Period) -> Period:
    return replace(part, year=anchor.year, fiscal=anchor.fiscal)
