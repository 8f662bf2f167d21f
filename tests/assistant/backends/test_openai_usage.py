from __future__ import annotations

from typing import Any

import pytest

from assistant.backends.openai_usage import billed_usd, usage_metadata

PLAIN: dict[str, Any] = {"prompt_tokens": 10_000, "completion_tokens": 1_200}


def details(raw: dict[str, Any]) -> tuple[object, object]:
    told = usage_metadata(PLAIN | raw)
    assert told is not None
    return (
        told.get("input_token_details", {}).get("cache_read"),
        told.get("output_token_details", {}).get("reasoning"),
    )


@pytest.mark.parametrize(
    ("raw", "cached", "reasoning"),
    [
        ({}, None, None),
        ({"prompt_tokens_details": None, "completion_tokens_details": None}, None, None),
        ({"prompt_tokens_details": {"cached_tokens": 8_000}}, 8_000, None),
        ({"prompt_tokens_details": {"cached_tokens": 0}}, 0, None),
        ({"prompt_cache_hit_tokens": 8_000, "prompt_cache_miss_tokens": 2_000}, 8_000, None),
        ({"cached_tokens": 8_000}, 8_000, None),
        ({"prompt_tokens_details": {"cached_tokens": "many"}}, None, None),
        ({"prompt_tokens_details": {"cached_tokens": -1}}, None, None),
        ({"prompt_tokens_details": {"cached_tokens": True}}, None, None),
        ({"completion_tokens_details": {"reasoning_tokens": 700}}, None, 700),
    ],
)
def test_trap_03_and_13_what_is_said_is_read_and_what_is_not_is_unknown(
    raw: dict[str, Any], cached: int | None, reasoning: int | None
) -> None:
    assert details(raw) == (cached, reasoning)


def test_the_responses_protocol_has_names_of_its_own() -> None:
    told = usage_metadata(
        {
            "input_tokens": 10_000,
            "input_tokens_details": {"cached_tokens": 8_000},
            "output_tokens": 1_200,
            "output_tokens_details": {"reasoning_tokens": 700},
        }
    )
    assert told == {
        "input_tokens": 10_000,
        "output_tokens": 1_200,
        "total_tokens": 11_200,
        "input_token_details": {"cache_read": 8_000},
        "output_token_details": {"reasoning": 700},
    }


def test_trap_11_reasoning_beside_the_completion_is_added_once() -> None:
    raw = {
        "prompt_tokens": 10_120,
        "completion_tokens": 1_499,
        "total_tokens": 14_428,
        "completion_tokens_details": {"reasoning_tokens": 2_809},
    }
    told = usage_metadata(raw)
    assert told is not None
    assert told["output_tokens"] == 4_308
    inside = usage_metadata(raw | {"total_tokens": 11_619})
    assert inside is not None
    assert inside["output_tokens"] == 1_499


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"prompt_tokens": 5},
        {"prompt_tokens": "5", "completion_tokens": 1},
        {"prompt_tokens": 0, "completion_tokens": 0},
    ],
)
def test_half_a_usage_and_one_of_zeros_is_none(raw: dict[str, Any]) -> None:
    assert usage_metadata(raw) is None


@pytest.mark.parametrize(
    ("cost", "dollars"),
    [
        (0.0192, "0.0192"), (0, "0"), (1.25e-05, "0.0000125"), (None, None), ("free", None),
        (-1, None), (True, None), (float("nan"), None), ("1e999999", None), (10**9, None),
        ({"request_cost": 0.012, "total_cost": 0.0135}, "0.0135"), ({"request_cost": 0.012}, None),
    ],
)  # fmt: skip
def test_trap_12_a_bill_is_read_as_it_is_written(cost: object, dollars: str | None) -> None:
    assert billed_usd({"cost": cost}) == dollars


@pytest.mark.parametrize(
    ("details", "dollars"),
    [
        ({"upstream_inference_cost": 0.0192}, "0.0202"),
        ({"upstream_inference_cost": 0}, "0.001"),
        ({"upstream_inference_cost": None}, None),
        ({"upstream_inference_cost": -0.5}, None),
        ({}, None),
        (None, None),
        ("free", None),
    ],
)
def test_a_bill_to_a_key_of_the_customers_own_is_the_fee_and_what_the_provider_bills(
    details: object, dollars: str | None
) -> None:
    raw = {"cost": 0.001, "cost_details": details}
    assert billed_usd(raw | {"is_byok": True}) == dollars
    assert billed_usd(raw | {"is_byok": False}) == "0.001"
