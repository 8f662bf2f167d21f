"""Payloads of price data, as its makers publish it, made from the data of the package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from genai_prices.data import providers
from genai_prices.types import ModelPrice

__all__ = ["encoded", "model_of", "raw_providers"]

LEFT_OUT = frozenset({"extractors", "description", "price_comments", "pricing_urls"})


def raw_providers(ids: Iterable[str] = ("openai", "deepseek")) -> list[dict[str, Any]]:
    """Return the raw form of whole providers; what is no price and no name is left out."""
    return [_raw(provider) for provider in providers if provider.id in set(ids)]


def model_of(raw: Sequence[dict[str, Any]], provider: str, model: str) -> dict[str, Any]:
    """Return one model of the raw form, to be changed in place."""
    models = next(row["models"] for row in raw if row["id"] == provider)
    found: dict[str, Any] = next(row for row in models if row["id"] == model)
    return found


def encoded(raw: object) -> bytes:
    return json.dumps(raw).encode()


def _raw(value: Any) -> Any:
    if isinstance(value, ModelPrice):
        return {key: _raw(rate) for key, rate in vars(value).items() if rate is not None}
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        kept = ((name, one) for name, one in named if name not in LEFT_OUT and one is not None)
        return {name.rstrip("_"): _raw(one) for name, one in kept}
    if isinstance(value, list):
        return [_raw(one) for one in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | time) else value
