"""The Backend value: a named way to produce an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from langchain_core.language_models import BaseChatModel

from assistant.backends.entry import Locality, Tier, destination

__all__ = ["Backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """A LangChain chat model with the names that people and the ledger know it by.

    `provider` and `model` are what prices are looked up by, unless `priced_as` names another pair.
    A `local` backend runs on machines of our own: nobody bills it, and its attempts carry the cost
    source `local` and cost `hourly_usd`, where that is known. `locality` and `host` say where the
    question and its evidence go. `max_output` is in tokens. `fallback` names the backend that
    answers when this one fails. `service_tier` is asked of the provider; `prompt_cache` says that
    prompts are marked for its cache. `secret` is its key, known here to be left out of what is
    told of its errors.
    """

    name: str
    label: str
    provider: str
    model: str
    chat: BaseChatModel
    local: bool
    locality: Locality = Locality.MACHINE
    host: str | None = None
    tier: Tier = Tier.HARD
    max_output: int | None = None
    fallback: str | None = None
    priced_as: tuple[str, str] | None = None
    hourly_usd: Decimal | None = None
    service_tier: str | None = None
    prompt_cache: bool = False
    secret: str | None = field(default=None, repr=False, compare=False)

    @property
    def destination(self) -> str:
        """Return where the text goes, as readers are told."""
        return destination(self.locality, self.host)
