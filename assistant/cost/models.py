"""Usage and attempts as frozen values; money is integer pico-dollars, unknown is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Attempt", "AttemptState", "CostSource", "Purpose", "Usage", "UsageSource"]


class UsageSource(StrEnum):
    PROVIDER = "provider"
    ESTIMATED = "estimated"
    NONE = "none"


class CostSource(StrEnum):
    BILLED = "billed"
    PRICED = "priced"
    ESTIMATED = "estimated"
    UNPRICED = "unpriced"
    LOCAL = "local"


class AttemptState(StrEnum):
    OPEN = "open"
    OK = "ok"
    STOPPED = "stopped"
    ERROR = "error"
    CACHED = "cached"


class Purpose(StrEnum):
    ANSWER = "answer"
    REWRITE = "rewrite"
    ROUTE = "route"
    COMPRESS = "compress"
    JUDGE = "judge"
    EMBED = "embed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one call; None is unknown, never zero.

    `input_tokens` includes cached ones; `reasoning_tokens` is a part of `output_tokens`.
    """

    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_5m_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    source: UsageSource = UsageSource.NONE
    raw: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a provider: the ledger's row. Costs are integer pico-dollars (1e-12 USD).

    `cost_low` and `cost_high` bound `cost`; all three are None when unpriced. `rates` is the
    price per million tokens that was used, by kind, as decimal strings, with its source.
    """

    id: str
    turn: str
    conversation: str
    user: str
    purpose: Purpose
    backend: str
    provider: str
    model_requested: str
    started: datetime
    state: AttemptState = AttemptState.OPEN
    parent: str | None = None
    model_served: str | None = None
    ended: datetime | None = None
    finish_reason: str | None = None
    tier: str | None = None
    usage: Usage = field(default_factory=Usage)
    cost_low: int | None = None
    cost: int | None = None
    cost_high: int | None = None
    cost_source: CostSource = CostSource.UNPRICED
    rates: Mapping[str, str] | None = None
    price_version: str | None = None
    overlay_hash: str | None = None
    first_token_seconds: float | None = None
    total_seconds: float | None = None
