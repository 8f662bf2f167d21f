"""Usages as the providers put them on the wire; A is the one of the golden cases."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "A_DEEPSEEK",
    "A_GOOGLE",
    "A_MOONSHOT",
    "A_RESPONSES",
    "BOTH_WAYS",
    "COUNTS",
    "FLASH",
    "GROK",
    "SEARCHED",
    "SONAR",
    "THOUGHT",
    "A",
    "Wire",
]

Wire = Mapping[str, object]

COUNTS: Wire = {"prompt_tokens": 10_000, "completion_tokens": 1_200, "total_tokens": 11_200}
THOUGHT: Wire = {"completion_tokens_details": {"reasoning_tokens": 700}}
A: Wire = {**COUNTS, **THOUGHT, "prompt_tokens_details": {"cached_tokens": 8_000}}
A_DEEPSEEK: Wire = {
    **COUNTS,
    **THOUGHT,
    "prompt_cache_hit_tokens": 8_000,
    "prompt_cache_miss_tokens": 2_000,
}
A_MOONSHOT: Wire = {**COUNTS, **THOUGHT, "cached_tokens": 8_000}
A_RESPONSES: Wire = {
    "input_tokens": 10_000,
    "input_tokens_details": {"cached_tokens": 8_000},
    "output_tokens": 1_200,
    "output_tokens_details": {"reasoning_tokens": 700},
    "total_tokens": 11_200,
}
A_GOOGLE: Wire = {
    "promptTokenCount": 10_000,
    "cachedContentTokenCount": 8_000,
    "candidatesTokenCount": 500,
    "thoughtsTokenCount": 700,
    "totalTokenCount": 11_200,
}
BOTH_WAYS: Wire = {
    "input_tokens": 2_000,
    "cache_read_input_tokens": 8_000,
    "cache_creation_input_tokens": 1_500,
    "cache_creation": {"ephemeral_5m_input_tokens": 1_000, "ephemeral_1h_input_tokens": 500},
    "output_tokens": 1_200,
    "service_tier": "standard",
}
SEARCHED: Wire = {**BOTH_WAYS, "server_tool_use": {"web_search_requests": 3}}
GROK: Wire = {
    "prompt_tokens": 10_120,
    "completion_tokens": 1_499,
    "total_tokens": 14_428,
    "prompt_tokens_details": {"cached_tokens": 128},
    "completion_tokens_details": {"reasoning_tokens": 2_809},
}
SONAR: Wire = {"prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500}
FLASH: Wire = {
    "promptTokenCount": 20_212,
    "cachedContentTokenCount": 16_298,
    "candidatesTokenCount": 931,
    "totalTokenCount": 21_143,
}
