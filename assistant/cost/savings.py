"""What was saved, and by what: what it would have cost, less what it cost, less what that took.

Amounts are providers' bills in pico-dollars: compute of our own machines is nobody's bill. A saving
may be negative, and is then shown as such.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.cost.costing import Identity
from assistant.cost.errors import InvalidUsage
from assistant.cost.models import Attempt, CostSource, Usage, UsageSource
from assistant.cost.prices import Prices

__all__ = [
    "Saving",
    "SavingKind",
    "by_answer_cache",
    "by_provider_cache",
    "by_routing",
    "by_slimming",
]


class SavingKind(StrEnum):
    ANSWER_CACHE = "answer cache"
    PROVIDER_CACHE = "provider cache"
    SLIMMING = "slimming"
    ROUTING = "routing"


@dataclass(frozen=True, slots=True)
class Saving:
    """A turn's saving of one kind; an amount that nobody knows is None.

    `estimated` says that the counterfactual was reckoned, not measured.
    """

    kind: SavingKind
    backend: str
    counterfactual: int | None
    actual: int | None
    overhead: int | None
    estimated: bool

    @property
    def saved(self) -> int | None:
        """Return counterfactual - actual - overhead, None while a part of it is unknown."""
        if self.counterfactual is None or self.actual is None or self.overhead is None:
            return None
        return self.counterfactual - self.actual - self.overhead


def by_answer_cache(backend: str, cost: int | None, others: Sequence[Attempt] = ()) -> Saving:
    """An answer was given again whose call had cost `cost`, after `others` were paid in vain."""
    return Saving(SavingKind.ANSWER_CACHE, backend, cost, 0, _bill(others), estimated=True)


def by_provider_cache(attempts: Iterable[Attempt], prices: Prices) -> Saving | None:
    """The provider's cache was read or written: the same tokens without it, None where it was not.

    A cache that is written and not read costs more than none.
    """
    cached = [attempt for attempt in attempts if _used_cache(attempt.usage)]
    return _against(SavingKind.PROVIDER_CACHE, cached, prices, _without_cache, estimated=False)


def by_slimming(attempts: Iterable[Attempt], left_out: int, prices: Prices) -> Saving | None:
    """Each call would have read `left_out` more tokens of conversation; None where none were."""
    if left_out <= 0:
        return None

    def unslimmed(usage: Usage) -> Usage:
        return replace(usage, input_tokens=(usage.input_tokens or 0) + left_out)

    read = [
        attempt
        for attempt in attempts
        if "model" in (attempt.rates or {}) and attempt.usage.input_tokens
    ]
    return _against(SavingKind.SLIMMING, read, prices, unslimmed, estimated=True)


def by_routing(
    answered: Sequence[Attempt],
    others: Sequence[Attempt],
    hard: Identity,
    chain: Collection[str],
    prices: Prices,
) -> Saving:
    """Rules chose who answers; `hard` would have been asked at once without them, and the others of
    its `chain`, by name, where it failed.

    `answered` are the calls to the backend whose answer counts, `others` those to the rest. Where
    the chain answered after all, the calls before it are what routing took.
    """
    last = answered[-1]
    by_chain = last.backend in chain
    if by_chain:
        counterfactual = _bill([*answered, *(row for row in others if row.backend in chain)])
    elif hard.local:
        counterfactual = 0
    else:
        model = hard.priced_as or (hard.provider, hard.model)
        counterfactual = _less(
            _repriced(last, model, _without_cache(last.usage), prices), _discount(last, prices)
        )
    return Saving(
        SavingKind.ROUTING,
        last.backend,
        counterfactual,
        _bill(answered),
        _bill(others),
        estimated=not by_chain,
    )


def _discount(attempt: Attempt, prices: Prices) -> int | None:
    """Return what the provider's cache is said to have saved already, 0 where it was not used."""
    if not _used_cache(attempt.usage):
        return 0
    return _less(_repriced(attempt, None, _without_cache(attempt.usage), prices), attempt.cost)


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def _against(
    kind: SavingKind,
    attempts: Sequence[Attempt],
    prices: Prices,
    otherwise: Callable[[Usage], Usage],
    *,
    estimated: bool,
) -> Saving | None:
    if not attempts:
        return None
    would = [_repriced(attempt, None, otherwise(attempt.usage), prices) for attempt in attempts]
    guessed = any(attempt.cost_source is CostSource.ESTIMATED for attempt in attempts)
    return Saving(
        kind,
        attempts[-1].backend,
        _whole(would),
        _bill(attempts),
        overhead=0,
        estimated=estimated or guessed,
    )


def _repriced(
    attempt: Attempt, model: tuple[str, str] | None, usage: Usage, prices: Prices
) -> int | None:
    """Return what another usage, or another model, would have cost at the attempt's start."""
    if model is None:
        rates = attempt.rates or {}
        if "model" not in rates:
            return None
        model = (rates["provider"], rates["model"])
        tier = attempt.tier
    else:
        tier = None
    try:
        reported = replace(usage, source=UsageSource.PROVIDER)
        return prices.price(*model, reported, attempt.started, tier=tier).cost
    except InvalidUsage:
        return None


def _used_cache(usage: Usage) -> bool:
    counts = (usage.cache_read_tokens, usage.cache_write_5m_tokens, usage.cache_write_1h_tokens)
    return any(counts)


def _without_cache(usage: Usage) -> Usage:
    return replace(
        usage, cache_read_tokens=None, cache_write_5m_tokens=None, cache_write_1h_tokens=None
    )


def _bill(attempts: Iterable[Attempt]) -> int | None:
    return _whole([0 if one.cost_source is CostSource.LOCAL else one.cost for one in attempts])


def _whole(costs: Sequence[int | None]) -> int | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
