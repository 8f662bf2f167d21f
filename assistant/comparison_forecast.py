"""What a comparison may cost, before anything is sent."""

from __future__ import annotations

from assistant.comparing import Job
from assistant.cost.meter import Meter
from assistant.cost.money import show_usd
from assistant.cost.spent import known_sum
from assistant.forecasting import sizes

__all__ = ["at_most"]


def at_most(meter: Meter, job: Job) -> str:
    """Return a sentence: how many calls, what they are expected to cost, and at most.

    Repeated calls are not in it. Raises LedgerError.
    """
    parts = sizes(job.evidence_tokens)
    found = [meter.forecast(backend, parts, backend.max_output) for backend in job.backends]
    number = len(job.questions)
    priced = [one for one in found if one.expected is not None]
    expected = known_sum(one.expected for one in priced)
    bounded = [one.most for one in priced if one.most is not None]
    most = sum(bounded) if len(bounded) == len(priced) else None
    local = sum(one.expected is None and one.local for one in found)
    unpriced = len(found) - len(priced) - local
    calls = f"{number * len(found):,} calls" if number * len(found) > 1 else "1 call"
    money = show_usd(expected and expected * number, estimated=True) if priced else ""
    limit = f"at most {show_usd(most * number)}" if priced and most is not None else ""
    rest = (
        f"{local} not metered" if local else "",
        f"{unpriced} without a known price" if unpriced else "",
    )
    return ", ".join(filter(None, (f"{calls}: {money}".rstrip(": "), limit, *rest)))
