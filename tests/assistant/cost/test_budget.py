"""Budgets hold: at once, whoever asks, in whatever thread or process, and over a killed call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cost.budget import NO_BUDGETS, Budgets, Scope, Standing, read_budgets
from assistant.cost.errors import BudgetExceeded
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter, Prompt
from assistant.cost.models import Attempt, AttemptState, CostSource, Usage, UsageSource
from assistant.cost.prices import Prices
from corpus.errors import ConfigurationError
from tests.assistant.cost.samples import NOON, USAGE_A, FakeBackend, attempt, dollars

PRICES = Prices()
THREADS = 32
SIX_CENTS = Prompt(tokens=8_000, most=8_000)
"""On gpt-5: 8,000 x $1.25 + 5,000 x $10 = $0.06."""
OUTPUT = 5_000
LONG_AGO = NOON - timedelta(days=40)


@pytest.fixture
def path(data: Path) -> Path:
    return data / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


def metered(ledger: Ledger, now: datetime = NOON, **limits: str) -> Meter:
    budgets = Budgets({Scope(name): dollars(text) for name, text in limits.items()})
    return Meter(ledger, PRICES, lambda: now, UTC, budgets)


def start(meter: Meter, conversation: str = "c", user: str = "local", **kind: object) -> Attempt:
    backend = replace(FakeBackend(), **kind)  # type: ignore[arg-type]
    return meter.start(
        backend,
        turn="t",
        conversation=conversation,
        user=user,
        prompt=SIX_CENTS,
        max_output_tokens=OUTPUT,
    )


def refused(meter: Meter, conversation: str = "c", user: str = "local", **kind: object) -> bool:
    try:
        start(meter, conversation, user, **kind)
    except BudgetExceeded:
        return True
    return False


def test_32_threads_against_one_budget_never_go_over_it(ledger: Ledger) -> None:
    meter = metered(ledger, day="0.45")
    together = Barrier(THREADS)

    def ask(number: int) -> bool:
        together.wait()
        return not refused(meter, f"c{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        admitted = sum(pool.map(ask, range(THREADS)))
    assert admitted == 7, "7 x $0.06 = $0.42; the eighth would make $0.48"
    (standing,) = meter.standings("c")
    assert standing.committed == dollars("0.42") <= standing.limit
    assert len(ledger.attempts()) == 7, "a call that was refused leaves no row"


def test_what_was_reserved_and_not_used_is_free_again(ledger: Ledger) -> None:
    meter = metered(ledger, conversation="0.10")
    first = start(meter)
    assert refused(meter)
    meter.settle(first, USAGE_A, AttemptState.OK)
    (standing,) = meter.standings("c")
    assert (standing.spent, standing.committed) == (dollars("0.0155"), dollars("0.0155"))
    assert not refused(meter)


def test_a_stopped_call_counts_with_the_most_that_it_may_have_cost(ledger: Ledger) -> None:
    meter = metered(ledger, conversation="0.10")
    seen = Usage(8_000, output_tokens=10, source=UsageSource.ESTIMATED)
    stopped = meter.settle(start(meter), seen, AttemptState.STOPPED, max_output_tokens=OUTPUT)
    assert (stopped.cost, stopped.cost_high) == (dollars("0.0101"), dollars("0.06"))
    (standing,) = meter.standings("c")
    assert (standing.spent, standing.committed) == (stopped.cost, stopped.cost_high)
    assert refused(meter)


def test_our_own_tokenizer_is_no_bound_on_theirs(ledger: Ledger) -> None:
    """A word of a hundred letters is one of our tokens and may be a hundred of theirs."""
    meter = metered(ledger, day="0.50")
    long = Prompt(tokens=1, most=8_000)
    seen = Usage(1, output_tokens=10, source=UsageSource.ESTIMATED)
    for _ in range(20):
        try:
            row = meter.start(
                FakeBackend(), turn="t", conversation="c", prompt=long, max_output_tokens=OUTPUT
            )
        except BudgetExceeded:
            break
        meter.settle(row, seen, AttemptState.STOPPED, max_output_tokens=OUTPUT)
    assert len(ledger.attempts()) == 8, "8 x $0.06 = $0.48"
    assert {row.cost_high for row in ledger.attempts()} == {dollars("0.06")}


def test_what_cannot_be_priced_in_the_end_counts_as_the_most_that_was_reserved(
    ledger: Ledger,
) -> None:
    meter = metered(ledger, day="0.10")
    settled = meter.settle(start(meter), USAGE_A, AttemptState.OK, tier="scale")
    assert (settled.cost, settled.cost_high) == (dollars("0.06"), dollars("0.06"))
    assert settled.cost_source is CostSource.ESTIMATED
    assert refused(meter)
    without = metered(ledger)
    assert without.settle(start(without), USAGE_A, AttemptState.OK, tier="scale").cost is None


def test_each_scope_counts_its_own(ledger: Ledger) -> None:
    assert not refused(metered(ledger, conversation="0.06"), "c", "ada")
    assert refused(metered(ledger, conversation="0.06"), "c", "bob")
    assert not refused(metered(ledger, conversation="0.06"), "d", "ada")
    assert refused(metered(ledger, user_day="0.12"), "e", "ada")
    assert not refused(metered(ledger, user_day="0.12"), "e", "bob")
    assert refused(metered(ledger, day="0.18"), "f", "cyd")
    tomorrow = metered(ledger, NOON + timedelta(days=1), day="0.18", user_day="0.12")
    assert not refused(tomorrow, "g", "ada")
    assert refused(metered(ledger, NOON + timedelta(days=1), month="0.24"), "h")
    assert not refused(metered(ledger, NOON + timedelta(days=10), month="0.24"), "h")


def test_an_unpriced_backend_is_refused_under_a_budget_and_only_there(ledger: Ledger) -> None:
    unknown = {"provider": "dashscope", "model": "qwen3-max", "name": "qwen"}
    with pytest.raises(BudgetExceeded, match=r"qwen was not asked: it has no known price.*prices"):
        start(metered(ledger, month="100"), **unknown)
    assert not refused(metered(ledger), **unknown)


@pytest.mark.parametrize("hourly", (None, Decimal("3.60")))
def test_our_own_machines_are_no_provider_s_bill(ledger: Ledger, hourly: Decimal | None) -> None:
    meter = metered(ledger, day="0")
    own = start(meter, provider="local", local=True, hourly_usd=hourly)
    meter.settle(own, USAGE_A, AttemptState.OK, total_seconds=10.0)
    assert [s.committed for s in meter.standings("c")] == [0]
    assert refused(meter), "nothing else fits a budget of nothing"


def test_fault_50_a_refusal_says_what_is_left_and_what_to_do(ledger: Ledger) -> None:
    meter = metered(ledger, day="0.10")
    start(meter)
    with pytest.raises(BudgetExceeded) as caught:
        start(meter)
    said = str(caught.value)
    assert said.startswith("fake was not asked: the call may cost up to $0.06, and of the budget")
    assert "$0.10 for this deployment for today $0.04 is left" in said
    assert "raise day under [budgets] in backends.toml" in said


def test_a_warning_comes_at_80_percent(ledger: Ledger) -> None:
    meter = metered(ledger, day="0.15")
    warned = []
    for _ in range(2):
        (standing,) = meter.standings("c")
        warned.append(standing.warns)
        start(meter)
    (standing,) = meter.standings("c")
    assert [*warned, standing.warns] == [False, False, True], "$0.12 of $0.15 is 80 %"
    assert standing.percent == 80
    assert standing.sentence == (
        "≈$0.02 of $0.15 for this deployment for today (80 %, up to $0.10 more reserved)"
    )


def test_without_budgets_nothing_stands_and_nothing_is_refused(ledger: Ledger) -> None:
    meter = Meter(ledger, PRICES, lambda: NOON)
    assert (meter.standings("c"), meter.budgets) == ((), NO_BUDGETS)
    assert not refused(meter, provider="no-such-provider")


LIMIT = 10_000
ROWS = st.lists(
    st.tuples(
        st.integers(0, 4_000),
        st.integers(0, 4_000),
        st.sampled_from(("keep", "settle", "estimate")),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(ROWS)
def test_no_order_of_calls_goes_over(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, str, bool]]
) -> None:
    """Reserved, settled lower or estimated: what is committed never exceeds the limit."""
    budgets = Budgets({Scope.DAY: LIMIT})
    folder = tmp_path_factory.mktemp("ledger")
    with closing(Ledger(folder / "ledger.db")) as ledger:
        for low, more, fate, local in rows:
            source = CostSource.LOCAL if local else CostSource.PRICED
            row = replace(
                attempt(),
                day=NOON.date(),
                cost_low=low,
                cost=low,
                cost_high=low + more,
                cost_source=source,
            )
            try:
                ledger.open_attempt(row, budgets)
            except BudgetExceeded:
                continue
            if fate != "keep":
                high = low if fate == "settle" else low + more
                ledger.settle(replace(row, state=AttemptState.OK, cost_high=high))
            (standing,) = ledger.standings(budgets, "c", "local", NOON.date())
            assert standing.committed <= LIMIT
        billed = [r for r in ledger.attempts() if r.cost_source is not CostSource.LOCAL]
        (standing,) = ledger.standings(budgets, "c", "local", NOON.date())
    assert standing.committed == sum(row.cost_high or 0 for row in billed)
    assert standing.spent == sum(row.cost or 0 for row in billed)


SPENDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.cost.budget import Budgets, Scope
from assistant.cost.errors import BudgetExceeded
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter, Prompt
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, FakeBackend

ledger = Ledger(Path(sys.argv[1]))
meter = Meter(ledger, Prices(), lambda: NOON, UTC, Budgets({Scope.DAY: 450_000_000_000}))
print("ready", flush=True)
sys.stdin.readline()
admitted = 0
for number in range(int(sys.argv[2])):
    try:
        meter.start(FakeBackend(), turn="t", conversation=str(number),
                    prompt=Prompt(8_000, 8_000), max_output_tokens=5_000)
        admitted += 1
    except BudgetExceeded:
        pass
print(admitted, flush=True)
sys.stdin.readline()
"""


def spender(path: Path, calls: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SPENDER, str(path), str(calls)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_processes_share_one_budget_and_lose_no_row(path: Path) -> None:
    both = [spender(path, 20) for _ in range(2)]
    try:
        assert [hear(process) for process in both] == ["ready", "ready"]
        for process in both:
            tell(process)
        admitted = [int(hear(process)) for process in both]
        assert sum(admitted) == 7
        with closing(Ledger(path)) as ledger:
            assert len(ledger.attempts()) == 7
    finally:
        for process in both:
            process.kill()
            process.communicate()


def test_fault_48_a_killed_process_leaves_its_reservation_and_its_estimate(path: Path) -> None:
    process = spender(path, 3)
    try:
        assert hear(process) == "ready"
        tell(process)
        assert hear(process) == "3"
        with closing(Ledger(path)) as ledger:
            meter = metered(ledger, day="0.45")
            before, (standing,) = ledger.totals(), meter.standings("c")
            assert ledger.settle_stale(NOON) == 0, "it lives"
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert ledger.settle_stale(NOON) == 3
            after = ledger.totals()
            assert (after.cost, after.cost_high) == (before.cost, before.cost_high)
            assert meter.standings("c") == (standing,)
            states = {row.state for row in ledger.attempts()}
            assert states == {AttemptState.ERROR}
    finally:
        process.kill()
        process.communicate()


def test_budgets_are_read_from_text() -> None:
    table = {"conversation": "0.50", "user_day": "2", "day": "20.00", "month": "0.000001"}
    assert read_budgets("b.toml", table).limits == {
        Scope.CONVERSATION: dollars("0.50"),
        Scope.USER_DAY: dollars("2"),
        Scope.DAY: dollars("20.00"),
        Scope.MONTH: dollars("0.000001"),
    }
    assert not read_budgets("b.toml", {})


@pytest.mark.parametrize(
    ("table", "said"),
    (
        ([], "budgets must be a table"),
        ({"week": "1"}, "no field 'week'; there are: conversation, user_day, day, month"),
        ({"day": 2.5}, 'needs day = "2.50"'),
        ({"day": "two"}, "as text"),
        ({"day": "-1"}, "as text"),
        ({"day": "NaN"}, "as text"),
    ),
)
def test_a_wrong_budget_is_named(table: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"b\.toml.*") as caught:
        read_budgets("b.toml", table)
    assert said in str(caught.value)


def test_a_budget_of_nothing_is_used_up() -> None:
    nothing = Standing(Scope.DAY, 0, 0, 0)
    assert (nothing.percent, nothing.warns, nothing.left) == (100, True, 0)
