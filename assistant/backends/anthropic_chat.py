"""Claude: LangChain's class, with a client of our own and usage read off both ends of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from weakref import finalize

import anthropic
from anthropic.types import RawMessageStreamEvent
from langchain_anthropic import ChatAnthropic
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from pydantic import SecretStr

from assistant.backends.entry import BackendEntry
from assistant.backends.wire import CONNECT_SECONDS, client_options

__all__ = ["anthropic_chat"]

FINISH_REASONS = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length"}
LIFETIMES = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
QUESTION = "<question>"
"""Ends what questions on the same evidence share, as `prompts.render` writes it."""


def anthropic_chat(entry: BackendEntry, key: str) -> BaseChatModel:
    """Return the chat model of an entry; `key` and the entry's address go before any variable.

    Its streams end with one chunk that carries the usage of the whole call, unless the provider
    reported none or broke off.
    """
    chat = _Claude(
        model_name=entry.model,
        base_url=entry.base_url,
        api_key=SecretStr(key),
        max_tokens_to_sample=entry.max_output,
        prompt_cache=entry.prompt_cache,
        max_retries=0,
        anthropic_proxy=None,
        timeout=None,
        stop=None,
    )
    chat._client = _client(entry, key)
    # Left to itself, the vendor's client leaves its idle connections open.
    finalize(chat, chat._client.close)
    return chat


def _client(entry: BackendEntry, key: str) -> anthropic.Client:
    timeout = anthropic.Timeout(entry.timeout, connect=CONNECT_SECONDS)
    client = anthropic.Client(
        api_key=key,
        base_url=entry.base_url,
        max_retries=0,
        timeout=timeout,
        # Its traces would carry what was asked to whatever collector the environment names.
        open_telemetry=False,
        http_client=anthropic.DefaultHttpxClient(timeout=timeout, **client_options(entry)),
    )
    # The constructor takes in ANTHROPIC_CUSTOM_HEADERS, and has no argument against it.
    client._custom_headers = {}
    return client


class _Claude(ChatAnthropic):
    """Takes down the usage that each event carries and reports it once, at the end.

    With `prompt_cache`, the provider is asked to cache the instructions, and the evidence too.
    """

    prompt_cache: bool = False

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload = super()._get_request_payload(input_, stop=stop, **kwargs)
        return _marked(payload) if self.prompt_cache else payload

    def _make_message_chunk_from_anthropic_event(
        self, event: RawMessageStreamEvent, **kwargs: Any
    ) -> tuple[AIMessageChunk | None, RawMessageStreamEvent | None]:
        chunk, block = super()._make_message_chunk_from_anthropic_event(event, **kwargs)
        if chunk is not None:
            chunk.response_metadata["raw_usage"] = _told(event)
        return chunk, block

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        raw: dict[str, object] = {}
        end: dict[str, Any] = {}
        for chunk in super()._stream(messages, stop, run_manager, **kwargs):
            facts = chunk.message.response_metadata
            raw |= facts.pop("raw_usage")
            if "stop_reason" in facts:
                end = facts
            else:
                yield chunk
        if end.get("stop_reason"):
            yield ChatGenerationChunk(message=_last(end, raw))


def _marked(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a request with marks for the cache: the same text, in blocks that end at the marks."""
    *earlier, last = payload["messages"]
    marked = payload | {"messages": [*earlier, last | {"content": _blocks(last["content"])}]}
    if isinstance(system := payload.get("system"), str):
        marked["system"] = [_cached(system)]
    return marked


def _blocks(content: object) -> object:
    """Return a message with its evidence as a block of its own; one without any as it is."""
    evidence, mark, question = (
        content.partition(QUESTION) if isinstance(content, str) else ("",) * 3
    )
    if not evidence or not mark:
        return content
    return [_cached(evidence), {"type": "text", "text": mark + question}]


def _cached(text: str) -> dict[str, object]:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def _told(event: RawMessageStreamEvent) -> dict[str, object]:
    """Return the counts of an event without those that are null: earlier ones stay in force."""
    if event.type == "message_start":
        return _counts(event.message.usage)
    if event.type == "message_delta":
        return _counts(event.usage)
    return {}


def _counts(usage: anthropic.BaseModel | None) -> dict[str, object]:
    # What comes over the wire is not validated: a server may leave usage out.
    return usage.to_dict(exclude_none=True, warnings=False) if usage is not None else {}


def _last(end: Mapping[str, Any], raw: Mapping[str, Any]) -> AIMessageChunk:
    reason = end["stop_reason"]
    facts = {**end, "finish_reason": FINISH_REASONS.get(reason, reason)}
    if raw:
        facts["raw_usage"] = dict(raw)
    if "service_tier" in raw:
        facts["service_tier"] = raw["service_tier"]
    return AIMessageChunk(
        content="", usage_metadata=_usage(raw), response_metadata=facts, chunk_position="last"
    )


def _usage(raw: Mapping[str, Any]) -> UsageMetadata | None:
    """Return the counts as LangChain's, None where input or output is unknown.

    The provider's input leaves out what its cache read and wrote; here it is in.
    """
    if "input_tokens" not in raw or "output_tokens" not in raw:
        return None
    read = raw.get("cache_read_input_tokens") or 0
    given = raw["input_tokens"] + read + _written(raw)
    usage = UsageMetadata(
        input_tokens=given,
        output_tokens=raw["output_tokens"],
        total_tokens=given + raw["output_tokens"],
        input_token_details=_input_details(raw),
    )
    thought = (raw.get("output_tokens_details") or {}).get("thinking_tokens")
    if thought is not None:
        usage["output_token_details"] = OutputTokenDetails(reasoning=thought)
    return usage


def _written(raw: Mapping[str, Any]) -> int:
    return max(raw.get("cache_creation_input_tokens") or 0, sum(_lifetimes(raw).values()))


def _lifetimes(raw: Mapping[str, Any]) -> dict[str, int]:
    """Return the tokens written to the cache by lifetime, as far as the provider splits them."""
    split = raw.get("cache_creation") or {}
    return {name: split[name] for name in LIFETIMES if split.get(name) is not None}


def _input_details(raw: Mapping[str, Any]) -> InputTokenDetails:
    details = _lifetimes(raw)
    unsplit = _written(raw) - sum(details.values())
    if unsplit or (not details and "cache_creation_input_tokens" in raw):
        details["cache_creation"] = unsplit
    if "cache_read_input_tokens" in raw:
        details["cache_read"] = raw["cache_read_input_tokens"]
    return cast(InputTokenDetails, details)
