"""The Backend value: a named way to produce an answer."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from assistant.backends.entry import Locality, Tier, destination

__all__ = ["Backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """A LangChain chat model with the names that people and the ledger know it by.

    `provider` and `model` are what prices are looked up by, unless `priced_as` names another pair.
    A `local` backend answers inside this process: nobody bills it, its attempts carry the cost
    source `local`. `locality` and `host` say where the question and its evidence go. `max_output`
    is in tokens. `fallback` names the backend that answers when this one fails.
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

    @property
    def destination(self) -> str:
        """Return where the text goes, as readers are told."""
        return destination(self.locality, self.host)
