"""Gemini: LangChain's class for the request, the vendor's client for the stream.

The vendor counts up in every chunk, and LangChain's class would add counts up again by differences;
so the stream is read here, where the last count wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self
from weakref import finalize

from google import genai
from google.genai.types import (
    Candidate,
    GenerateContentResponse,
    GenerateContentResponseUsageMetadata,
    HttpOptions,
)
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from langchain_google_genai import ChatGoogleGenerativeAI
from pydantic import SecretStr, model_validator

from assistant.backends.entry import BackendEntry
from assistant.backends.wire import CONNECT_SECONDS, client_options

__all__ = ["google_chat"]

API_VERSION = "v1beta"
"""Stated, as a variable could change it; v1 lacks the models whose names end in -latest."""
FINISH_REASONS = {"STOP": "stop", "MAX_TOKENS": "length"}


def google_chat(entry: BackendEntry, key: str) -> BaseChatModel:
    """Return the chat model of an entry; `key` and the entry's address go before any variable.

    Its streams end with one chunk that carries the usage of the whole call, unless the provider
    reported none or broke off.
    """
    client = _client(entry, key)
    chat = _Gemini(
        model=entry.model,
        api_key=SecretStr(key),
        vertexai=False,
        max_tokens=entry.max_output,
        temperature=None,
        # One attempt in all; 0 stands for the vendor's own number.
        retries=1,
        client=client,
    )
    # Left to itself, the vendor's client may leave its idle connections open.
    finalize(chat, client.close)
    return chat


def _client(entry: BackendEntry, key: str) -> genai.Client:
    options = client_options(entry)
    hooks = {"request": [*options["event_hooks"]["request"], _patience(entry.timeout)]}
    return genai.Client(
        vertexai=False,
        api_key=key,
        http_options=HttpOptions(
            base_url=entry.base_url,
            api_version=API_VERSION,
            client_args={**options, "event_hooks": hooks},
        ),
    )


def _patience(seconds: int) -> Callable[[Any], None]:
    """Return a hook that limits the silence of a call.

    The vendor's own timeout would also tell the server to end the whole answer in that time.
    """

    def limit(request: Any) -> None:
        request.extensions["timeout"] = {
            "connect": CONNECT_SECONDS,
            "read": seconds,
            "write": seconds,
            "pool": seconds,
        }

    return limit


class _Gemini(ChatGoogleGenerativeAI):
    @model_validator(mode="after")
    def validate_environment(self) -> Self:
        """Keep the client that was given: one built here would follow the environment."""
        return self

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        assert self.client is not None
        facts: dict[str, Any] = {}
        usage: GenerateContentResponseUsageMetadata | None = None
        begun = False
        request = self._prepare_request(messages, stop=stop, **kwargs)
        for response in self.client.models.generate_content_stream(**request):
            usage = response.usage_metadata or usage
            facts |= _facts(response)
            # The first even without text: who has begun to think has not refused.
            if (text := _visible(response)) or not begun:
                yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            begun = True
        if "finish_reason" in facts:
            yield ChatGenerationChunk(message=_last(facts, usage))


def _first(response: GenerateContentResponse) -> Candidate | None:
    return response.candidates[0] if response.candidates else None


def _visible(response: GenerateContentResponse) -> str:
    """Return the text of a response without what the model only thought."""
    candidate = _first(response)
    content = candidate.content if candidate is not None else None
    parts = (content.parts or []) if content is not None else []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _facts(response: GenerateContentResponse) -> dict[str, str]:
    """Return the model's name and why it ended, as far as a response tells."""
    facts = {"model_name": response.model_version} if response.model_version else {}
    candidate, feedback = _first(response), response.prompt_feedback
    reason = candidate.finish_reason if candidate is not None else None
    if reason is not None:
        facts["finish_reason"] = FINISH_REASONS.get(reason.value, reason.value.lower())
    elif feedback is not None and feedback.block_reason is not None:
        facts["finish_reason"] = feedback.block_reason.value.lower()
    return facts


def _last(
    facts: dict[str, Any], told: GenerateContentResponseUsageMetadata | None
) -> AIMessageChunk:
    if told is not None:
        facts["raw_usage"] = told.model_dump(mode="json", by_alias=True, exclude_none=True)
    return AIMessageChunk(
        content="",
        usage_metadata=_usage(told) if told is not None else None,
        response_metadata=facts,
        chunk_position="last",
    )


def _usage(told: GenerateContentResponseUsageMetadata) -> UsageMetadata | None:
    """Return the counts as LangChain's, None where the prompt is not counted.

    Thoughts are billed as output and counted beside it; tools' results are billed as input and
    counted beside it. A count of zero is not sent at all.
    """
    if told.prompt_token_count is None:
        return None
    given = told.prompt_token_count + (told.tool_use_prompt_token_count or 0)
    made = (told.candidates_token_count or 0) + (told.thoughts_token_count or 0)
    usage = UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
    if told.cached_content_token_count is not None:
        usage["input_token_details"] = InputTokenDetails(cache_read=told.cached_content_token_count)
    if told.thoughts_token_count is not None:
        usage["output_token_details"] = OutputTokenDetails(reasoning=told.thoughts_token_count)
    return usage
