"""Pure: when two statements say the same, and when they contradict each other."""

from __future__ import annotations

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_fit import answers, is_guidance, period_match, standing
from assistant.backends.analyst_question import Asked

__all__ = ["alike", "disagree"]

_ALIKE = 0.55
_THE_SAME = 0.85


def disagree(asked: Asked, item: Candidate, best: Candidate) -> bool:
    """Tell whether another source gives another figure for what `best` states.

    A company's own documents of other periods supersede each other and are no conflict.
    """
    if item.view.title == best.view.title or not answers(item, asked):
        return False
    if standing(item, asked) > 1 and standing(best, asked) > 1:
        return False
    if asked.expected and not is_guidance(item):
        return False
    as_close = period_match(item, asked.periods) >= period_match(best, asked.periods)
    return as_close and _figures_differ(item, best)


def _figures_differ(left: Candidate, right: Candidate) -> bool:
    return not _values(left) & _values(right)


def _values(item: Candidate) -> frozenset[tuple[object, str]]:
    return frozenset((abs(quantity.value), quantity.unit) for quantity in item.quantities)


def alike(left: Candidate, right: Candidate) -> bool:
    """Tell whether the left statement adds nothing to the right one."""
    if left.position == right.position:
        return True
    mine, other = set(left.stems), set(right.stems)
    overlap = len(mine & other) / max(1, min(len(mine), len(other)))
    if not _values(left) <= _values(right):
        return False
    return overlap > (_ALIKE if _values(left) else _THE_SAME)
