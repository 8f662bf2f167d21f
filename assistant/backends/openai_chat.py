"""OpenAI and all servers that speak its protocols: LangChain's class for the request, the vendor's
client for the stream.

Servers send usage once, twice or in every chunk, in fields of their own, and LangChain's class adds
up what it knows of it; so the stream is read here, where the last usage wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import finalize

import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.openai_usage import billed_usd, usage_metadata
from assistant.backends.wire import CONNECT_SECONDS, client_options

__all__ = ["openai_chat"]

NO_KEY = "none"
"""Sent to servers that need no key: the SDK insists on one, and would look for OpenAI's."""
FINISH_REASONS = {"max_output_tokens": "length"}
VISIBLE = frozenset({"response.output_text.delta", "response.refusal.delta"})
ENDS = frozenset({"response.completed", "response.incomplete"})


def openai_chat(entry: BackendEntry, key: str | None) -> BaseChatModel:
    """Return the chat model of an entry; `key` and the entry's address go before any variable.

    Its streams end with one chunk that carries the usage of the whole call, unless the provider
    reported none or broke off.
    """
    client = _client(entry, key or NO_KEY)
    kind = _OpenAI if entry.kind is Kind.OPENAI else _Compatible
    chat = kind(
        model=entry.model,
        base_url=entry.base_url,
        api_key=SecretStr(key or NO_KEY),
        max_retries=0,
        stream_usage=entry.stream_usage,
        max_completion_tokens=entry.max_output,
        service_tier=entry.service_tier or _standard(entry),
        root_client=client,
        client=client.chat.completions,
        # Only streams are read; LangChain would open an asynchronous client of its own.
        root_async_client=client,
        async_client=client,
    )
    # Left to itself, the vendor's client leaves its idle connections open.
    finalize(chat, client.close)
    return chat


def _client(entry: BackendEntry, key: str) -> openai.OpenAI:
    timeout = openai.Timeout(entry.timeout, connect=CONNECT_SECONDS)
    client = openai.OpenAI(
        api_key=key,
        base_url=entry.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultHttpxClient(timeout=timeout, **client_options(entry)),
    )
    # The constructor takes these in from the environment, and has no arguments against it.
    client.organization = client.project = None
    client._custom_headers = {}
    return client


def _standard(entry: BackendEntry) -> str | None:
    """Return the tier of an entry that names none: at OpenAI, a project's own setting could double
    the price that was reserved; other servers may not know the word."""
    return "default" if entry.kind is Kind.OPENAI else None


class _OpenAI(ChatOpenAI):
    """Asks for nothing to be stored: the Responses protocol would keep each call for weeks."""

    store: bool | None = False

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        payload = self._get_request_payload(messages, stop=stop, **kwargs) | {"stream": True}
        read = self._responses if "input" in payload else self._completions
        facts: dict[str, Any] = {}
        for delta in read(payload, facts):
            yield ChatGenerationChunk(message=AIMessageChunk(content=delta))
        if facts.get("finish_reason") or facts.get("counted"):
            yield ChatGenerationChunk(message=_last(facts))

    def _completions(self, payload: Mapping[str, Any], facts: dict[str, Any]) -> Iterator[str]:
        """Yield the visible text and note in `facts` what else the server says."""
        asked = {"stream_options": {"include_usage": True}} if self.stream_usage else {}
        with self.root_client.chat.completions.create(**payload, **asked) as stream:
            for chunk in stream:
                said = chunk.model_dump(warnings=False)
                _note(facts, said, model="model", service_tier="service_tier")
                _note_usage(facts, said)
                # Some servers send a chunk of usage alone, some one without a delta.
                for choice in (said.get("choices") or ())[:1]:
                    _note(facts, choice, finish_reason="finish_reason")
                    delta = choice.get("delta") or {}
                    if text := _text(delta.get("content")) or _text(delta.get("refusal")):
                        # Counts that come with text end nothing: some servers always count.
                        facts["counted"] = False
                        yield text

    def _responses(self, payload: Mapping[str, Any], facts: dict[str, Any]) -> Iterator[str]:
        with self.root_client.responses.create(**payload) as stream:
            for event in stream:
                if event.type in VISIBLE:
                    yield str(event.delta)
                elif event.type in ENDS:
                    _end(facts, event.response.model_dump(warnings=False))
                elif event.type in {"response.failed", "error"}:
                    raise openai.OpenAIError(_failure(event.model_dump(warnings=False)))


class _Compatible(_OpenAI):
    """A server that speaks the older protocol, and knows the older name of a limit."""

    store: bool | None = None

    def _use_responses_api(self, payload: dict[str, Any]) -> bool:
        return False

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload = super()._get_request_payload(input_, stop=stop, **kwargs)
        payload["max_tokens"] = payload.pop("max_completion_tokens")
        return payload


def _note(facts: dict[str, Any], said: Mapping[str, Any], **names: str) -> None:
    """Keep what is said last; what is null says nothing."""
    facts |= {name: said[key] for name, key in names.items() if said.get(key)}


def _note_usage(facts: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Keep the counts that came last; zeros after them are none."""
    usage = said.get("usage")
    if isinstance(usage, Mapping) and usage_metadata(usage) is not None:
        facts |= {"usage": usage, "counted": True}


def _text(content: object) -> str:
    """Return the text of a content; of one in parts, without what the model only thought."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, Mapping))
        return "".join(str(part.get("text") or "") for part in parts if part.get("type") == "text")
    return content if isinstance(content, str) else ""


def _end(facts: dict[str, Any], response: Mapping[str, Any]) -> None:
    _note(facts, response, model="model", service_tier="service_tier")
    _note_usage(facts, response)
    reason = (response.get("incomplete_details") or {}).get("reason") or "stop"
    facts["finish_reason"] = FINISH_REASONS.get(reason, reason)


def _failure(event: Mapping[str, Any]) -> str:
    error = (event.get("response") or {}).get("error") or event
    return str(error.get("message") or error.get("code") or "the response failed")


def _last(facts: Mapping[str, Any]) -> AIMessageChunk:
    told = {"finish_reason": facts.get("finish_reason"), "model_name": facts.get("model")}
    raw = facts.get("usage")
    if raw:
        told |= {"raw_usage": raw, "billed_usd": billed_usd(raw)}
    if "service_tier" in facts:
        told["service_tier"] = facts["service_tier"]
    return AIMessageChunk(
        content="",
        usage_metadata=usage_metadata(raw) if raw else None,
        response_metadata={name: value for name, value in told.items() if value is not None},
        chunk_position="last",
    )
