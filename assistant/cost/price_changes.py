"""What changed between two states of the price data, for the models that somebody uses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from assistant.cost.price_card import PriceCard, price_card, rates_by_kind
from assistant.cost.prices import Prices

__all__ = ["ChangeKind", "PriceChange", "price_changes"]

Pair = tuple[str | None, str | None]
"""The old and the new rate in dollars, as text; None where there is none."""


class ChangeKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    LOST = "lost"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A model's rates before and after; `rates` holds those that differ, as `rates_by_kind`."""

    provider: str
    model: str
    old: PriceCard | None
    new: PriceCard | None
    rates: Mapping[str, Pair]

    @property
    def kind(self) -> ChangeKind:
        if self.old is None:
            return ChangeKind.UNPRICED if self.new is None else ChangeKind.NEW
        if self.new is None:
            return ChangeKind.LOST
        return ChangeKind.CHANGED if self.rates else ChangeKind.SAME


def price_changes(
    old: Prices, new: Prices, models: Iterable[tuple[str, str]], at: datetime
) -> tuple[PriceChange, ...]:
    """Return, for each (provider, model), how its rates in the UTC day of `at` differ."""
    return tuple(
        _change(
            provider,
            model,
            price_card(old, provider, model, at),
            price_card(new, provider, model, at),
        )
        for provider, model in models
    )


def _change(provider: str, model: str, old: PriceCard | None, new: PriceCard | None) -> PriceChange:
    before, after = rates_by_kind(old), rates_by_kind(new)
    rates = {
        kind: (before.get(kind), after.get(kind))
        for kind in [*before, *(kind for kind in after if kind not in before)]
        if not _equal(before.get(kind), after.get(kind))
    }
    return PriceChange(provider, model, old, new, rates)


def _equal(old: str | None, new: str | None) -> bool:
    """A rate is the same however many noughts it is written with."""
    if old is None or new is None:
        return old is new
    return Decimal(old) == Decimal(new)
