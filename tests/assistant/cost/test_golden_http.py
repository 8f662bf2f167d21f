"""The golden cases that a chat call can produce, from a provider's reply to the row in the ledger.

A batch (the first half of case 14) is no chat call: see test_golden.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from assistant.cost.meter import Meter
from assistant.cost.models import AttemptState, CostSource, Overlay, Usage, UsageSource
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, USAGE_A, dollars
from tests.assistant.cost.whole_path import TEXT, WholePath, from_rates, said, whole_path
from tests.assistant.cost.wires import (
    A_DEEPSEEK,
    A_GOOGLE,
    A_MOONSHOT,
    A_RESPONSES,
    BOTH_WAYS,
    FLASH,
    GROK,
    SEARCHED,
    SONAR,
    A,
    Wire,
)
from tests.servers.anthropic_server import message
from tests.servers.google_server import gemini
from tests.servers.loopback import Reply
from tests.servers.openai_server import completion, response
from tests.servers.protocols import PROTOCOLS

SAY = {protocol.name: protocol.say for protocol in PROTOCOLS}

counted = partial(Usage, source=UsageSource.PROVIDER)
COUNTED_BOTH_WAYS = counted(
    11_500,
    output_tokens=1_200,
    cache_read_tokens=8_000,
    cache_write_5m_tokens=1_000,
    cache_write_1h_tokens=500,
)


def rates(given: str, made: str, read: str | None = None, **others: str) -> dict[str, str]:
    """Return dollars per million tokens by the names of the price data."""
    cache = {} if read is None else {"cache_read_mtok": read}
    return {"input_mtok": given, "output_mtok": made, **cache, **others}


@dataclass(frozen=True)
class Golden:
    """What a server says on the wire, and the row that has to come of it."""

    number: str
    protocol: str
    provider: str
    model: str
    wire: Wire
    usage: Usage
    usd: str
    rates: Mapping[str, str]
    at: datetime = NOON
    tier: str | None = None

    def reply(self) -> Reply:
        tier = {"service_tier": self.tier} if self.protocol in {"completions", "responses"} else {}
        return SAY[self.protocol](TEXT, usage=self.wire, model=self.model, **tier)


def openai_style(
    number: str,
    provider: str,
    model: str,
    usd: str,
    paid: Mapping[str, str],
    wire: Wire = A,
    usage: Usage = USAGE_A,
    at: datetime = NOON,
    tier: str | None = None,
    protocol: str = "completions",
) -> Golden:
    return Golden(number, protocol, provider, model, wire, usage, usd, paid, at, tier)


def deepseek(number: str, usd: str, paid: Mapping[str, str], at: datetime = NOON) -> Golden:
    return openai_style(number, "deepseek", "deepseek-v4-pro", usd, paid, A_DEEPSEEK, at=at)


def sol(number: str, usd: str, paid: Mapping[str, str], at: datetime) -> Golden:
    return openai_style(
        number, "openai", "gpt-5.6-sol", usd, paid, A_RESPONSES, at=at, protocol="responses"
    )


def google(
    number: str,
    model: str,
    wire: Wire,
    usage: Usage,
    usd: str,
    paid: Mapping[str, str],
    at: datetime = NOON,
) -> Golden:
    return Golden(number, "google", "google", model, wire, usage, usd, paid, at)


def claude(
    number: str,
    model: str,
    wire: Wire,
    usage: Usage,
    usd: str,
    paid: Mapping[str, str],
    tier: str | None = None,
) -> Golden:
    return Golden(number, "anthropic", "anthropic", model, wire, usage, usd, paid, tier=tier)


def pro(prompt: int) -> tuple[Wire, Usage]:
    wire = {"promptTokenCount": prompt, "candidatesTokenCount": 300, "thoughtsTokenCount": 700}
    return wire, counted(prompt, output_tokens=1_000, reasoning_tokens=700)


def haiku(given: int, made: int) -> tuple[Wire, Usage]:
    wire = {"input_tokens": given, "output_tokens": made, "service_tier": "standard"}
    return wire, counted(given, output_tokens=made)


def monday(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute, second=second)


CHEAP, PEAK = rates("0.66", "1.98", "0.022"), rates("1.32", "3.96", "0.044")
SONNET = rates("3", "15", "0.3", cache_write_mtok="3.75", cache_write_1h_mtok="6")
SONNET_AND_WEB = {**SONNET, "web_searches_kcount": "10"}
BEFORE_THE_CUT = datetime(2026, 8, 20, 23, 59, 59, tzinfo=UTC)
OLD_YEAR = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
GROK_USAGE = counted(10_120, output_tokens=4_308, cache_read_tokens=128, reasoning_tokens=2_809)
FLASH_USAGE = counted(20_212, output_tokens=931, cache_read_tokens=16_298)
SECOND = timedelta(seconds=1)

CASES = (
    openai_style("1", "openai", "gpt-5", "0.0155", rates("1.25", "10", "0.125")),
    openai_style(
        "2 flex", "openai", "gpt-5", "0.00775", rates("0.625", "5", "0.0625"), tier="flex"
    ),
    openai_style(
        "3 priority", "openai", "gpt-5", "0.031", rates("2.5", "20", "0.25"), tier="priority"
    ),
    openai_style("4", "zai", "glm-5.2", "0.01016", rates("1.4", "4.4", "0.26")),
    openai_style(
        "5", "moonshotai", "kimi-k2.6", "0.00798", rates("0.95", "4", "0.16"), A_MOONSHOT
    ),
    deepseek("6", "0.003872", CHEAP),
    deepseek("7 peak", "0.007744", PEAK, monday(2)),
    deepseek("8 before the peak", "0.003872", CHEAP, monday(0, 59, 59)),
    deepseek("8 first of the peak", "0.007744", PEAK, monday(1)),
    deepseek("8 last of the peak", "0.007744", PEAK, monday(3, 59, 59)),
    deepseek("8 after the peak", "0.003872", CHEAP, monday(4)),
    openai_style("9 no cache rate", "openrouter", "qwen/qwen3-max", "0.0192", rates("1.2", "6")),
    claude(
        "10 cache writes", "claude-sonnet-4-6", BOTH_WAYS, COUNTED_BOTH_WAYS, "0.03315", SONNET,
        "standard",
    ),
    claude(
        "11 web searches", "claude-sonnet-4-6", SEARCHED,
        replace(COUNTED_BOTH_WAYS, web_searches=3), "0.06315", SONNET_AND_WEB, "standard",
    ),
    google("12 below the cliff", "gemini-2.5-pro", *pro(200_000), "0.260", rates("1.25", "10")),
    google("12 over the cliff", "gemini-2.5-pro", *pro(200_001), "0.5150025", rates("2.5", "15")),
    claude(
        "13 below the cliff", "claude-haiku-5-5", *haiku(100_000, 1_000), "0.0105",
        rates("0.1", "0.5"), "standard",
    ),
    claude(
        "13 over the cliff", "claude-haiku-5-5", *haiku(100_001, 1_000), "0.0525005",
        rates("0.5", "2.5"), "standard",
    ),
    claude(
        "14 standard", "claude-haiku-4-5", *haiku(10_000, 1_200), "0.016", rates("1", "5"),
        "standard",
    ),
    sol("15 last of the old price", "0.050", rates("5", "30", "0.5"), BEFORE_THE_CUT),
    sol("15 first of the new price", "0.0352", rates("4", "20", "0.4"), BEFORE_THE_CUT + SECOND),
    google(
        "16 last of the introductory price", "gemini-3.6-flash", A_GOOGLE, USAGE_A, "0.0066",
        rates("0.75", "3.75", "0.075"), OLD_YEAR,
    ),
    google(
        "16 first of the regular price", "gemini-3.6-flash", A_GOOGLE, USAGE_A, "0.0132",
        rates("1.5", "7.5", "0.15"), OLD_YEAR + SECOND,
    ),
    openai_style(
        "17 reasoning outside", "x-ai", "grok-4.20", "0.0232856", rates("1.25", "2.5", "0.2"),
        GROK, GROK_USAGE,
    ),
    openai_style(
        "18 request fee", "perplexity", "sonar", "0.0135",
        rates("1", "1", requests_kcount="12"), SONAR, counted(1_000, output_tokens=500),
    ),
    google(
        "19", "gemini-3-flash-preview", FLASH, FLASH_USAGE, "0.0055649",
        rates("0.5", "3", "0.05"),
    ),
)  # fmt: skip


@pytest.fixture
def path(data: Path) -> Iterator[WholePath]:
    with whole_path(data) as found:
        yield found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_golden_through_http(path: WholePath, case: Golden) -> None:
    path.clock.now = case.at
    row = path.ask(path.entry(case.protocol, case.provider, case.model), case.reply())
    assert (row.state, row.finish_reason, row.started) == (AttemptState.OK, "stop", case.at)
    assert (row.model_requested, row.model_served, row.tier) == (case.model, case.model, case.tier)
    assert row.usage == replace(case.usage, raw=row.usage.raw)
    assert said(row.usage.raw) == case.wire
    assert (row.cost_low, row.cost, row.cost_high) == (dollars(case.usd),) * 3
    assert (row.cost_source, row.price_version) == (CostSource.PRICED, Prices().version)
    assert row.rates is not None
    assert case.rates.items() <= row.rates.items()
    assert from_rates(row) == row.cost
    assert path.meter.conversation("c").cost == row.cost


def test_golden_09_has_no_cache_rate_and_names_none(path: WholePath) -> None:
    row = path.ask(
        path.entry("completions", "openrouter", "qwen/qwen3-max"),
        completion(TEXT, usage=A, model="qwen/qwen3-max"),
    )
    assert row.rates is not None
    assert "cache_read_mtok" not in row.rates
    assert row.usage.cache_read_tokens == 8_000


def test_golden_13_what_the_cache_read_counts_for_the_cliff(path: WholePath) -> None:
    """Claude counts cached tokens beside its input; 98,000 and 2,001 of them are over the cliff."""
    wire = {"input_tokens": 2_001, "cache_read_input_tokens": 98_000, "output_tokens": 1_000}
    row = path.ask(
        path.entry("anthropic", "anthropic", "claude-haiku-5-5"),
        message(TEXT, usage=wire, model="claude-haiku-5-5"),
    )
    assert row.usage.input_tokens == 100_001
    # 2001 x 0.5 + 98000 x 0.05 + 1000 x 2.5
    assert row.cost == dollars("0.0084005")


IMPOSSIBLE = {
    "prompt_tokens": 100,
    "completion_tokens": 10,
    "total_tokens": 110,
    "prompt_tokens_details": {"cached_tokens": 8_000},
}
IMPOSSIBLE_RESPONSE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 8_000},
    "output_tokens": 10,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 110,
}
IMPOSSIBLE_GEMINI = {
    "promptTokenCount": 100,
    "cachedContentTokenCount": 8_000,
    "candidatesTokenCount": 10,
}


@pytest.mark.parametrize(
    ("protocol", "provider", "model", "reply", "wire"),
    [
        ("completions", "openai", "gpt-5", completion(TEXT, usage=IMPOSSIBLE), IMPOSSIBLE),
        (
            "responses", "openai", "gpt-5.6-sol",
            response(TEXT, usage=IMPOSSIBLE_RESPONSE), IMPOSSIBLE_RESPONSE,
        ),
        (
            "google", "google", "gemini-2.5-pro",
            gemini(TEXT, usage=IMPOSSIBLE_GEMINI), IMPOSSIBLE_GEMINI,
        ),
    ],
    ids=["completions", "responses", "google"],
)  # fmt: skip
def test_golden_20_an_impossible_usage_is_kept_and_unpriced(
    path: WholePath, protocol: str, provider: str, model: str, reply: Reply, wire: Wire
) -> None:
    row = path.ask(path.entry(protocol, provider, model), reply)
    assert row.state is AttemptState.OK
    assert (row.cost_low, row.cost, row.cost_high, row.rates) == (None,) * 4
    assert row.cost_source is CostSource.UNPRICED
    assert said(row.usage.raw) == wire
    assert row.usage.source is UsageSource.PROVIDER
    assert (row.usage.input_tokens, row.usage.cache_read_tokens) == (100, 8_000)
    totals = path.meter.conversation("c")
    assert (totals.attempts, totals.cost, totals.unpriced) == (1, None, 1)


def test_golden_20_is_unpriced_at_a_price_of_our_own_too(path: WholePath) -> None:
    ours = Overlay(
        "openai", "gpt-5", Decimal(1), Decimal(2), None, "USD", "a contract", NOON.date()
    )
    path.meter = Meter(path.ledger, Prices([ours]), path.clock)
    row = path.ask(path.entry("completions", "openai", "gpt-5"), completion(TEXT, usage=IMPOSSIBLE))
    assert (row.state, row.cost, row.cost_source) == (
        AttemptState.OK, None, CostSource.UNPRICED,
    )  # fmt: skip
    assert said(row.usage.raw) == IMPOSSIBLE


UNKNOWN = (
    ("dashscope", "qwen3-max", "qwen3-max"),
    ("dashscope", "qwen3-max", "gpt-5"),
    ("openai", "no-such-model", "no-such-model"),
    ("no-such-provider", "gpt-5", "gpt-5"),
)


@pytest.mark.parametrize(("provider", "model", "served"), UNKNOWN)
@pytest.mark.parametrize("wire", [A, None], ids=["reported", "estimated"])
def test_golden_21_what_the_data_lacks_is_unpriced_and_never_zero(
    path: WholePath, provider: str, model: str, served: str, wire: Wire | None
) -> None:
    row = path.ask(
        path.entry("completions", provider, model), completion(TEXT, usage=wire, model=served)
    )
    assert row.state is AttemptState.OK
    assert (row.cost_low, row.cost, row.cost_high, row.rates) == (None,) * 4
    assert row.cost_source is CostSource.UNPRICED
    assert said(row.usage.raw) == wire
    assert row.usage.input_tokens and row.usage.output_tokens
    totals = path.meter.conversation("c")
    assert (totals.cost_low, totals.cost, totals.cost_high, totals.unpriced) == (None,) * 3 + (1,)


SHAPES = {
    "completions": completion(TEXT, usage=A),
    "usage twice": completion(TEXT, usage=A, repeat=2),
    "usage in every chunk": completion(TEXT, usage=None, every=[A] * 12),
    "hits of a cache": completion(TEXT, usage=A_DEEPSEEK),
    "top-level cached tokens": completion(TEXT, usage=A_MOONSHOT),
    "two names of one count": completion(TEXT, usage={**A, **A_DEEPSEEK, **A_MOONSHOT}),
    "responses": response(TEXT, usage=A_RESPONSES, model="gpt-5"),
    "google": gemini(TEXT, usage=A_GOOGLE, early=A_GOOGLE, model="gpt-5"),
    "anthropic": message(
        TEXT,
        usage={
            "input_tokens": 2_000,
            "cache_read_input_tokens": 8_000,
            "output_tokens": 1_200,
            "output_tokens_details": {"thinking_tokens": 700},
        },
        model="gpt-5",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_must_never_appear_for_a_on_gpt_5(path: WholePath, shape: str) -> None:
    """0.0255 counts cached tokens twice, 0.0225 reasoning; all protocols, at one model's price."""
    protocol = shape if shape in {"responses", "google", "anthropic"} else "completions"
    # OpenAI's class speaks the Responses protocol for some models only.
    model = "gpt-5.6-sol" if protocol == "responses" else "gpt-5"
    row = path.ask(path.entry(protocol, "openai", model, price=("openai", "gpt-5")), SHAPES[shape])
    totals = path.meter.conversation("c")
    amounts = {
        each for seen in (row, totals) for each in (seen.cost_low, seen.cost, seen.cost_high)
    }
    assert not amounts & {dollars("0.0255"), dollars("0.0225")}
    assert amounts == {dollars("0.0155")}
    assert row.usage == replace(USAGE_A, raw=row.usage.raw)
