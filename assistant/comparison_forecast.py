"""What a comparison may cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.comparing_job import Job
from assistant.cost.forecast import Forecast
from assistant.cost.meter import Meter
from assistant.cost.money import show_usd
from assistant.cost.spent import known_sum
from assistant.forecasting import sizes

__all__ = ["at_most"]


def at_most(meter: Meter, job: Job) -> str:
    """Return a sentence: how many calls, what they are expected to cost, and at most.

    A most that does not hold for all calls says for how many it does; repeated calls are in none.
    Raises LedgerError.
    """
    parts = sizes(job.evidence_tokens)
    found = [meter.forecast(backend, parts, backend.max_output) for backend in job.backends]
    number = len(job.questions)
    priced = [one for one in found if one.expected is not None]
    expected = known_sum(one.expected for one in priced)
    local = sum(one.expected is None and one.local for one in found)
    unpriced = len(found) - len(priced) - local
    calls = f"{number * len(found):,} calls" if number * len(found) > 1 else "1 call"
    money = show_usd(expected and expected * number, estimated=True) if priced else ""
    rest = (
        _limit(found, number),
        f"{local * number:,} not metered" if local else "",
        f"{unpriced * number:,} without a known price" if unpriced else "",
    )
    return ", ".join(filter(None, (f"{calls}: {money}".rstrip(": "), *rest)))


def _limit(found: Sequence[Forecast], number: int) -> str:
    bounded = [one.most for one in found if one.most is not None]
    if not bounded:
        return ""
    which = f" for {len(bounded) * number:,} of them" if len(bounded) < len(found) else ""
    return f"at most {show_usd(sum(bounded) * number)}{which}, repeats apart"
