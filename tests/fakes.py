"""Fakes that stand in for a vendor in tests: deterministic, recording, never networked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from corpus.embedding import Vector, Vectors

__all__ = ["HashingEmbedder", "ScriptedChat"]


class HashingEmbedder:
    """Bag-of-words vectors by feature hashing: texts that share words are near each other.

    Records every batch in `batches`, so that a test can tell that nothing was embedded again.
    """

    revision = "1"
    max_tokens = 256

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.batches: list[tuple[str, ...]] = []

    def embed_query(self, text: str) -> Vector:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = blake2b(word.encode(), digest_size=8).digest()
            vector[int.from_bytes(digest) % self.dimension] += 1.0
        vector[0] += 1e-3
        return vector / np.float32(np.linalg.norm(vector))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(tuple(texts))
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self.embed_query(text) for text in texts])


class ScriptedChat(BaseChatModel):
    """Gives the queued replies in turn, the last one for ever; an exception among them is raised.

    Streams word by word and ends with a finish reason; `asked` records the messages of each call.
    """

    replies: list[Any]
    asked: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        text = "".join(str(chunk.text) for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, BaseException):
            raise reply
        for word in re.findall(r"\S+\s*", reply):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        end = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})
        yield ChatGenerationChunk(message=end)
