"""The fourteen ways to count money wrongly, each tried through the whole path to the ledger's row.

Usage A is 10,000 tokens in, 8,000 of them cached, and 1,200 out, 700 of them reasoning.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event as StopSignal

import pytest

from assistant.backends.entry import BackendEntry
from assistant.cost.comparison import reprice_attempts
from assistant.cost.meter import Meter
from assistant.cost.models import (
    AttemptState,
    CostSource,
    Overlay,
    Reference,
    UsageSource,
)
from assistant.cost.prices import Prices
from assistant.events import Stopped, TextDelta
from corpus.tokens import count_tokens
from tests.assistant.cost.samples import NOON, USAGE_A, FakeBackend, dollars
from tests.assistant.cost.whole_path import (
    MAX_OUTPUT,
    TEXT,
    Clock,
    WholePath,
    from_rates,
    said,
    whole_path,
)
from tests.assistant.cost.wires import (
    A_DEEPSEEK,
    A_GOOGLE,
    A_MOONSHOT,
    A_RESPONSES,
    BOTH_WAYS,
    COUNTS,
    GROK,
    THOUGHT,
    A,
    Wire,
)
from tests.servers.anthropic_server import message
from tests.servers.google_server import gemini
from tests.servers.loopback import Cut, Hold, LoopbackServer, Received, Reply
from tests.servers.openai_server import completion, response
from tests.servers.protocols import PROTOCOLS, Protocol

GPT5, PRO = ("openai", "gpt-5"), ("deepseek", "deepseek-v4-pro")
QWEN = ("openrouter", "qwen/qwen3-max")


def without(wire: Wire, name: str) -> Wire:
    return {key: count for key, count in wire.items() if key != name}


@pytest.fixture
def path(data: Path) -> Iterator[WholePath]:
    with whole_path(data) as found:
        yield found


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.name)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


# 1. A custom base_url with stream_usage unset sends no stream_options: no usage, silently $0.


def only_when_asked(request: Received) -> Reply:
    """Answer as OpenAI's own server does: usage for those who ask for it in a stream."""
    asked = (request.body.get("stream_options") or {}).get("include_usage")
    return completion(TEXT, usage=A if asked else None)


def test_trap_01_usage_is_asked_for_at_any_address(data: Path) -> None:
    with whole_path(data) as path, LoopbackServer(only_when_asked) as server:
        path.server = server
        row = path.ask(path.entry("completions", *GPT5))
    assert (row.usage.source, row.cost_source) == (UsageSource.PROVIDER, CostSource.PRICED)
    assert row.cost == dollars("0.0155")


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "not asked"])
def test_trap_01_no_usage_is_an_estimate_and_never_zero(path: WholePath, asked: bool) -> None:
    row = path.ask(
        path.entry("completions", *GPT5, stream_usage=asked), completion(TEXT, usage=None)
    )
    assert ("stream_options" in path.server.requests[0].body) is asked
    assert row.state is AttemptState.OK
    assert (row.usage.source, row.cost_source) == (UsageSource.ESTIMATED, CostSource.ESTIMATED)
    assert row.usage.output_tokens == count_tokens(TEXT)
    assert row.cost
    totals = path.meter.conversation("c")
    assert (totals.estimated, totals.cost_estimated, totals.cost) == (True, True, row.cost)


# 2. Usage on every chunk, or sent twice, is added up: 0.044 or 0.031 for 0.0155.

UP_TO_NOW = [
    {**A, "completion_tokens": n, "total_tokens": 10_000 + n} for n in range(100, 1200, 100)
]


@pytest.mark.parametrize(
    "reply",
    [
        completion(TEXT, usage=A, repeat=2),
        completion(TEXT, usage=None, every=[A] * 11),
        completion(TEXT, usage=A, every=UP_TO_NOW),
    ],
    ids=["sent twice", "on every chunk", "cumulative"],
)
def test_trap_02_the_last_usage_counts_and_none_is_added(path: WholePath, reply: Reply) -> None:
    row = path.ask(path.entry("completions", *GPT5), reply)
    assert row.usage == replace(USAGE_A, raw=row.usage.raw)
    assert row.cost == dollars("0.0155")


def test_trap_02_gemini_counts_up_in_every_chunk(path: WholePath) -> None:
    early = {**A_GOOGLE, "candidatesTokenCount": 400, "totalTokenCount": 11_100}
    reply = gemini(*TEXT.split(), usage=A_GOOGLE, early=early, model="gemini-3.6-flash")
    row = path.ask(path.entry("google", "google", "gemini-3.6-flash"), reply)
    assert row.usage == replace(USAGE_A, raw=row.usage.raw)
    assert row.cost == dollars("0.0066")


def test_trap_02_claude_says_its_input_again_at_the_end(path: WholePath) -> None:
    reply = message(TEXT, usage={**BOTH_WAYS, "output_tokens": 1}, end=BOTH_WAYS)
    row = path.ask(path.entry("anthropic", "anthropic", "claude-sonnet-4-6"), reply)
    assert (row.usage.input_tokens, row.usage.output_tokens) == (11_500, 1_200)
    assert row.cost == dollars("0.03315")


# 3. DeepSeek's and Moonshot's own names for cached tokens are dropped: 0.008976, 0.0143.


@pytest.mark.parametrize(
    ("provider", "model", "wire", "usd"),
    [(*PRO, A_DEEPSEEK, "0.003872"), ("moonshotai", "kimi-k2.6", A_MOONSHOT, "0.00798")],
    ids=["prompt_cache_hit_tokens", "cached_tokens"],
)
def test_trap_03_a_providers_own_name_for_cached_tokens_is_read(
    path: WholePath, provider: str, model: str, wire: Wire, usd: str
) -> None:
    row = path.ask(
        path.entry("completions", provider, model), completion(TEXT, usage=wire, model=model)
    )
    assert row.usage.cache_read_tokens == 8_000
    assert row.cost == dollars(usd)


# 4. On flex and priority LangChain renames the details (flex_cache_read): 0.0245 for 0.00775.


@pytest.mark.parametrize(("tier", "usd"), [("flex", "0.00775"), ("priority", "0.031")])
@pytest.mark.parametrize("speaks", ["completions", "responses"])
def test_trap_04_a_tier_is_priced_and_its_details_are_read(
    path: WholePath, speaks: str, tier: str, usd: str
) -> None:
    say, wire = (completion, A) if speaks == "completions" else (response, A_RESPONSES)
    model = "gpt-5" if speaks == "completions" else "gpt-5.6-sol"
    row = path.ask(
        path.entry(speaks, "openai", model, price=GPT5), say(TEXT, usage=wire, service_tier=tier)
    )
    assert (row.tier, row.usage.cache_read_tokens, row.usage.reasoning_tokens) == (tier, 8_000, 700)
    assert row.cost == dollars(usd)


# 5. Claude's cache_creation is 0 beside a split that carries the count: 0.0309 for 0.03315.


@pytest.mark.parametrize("total", [0, 1_500, None])
def test_trap_05_the_split_by_lifetime_is_the_count(path: WholePath, total: int | None) -> None:
    wire = {**BOTH_WAYS, "cache_creation_input_tokens": total}
    row = path.ask(
        path.entry("anthropic", "anthropic", "claude-sonnet-4-6"), message(TEXT, usage=wire)
    )
    assert (row.usage.cache_write_5m_tokens, row.usage.cache_write_1h_tokens) == (1_000, 500)
    assert row.usage.input_tokens == 11_500
    assert row.cost == dollars("0.03315")


# 6. Claude, streamed: the split is lost, and usage that only message_start tells is ignored.


@pytest.mark.parametrize(
    ("start", "end"),
    [(BOTH_WAYS, {}), (without(BOTH_WAYS, "output_tokens"), {"output_tokens": 1_200})],
    ids=["all at the start", "input at the start"],
)
def test_trap_06_what_the_start_of_a_stream_tells_is_counted(
    path: WholePath, start: Wire, end: Wire
) -> None:
    row = path.ask(
        path.entry("anthropic", "anthropic", "claude-sonnet-4-6"),
        message(TEXT, usage=start, end=end),
    )
    assert (row.usage.input_tokens, row.usage.output_tokens) == (11_500, 1_200)
    assert (row.usage.cache_write_5m_tokens, row.usage.cache_write_1h_tokens) == (1_000, 500)
    assert row.cost == dollars("0.03315")


def test_trap_06_a_write_without_a_lifetime_costs_what_the_short_one_does(path: WholePath) -> None:
    wire = without(BOTH_WAYS, "cache_creation")
    row = path.ask(
        path.entry("anthropic", "anthropic", "claude-sonnet-4-6"), message(TEXT, usage=wire)
    )
    assert (row.usage.cache_write_5m_tokens, row.usage.cache_write_1h_tokens) == (1_500, None)
    # 2000 x 3 + 8000 x 0.3 + 1500 x 3.75 + 1200 x 15
    assert row.cost == dollars("0.032025")


# 7. A cut or stopped stream reports no usage: an estimate, marked, up to the longest answer.


def check_estimate(path: WholePath, state: AttemptState, seen: str) -> None:
    (row,) = path.rows()
    assert row.state is state
    assert (row.usage.source, row.cost_source) == (UsageSource.ESTIMATED, CostSource.ESTIMATED)
    assert seen.startswith("Meta expects")
    assert row.usage.output_tokens == count_tokens(seen)
    assert row.usage.input_tokens and row.usage.input_tokens > 100
    longest = from_rates(row, replace(row.usage, output_tokens=MAX_OUTPUT))
    assert (row.cost_low, row.cost, row.cost_high) == (from_rates(row), from_rates(row), longest)
    assert row.cost
    assert row.cost < longest
    totals = path.meter.conversation("c")
    assert (totals.cost, totals.cost_high) == (row.cost, row.cost_high)
    assert (totals.estimated, totals.cost_estimated) == (True, True)


def priced_everywhere(path: WholePath, protocol: Protocol) -> BackendEntry:
    price = GPT5 if protocol.provider == "ollama" else None
    return path.entry(protocol.name, protocol.provider, protocol.model, price=price)


@pytest.mark.parametrize("end", ["cut", "error"])
def test_trap_07_a_broken_stream_is_an_estimate_up_to_the_longest_answer(
    path: WholePath, protocol: Protocol, end: str
) -> None:
    broken = protocol.say("Meta expects ", "capex ", Cut() if end == "cut" else protocol.error())
    entry = priced_everywhere(path, protocol)
    seen = [e.text for e in path.events(entry, broken) if isinstance(e, TextDelta)]
    check_estimate(path, AttemptState.ERROR, "".join(seen))


@pytest.mark.parametrize("how", ["stop", "leave"])
def test_trap_07_a_stopped_stream_is_an_estimate_up_to_the_longest_answer(
    path: WholePath, protocol: Protocol, how: str
) -> None:
    stop, seen = StopSignal(), ""
    reply = protocol.say("Meta expects ", "capex ", Hold())
    stream = path.events(priced_everywhere(path, protocol), reply, stop=stop)
    for event in stream:
        if isinstance(event, TextDelta):
            seen += event.text
        if seen.startswith("Meta expects capex"):
            if how == "leave":
                break
            stop.set()
    else:
        assert isinstance(event, Stopped)
    stream.close()  # type: ignore[attr-defined]
    check_estimate(path, AttemptState.STOPPED, seen)


# 8. The SDK's own retries are invisible: three calls, one row.


@pytest.mark.parametrize("statuses", [(429, 503), (503, 429)], ids=str)
def test_trap_08_each_retry_is_a_call_and_a_row_of_its_own(
    path: WholePath, protocol: Protocol, statuses: tuple[int, int]
) -> None:
    refused = [protocol.refuse(status, {"retry-after": "0"}) for status in statuses]
    path.ask(priced_everywhere(path, protocol), *refused, protocol.say(TEXT))
    rows = path.rows()
    assert len(path.server.requests) == len(rows) == 3
    first, second, third = rows
    assert [row.state for row in rows] == [AttemptState.ERROR] * 2 + [AttemptState.OK]
    assert [row.finish_reason for row in rows] == [*(f"http {n}" for n in statuses), "stop"]
    assert [row.parent for row in rows] == [None, first.id, first.id]
    assert [(row.cost_low, row.cost, row.cost_high) for row in (first, second)] == [(0, 0, 0)] * 2
    assert third.cost == from_rates(third) > 0
    totals = path.meter.conversation("c")
    assert (totals.attempts, totals.unpriced, totals.cost) == (3, 0, third.cost)
    assert (totals.input_tokens, totals.output_tokens) == (100, 20)


def test_trap_08_a_call_that_broke_off_before_its_text_may_be_billed(
    path: WholePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.asking.FIRST_WAIT", 0.01)
    path.ask(path.entry("completions", *GPT5), completion(Cut()), completion(TEXT, usage=A))
    broken, answered = path.rows()
    assert (broken.state, broken.cost_source) == (AttemptState.ERROR, CostSource.ESTIMATED)
    assert broken.cost
    assert answered.cost == dollars("0.0155")
    assert path.meter.conversation("c").cost == broken.cost + dollars("0.0155")


# 9. An answer from our own cache costs nothing and is not counted again.


def test_trap_09_an_answer_from_our_own_cache_is_no_call(path: WholePath) -> None:
    called = path.ask(path.entry("completions", *GPT5), completion(TEXT, usage=A))
    before = path.meter.conversation("c")
    started = path.meter.start(FakeBackend(), turn="t2", conversation="c")
    path.meter.settle(started, called.usage, AttemptState.CACHED, model_served="gpt-5")
    _, cached = path.rows()
    assert (cached.cost_low, cached.cost, cached.cost_high) == (0, 0, 0)
    assert cached.state is AttemptState.CACHED
    assert path.meter.conversation("c") == before == path.meter.today()
    assert (before.attempts, before.cost) == (1, dollars("0.0155"))
    elsewhere = [Reference("GPT-5", *GPT5)]
    (repriced,) = reprice_attempts(path.rows(), elsewhere, Prices())
    assert (repriced.attempts, repriced.low, repriced.high) == (
        1, dollars("0.0155"), dollars("0.0245"),
    )  # fmt: skip


# 10. A known model with an empty price costs $0, without an error.


def empty_entries() -> list[tuple[str, str]]:
    """Return one model of each provider that the data knows and gives $0 for, having no price."""
    import genai_prices
    from genai_prices import data

    found = {}
    usage = genai_prices.Usage(input_tokens=10_000, output_tokens=1_200)
    for provider in data.providers:
        for model in provider.models:
            rates = vars(model.get_prices(NOON)).values()
            if provider.id not in found and all(rate is None for rate in rates):
                price = genai_prices.calc_price(
                    usage, model.id, provider_id=provider.id, genai_request_timestamp=NOON
                )
                assert price.total_price == 0
                found[provider.id] = model.id
    return list(found.items())


def test_trap_10_an_empty_price_is_unpriced(path: WholePath) -> None:
    entries = empty_entries()
    assert entries, "the price data has no empty entry any more: this test proves nothing, drop it"
    for provider, model in entries:
        row = path.ask(
            path.entry("completions", provider, model), completion(TEXT, usage=A, model=model)
        )
        assert (row.provider, row.model_served) == (provider, model)
        assert (row.cost_low, row.cost, row.cost_high) == (None,) * 3
        assert (row.cost_source, row.rates) == (CostSource.UNPRICED, None)
        assert row.usage == replace(USAGE_A, raw=row.usage.raw)
    totals = path.meter.conversation("c")
    assert (totals.cost, totals.unpriced) == (None, len(entries))


# 11. xAI counts reasoning beside its output: 0.0162631 for 0.0232856.


@pytest.mark.parametrize(
    "wire",
    [GROK, {**GROK, "completion_tokens": 4_308}],
    ids=["beside the output", "within it"],
)
def test_trap_11_reasoning_is_paid_for_once(path: WholePath, wire: Wire) -> None:
    row = path.ask(
        path.entry("completions", "x-ai", "grok-4.20"),
        completion(TEXT, usage=wire, model="grok-4.20"),
    )
    assert (row.usage.output_tokens, row.usage.reasoning_tokens) == (4_308, 2_809)
    assert said(row.usage.raw) == wire
    assert row.cost == dollars("0.0232856")


# 12. The provider's own bill goes before a price, and a price before an estimate.


@pytest.mark.parametrize(
    ("bill", "usd"), [(0.0181, "0.0181"), (1.25e-05, "0.0000125"), (0, "0")], ids=str
)
def test_trap_12_a_bill_goes_before_any_price(path: WholePath, bill: float, usd: str) -> None:
    row = path.ask(path.entry("completions", *QWEN), completion(TEXT, usage={**A, "cost": bill}))
    assert (row.cost_low, row.cost, row.cost_high) == (dollars(usd),) * 3
    assert row.cost_source is CostSource.BILLED
    assert said(row.usage.raw) == {**A, "cost": bill}


def test_trap_12_a_price_goes_before_an_estimate(path: WholePath) -> None:
    entry = path.entry("completions", *QWEN)
    found = [
        path.ask(entry, completion(TEXT, usage=wire, model=QWEN[1]))
        for wire in ({**A, "cost": 0.0181}, A, None)
    ]
    sources = [row.cost_source for row in found]
    assert sources == [CostSource.BILLED, CostSource.PRICED, CostSource.ESTIMATED]
    billed, priced, estimated = (row.cost or 0 for row in found)
    assert (billed, priced) == (dollars("0.0181"), dollars("0.0192"))
    assert path.meter.conversation("c").cost == billed + priced + estimated


def test_trap_12_a_bill_was_made_by_no_rates_of_ours(path: WholePath) -> None:
    row = path.ask(path.entry("completions", *QWEN), completion(TEXT, usage={**A, "cost": 0.0181}))
    assert row.rates is None


# 13. vLLM and SGLang leave cached tokens out unless told: unknown, not zero.

LEFT_OUT = {
    "completions": completion(TEXT, usage={**COUNTS, **THOUGHT}),
    "responses": response(TEXT, usage=without(A_RESPONSES, "input_tokens_details")),
    "google": gemini(TEXT, usage=without(A_GOOGLE, "cachedContentTokenCount")),
    "anthropic": message(TEXT, usage={"input_tokens": 10_000, "output_tokens": 1_200}),
}


@pytest.mark.parametrize("speaks", LEFT_OUT)
def test_trap_13_cached_tokens_that_are_left_out_are_unknown(path: WholePath, speaks: str) -> None:
    model = "gpt-5.6-sol" if speaks == "responses" else "gpt-5"
    row = path.ask(path.entry(speaks, "openai", model, price=GPT5), LEFT_OUT[speaks])
    assert row.usage.cache_read_tokens is None
    assert (row.usage.cache_write_5m_tokens, row.usage.cache_write_1h_tokens) == (None, None)
    assert row.usage.input_tokens == 10_000
    assert row.cost == dollars("0.0245")
    with closing(sqlite3.connect(path.file)) as ledger:
        assert ledger.execute("SELECT cache_read_tokens FROM attempts").fetchall() == [(None,)]


def test_trap_13_no_cached_tokens_are_known_to_be_none(path: WholePath) -> None:
    wire = {**COUNTS, **THOUGHT, "prompt_tokens_details": {"cached_tokens": 0}}
    row = path.ask(path.entry("completions", *GPT5), completion(TEXT, usage=wire))
    assert row.usage.cache_read_tokens == 0
    assert row.cost == dollars("0.0245")


# 14. Prices change by date and hour: each row keeps the price of its own start, for good.


@pytest.mark.parametrize(
    ("hour", "usd"), [(0, "0.003872"), (3, "0.007744")], ids=["into the peak", "out of the peak"]
)
def test_trap_14_the_price_is_that_of_the_start_not_of_the_end(
    path: WholePath, hour: int, usd: str
) -> None:
    path.clock.now = NOON.replace(hour=hour, minute=59, second=59)
    path.clock.step = timedelta(minutes=5)
    row = path.ask(
        path.entry("completions", *PRO), completion(TEXT, usage=A_DEEPSEEK, model=PRO[1])
    )
    assert row.ended is not None
    assert row.ended.hour == hour + 1
    assert row.cost == from_rates(row) == dollars(usd)


def test_trap_14_a_retry_is_priced_at_its_own_start(path: WholePath) -> None:
    path.clock.now = NOON.replace(hour=0, minute=59, second=58)
    refused = PROTOCOLS[0].refuse(429, {"retry-after": "0"})
    reply = completion(TEXT, usage=A_DEEPSEEK, model=PRO[1])
    row = path.ask(path.entry("completions", *PRO), refused, reply)
    first, second = path.rows()
    assert (first.started.hour, second.started.hour) == (0, 1)
    assert row == second
    assert row.cost == dollars("0.007744")


def test_trap_14_history_stays_when_the_price_changes(path: WholePath) -> None:
    sol = path.entry("responses", "openai", "gpt-5.6-sol")
    path.clock.now = NOON.replace(month=8, day=20)
    reply = response(TEXT, usage=A_RESPONSES)
    old = path.ask(sol, reply)
    path.clock.now = NOON.replace(month=8, day=21)
    new = path.ask(sol, reply)
    assert path.rows() == (old, new)
    assert (old.cost, new.cost) == (dollars("0.050"), dollars("0.0352"))
    assert (old.rates or {})["output_mtok"] == "30"
    assert from_rates(old) == old.cost
    assert path.meter.conversation("c").cost == dollars("0.0852")
    own = [Reference("the same", "openai", "gpt-5.6-sol")]
    (repriced,) = reprice_attempts(path.rows(), own, Prices())
    assert repriced.low == dollars("0.0852")


def test_trap_14_history_stays_when_a_deployment_enters_a_price(path: WholePath) -> None:
    entry, reply = path.entry("completions", *GPT5), completion(TEXT, usage=A)
    old = path.ask(entry, reply)
    ours = Overlay(*GPT5, Decimal(1), Decimal(2), None, "USD", "our contract", date(2026, 11, 24))
    path.meter = Meter(path.ledger, Prices([ours]), Clock(NOON + timedelta(days=1)))
    new = path.ask(entry, reply)
    assert path.rows() == (old, new)
    assert (old.cost, old.overlay_hash) == (dollars("0.0155"), None)
    # 10000 x 1 + 1200 x 2
    assert new.cost == dollars("0.0124")
    assert new.overlay_hash
    assert path.meter.conversation("c").cost == dollars("0.0279")
