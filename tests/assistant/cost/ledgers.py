"""Ledgers with rows of every kind, for the tests of sums over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from assistant.cost.ledger import Ledger
from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, Usage, UsageSource
from tests.assistant.cost.samples import NOON, attempt

__all__ = ["attempts", "call", "keep"]

COSTS = st.none() | st.integers(0, 10**13)
COUNTS = st.none() | st.integers(0, 10**6)


def keep(ledger: Ledger, *rows: Attempt) -> None:
    """Write rows as the meter does: opened, then settled unless they are still open."""
    for row in rows:
        if row.state is AttemptState.OPEN:
            ledger.open_attempt(row)
        else:
            ledger.record(row)


def call(
    cost: int | None,
    usage: Usage | None = None,
    *,
    at: datetime = NOON,
    state: AttemptState = AttemptState.OK,
    source: CostSource | None = None,
    **values: object,
) -> Attempt:
    """Return the settled row of a call that started at `at` and cost so many pico-dollars."""
    known = CostSource.UNPRICED if cost is None else CostSource.PRICED
    row = replace(
        attempt(started=at),
        day=at.date(),
        state=state,
        usage=usage or Usage(100, None, None, None, 10, None, UsageSource.PROVIDER),
        cost_low=cost,
        cost=cost,
        cost_high=cost,
        cost_source=source or known,
        total_seconds=1.5,
    )
    return replace(row, **values)  # type: ignore[arg-type]


def _row(
    cost: int | None,
    usage: tuple[int | None, int | None],
    state: AttemptState,
    source: CostSource,
    usage_source: UsageSource,
    purpose: Purpose,
    names: tuple[str, str, str, str],
    day: date | None,
) -> Attempt:
    backend, model, user, conversation = names
    if cost is None and source is not CostSource.LOCAL:
        source = CostSource.UNPRICED
    return call(
        cost,
        Usage(usage[0], None, None, None, usage[1], None, usage_source),
        state=state,
        source=source,
        purpose=purpose,
        backend=backend,
        model_served=model or None,
        user=user,
        conversation=conversation,
        day=day,
        cost_high=None if cost is None else cost * 2,
    )


attempts = st.builds(
    _row,
    COSTS,
    st.tuples(COUNTS, COUNTS),
    st.sampled_from(AttemptState),
    st.sampled_from(CostSource),
    st.sampled_from(UsageSource),
    st.sampled_from(Purpose),
    st.tuples(*(st.sampled_from(names) for names in ("ab", ["", "m"], "uv", "xyz"))),
    st.none() | st.integers(0, 2).map(lambda days: NOON.date() + timedelta(days)),
)
