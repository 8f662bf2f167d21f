"""The Backend value: a named way to produce an answer."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

__all__ = ["Backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """A LangChain chat model with the names that people and the ledger know it by.

    `provider` and `model` are what prices are looked up by. `local` backends run on this machine
    and are never billed by a provider; their attempts carry the cost source `local`.
    """

    name: str
    label: str
    provider: str
    model: str
    chat: BaseChatModel
    local: bool
