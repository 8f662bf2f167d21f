"""What calls cost together, and how that sum reads: complete, estimated, or with parts unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, Totals
from assistant.cost.money import show_usd

__all__ = ["NOT_METERED", "Spent", "known_sum", "spent", "spent_of_totals"]

NOT_METERED = "not metered"
LOCAL_PART = "local"


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum in pico-dollars over calls: `cost` covers what is known, None where nothing is.

    `unpriced` calls have no known price; `unmetered` calls ran on our own machines, whose hours
    have no price here: our embedder's work counts as one of them only where it is all there is.
    `estimated` says that a part of `cost` is an estimate. Answers from our own cache are no calls.
    """

    calls: int
    cost: int | None
    estimated: bool
    unpriced: int
    unmetered: int

    @property
    def dollars(self) -> str:
        """Return "$0.0155", "≈$0.01 + —" (parts unpriced), "$0.01 + local", "not metered", "—"."""
        if self.cost is None and not self.unpriced and self.unmetered:
            return NOT_METERED
        known = self.cost is not None
        parts = [show_usd(self.cost, estimated=self.estimated)] if known else []
        parts += ["—"] if self.unpriced else []
        parts += [LOCAL_PART] if self.unmetered else []
        return " + ".join(parts) or "—"

    @property
    def whole(self) -> int | None:
        """Return the cost, None while any part of it is unknown."""
        return None if self.unpriced or self.unmetered else self.cost


def spent(attempts: Sequence[Attempt]) -> Spent:
    """Return what these calls cost together; no call costs $0."""
    talks = [attempt for attempt in attempts if attempt.purpose is not Purpose.EMBED]
    unknown = [one.cost_source for one in attempts if one.cost is None and _counts(one, talks)]
    return Spent(
        calls=sum(attempt.state is not AttemptState.CACHED for attempt in talks),
        cost=known_sum(attempt.cost for attempt in attempts),
        estimated=any(attempt.cost_source is CostSource.ESTIMATED for attempt in attempts),
        unpriced=len(unknown) - unknown.count(CostSource.LOCAL),
        unmetered=unknown.count(CostSource.LOCAL),
    )


def _counts(attempt: Attempt, talks: Sequence[Attempt]) -> bool:
    own_work = attempt.purpose is Purpose.EMBED and attempt.cost_source is CostSource.LOCAL
    return not (own_work and talks)


def spent_of_totals(totals: Totals) -> Spent:
    """Return the ledger's own sums in the same form."""
    return Spent(
        totals.attempts, totals.cost, totals.cost_estimated, totals.unpriced, totals.unmetered
    )


def known_sum(values: Iterable[int | None]) -> int | None:
    """Return the sum of what is known: None where nothing of something is, 0 of nothing."""
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if known or not found else None
