"""The offline analyst: a chat model that answers by quoting the evidence it is given.

It runs on this machine, costs nothing and is deterministic. It reads the prompt back into question
and evidence, ranks the statements that the evidence makes, and writes the best of them down word
for word, each with its source, or says that the evidence holds no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from assistant.backends.analyst_candidates import candidates
from assistant.backends.analyst_question import analyse
from assistant.backends.analyst_refusal import refusal
from assistant.backends.analyst_scoring import Pool, score
from assistant.backends.analyst_selection import select
from assistant.backends.analyst_writing import write_answer, write_refusal
from assistant.prompts import parse
from corpus.query import rewrite

__all__ = ["OfflineAnalyst"]

MODEL = "offline-analyst-1"


class OfflineAnalyst(BaseChatModel):
    """Extractive and deterministic; reads only messages that `prompts.render` wrote."""

    @property
    def _llm_type(self) -> str:
        return MODEL

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = AIMessage("".join(_answer(messages)), response_metadata={"model_name": MODEL})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in _answer(messages):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
            if run_manager is not None:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        end = AIMessageChunk(
            content="", response_metadata={"finish_reason": "stop", "model_name": MODEL}
        )
        yield ChatGenerationChunk(message=end)


def _answer(messages: list[BaseMessage]) -> tuple[str, ...]:
    question, history, views = parse(messages)
    whole = rewrite(question, [(turn.question, turn.answer) for turn in history])
    of_one = len({view.company for view in views}) == 1 and views[0].company is not None
    asked = analyse(question, whole.removeprefix(question), of_one)
    pool = Pool(candidates(views))
    chosen = select(asked, pool)
    missing = refusal(asked, pool, chosen)
    if missing is not None:
        return write_refusal(missing, score(asked, pool, asked.terms, asked.wanted))
    return write_answer(asked, chosen)
