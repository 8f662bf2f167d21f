"""What the same tokens would cost elsewhere: repriced, not run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import (
    Attempt,
    AttemptState,
    Reference,
    Repriced,
    Usage,
    UsageSource,
)
from assistant.cost.prices import Prices

__all__ = ["reprice", "reprice_attempts"]

Call = tuple[Usage, datetime]
Range = tuple[int, int]


def reprice(
    usage: Usage, references: Iterable[Reference], prices: Prices, at: datetime
) -> tuple[Repriced, ...]:
    """Return, for each reference, what `usage` would cost there at the aware instant `at`.

    The range spans a cache that works there as it did here and no cache at all; without cache
    counts both ends are the uncached price.
    """
    return tuple(_reprice([(usage, at)], reference, prices) for reference in references)


def reprice_attempts(
    attempts: Iterable[Attempt], references: Iterable[Reference], prices: Prices
) -> tuple[Repriced, ...]:
    """Return, for each reference, what these attempts' tokens would cost there.

    Every attempt is repriced at its own start. Answers served from our own cache are no calls.
    """
    calls = [
        (attempt.usage, attempt.started)
        for attempt in attempts
        if attempt.state is not AttemptState.CACHED
    ]
    return tuple(_reprice(calls, reference, prices) for reference in references)


def _reprice(calls: Sequence[Call], reference: Reference, prices: Prices) -> Repriced:
    ranges = [_range(usage, at, reference, prices) for usage, at in calls]
    known = [found for found in ranges if found is not None]
    nothing_known = bool(calls) and not known
    return Repriced(
        reference=reference,
        low=None if nothing_known else sum(low for low, _ in known),
        high=None if nothing_known else sum(high for _, high in known),
        attempts=len(calls),
        unpriced=len(calls) - len(known),
        estimated=any(usage.source is UsageSource.ESTIMATED for usage, _ in calls),
    )


def _range(usage: Usage, at: datetime, reference: Reference, prices: Prices) -> Range | None:
    try:
        ends = [
            prices.price(reference.provider, reference.model, same, at).cost
            for same in (usage, _without_cache(usage))
        ]
    except InvalidUsage:
        return None
    # A cache that is written and hardly read costs more than none: the ends may swap.
    known = sorted(cost for cost in ends if cost is not None)
    return (known[0], known[-1]) if known else None


def _without_cache(usage: Usage) -> Usage:
    return replace(
        usage, cache_read_tokens=None, cache_write_5m_tokens=None, cache_write_1h_tokens=None
    )
