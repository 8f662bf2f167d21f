"""Pure: the little arithmetic that an extractive answer needs, always shown as a sum of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.backends.analyst_candidates import Candidate
from assistant.quantities import Quantity

__all__ = ["slip", "total"]

_IN_TOTAL = re.compile(r"\b(?:in total|altogether|total|combined|in all|overall)\b", re.IGNORECASE)
_ON_TOP = re.compile(r"\bon top of\b|\bin addition to\b", re.IGNORECASE)
_ADDED = re.compile(r"\b(?:additional|another|new|further|extra|more)\b", re.IGNORECASE)
_SLIPS = (Decimal(10), Decimal(100), Decimal(1000))
_UNITS = ((Decimal(10**12), "trillion"), (Decimal(10**9), "billion"), (Decimal(10**6), "million"))


def total(question: str, item: Candidate) -> str | None:
    """Return the sum of an amount and the one that it comes on top of, where a total is asked for.

    None unless the statement holds exactly one amount of dollars on each side of "on top of".
    """
    joint = _ON_TOP.search(item.text)
    if joint is None or not _IN_TOTAL.search(question):
        return None
    money = [quantity for quantity in item.quantities if quantity.unit == "USD"]
    before = [quantity for quantity in money if quantity.span[1] <= joint.start()]
    after = [quantity for quantity in money if quantity.span[0] >= joint.end()]
    if len(before) != 1 or len(after) != 1 or not _ADDED.search(item.text[: joint.start()]):
        return None
    added = _show(before[0].value + after[0].value)
    return f"Together: {before[0].text} + {after[0].text} = {added}."


def slip(item: Candidate, others: Sequence[Candidate]) -> str | None:
    """Return a warning where amounts differ from those stated elsewhere by a power of ten."""
    stated = {quantity.value for other in others for quantity in other.quantities if quantity.value}
    for factor in _SLIPS:
        odd = [quantity for quantity in _money(item) if quantity.value / factor in stated]
        if len(odd) > 1:
            shown = " and ".join(quantity.text for quantity in odd)
            return (
                f"Note: {shown} differ from the figures above only in the place of the decimal "
                "point, which looks like a slip of units in this source."
            )
    return None


def _money(item: Candidate) -> list[Quantity]:
    return [quantity for quantity in item.quantities if quantity.is_money]


def _show(value: Decimal) -> str:
    for scale, name in _UNITS:
        if value >= scale:
            return f"${(value / scale).normalize():f} {name}"
    return f"${value.normalize():f}"
