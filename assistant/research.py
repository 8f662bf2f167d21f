"""How a question is answered: search, evidence, the backend's call, checks, and the bill."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from langchain_core.messages import AIMessageChunk, BaseMessage

from assistant.backends.backend import Backend
from assistant.backends.silence import silence_tracing
from assistant.citations import MarkerFilter, check
from assistant.conversation import Answer, Evidence, Seconds, Turn
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt, AttemptState, Usage, UsageSource
from assistant.evidence import DEFAULT_BUDGET, build_evidence
from assistant.figures import verify
from assistant.prompts import is_refusal, render
from corpus.errors import LoadFactorError
from corpus.models import Filters, Hit
from corpus.query import rewrite
from corpus.tokens import count_tokens

__all__ = ["Answered", "Event", "EvidenceFound", "Failed", "TextDelta", "ask", "whole_question"]

HITS = 30
"""Passages asked of the search; the evidence budget decides how many are used."""
_NO_FILTERS = Filters()


class Searchable(Protocol):
    """The part of the corpus that answering needs."""

    def search(self, question: str, k: int = 10, filters: Filters = ...) -> tuple[Hit, ...]: ...


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """What will be put before the backend, and how long finding it took."""

    evidence: tuple[Evidence, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer; markers in it are whole and name given evidence."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a turn that went well, refusals included."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a turn that did not; `attempt` is None when no call was made."""

    message: str
    attempt: Attempt | None


Event = EvidenceFound | TextDelta | Answered | Failed


def ask(
    question: str,
    *,
    corpus: Searchable,
    backend: Backend,
    meter: Meter,
    conversation: str,
    turn: str,
    history: Sequence[Turn] = (),
    filters: Filters = _NO_FILTERS,
    evidence_tokens: int = DEFAULT_BUDGET,
    user: str = "local",
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Event]:
    """Answer a question, yielding EvidenceFound, then TextDelta, then Answered or Failed.

    The attempt's row in the ledger is settled however the iteration ends: a consumer that stops
    early leaves it `stopped`, with usage estimated from what was read.
    """
    silence_tracing()
    began = clock()
    try:
        hits = corpus.search(whole_question(question, history), HITS, filters)
    except LoadFactorError as error:
        yield Failed(str(error), None)
        return
    evidence = build_evidence(hits, evidence_tokens)
    searched = clock() - began
    yield EvidenceFound(evidence, searched)

    messages = render(question, history, evidence)
    call = _Call(messages, began, clock)
    try:
        attempt = meter.start(
            backend,
            turn=turn,
            conversation=conversation,
            user=user,
            input_tokens=call.prompt_tokens(),
        )
    except LoadFactorError as error:
        yield Failed(str(error), None)
        return
    markers = MarkerFilter({item.n for item in evidence})
    try:
        for delta in call.stream(backend):
            if shown := markers.feed(delta):
                yield TextDelta(shown)
        if shown := markers.close():
            yield TextDelta(shown)
    except GeneratorExit:
        call.settle(meter, attempt, AttemptState.STOPPED)
        raise
    except Exception as error:  # noqa: BLE001 - whatever a vendor raises, the bill is settled
        yield Failed(_explain(backend, error), call.settle(meter, attempt, AttemptState.ERROR))
        return
    except BaseException:
        call.settle(meter, attempt, AttemptState.STOPPED)
        raise
    settled = call.settle(meter, attempt, AttemptState.OK)
    yield Answered(_answer(question, call, evidence, settled, searched))


def whole_question(question: str, history: Sequence[Turn]) -> str:
    """Return the question with what a follow-up leaves to the earlier turns put in."""
    return rewrite(question, [(turn.question, turn.answer) for turn in history])


def _explain(backend: Backend, error: Exception) -> str:
    if isinstance(error, LoadFactorError):
        return str(error)
    return f"{backend.label} could not answer: {error or type(error).__name__}."


def _answer(
    question: str, call: _Call, evidence: tuple[Evidence, ...], settled: Attempt, searched: float
) -> Answer:
    checked = check(call.text, evidence)
    return Answer(
        question=question,
        text=checked.text.strip(),
        answered=bool(checked.text.strip()) and not is_refusal(checked.text),
        citations=checked.citations,
        figures=verify(checked.text, evidence),
        evidence=evidence,
        dropped_citations=checked.dropped,
        attempt=settled,
        seconds=Seconds(searched, call.first_token, settled.total_seconds or 0.0),
    )


@dataclass(slots=True)
class _Call:
    """One streamed call: the text so far, the usage as last reported, and its times."""

    messages: Sequence[BaseMessage]
    began: float
    clock: Callable[[], float]
    text: str = ""
    first_token: float | None = None
    finish_reason: str | None = None
    model: str | None = None
    _reported: Usage | None = field(default=None)

    def stream(self, backend: Backend) -> Iterator[str]:
        for chunk in backend.chat.stream(list(self.messages)):
            self._note(chunk)
            if delta := str(chunk.text):
                if self.first_token is None:
                    self.first_token = self.clock() - self.began
                self.text += delta
                yield delta

    def prompt_tokens(self) -> int:
        """Return an estimate of the prompt's tokens."""
        return count_tokens("\n".join(str(message.text) for message in self.messages))

    def settle(self, meter: Meter, attempt: Attempt, state: AttemptState) -> Attempt:
        return meter.settle(
            attempt,
            self._usage(),
            state,
            finish_reason=self.finish_reason,
            model_served=self.model,
            first_token_seconds=self.first_token,
            total_seconds=self.clock() - self.began,
        )

    def _note(self, chunk: AIMessageChunk) -> None:
        facts = chunk.response_metadata
        self.finish_reason = facts.get("finish_reason") or self.finish_reason
        self.model = facts.get("model_name") or self.model
        usage = chunk.usage_metadata
        if usage is not None:
            self._reported = Usage(
                input_tokens=usage["input_tokens"],
                cache_read_tokens=usage.get("input_token_details", {}).get("cache_read"),
                output_tokens=usage["output_tokens"],
                reasoning_tokens=usage.get("output_token_details", {}).get("reasoning"),
                source=UsageSource.PROVIDER,
                raw=dict(usage),
            )

    def _usage(self) -> Usage:
        """Return what the provider reported, else an estimate from prompt and visible text."""
        if self._reported is not None:
            return self._reported
        return Usage(
            input_tokens=self.prompt_tokens(),
            output_tokens=count_tokens(self.text),
            source=UsageSource.ESTIMATED,
        )
