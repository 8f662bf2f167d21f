"""Usage as OpenAI-style servers report it, in all its shapes, as LangChain's counts. Pure.

Two protocols (chat completions and Responses) name the same counts differently, and providers add
fields of their own: DeepSeek's hits and misses of its cache, Moonshot's top-level cached tokens,
xAI's reasoning outside the completion, OpenRouter's bill.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata

__all__ = ["billed_usd", "usage_metadata"]

Raw = Mapping[str, Any]
MOST_DOLLARS = 10**6
"""Of one call; what says more is no bill, and would not fit a row."""
CACHE_READ = (
    ("prompt_tokens_details", "cached_tokens"),
    ("input_tokens_details", "cached_tokens"),
    ("prompt_cache_hit_tokens",),
    ("cached_tokens",),
)
CACHE_WRITTEN = (
    ("prompt_tokens_details", "cache_write_tokens"),
    ("input_tokens_details", "cache_write_tokens"),
)
REASONING = (
    ("completion_tokens_details", "reasoning_tokens"),
    ("output_tokens_details", "reasoning_tokens"),
)


def usage_metadata(raw: Raw) -> UsageMetadata | None:
    """Return the counts of a usage object, None where it lacks those of input or output.

    What a server leaves out is left out: an absent count of cached tokens is unknown, not zero.
    """
    given = _count(raw, ("prompt_tokens",), ("input_tokens",))
    made = _count(raw, ("completion_tokens",), ("output_tokens",))
    # No prompt is empty: a server that says zero has not counted.
    if not given or made is None:
        return None
    made += _reasoning_beside(raw, given, made)
    usage = UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
    read, written = _count(raw, *CACHE_READ), _count(raw, *CACHE_WRITTEN)
    details = {"cache_read": read, "cache_creation": written}
    known = {name: count for name, count in details.items() if count is not None}
    if known:
        usage["input_token_details"] = cast(InputTokenDetails, known)
    reasoning = _count(raw, *REASONING)
    if reasoning is not None:
        usage["output_token_details"] = OutputTokenDetails(reasoning=reasoning)
    return usage


def billed_usd(raw: Raw) -> str | None:
    """Return the dollars that a provider says it bills for the call, None where it says nothing.

    Where OpenRouter calls with a key of the customer's own, its cost is its fee alone: what the
    provider behind it bills is added, and where that is not told, the bill is unknown.
    """
    cost = raw.get("cost")
    # Perplexity tells the parts of its bill, and their sum.
    billed = _dollars(cost.get("total_cost") if isinstance(cost, Mapping) else cost)
    if billed is not None and raw.get("is_byok"):
        details = raw.get("cost_details")
        told = details.get("upstream_inference_cost") if isinstance(details, Mapping) else None
        upstream = _dollars(told)
        billed = None if upstream is None else billed + upstream
    return None if billed is None else format(billed, "f")


def _dollars(said: object) -> Decimal | None:
    if said is None or isinstance(said, bool):
        return None
    try:
        dollars = Decimal(str(said))
    except InvalidOperation:
        return None
    return dollars if dollars.is_finite() and 0 <= dollars <= MOST_DOLLARS else None


def _reasoning_beside(raw: Raw, given: int, made: int) -> int:
    """Return the reasoning that a provider counts beside its output: xAI does, others do not."""
    reasoning, total = _count(raw, *REASONING), _count(raw, ("total_tokens",))
    if reasoning and total is not None and total - given - made == reasoning:
        return reasoning
    return 0


def _count(raw: Raw, *paths: tuple[str, ...]) -> int | None:
    """Return the count at the first of the paths that holds one."""
    for path in paths:
        value: Any = raw
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
