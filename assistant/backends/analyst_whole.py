"""Pure: whether a statement gives the whole of a line item, a part, or something else of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_terms import STOPWORDS, Stems, Term, stem, stems
from assistant.backends.analyst_wanted import MEASURED

__all__ = ["WHOLE", "places_of", "wholeness"]

WHOLE = frozenset(map(stem, ("total", "overall", "consolidated", "company-wide", "group")))
_NO_PARTS = """quarter quarterly annual year period net report generate record grow increase
decrease expect anticipate estimate raise cut respectively strong company prior recognize one two
three four five another cash direct future outstanding remain"""
_NO_PART = frozenset(map(stem, _NO_PARTS.split()))
_GOVERNED = 10
_MOVES = frozenset(map(stem, ("increase", "decrease", "reduction", "change")))
_OTHERS = """provision settlement effect impact benefit release proceeds gain loss charge repayment
amortization"""
_OF = frozenset(map(stem, ("of", "for", "in", "from", "on", "related", "associated")))
_OTHER = frozenset(map(stem, _OTHERS.split()))
"""The figure of "a provision for purchase obligations" is the provision's."""


def wholeness(asked: Asked, item: Candidate, terms: Iterable[Term]) -> float:
    """Prefer the whole to a part: "revenue" asks for total revenue, not for a segment's."""
    said = stems(asked.text)
    places = sorted(
        place
        for term in terms
        if term.weight > 1
        for way in term.ways
        for place in places_of(item.stems, way)
        if place > 0
    )
    if not places:
        return 0.0
    governed = _governed(item.stems[: places[0]], said) if asked.wanted in MEASURED else 0.0
    whole = max(_in_whole(item.stems[max(0, place - 2) : place], said) for place in places)
    return whole - governed


def _governed(before: Stems, said: Stems) -> float:
    """Return what it costs that the item is only what another thing, not asked for, is of."""
    near = pairwise(before[-_GOVERNED:])
    heads = {word for word, of in near if of in _OF and word not in said}
    return 0.35 if heads & _OTHER else 0.15 if heads & _MOVES else 0.0


def _in_whole(before: Stems, said: Stems) -> float:
    """Return what the one or two words before an item tell: "total future commitments"."""
    if WHOLE & {*before}:
        return 0.1
    last = before[-1]
    plain = last in said or last in _NO_PART or last in STOPWORDS or last[0].isdigit()
    return 0.0 if plain else -0.2


def places_of(where: Stems, way: Stems) -> list[int]:
    return [at for at in range(len(where) - len(way) + 1) if where[at : at + len(way)] == way]
