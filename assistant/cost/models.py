"""Usage and attempts as frozen values; money is integer pico-dollars, unknown is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

__all__ = [
    "Attempt",
    "AttemptState",
    "CostSource",
    "Overlay",
    "Price",
    "Purpose",
    "Reference",
    "Repriced",
    "Totals",
    "Usage",
    "UsageSource",
]


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
    CHECK = "check"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one call; None is unknown, never zero.

    `input_tokens` includes tokens read from and written to the provider's cache;
    `reasoning_tokens` is a part of `output_tokens`. `web_searches` counts the provider's own
    searches, which some bill by the thousand.
    """

    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_5m_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    source: UsageSource = UsageSource.NONE
    raw: Mapping[str, object] | None = None
    web_searches: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a provider: the ledger's row. Costs are integer pico-dollars (1e-12 USD).

    `sent_to` is where the text went ("this machine", "api.openai.com"). `day` is the day that the
    call counts for, in the deployment's time zone. `cost_low` and `cost_high` bound `cost`; all
    three are None when unpriced, or not metered where the cost source is local. While a row is
    open, `cost_high` is what is reserved for it. `rates` is the price that was used, by kind (per
    million tokens, or per hour), as decimal strings, with its source.
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
    sent_to: str | None = None
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
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """A price that the price data lacks, entered by the deployment in US dollars per Mtok.

    Without `cache_read_mtok`, cached tokens cost as much as others. `source` and `as_of` say
    where the price is from and when it was read.
    """

    provider: str
    model: str
    input_mtok: Decimal
    output_mtok: Decimal
    cache_read_mtok: Decimal | None
    currency: str
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Price:
    """What a usage costs, in integer pico-dollars; all three amounts are None when unpriced.

    `low` and `high` bound `cost`. `rates` holds the rates that were applied, by kind, as decimal
    strings, and where they are from; `version` and `overlay_hash` name the price data consulted.
    """

    low: int | None
    cost: int | None
    high: int | None
    source: CostSource
    rates: Mapping[str, str] | None
    version: str
    overlay_hash: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over attempts; answers served from our own cache are not calls and not counted.

    A sum covers what is known: `unknown_tokens` attempts lack a count of input or output,
    `unpriced` attempts lack a price, and `unmetered` ones ran on our own machines, whose hours
    have no price here. A sum of which nothing is known is None; of no attempts, 0. Tokens are
    those of language models: what the embedder read costs seconds and is left out of them, and
    its work counts as unmetered only where there is no other.
    `estimated` says that some token count is an estimate, `cost_estimated` that some cost is.
    """

    attempts: int
    input_tokens: int | None
    output_tokens: int | None
    unknown_tokens: int
    estimated: bool
    cost_low: int | None
    cost: int | None
    cost_high: int | None
    unpriced: int
    cost_estimated: bool
    unmetered: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A model that tokens are repriced at, by the names of the price data."""

    label: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Repriced:
    """What the same tokens would cost at a reference's prices: repriced, not run.

    `low` (the cache works there as it did) to `high` (no cache), in pico-dollars; None when no
    attempt could be repriced. `unpriced` counts the attempts that the range leaves out.
    Tokenizers and answer lengths differ between models.
    """

    reference: Reference
    low: int | None
    high: int | None
    attempts: int
    unpriced: int
    estimated: bool
    note: str = "repriced, not run"
