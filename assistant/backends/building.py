"""An entry becomes a chat model, explicitly; each vendor is imported when it is first needed."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from assistant.backends.entry import BackendEntry, Kind

__all__ = ["build_chat"]


def build_chat(entry: BackendEntry, key: str | None) -> BaseChatModel:
    """Return the chat model of an entry; makes no call. `key` is its key, if it names one."""
    match entry.kind:
        case Kind.OFFLINE:
            from assistant.backends.analyst import OfflineAnalyst

            return OfflineAnalyst()
        case Kind.OPENAI | Kind.COMPATIBLE:
            from assistant.backends.openai_chat import openai_chat

            return openai_chat(entry, key)
        case Kind.ANTHROPIC:
            from assistant.backends.anthropic_chat import anthropic_chat

            return anthropic_chat(entry, key or "")
        case Kind.GOOGLE:
            from assistant.backends.google_chat import google_chat

            return google_chat(entry, key or "")
        case Kind.OLLAMA:
            from assistant.backends.ollama_chat import ollama_chat

            return ollama_chat(entry, key)
