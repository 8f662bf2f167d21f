"""The line that stands before a comparison: calls, expected dollars, and the most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.backends.backend import Backend
from assistant.comparing_job import Job
from assistant.comparison_forecast import at_most
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.money import show_usd
from assistant.cost.prices import Prices
from assistant.forecasting import sizes
from assistant.questions import Question
from tests.fakes import ScriptedChat


@pytest.fixture
def meter(data: Path) -> Iterator[Meter]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Meter(ledger, Prices(), lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


def backend(name: str, model: str = "gpt-5", *, local: bool = False) -> Backend:
    chat = ScriptedChat(replies=[])
    provider = "local" if local else "openai"
    return Backend(name, name.title(), provider, model, chat, local=local, max_output=1000)


def said(meter: Meter, *backends: Backend) -> str:
    return at_most(meter, Job((Question(None, "?"),) * 6, backends))


def most(meter: Meter, one: Backend) -> int:
    found = meter.forecast(one, sizes(Job((), ()).evidence_tokens), one.max_output).most
    assert found is not None
    return found


def test_a_most_of_all_calls_is_said_without_more(meter: Meter) -> None:
    one, two = backend("one"), backend("two", "gpt-5-mini")
    told = said(meter, one, two)
    assert told.startswith("12 calls: ≈$")
    assert told.endswith(
        f"at most {show_usd(6 * (most(meter, one) + most(meter, two)))}, repeats apart"
    )


def test_a_most_of_some_calls_says_of_how_many(meter: Meter) -> None:
    one, two = backend("one"), backend("two")
    told = said(meter, one, two, backend("three", "no-such-model"))
    bound = show_usd(6 * 2 * most(meter, one))
    assert told.startswith("18 calls: ≈$")
    assert f"at most {bound} for 12 of them, repeats apart, 6 without a known price" in told


def test_where_nothing_is_bounded_there_is_no_most(meter: Meter) -> None:
    told = said(meter, backend("one", "no-such-model"), backend("two", "offline", local=True))
    assert told == "12 calls, 6 not metered, 6 without a known price"
