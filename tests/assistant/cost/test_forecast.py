from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.cost.forecast import Forecast, Sizes
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter, Work
from assistant.cost.models import AttemptState, Usage, UsageSource
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, FakeBackend, dollars

SIZES = Sizes(instructions=400, conversation=600, evidence=3_560, question=500)
GPT5 = FakeBackend(name="gpt")


@pytest.fixture
def meter(data: Path) -> Iterator[Meter]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Meter(ledger, Prices(), lambda: NOON)


def answer(meter: Meter, tokens: tuple[int, int], backend: FakeBackend = GPT5) -> None:
    started = meter.start(backend, turn="t", conversation="c")
    usage = Usage(tokens[0], output_tokens=tokens[1], source=UsageSource.PROVIDER)
    meter.settle(started, usage, AttemptState.OK, total_seconds=2.0)


def test_before_the_first_answer_it_is_reckoned_from_the_sizes(meter: Meter) -> None:
    found = meter.forecast(GPT5, SIZES, 4_096)
    assert found.expected == dollars("0.0075"), "4,000 x $1.25 + 250 x $10"
    assert found.most == dollars("0.09156"), "8 bytes x 5,060 x $1.25 + 4,096 x $10"
    assert found.sentence == "≈$0.0075, at most $0.0916 a call"


def test_later_it_is_the_median_of_this_backend_s_answers(meter: Meter) -> None:
    for tokens in ((2_000, 100), (3_000, 200), (90_000, 4_000)):
        answer(meter, tokens)
    answer(meter, (1, 1), FakeBackend(name="other"))
    assert meter.forecast(GPT5, SIZES, 4_096).expected == dollars("0.00575")


def test_other_work_does_not_hide_this_backend_s_answers(meter: Meter) -> None:
    answer(meter, (2_000, 100))
    for number in range(300):
        meter.record(Work("embedder", "m", number, 0.1, None, NOON), "c", "t", "local")
    assert meter.forecast(GPT5, SIZES, 4_096).expected == dollars("0.0035")


def test_the_most_is_what_a_call_would_reserve_at_the_most(meter: Meter) -> None:
    flex = replace(GPT5, service_tier="flex")
    assert meter.forecast(flex, SIZES, 4_096).most == dollars("0.09156"), "it may fall back"
    claude = FakeBackend(provider="anthropic", model="claude-sonnet-4-6")
    assert meter.forecast(claude, SIZES, 100).most == dollars("0.1533"), "written to a cache"


def test_our_own_machine_is_forecast_by_its_seconds_or_not_at_all(meter: Meter) -> None:
    own = replace(GPT5, name="own", provider="local", local=True)
    assert meter.forecast(own, SIZES, None) == Forecast(None, None, local=True)
    assert meter.forecast(own, SIZES, None).sentence == "not metered"
    hourly = replace(own, hourly_usd=Decimal("0.36"))
    assert meter.forecast(hourly, SIZES, None).expected is None, "it has not answered yet"
    answer(meter, (10, 10), hourly)
    assert meter.forecast(hourly, SIZES, None).sentence == "≈$0.0002"


def test_what_has_no_price_says_so(meter: Meter) -> None:
    unknown = FakeBackend(name="q", provider="dashscope", model="qwen3-max")
    assert meter.forecast(unknown, SIZES, 100).sentence == "— no price"
    assert meter.ledger.attempts() == (), "a forecast writes nothing"
