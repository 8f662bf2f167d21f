from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose
from assistant.cost.spent import Spent, known_sum, spent
from tests.assistant.cost.samples import attempt, dollars


def row(cost: int | None, source: CostSource, **changes: object) -> Attempt:
    made = replace(attempt(), state=AttemptState.OK, cost=cost, cost_source=source)
    return replace(made, **changes)  # type: ignore[arg-type]


PRICED = row(dollars("0.0155"), CostSource.PRICED)
GUESSED = row(dollars("0.0155"), CostSource.ESTIMATED)
UNPRICED = row(None, CostSource.UNPRICED)
UNMETERED = row(None, CostSource.LOCAL)
HOURLY = row(dollars("0.001"), CostSource.LOCAL)
EMBED = row(None, CostSource.LOCAL, purpose=Purpose.EMBED)
AGAIN = row(0, CostSource.LOCAL, state=AttemptState.CACHED)


@pytest.mark.parametrize(
    ("rows", "shown", "calls"),
    (
        ((), "$0", 0),
        ((PRICED,), "$0.0155", 1),
        ((PRICED, GUESSED), "≈$0.031", 2),
        ((UNPRICED,), "—", 1),
        ((PRICED, UNPRICED), "$0.0155 + —", 2),
        ((UNMETERED,), "not metered", 1),
        ((PRICED, UNMETERED), "$0.0155 + local", 2),
        ((UNPRICED, UNMETERED), "— + local", 2),
        ((HOURLY,), "$0.001", 1),
        ((EMBED, PRICED), "$0.0155", 1),
        ((EMBED,), "not metered", 0),
        ((EMBED, AGAIN), "$0", 0),
    ),
)
def test_a_sum_says_what_it_leaves_out(rows: tuple[Attempt, ...], shown: str, calls: int) -> None:
    found = spent(rows)
    assert (found.dollars, found.calls) == (shown, calls)


def test_only_a_sum_without_gaps_is_whole() -> None:
    assert spent((PRICED, EMBED)).whole == dollars("0.0155")
    assert spent((PRICED, UNPRICED)).whole is None
    assert spent((PRICED, UNMETERED)).whole is None


@given(st.lists(st.none() | st.integers(0, 10**13)))
def test_nothing_unknown_becomes_zero(costs: list[int | None]) -> None:
    known = [cost for cost in costs if cost is not None]
    found = known_sum(costs)
    assert (found is None) == (bool(costs) and not known)
    assert found is None or found == sum(known)
    sources = [CostSource.UNPRICED if cost is None else CostSource.PRICED for cost in costs]
    total: Spent = spent([row(*pair) for pair in zip(costs, sources, strict=True)])
    assert total.unpriced == len(costs) - len(known)
    assert ("—" in total.dollars) == bool(total.unpriced)
