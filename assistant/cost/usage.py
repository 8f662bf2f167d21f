"""Is a usage possible? Counts that contradict each other are refused before they are priced."""

from __future__ import annotations

from assistant.cost.errors import InvalidUsage
from assistant.cost.models import Usage

__all__ = ["check_usage"]


def check_usage(usage: Usage) -> None:
    """Raise InvalidUsage for a negative count or a part that is larger than its whole."""
    cached = {
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_5m_tokens": usage.cache_write_5m_tokens,
        "cache_write_1h_tokens": usage.cache_write_1h_tokens,
    }
    counts = {
        **cached,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "web_searches": usage.web_searches,
    }
    for name, count in counts.items():
        if count is not None and count < 0:
            raise InvalidUsage(f"invalid usage: {name} is {count}; a count is never negative.")
    total_cached = sum(count or 0 for count in cached.values())
    _check_part(total_cached, "cached", usage.input_tokens, "input")
    _check_part(usage.reasoning_tokens or 0, "reasoning", usage.output_tokens, "output")


def _check_part(part: int, part_name: str, whole: int | None, whole_name: str) -> None:
    if whole is not None and part > whole:
        raise InvalidUsage(
            f"invalid usage: {part:,} {part_name} tokens of {whole:,} {whole_name} tokens."
        )
