"""How a question is answered: search, evidence, a backend's call, checks, and the bill."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event as StopSignal

from langchain_core.messages import BaseMessage

from assistant.answer_cache import AnswerCache, Recalled
from assistant.archive_answers import KeptAnswer
from assistant.asking import Asked
from assistant.backends.errors import CallFailed
from assistant.backends.pump import Stopped as StoppedCall
from assistant.backends.silence import silence_tracing
from assistant.calls import Caller
from assistant.checking import ESCALATING, check_answer
from assistant.conversation import Answer, Evidence, FlagKind, Seconds, Step
from assistant.cost.errors import BudgetExceeded, LedgerError
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt
from assistant.embedding_meter import on_behalf_of
from assistant.events import Answered, Asking, Event, EvidenceFound, Failed, Stopped
from assistant.inquiry import NO_FILTERS, Inquiry, Searchable, find_evidence, whole_in
from assistant.memory import left_out, slim
from assistant.planning import Leg, Plan, Planner
from assistant.prompts import render
from assistant.saving import Ended, savings_of
from corpus.errors import LoadFactorError

__all__ = ["NO_FILTERS", "Inquiry", "Searchable", "ask", "find_evidence"]

FINISHED = frozenset({None, "stop"})

log = logging.getLogger(__name__)


def ask(
    inquiry: Inquiry,
    *,
    corpus: Searchable,
    planner: Planner,
    meter: Meter,
    cache: AnswerCache | None = None,
    stop: StopSignal | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Event]:
    """Answer a question, yielding EvidenceFound, then Asking, TextDelta, Cited and Waiting as they
    come, and at the end Answered, Failed or Stopped. With a `cache`, what the same call answered
    before is given again, and what passes its checks is kept.

    Every attempt's row in the ledger is settled however the iteration ends: where `stop` is set or
    the consumer leaves early it is `stopped`, with usage estimated from what was read.
    """
    silence_tracing()
    began = clock()
    try:
        with on_behalf_of(inquiry.conversation, inquiry.turn, inquiry.user):
            evidence = find_evidence(inquiry, corpus)
        searched = clock() - began
        yield EvidenceFound(evidence, searched)
        plan = planner(whole_in(corpus, inquiry.question, inquiry.history), evidence)
    except LoadFactorError as error:
        yield Failed(str(error))
        return
    caller = Caller(
        meter,
        inquiry.conversation,
        inquiry.turn,
        inquiry.user,
        clock,
        stop or StopSignal(),
        inquiry.purpose,
    )
    history = slim(inquiry.question, inquiry.history)
    messages = render(inquiry.question, history, evidence)
    spared = left_out(inquiry.history, history)
    yield from _Research(
        inquiry, caller, plan, messages, evidence, cache, spared, began, searched
    ).events()


@dataclass(slots=True)
class _Research:
    """The legs of a plan, walked until one gives an answer that passes its checks."""

    inquiry: Inquiry
    caller: Caller
    plan: Plan
    messages: Sequence[BaseMessage]
    evidence: tuple[Evidence, ...]
    cache: AnswerCache | None
    spared: int
    began: float
    searched: float
    steps: list[Step] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    doubted: Answer | None = None
    failure: str = ""
    answered_by: list[Attempt] = field(default_factory=list)
    kept: KeptAnswer | None = None

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
            yield self._ended(self.doubted, str(error))
        else:
            yield self._ended(answer or self.doubted, self.failure)

    def _ended(self, found: Answer | None, failure: str) -> Answered | Failed:
        """An answer that is in doubt is better than none."""
        if found is None:
            return self._failed(failure)
        self._save()
        return Answered(self._whole(found))

    def _save(self) -> None:
        others = [row for row in self.attempts if row not in self.answered_by]
        turn = Ended(self.plan, self.answered_by, others, self.kept, self.spared)
        inquiry, meter = self.inquiry, self.caller.meter
        try:
            found = savings_of(turn, meter.prices)
            meter.save(inquiry.turn, inquiry.conversation, inquiry.user, found)
        except LedgerError as error:
            # What it saved is not worth an answer.
            log.warning("the savings of turn %s were not kept: %s", inquiry.turn, error)

    def _chain(self, chain: Sequence[Leg]) -> Generator[Event, None, Answer | None]:
        """Ask one leg after another until one answers; return its answer."""
        for leg in chain:
            # Who was asked in an earlier chain would be paid twice for one answer.
            if leg.backend.name in {step.backend for step in self.steps}:
                continue
            asked = self._begin(leg)
            yield Asking(self.steps[-1])
            failed = None
            try:
                yield from asked.events()
            except CallFailed as error:
                self.failure, failed = str(error), f"failed ({error.reason})"
            except BudgetExceeded as error:
                self.failure, failed = str(error), "not asked: over budget"
            finally:
                self.attempts.extend(asked.attempts)
            if failed is not None:
                self._end_step(failed)
                continue
            answer = self._answer(asked)
            self.answered_by, self.kept = asked.attempts, self._kept_by(asked)
            if isinstance(asked, Asked) and answer.supported:
                self._keep(asked)
            self._end_step(_outcome(asked, answer))
            return answer
        return None

    def _begin(self, leg: Leg) -> Asked | Recalled:
        backend = leg.backend
        self.steps.append(Step(backend.name, backend.label, backend.destination, leg.reason))
        if self.cache is not None and not self.inquiry.fresh:
            try:
                kept = self.cache.find(backend, self.messages, self.evidence)
            except LoadFactorError as error:
                log.warning("kept answers cannot be read: %s", error)
                kept = None
            if kept is not None:
                return Recalled(self.caller, backend, kept, self.evidence)
        parent = self.attempts[-1].id if self.attempts else None
        return Asked(self.caller, backend, self.messages, self.evidence, parent)

    @staticmethod
    def _kept_by(asked: Asked | Recalled) -> KeptAnswer | None:
        return asked.kept if isinstance(asked, Recalled) else None

    def _keep(self, asked: Asked) -> None:
        last = asked.attempts[-1]
        if self.cache is None or self.caller.stop.is_set() or last.finish_reason not in FINISHED:
            return
        answer = KeptAnswer(asked.text, last.id, last.cost)
        try:
            self.cache.keep(self.caller, asked.backend, self.messages, self.evidence, answer)
        except LoadFactorError as error:
            log.warning("the answer of turn %s was not kept: %s", self.inquiry.turn, error)

    def _end_step(self, outcome: str) -> None:
        if self.steps:
            step = self.steps[-1]
            mine = [row for row in self.attempts if row.backend == step.backend]
            self.steps[-1] = replace(step, outcome=outcome, attempt=mine[-1] if mine else None)

    def _answer(self, asked: Asked | Recalled) -> Answer:
        checked = check_answer(asked.text, self.evidence, finish_reason=asked.finish_reason)
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


def _outcome(asked: Asked | Recalled, answer: Answer) -> str:
    kinds = ", ".join(kind.replace("_", " ") for kind in _doubtful(answer))
    if kinds:
        return f"did not pass the checks ({kinds})"
    return "answered" if isinstance(asked, Asked) else "answered before; given again"


def _doubtful(answer: Answer) -> tuple[FlagKind, ...]:
    """Return the kinds of doubt for which routing asks a stronger backend."""
    return tuple(sorted({flag.kind for flag in answer.flags} & ESCALATING))
