"""Usages and attempts that the cost tests share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from assistant.cost.models import Attempt, Purpose, Usage, UsageSource

__all__ = ["NOON", "USAGE_A", "FakeBackend", "attempt", "dollars"]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

USAGE_A = Usage(
    input_tokens=10_000,
    cache_read_tokens=8_000,
    output_tokens=1_200,
    reasoning_tokens=700,
    source=UsageSource.PROVIDER,
)

NUMBERS = count()


@dataclass(frozen=True)
class FakeBackend:
    name: str = "fake"
    provider: str = "openai"
    model: str = "gpt-5"
    local: bool = False
    destination: str = "api.example.com"
    priced_as: tuple[str, str] | None = None
    hourly_usd: Decimal | None = None
    service_tier: str | None = None
    prompt_cache: bool = False


def attempt(conversation: str = "c", started: datetime = NOON, id: str | None = None) -> Attempt:
    """Return an open attempt that the ledger does not know yet."""
    return Attempt(
        id=id or f"attempt-{next(NUMBERS)}",
        turn="t",
        conversation=conversation,
        user="local",
        purpose=Purpose.ANSWER,
        backend="fake",
        provider="openai",
        model_requested="gpt-5",
        started=started,
    )


def dollars(text: str) -> int:
    """Return a decimal amount of dollars as pico-dollars, exactly."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(12, "0"))
