from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from assistant.backends.pump import Stopped, pump

ASKED = [HumanMessage("?")]


class Spoken(BaseChatModel):
    """Says its words; then is silent until released, or raises what it was given."""

    words: tuple[str, ...] = ("a", "b")
    error: Any = None
    silence: Any = None

    @property
    def _llm_type(self) -> str:
        return "spoken"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("whole"))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for word in self.words:
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        if self.silence is not None:
            assert self.silence.wait(30)
        if self.error is not None:
            raise self.error


def test_chunks_come_in_order_to_the_end() -> None:
    said = "".join(str(chunk.text) for chunk in pump(Spoken(), ASKED, threading.Event()))
    assert said == "ab"


def test_what_the_model_raises_is_raised_to_the_reader() -> None:
    stream = pump(Spoken(error=KeyError("odd")), ASKED, threading.Event())
    assert str(next(stream).text) == "a"
    with pytest.raises(KeyError, match="odd"):
        list(stream)


def test_fault_45_a_stop_is_heard_while_the_provider_is_silent() -> None:
    stop, silence = threading.Event(), threading.Event()
    stream = pump(Spoken(silence=silence), ASKED, stop)
    assert [str(next(stream).text), str(next(stream).text)] == ["a", "b"]
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(Stopped):
        next(stream)
    silence.set()


def test_a_stop_before_the_first_word_is_heard_too() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        next(pump(Spoken(), ASKED, stop))
