"""The arithmetic of one attempt, line by line, from the usage and the rates that its row keeps.

The lines are worked out anew and must come to the row's cost: what they do not account for is a
line of its own, so that the sum under them is always the cost that was booked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from assistant.cost.models import Attempt, AttemptState, CostSource, Usage

__all__ = ["Line", "arithmetic", "source_of"]

PICO_PER_MTOK_DOLLAR = Decimal(10) ** 6
PICO_PER_KCOUNT_DOLLAR = Decimal(10) ** 9
MTOK, KCOUNT, HOUR = "per million tokens", "per thousand", "an hour"


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity at a rate in dollars: "1,200 output tokens × $10 per million = $0.012".

    `amount` is in pico-dollars, rounded half-even; None where there is no rate.
    """

    what: str
    quantity: str
    rate: Decimal | None
    per: str
    amount: int | None


def arithmetic(attempt: Attempt) -> tuple[Line, ...]:
    """Return the lines that make an attempt's cost; none for an answer from our own cache."""
    if attempt.state is AttemptState.CACHED:
        return ()
    if attempt.cost_source is CostSource.BILLED:
        return (*_counts(attempt.usage), Line("billed by the provider", "", None, "", attempt.cost))
    rates = attempt.rates or {}
    if attempt.cost_source is CostSource.LOCAL:
        return tuple(_hours(attempt, rates.get("hourly_usd")))
    if attempt.cost is None:
        return tuple(_counts(attempt.usage))
    lines = tuple(_priced(attempt.usage, rates))
    rest = attempt.cost - sum(line.amount or 0 for line in lines)
    # Each line is rounded by itself, the row only once.
    if abs(rest) <= len(lines):
        return lines
    return (*lines, Line("other charges of the price data", "", None, "", rest))


def source_of(attempt: Attempt) -> str:
    """Return in words where an attempt's cost is from."""
    rates = attempt.rates or {}
    match attempt.cost_source:
        case CostSource.LOCAL if attempt.state is AttemptState.CACHED:
            return "an answer of before, from our own cache: no call was made"
        case CostSource.LOCAL if "hourly_usd" in rates:
            return f"our own machine, by the hour ({rates['source']})"
        case CostSource.LOCAL:
            return "our own machine, not metered: no hourly_usd is set in backends.toml"
        case CostSource.BILLED:
            return "the provider's own bill"
        case CostSource.UNPRICED:
            return f"no price for {attempt.provider}/{attempt.model_requested} in the price data"
        case _:
            return _price_source(attempt, rates)


def _price_source(attempt: Attempt, rates: Mapping[str, str]) -> str:
    model = f"{rates.get('provider')}/{rates.get('model')}"
    tier = f", tier {attempt.tier}" if attempt.tier else ""
    data = rates.get("source", "")
    version = attempt.price_version or ""
    named = version if version.startswith(data) else data
    return f"{model}{tier}, prices of {named} at {attempt.started:%Y-%m-%d %H:%M} UTC"


def _priced(usage: Usage, rates: Mapping[str, str]) -> Iterator[Line]:
    for what, count, rate in _token_lines(usage, rates):
        if count:
            yield _line(what, count, rate, MTOK, PICO_PER_MTOK_DOLLAR)
    if usage.web_searches and "web_searches_kcount" in rates:
        rate = Decimal(rates["web_searches_kcount"])
        yield _line("web searches", usage.web_searches, rate, KCOUNT, PICO_PER_KCOUNT_DOLLAR)
    if "requests_kcount" in rates:
        rate = Decimal(rates["requests_kcount"])
        yield _line("request", 1, rate, KCOUNT, PICO_PER_KCOUNT_DOLLAR)


def _token_lines(usage: Usage, rates: Mapping[str, str]) -> Iterator[tuple[str, int, Decimal]]:
    """Yield what, count and rate; a kind without a rate of its own costs what its whole does."""
    read = usage.cache_read_tokens or 0
    short, long = usage.cache_write_5m_tokens or 0, usage.cache_write_1h_tokens or 0
    fresh = (usage.input_tokens or 0) - read - short - long
    into = Decimal(rates.get("input_mtok", "0"))
    write = Decimal(rates.get("cache_write_mtok", into))
    cached = read or short or long
    yield ("input, not cached" if cached else "input"), fresh, into
    yield "input, read from the cache", read, Decimal(rates.get("cache_read_mtok", into))
    yield "input, written to the cache for 5 minutes", short, write
    rate_long = Decimal(rates.get("cache_write_1h_mtok", write))
    yield "input, written to the cache for an hour", long, rate_long
    yield _output(usage), usage.output_tokens or 0, Decimal(rates.get("output_mtok", "0"))


def _output(usage: Usage) -> str:
    if not usage.reasoning_tokens:
        return "output"
    return f"output, {usage.reasoning_tokens:,} of it reasoning"


def _counts(usage: Usage) -> Iterator[Line]:
    """Yield what was counted where no rate is known."""
    for what, count in (("input", usage.input_tokens), (_output(usage), usage.output_tokens)):
        if count is not None:
            yield Line(what, f"{count:,}", None, "", None)


def _hours(attempt: Attempt, hourly: str | None) -> Iterator[Line]:
    yield from _counts(attempt.usage)
    if attempt.total_seconds is not None:
        rate = None if hourly is None else Decimal(hourly)
        per = "" if hourly is None else HOUR
        yield Line("seconds", f"{attempt.total_seconds:.3g}", rate, per, attempt.cost)


def _line(what: str, count: int, rate: Decimal, per: str, pico_each: Decimal) -> Line:
    amount = int((count * rate * pico_each).to_integral_value(ROUND_HALF_EVEN))
    return Line(what, f"{count:,}", rate, per, amount)
