"""How a question is answered: search, evidence, a backend's call, checks, and the bill."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event as StopSignal
from typing import Protocol
from uuid import uuid4

from langchain_core.messages import BaseMessage

from assistant.asking import Asked
from assistant.backends.errors import CallFailed
from assistant.backends.pump import Stopped as StoppedCall
from assistant.backends.silence import silence_tracing
from assistant.calls import Caller
from assistant.checking import ESCALATING, check_answer
from assistant.conversation import Answer, Evidence, FlagKind, Seconds, Step, Turn
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt
from assistant.events import Answered, Asking, Event, EvidenceFound, Failed, Stopped
from assistant.evidence import DEFAULT_BUDGET, build_evidence
from assistant.memory import slim
from assistant.planning import Leg, Plan, Planner
from assistant.prompts import render
from corpus.errors import LoadFactorError
from corpus.models import Filters, Hit
from corpus.query import rewrite

__all__ = ["Inquiry", "Searchable", "ask", "find_evidence", "whole_question"]

HITS = 30
"""Passages asked of the search; the evidence budget decides how many are used."""
NO_FILTERS = Filters()


class Searchable(Protocol):
    """The part of the corpus that answering needs."""

    def search(self, question: str, k: int = 10, filters: Filters = ...) -> tuple[Hit, ...]: ...


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question and all that its answer depends on beside corpus, backend and meter.

    With `evidence` given, nothing is searched: several backends may read the same passages.
    """

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    evidence_tokens: int = DEFAULT_BUDGET
    conversation: str = field(default_factory=lambda: uuid4().hex)
    turn: str = field(default_factory=lambda: uuid4().hex)
    user: str = "local"
    evidence: tuple[Evidence, ...] | None = None

    @property
    def whole(self) -> str:
        return whole_question(self.question, self.history)


def ask(
    inquiry: Inquiry,
    *,
    corpus: Searchable,
    planner: Planner,
    meter: Meter,
    stop: StopSignal | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Event]:
    """Answer a question, yielding EvidenceFound, then Asking, TextDelta, Cited and Waiting as they
    come, and at the end Answered, Failed or Stopped.

    Every attempt's row in the ledger is settled however the iteration ends: where `stop` is set or
    the consumer leaves early it is `stopped`, with usage estimated from what was read.
    """
    silence_tracing()
    began = clock()
    try:
        evidence = find_evidence(inquiry, corpus)
        searched = clock() - began
        yield EvidenceFound(evidence, searched)
        plan = planner(inquiry.whole, evidence)
    except LoadFactorError as error:
        yield Failed(str(error))
        return
    caller = Caller(
        meter, inquiry.conversation, inquiry.turn, inquiry.user, clock, stop or StopSignal()
    )
    messages = render(inquiry.question, slim(inquiry.question, inquiry.history), evidence)
    yield from _Research(inquiry, caller, plan, messages, evidence, began, searched).events()


def find_evidence(inquiry: Inquiry, corpus: Searchable) -> tuple[Evidence, ...]:
    """Return the evidence for an inquiry: what it was given, else what a search finds.

    Raises CorpusError.
    """
    if inquiry.evidence is not None:
        return inquiry.evidence
    hits = corpus.search(inquiry.whole, HITS, inquiry.filters)
    return build_evidence(hits, inquiry.evidence_tokens)


def whole_question(question: str, history: Sequence[Turn]) -> str:
    """Return the question with what a follow-up leaves to the earlier turns put in."""
    return rewrite(question, [(turn.question, turn.answer) for turn in history])


@dataclass(slots=True)
class _Research:
    """The legs of a plan, walked until one gives an answer that passes its checks."""

    inquiry: Inquiry
    caller: Caller
    plan: Plan
    messages: Sequence[BaseMessage]
    evidence: tuple[Evidence, ...]
    began: float
    searched: float
    steps: list[Step] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    doubted: Answer | None = None
    failure: str = ""

    def events(self) -> Iterator[Event]:
        try:
            for chain in self.plan:
                answer = yield from self._chain(chain)
                if answer is not None and not _doubtful(answer):
                    break
                self.doubted = answer or self.doubted
        except StoppedCall:
            self._end_step("stopped")
            yield Stopped(tuple(self.steps))
        except LoadFactorError as error:
            self._end_step("failed")
            yield self._failed(str(error))
        else:
            found = answer or self.doubted
            yield Answered(self._whole(found)) if found else self._failed(self.failure)

    def _chain(self, chain: Sequence[Leg]) -> Generator[Event, None, Answer | None]:
        """Ask one leg after another until one answers; return its answer."""
        for leg in chain:
            asked = self._begin(leg)
            yield Asking(self.steps[-1])
            try:
                yield from asked.events()
            except CallFailed as error:
                self.failure = str(error)
                self._end_step(f"failed ({error.reason})")
                continue
            finally:
                self.attempts.extend(asked.attempts)
            answer = self._answer(asked)
            kinds = ", ".join(kind.replace("_", " ") for kind in _doubtful(answer))
            self._end_step(f"did not pass the checks ({kinds})" if kinds else "answered")
            return answer
        return None

    def _begin(self, leg: Leg) -> Asked:
        backend = leg.backend
        self.steps.append(Step(backend.name, backend.label, backend.destination, leg.reason))
        parent = self.attempts[0].id if self.attempts else None
        return Asked(self.caller, backend, self.messages, self.evidence, parent)

    def _end_step(self, outcome: str) -> None:
        if self.steps:
            last = self.attempts[-1] if self.attempts else None
            self.steps[-1] = replace(self.steps[-1], outcome=outcome, attempt=last)

    def _answer(self, asked: Asked) -> Answer:
        assert asked.call is not None
        checked = check_answer(
            asked.call.text, self.evidence, finish_reason=asked.call.finish_reason
        )
        now = self.caller.clock()
        first = None if asked.first_text is None else asked.first_text - self.began
        return Answer(
            question=self.inquiry.question,
            text=checked.text,
            answered=checked.answered,
            citations=checked.citations,
            figures=checked.figures,
            evidence=self.evidence,
            dropped_citations=checked.dropped,
            attempt=asked.attempts[-1],
            seconds=Seconds(self.searched, first, now - self.began),
            flags=checked.flags,
        )

    def _whole(self, answer: Answer) -> Answer:
        return replace(answer, steps=tuple(self.steps), attempts=tuple(self.attempts))

    def _failed(self, message: str) -> Failed:
        return Failed(message, tuple(self.attempts), tuple(self.steps))


def _doubtful(answer: Answer) -> tuple[FlagKind, ...]:
    """Return the kinds of doubt for which routing asks a stronger backend."""
    return tuple(sorted({flag.kind for flag in answer.flags} & ESCALATING))
