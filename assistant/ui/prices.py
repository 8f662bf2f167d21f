"""Repriced ranges as the screen shows them."""

from __future__ import annotations

from assistant.cost.models import Repriced
from assistant.cost.money import show_range

__all__ = ["elsewhere_price"]


def elsewhere_price(row: Repriced) -> str:
    """Return "≈$0.0155–$0.0245"; a range that leaves unpriced calls out says so with a plus."""
    if row.low == row.high == 0:
        return "$0"
    shown = show_range(row.low, row.high, estimated=True)
    return f"{shown} + —" if row.unpriced and row.low is not None else shown
