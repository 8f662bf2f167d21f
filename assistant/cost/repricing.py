"""What a period's tokens would cost elsewhere: repriced in sums, not run. Pure but for `read`.

A price is rates times tokens plus a fee a call, as long as the same rates apply. So calls with
the same rates and on the same side of every context tier are priced together: as if each had the
group's mean, rounded down or up so that the sums stay what they are. That is exact where rates
are whole pico-dollars a token; of finer ones, it moves a call by less than a pico-dollar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cost.cost_sums import UsageGroup
from assistant.cost.models import Reference, Repriced, Usage, UsageSource
from assistant.cost.prices import Prices, Regime

__all__ = ["reprice_period"]

Read = Callable[[tuple[int, ...]], Sequence[UsageGroup]]
MINUTE = "0+00:00"
"""Makes a bucket a time: the minute that it leaves out, in UTC."""
UTC_DAY = len("2026-11-23")
FIRST_COUNT = UsageGroup._fields.index("calls")


@dataclass(frozen=True, slots=True)
class _Alike:
    """Calls that the same rates apply to at `at`; the sums of `group` are theirs."""

    at: datetime
    group: UsageGroup


def reprice_period(
    read: Read,
    calls: int,
    references: Iterable[Reference],
    prices: Prices,
    now: datetime,
) -> tuple[Repriced, ...]:
    """Return, for each reference, what a period of `calls` calls would cost there.

    `read` gives the period's usage for input sizes at which rates change, of which the aware
    `now` suggests the first. Every ten minutes are repriced at their own time. Calls that `read`
    leaves out, and those without a price there, are counted as unpriced. The range spans a cache
    that works there as it did here and no cache at all.
    """
    wanted = tuple(references)
    regimes = (prices.regime(one.provider, one.model, now) for one in wanted)
    breaks = {at for regime in regimes if regime for at in regime.breaks}
    alike: list[list[_Alike] | None] = [None]
    # Every repetition knows a break more, and a price has few.
    while None in alike:
        groups = read(tuple(sorted(breaks)))
        # Most prices know no hour: for them, a day is one time.
        days = _by_day(groups)
        alike = [
            _alike(groups if _is_hourly(one, prices) else days, one, prices, breaks)
            for one in wanted
        ]
    return tuple(
        _repriced(found or [], calls, reference, prices)
        for found, reference in zip(alike, wanted, strict=True)
    )


def _is_hourly(reference: Reference, prices: Prices) -> bool:
    return prices.depends_on_the_hour(reference.provider, reference.model)


def _by_day(groups: Sequence[UsageGroup]) -> list[UsageGroup]:
    """Return the groups of each UTC day as one, its time the first of them."""
    found: defaultdict[tuple[str, int, int], list[UsageGroup]] = defaultdict(list)
    for group in groups:
        found[group.bucket[:UTC_DAY], group.size, group.searches].append(group)
    return [_sum(same) for same in found.values()]


def _alike(
    groups: Sequence[UsageGroup], reference: Reference, prices: Prices, breaks: set[int]
) -> list[_Alike] | None:
    """Return the groups by the rates that apply; None where their breaks were not all known.

    Those are added to `breaks`.
    """
    found: defaultdict[tuple[Regime | None, int, int], list[UsageGroup]] = defaultdict(list)
    known = len(breaks)
    last, same = None, found[None, 0, 0]
    for group in groups:
        regime = prices.regime(reference.provider, reference.model, _start(group))
        # Comparing rates is slow; from one ten minutes to the next they hardly ever change.
        if last is None or regime is not last[0] or group[1:3] != last[1]:
            last, same = (regime, group[1:3]), found[regime, group.size, group.searches]
        same.append(group)
    breaks.update(at for regime, _, _ in found if regime for at in regime.breaks)
    if len(breaks) > known:
        return None
    return [_Alike(_start(same[0]), _sum(same)) for key, same in found.items() if key[0] and same]


def _start(group: UsageGroup) -> datetime:
    return datetime.fromisoformat(group.bucket + MINUTE)


def _sum(groups: Sequence[UsageGroup]) -> UsageGroup:
    first, columns = groups[0], list(zip(*groups, strict=True))
    return UsageGroup(first.bucket, first.size, first.searches, *map(sum, columns[FIRST_COUNT:]))


def _repriced(
    alike: Sequence[_Alike], calls: int, reference: Reference, prices: Prices
) -> Repriced:
    with_cache = without = priced = estimated = 0
    for same in alike:
        for usage, times in _spread(same.group):
            ends = [
                prices.price(reference.provider, reference.model, one, same.at).cost
                for one in (usage, _without_cache(usage))
            ]
            if ends[0] is not None and ends[1] is not None:
                with_cache += ends[0] * times
                without += ends[1] * times
                priced += times
        estimated += same.group.estimated
    nothing_known = calls > 0 and not priced
    # A cache that is written and hardly read costs more than none: the ends may swap.
    low, high = sorted((with_cache, without))
    return Repriced(
        reference=reference,
        low=None if nothing_known else low,
        high=None if nothing_known else high,
        attempts=calls,
        unpriced=calls - priced,
        estimated=estimated > 0,
    )


def _spread(group: UsageGroup) -> list[tuple[Usage, int]]:
    """Return usages and how often each occurs, so that their sums are the group's.

    Every total is the mean rounded down or up, so that no call leaves its context tier.
    """
    cached = (group.cache_read_tokens, group.cache_write_5m_tokens, group.cache_write_1h_tokens)
    sent = _shares((group.input_tokens - sum(cached), *cached), group.calls)
    said = _shares(
        (group.output_tokens - group.reasoning_tokens, group.reasoning_tokens), group.calls
    )
    starts = sorted({start for share in (*sent, *said) for start in share.starts})
    ends = [*starts[1:], group.calls]
    return [
        (_usage([s.of(at) for s in sent], [s.of(at) for s in said], group.searches), end - at)
        for at, end in zip(starts, ends, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Share:
    """A sum shared out to `calls` calls in a ring: `extra` of them from `offset` get one more."""

    each: int
    extra: int
    offset: int
    calls: int

    @property
    def starts(self) -> tuple[int, ...]:
        """Return the calls at which the share changes, and the first."""
        return 0, self.offset, (self.offset + self.extra) % self.calls

    def of(self, call: int) -> int:
        return self.each + ((call - self.offset) % self.calls < self.extra)


def _shares(sums: Sequence[int], calls: int) -> list[_Share]:
    """Share sums out so that each call's total differs from another's by at most one."""
    shares, offset = [], 0
    for total in sums:
        each, extra = divmod(total, calls)
        shares.append(_Share(each, extra, offset, calls))
        offset = (offset + extra) % calls
    return shares


def _usage(sent: Sequence[int], said: Sequence[int], searches: int) -> Usage:
    return Usage(
        input_tokens=sum(sent),
        cache_read_tokens=sent[1],
        cache_write_5m_tokens=sent[2],
        cache_write_1h_tokens=sent[3],
        output_tokens=sum(said),
        reasoning_tokens=said[1],
        source=UsageSource.PROVIDER,
        web_searches=searches,
    )


def _without_cache(usage: Usage) -> Usage:
    return replace(
        usage, cache_read_tokens=None, cache_write_5m_tokens=None, cache_write_1h_tokens=None
    )
