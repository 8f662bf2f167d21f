"""What a stream of chunks says beside its text: usage, bill, model, end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from langchain_core.messages import AIMessageChunk

from assistant.cost.models import Usage, UsageSource

__all__ = ["Reported", "read_usage", "word"]

PICO_PER_DOLLAR = Decimal(10) ** 12
MOST_TOKENS = 10**9
"""Of one call; what says more is no count, and would not fit a row."""
LONGEST_WORD = 200
"""Characters of a name; no model, tier or reason has more."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What the provider said of a call; `billed` is its own bill in pico-dollars, if it sends one.

    `tier` is the service tier that it served the call at, None where it names none.
    """

    usage: Usage
    tier: str | None = None
    billed: int | None = None


def read_usage(chunk: AIMessageChunk) -> Reported | None:
    """Return what a chunk reports of the call's usage, None where it reports none, or counts that
    no call can have."""
    told = chunk.usage_metadata
    if told is None:
        return None
    facts = chunk.response_metadata
    taken: Mapping[str, Any] = told.get("input_token_details") or {}
    given: Mapping[str, Any] = told.get("output_token_details") or {}
    raw = facts.get("raw_usage")
    raw = dict(raw) if isinstance(raw, Mapping) else dict(told)
    usage = Usage(
        input_tokens=told["input_tokens"],
        cache_read_tokens=taken.get("cache_read"),
        cache_write_5m_tokens=_written(taken),
        cache_write_1h_tokens=taken.get("ephemeral_1h_input_tokens"),
        output_tokens=told["output_tokens"],
        reasoning_tokens=given.get("reasoning"),
        source=UsageSource.PROVIDER,
        raw=raw,
        web_searches=_web_searches(raw),
    )
    if not _possible(usage):
        return None
    return Reported(usage, word(facts.get("service_tier")), _pico(facts.get("billed_usd")))


def word(said: object) -> str | None:
    """Return a name that a server says, fit to be stored; None for what is no text."""
    return said[:LONGEST_WORD].encode(errors="replace").decode() if isinstance(said, str) else None


def _possible(usage: Usage) -> bool:
    counts = (
        usage.input_tokens,
        usage.cache_read_tokens,
        usage.cache_write_5m_tokens,
        usage.cache_write_1h_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
        usage.web_searches,
    )
    known = [count for count in counts if count is not None]
    return all(isinstance(count, int) and 0 <= count <= MOST_TOKENS for count in known)


def _written(taken: Mapping[str, Any]) -> int | None:
    """A write of unknown lifetime costs what the short one does."""
    short, unknown = taken.get("ephemeral_5m_input_tokens"), taken.get("cache_creation")
    return None if short is None and unknown is None else (short or 0) + (unknown or 0)


def _web_searches(raw: Mapping[str, Any]) -> int | None:
    tools = raw.get("server_tool_use")
    count = tools.get("web_search_requests") if isinstance(tools, Mapping) else None
    return count if isinstance(count, int) else None


def _pico(dollars: object) -> int | None:
    try:
        amount = Decimal(str(dollars)) * PICO_PER_DOLLAR
    except InvalidOperation:
        return None
    return int(amount.to_integral_value(ROUND_HALF_EVEN)) if amount.is_finite() else None
