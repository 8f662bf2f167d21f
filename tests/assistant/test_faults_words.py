"""What a server says of itself and of its counts, odd or wrong, through the whole path.

A row is settled whatever it says, what was not counted is estimated, and no key is repeated.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.backends.entry import BackendEntry
from assistant.backends.registry import Registry
from assistant.checkup import check_backend
from assistant.cost.models import Attempt, AttemptState, CostSource, UsageSource
from assistant.events import Answered, Event, Failed
from assistant.planning import planner
from assistant.research import Inquiry, ask
from tests.assistant.cost.whole_path import TEXT, WholePath, whole_path
from tests.assistant.test_research import ShelfCorpus
from tests.servers.anthropic_server import message
from tests.servers.google_server import failure_event, gemini
from tests.servers.loopback import Hold, Reply
from tests.servers.ollama_server import ollama
from tests.servers.openai_server import USAGE, completion, response
from tests.servers.protocols import KEY, PROTOCOLS, Protocol

COMPLETIONS, RESPONSES, ANTHROPIC, GOOGLE, OLLAMA = PROTOCOLS
HALF = "x\ud83d"
"""A text that ends in half a character, as JSON can say it."""
ZEROS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
SOON = {"retry-after": "0"}


def named(value: object) -> str:
    """Return what a case is called."""
    return value.name if isinstance(value, Protocol) else ascii(value)


@pytest.fixture
def path(data: Path) -> Iterator[WholePath]:
    with whole_path(data) as found:
        yield found


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.name)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


def entry(path: WholePath, protocol: Protocol, **changes: Any) -> BackendEntry:
    return path.entry(protocol.name, protocol.provider, protocol.model, **changes)


def run(
    path: WholePath, protocol: Protocol, *replies: Reply, **changes: Any
) -> tuple[Event, tuple[Attempt, ...]]:
    """Return the last event of a question and the rows that it left."""
    *_, last = path.events(entry(path, protocol, **changes), *replies)
    return last, path.rows()


@pytest.mark.parametrize(
    "said",
    [
        {"model": 7},
        {"model": {"id": "x"}},
        {"model": HALF},
        {"finish_reason": {"type": "stop"}},
        {"finish_reason": 1},
        {"finish_reason": HALF},
        {"service_tier": ["flex"]},
        {"service_tier": HALF},
        {"usage": {**USAGE, "prompt_tokens": 10**20}},
        {"usage": {**USAGE, "completion_tokens": 10**13}},
        {"usage": {**USAGE, "cost": 1e9}},
        {"usage": {**USAGE, "cost": "1e999999"}},
        {"usage": {**USAGE, "note": HALF, "x": float("nan")}},
        {"usage": {**USAGE, "server_tool_use": {"web_search_requests": 10**20}}},
    ],
    ids=named,
)
def test_odd_words_of_a_server_cost_no_answer_and_leave_no_row_open(
    path: WholePath, said: dict[str, Any]
) -> None:
    last, (row,) = run(path, COMPLETIONS, completion(TEXT, **said))
    assert isinstance(last, Answered), last
    assert row.state is AttemptState.OK
    assert row.cost != 0


@pytest.mark.parametrize("model", [7, {"id": "x"}, HALF], ids=named)
def test_a_model_that_is_no_text_leaves_no_row_open(
    path: WholePath, protocol: Protocol, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.asking.FIRST_WAIT", 0.01)
    last, rows = run(path, protocol, *[protocol.say(TEXT, model=model)] * 3)
    assert isinstance(last, Answered | Failed), last
    assert {row.state for row in rows} <= {AttemptState.OK, AttemptState.ERROR}


@pytest.mark.parametrize(
    ("protocol", "usage"),
    [
        (COMPLETIONS, ZEROS),
        (COMPLETIONS, {**USAGE, "completion_tokens": 0, "total_tokens": 100}),
        (COMPLETIONS, {**USAGE, "prompt_tokens": 10**20}),
        (RESPONSES, {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}),
        (ANTHROPIC, {"input_tokens": 0, "output_tokens": 0}),
        (ANTHROPIC, {"input_tokens": 10**20, "output_tokens": 20}),
        (ANTHROPIC, {"input_tokens": -5, "output_tokens": 20}),
        (GOOGLE, {"promptTokenCount": 0, "totalTokenCount": 0}),
        (GOOGLE, {"promptTokenCount": 100, "totalTokenCount": 100}),
        (OLLAMA, {"prompt_eval_count": 0, "eval_count": 0}),
        (OLLAMA, {"prompt_eval_count": 10**20, "eval_count": 20}),
    ],
    ids=named,
)
def test_counts_that_no_call_can_have_are_estimated(
    path: WholePath, protocol: Protocol, usage: dict[str, int]
) -> None:
    last, (row,) = run(path, protocol, protocol.say(TEXT, usage=usage))
    assert isinstance(last, Answered), last
    assert row.usage.source is UsageSource.ESTIMATED
    assert row.usage.input_tokens
    assert row.usage.output_tokens
    assert row.cost != 0


@pytest.mark.parametrize("after", [ZEROS, {"total_tokens": 120}], ids=named)
def test_what_was_counted_stands_against_zeros_that_come_later(
    path: WholePath, after: dict[str, int]
) -> None:
    reply = completion(TEXT, every=[USAGE], usage=after)
    _, (row,) = run(path, COMPLETIONS, reply)
    assert (row.usage.source, row.usage.input_tokens, row.usage.output_tokens) == (
        UsageSource.PROVIDER, 100, 20,
    )  # fmt: skip


def test_a_check_tells_that_zeros_are_no_usage(path: WholePath) -> None:
    path.server.queue(completion("The documents hold nothing.", usage=ZEROS))
    registry = Registry((entry(path, COMPLETIONS),), {"TEST_KEY": KEY})
    assert check_backend(registry.get("completions"), path.meter).reports_usage is False


@pytest.mark.parametrize("status", [408, 504, 524])
def test_a_gateway_that_lost_patience_may_have_let_the_model_work(
    path: WholePath, protocol: Protocol, status: int
) -> None:
    _, rows = run(path, protocol, protocol.refuse(status, SOON), protocol.say(TEXT))
    first, second = rows
    assert (first.finish_reason, first.usage.source) == (f"http {status}", UsageSource.ESTIMATED)
    assert first.usage.input_tokens
    assert first.cost != 0
    assert second.state is AttemptState.OK


def numbered(code: int) -> bytes:
    """An error in mid-stream with a number for its code, as OpenRouter sends it."""
    return f"data: {json.dumps({'error': {'code': code, 'message': 'gone'}})}\n\n".encode()


@pytest.mark.parametrize(
    ("protocol", "reply"),
    [
        (GOOGLE, gemini(failure_event(503), thinking="Let me see.")),
        (COMPLETIONS, completion(numbered(503), reasoning="Let me see.")),
    ],
    ids=["google", "completions"],
)
def test_an_error_after_thoughts_is_no_refusal(
    path: WholePath, protocol: Protocol, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.asking.FIRST_WAIT", 0.01)
    _, (first, *_) = run(path, protocol, *[reply] * 3)
    assert (first.state, first.cost_source) == (AttemptState.ERROR, CostSource.ESTIMATED)
    assert first.cost
    assert first.cost_high
    assert first.cost_high > first.cost


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize(
    "key", ["3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c.AbCdEfGh", "Zq3Xw9Lk2Pv8Nt5Rb7Yc1Md4Gh6Js0Fa"]
)
def test_a_key_that_a_provider_repeats_is_shown_and_kept_nowhere(
    path: WholePath, protocol: Protocol, data: Path, status: int, key: str
) -> None:
    said = f"the key {key} is not valid {HALF}"
    body = {"error": {"code": status, "message": said, "status": "X", "type": "x"}}
    refused = Reply.of_json({"error": said} if protocol is OLLAMA else body, status)
    path.server.queue(refused)
    *_, last = ask(
        Inquiry("What capex?", conversation="c", turn="t"),
        corpus=ShelfCorpus(),
        planner=planner(Registry((entry(path, protocol),), {"TEST_KEY": key}), protocol.name),
        meter=path.meter,
    )
    assert isinstance(last, Failed), last
    assert "the key … is not valid x?" in last.message
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        kept = "\n".join(ledger.iterdump())
    assert key not in str(last) + kept


@pytest.mark.parametrize("opening", ["", "<think>"], ids=["text", "thoughts"])
def test_a_server_that_heeds_no_limit_is_hung_up_on(
    path: WholePath, protocol: Protocol, opening: str
) -> None:
    goes_on = ["capex," * 300] * 10
    reply = protocol.say(opening, *goes_on, Hold())
    last, (row,) = run(path, protocol, reply, max_output=1000)
    assert isinstance(last, Failed), last
    assert "max_output (1000 tokens)" in last.message
    assert path.server.hung_up.wait(10)
    assert (row.state, row.finish_reason, row.usage.source) == (
        AttemptState.ERROR, "too long", UsageSource.ESTIMATED,
    )  # fmt: skip
    assert row.usage.output_tokens
    assert row.usage.output_tokens > 1000


def test_a_long_answer_within_its_limit_is_an_answer(path: WholePath) -> None:
    last, _ = run(path, COMPLETIONS, completion("capex," * 1000, TEXT), max_output=1000)
    assert isinstance(last, Answered), last


def test_a_thought_that_the_template_opened_is_no_part_of_the_answer(path: WholePath) -> None:
    reply = completion("They ask for capex of $1 [1].\n</th", "ink>\n\n", TEXT)
    last, _ = run(path, COMPLETIONS, reply)
    assert isinstance(last, Answered), last
    assert last.answer.text == TEXT


@pytest.mark.parametrize(
    ("protocol", "reply"),
    [
        (COMPLETIONS, completion(TEXT, every=[USAGE] * 99, usage=None, finish_reason=None)),
        (ANTHROPIC, message(TEXT, stop_reason=None)),
        (GOOGLE, gemini(TEXT, early={"promptTokenCount": 100}, finish_reason=None)),
    ],
    ids=["completions", "anthropic", "google"],
)
def test_counts_are_no_end_of_a_stream(path: WholePath, protocol: Protocol, reply: Reply) -> None:
    last, (row,) = run(path, protocol, reply)
    assert isinstance(last, Failed), last
    assert "the stream has no end" in last.message
    assert (row.state, row.usage.source) == (AttemptState.ERROR, UsageSource.ESTIMATED)


@pytest.mark.parametrize(
    ("protocol", "reply"),
    [
        (COMPLETIONS, completion(TEXT, finish_reason=None)),
        (RESPONSES, response(TEXT)),
        (OLLAMA, ollama(TEXT, done_reason="")),
    ],
    ids=["completions", "responses", "ollama"],
)
def test_an_end_that_names_no_reason_is_an_end(
    path: WholePath, protocol: Protocol, reply: Reply
) -> None:
    last, (row,) = run(path, protocol, reply)
    assert isinstance(last, Answered), last
    assert row.usage.source is UsageSource.PROVIDER
