"""Models that Ollama runs: LangChain's class, kept from what the environment says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from weakref import finalize

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_ollama import ChatOllama

from assistant.backends.entry import BackendEntry
from assistant.backends.wire import CONNECT_SECONDS, client_options

__all__ = ["ollama_chat"]

COUNTS = (
    "prompt_eval_count",
    "prompt_eval_duration",
    "eval_count",
    "eval_duration",
    "load_duration",
    "total_duration",
)


def ollama_chat(entry: BackendEntry, key: str | None) -> BaseChatModel:
    """Return the chat model of an entry; `key` and the entry's address go before any variable.

    Its streams end with one chunk that carries the usage of the whole call, unless the server
    reported none or broke off.
    """
    options = client_options(entry)
    hooks = {"request": [*options["event_hooks"]["request"], _authorization(key)]}
    silence = entry.timeout
    chat = _Ollama(
        model=entry.model,
        base_url=entry.base_url,
        num_predict=entry.max_output,
        sync_client_kwargs={
            **options,
            "event_hooks": hooks,
            "timeout": (CONNECT_SECONDS, silence, silence, silence),
        },
    )
    # Left to itself, the vendor's client leaves its idle connections open.
    finalize(chat, chat._client.close)
    return chat


def _authorization(key: str | None) -> Callable[[Any], None]:
    """Return a hook that sets the key of a call, or sees that it has none.

    The vendor's client would take OLLAMA_API_KEY; as an argument of the model, the key would stand
    in its repr.
    """

    def authorize(request: Any) -> None:
        request.headers.pop("authorization", None)
        if key:
            request.headers["authorization"] = f"Bearer {key}"

    return authorize


class _Ollama(ChatOllama):
    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in super()._stream(messages, stop, run_manager, **kwargs):
            told = chunk.generation_info or {}
            if told.get("done"):
                _finish(cast(AIMessageChunk, chunk.message), told)
            yield chunk


def _finish(message: AIMessageChunk, told: Mapping[str, Any]) -> None:
    raw = {name: told[name] for name in COUNTS if told.get(name) is not None}
    if raw:
        message.response_metadata["raw_usage"] = raw
    if reason := told.get("done_reason"):
        message.response_metadata["finish_reason"] = reason
    message.chunk_position = "last"
