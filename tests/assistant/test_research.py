from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import langsmith
import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langsmith.utils import get_env_var, tracing_is_enabled

from assistant.backends.analyst import OfflineAnalyst
from assistant.backends.backend import Backend
from assistant.backends.errors import BackendUnavailable
from assistant.backends.silence import silence_tracing
from assistant.conversation import Evidence, Turn
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import AttemptState, CostSource, UsageSource
from assistant.cost.prices import Prices
from assistant.events import (
    Answered,
    Asking,
    Event,
    EvidenceFound,
    Failed,
    TextDelta,
)
from assistant.evidence import build_evidence
from assistant.planning import Leg, Plan, only
from assistant.prompts import REFUSAL, render
from assistant.research import Inquiry, ask
from corpus.errors import CorpusDamaged
from corpus.models import Filters, Hit
from corpus.query import rewrite
from corpus.tokens import count_tokens
from tests.assistant.packs import document, hit, passage
from tests.fakes import ScriptedChat

META = document("Meta 10-Q", "Meta", "10-Q")
FOUND = hit(META, passage(META, "We expect 2026 capex of $125 billion to $145 billion."), 1)


@dataclass
class ShelfCorpus:
    """Returns the hits that it was given and records what was asked of it."""

    hits: tuple[Hit, ...] = (FOUND,)
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008
    ) -> tuple[Hit, ...]:
        self.asked.append(question)
        if self.error is not None:
            raise self.error
        return self.hits[:k]

    def whole(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        return rewrite(question, history)


class ScriptedModel(BaseChatModel):
    """Streams the chunks that it was given; an exception among them is raised."""

    script: list[Any]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("whole"))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for item in self.script:
            if isinstance(item, BaseException):
                raise item
            chunk = item if isinstance(item, AIMessageChunk) else AIMessageChunk(content=item)
            yield ChatGenerationChunk(message=chunk)


def backend(*script: object, local: bool = False) -> Backend:
    model: BaseChatModel = ScriptedModel(script=list(script)) if script else OfflineAnalyst()
    return Backend("test", "Test backend", "openai", "gpt-5", model, local)


@pytest.fixture
def meter(data: Path) -> Meter:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return Meter(Ledger(data / "ledger.db"), Prices(), lambda: now)


def inquiry(**changes: Any) -> Inquiry:
    question = "What capex does Meta expect for 2026?"
    return replace(Inquiry(question, conversation="c1", turn="t1"), **changes)


def run(
    meter: Meter, chosen: Backend, corpus: ShelfCorpus | None = None, **changes: Any
) -> list[Event]:
    return list(
        ask(
            inquiry(**changes),
            corpus=corpus or ShelfCorpus(),
            planner=only(chosen),
            meter=meter,
        )
    )


def answered(events: list[Event]) -> Answered:
    assert isinstance(events[-1], Answered), events
    return events[-1]


def test_a_question_is_answered_with_evidence_citations_and_figures(meter: Meter) -> None:
    events = run(meter, backend(local=True))
    assert isinstance(events[0], EvidenceFound)
    answer = answered(events).answer
    assert answer.answered
    assert "$125 billion to $145 billion" in answer.text
    assert [citation.n for citation in answer.citations] == [1]
    assert [figure.verified for figure in answer.figures] == [True, True]
    shown = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert shown.strip() == answer.text


def test_the_offline_backend_counts_tokens_and_costs_no_provider_s_money(meter: Meter) -> None:
    attempt = answered(run(meter, backend(local=True))).answer.attempt
    assert (attempt.state, attempt.cost_source, attempt.cost) == (
        AttemptState.OK,
        CostSource.LOCAL,
        None,
    )
    assert attempt.usage.source is UsageSource.ESTIMATED
    prompt = render("What capex does Meta expect for 2026?", (), build_evidence([FOUND]))
    assert attempt.usage.input_tokens == count_tokens("\n".join(str(m.text) for m in prompt))


def test_reported_usage_is_taken_as_it_came(meter: Meter) -> None:
    usage: UsageMetadata = {
        "input_tokens": 10_000,
        "output_tokens": 1_200,
        "total_tokens": 11_200,
        "input_token_details": {"cache_read": 8_000},
        "output_token_details": {"reasoning": 700},
    }
    end = AIMessageChunk(
        content="",
        usage_metadata=usage,
        response_metadata={"finish_reason": "stop", "model_name": "gpt-5"},
    )
    attempt = answered(run(meter, backend("Capex grows [1].", end))).answer.attempt
    assert attempt.usage.source is UsageSource.PROVIDER
    assert attempt.usage.cache_read_tokens == 8_000
    assert attempt.usage.reasoning_tokens == 700
    assert attempt.cost == 15_500_000_000
    assert (attempt.finish_reason, attempt.model_served) == ("stop", "gpt-5")


def test_markers_reach_the_reader_whole_and_known(meter: Meter) -> None:
    events = run(meter, backend("Capex", " [", "1", "] and [", "7] more."))
    shown = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(shown) == "Capex [1] and more."
    assert not any("[" in text and "]" not in text for text in shown)
    assert answered(events).answer.dropped_citations == 1


def test_a_refusal_is_an_answer_that_is_not_answered(meter: Meter) -> None:
    answer = answered(run(meter, backend(f"{REFUSAL} Nothing on this."))).answer
    assert not answer.answered


def test_fault_51_an_empty_corpus_is_said_and_nothing_is_cited(meter: Meter) -> None:
    answer = answered(run(meter, backend(local=True), ShelfCorpus(hits=()))).answer
    assert not answer.answered
    assert answer.text.startswith(REFUSAL)
    assert (answer.citations, answer.evidence, answer.dropped_citations) == ((), (), 0)


def test_fault_45_a_stop_in_mid_stream_settles_the_attempt_as_stopped(meter: Meter) -> None:
    events = ask(
        inquiry(),
        corpus=ShelfCorpus(),
        planner=only(backend("One. ", "Two. ", "Three.")),
        meter=meter,
    )
    assert isinstance(next(events), EvidenceFound)
    assert isinstance(next(events), Asking)
    assert next(events) == TextDelta("One.")
    (open_row,) = meter.ledger.attempts(conversation="c1")
    assert open_row.state is AttemptState.OPEN
    assert isinstance(events, Iterator)
    events.close()  # type: ignore[attr-defined]
    (row,) = meter.ledger.attempts(conversation="c1")
    assert row.state is AttemptState.STOPPED
    assert row.usage.source is UsageSource.ESTIMATED
    assert row.usage.output_tokens == count_tokens("One. ")


def test_an_error_in_mid_stream_is_told_and_settled(meter: Meter) -> None:
    events = run(meter, backend("Half an ", RuntimeError("connection reset")))
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("Test backend broke off its answer (connection reset)")
    (row,) = meter.ledger.attempts(conversation="c1")
    assert row == failed.attempt
    assert row.state is AttemptState.ERROR


def test_a_keyboard_interrupt_settles_and_goes_on(meter: Meter) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(meter, backend("Half an ", KeyboardInterrupt()))
    (row,) = meter.ledger.attempts(conversation="c1")
    assert row.state is AttemptState.STOPPED


def test_a_search_that_fails_makes_no_call(meter: Meter) -> None:
    corpus = ShelfCorpus(error=CorpusDamaged("run doctor"))
    assert run(meter, backend("never"), corpus) == [Failed("run doctor")]
    assert meter.ledger.attempts() == ()


def test_a_follow_up_is_searched_for_as_a_whole_question(meter: Meter) -> None:
    corpus = ShelfCorpus()
    history = [Turn("What capex does Meta expect for 2026?", "$125 billion [1].")]
    run(meter, backend("Yes [1]."), corpus, question="And why?", history=tuple(history))
    assert "Meta" in corpus.asked[0]


def test_the_evidence_budget_is_kept(meter: Meter) -> None:
    hits = tuple(
        hit(META, passage(META, f"Capex number {n} was $5 billion.", 10 * n), n)
        for n in range(1, 9)
    )
    answer = answered(run(meter, backend("Yes."), ShelfCorpus(hits), evidence_tokens=40)).answer
    assert 0 < answer.evidence_tokens <= 40


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGCHAIN_TRACING_V2", "true")
    monkeypatch.setenv("LANGCHAIN_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "not-a-key")
    get_env_var.cache_clear()  # type: ignore[attr-defined]
    langsmith.configure(enabled=None)
    yield
    langsmith.configure(enabled=False)
    get_env_var.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("traced")
def test_nothing_is_traced_whatever_the_environment_says(meter: Meter) -> None:
    assert tracing_is_enabled()
    answered(run(meter, backend("Yes [1].")))
    assert not tracing_is_enabled()


@pytest.mark.usefixtures("traced")
def test_silence_removes_the_variables_that_break_every_call() -> None:
    silence_tracing()
    assert "LANGCHAIN_TRACING" not in os.environ
    assert not tracing_is_enabled()


RIGHT = "Meta expects $125 billion to $145 billion in capex for 2026 [1]."
WRONG = "Meta expects capex of $999 billion for 2026 [1]."


def chain(*backends: Backend) -> tuple[Leg, ...]:
    return tuple(Leg(item, "chosen" if n == 0 else "it failed") for n, item in enumerate(backends))


def follow(meter: Meter, *chains: tuple[Leg, ...]) -> list[Event]:
    return list(
        ask(inquiry(), corpus=ShelfCorpus(), planner=lambda question, evidence: chains, meter=meter)
    )


def named(name: str, *script: object) -> Backend:
    return replace(backend(*script), name=name, label=name.title())


def test_an_answer_that_passes_ends_the_turn(meter: Meter) -> None:
    events = follow(meter, chain(named("cheap", RIGHT)), chain(named("strong", "never")))
    answer = answered(events).answer
    assert [step.backend for step in answer.steps] == ["cheap"]
    assert answer.steps[0].outcome == "answered"
    assert len(answer.attempts) == 1


def test_an_answer_that_fails_its_checks_is_asked_of_the_next(meter: Meter) -> None:
    events = follow(meter, chain(named("cheap", WRONG)), chain(named("strong", RIGHT)))
    answer = answered(events).answer
    assert answer.text == RIGHT
    cheap, strong = answer.steps
    assert cheap.outcome == "did not pass the checks (unsupported figure)"
    assert (strong.backend, strong.outcome) == ("strong", "answered")
    assert [step.attempt for step in answer.steps] == list(answer.attempts)
    assert answer.attempts[1].parent == answer.attempts[0].id
    asked = [event.step.backend for event in events if isinstance(event, Asking)]
    assert asked == ["cheap", "strong"]


def test_a_doubtful_answer_stands_where_no_better_one_comes(meter: Meter) -> None:
    events = follow(
        meter, chain(named("cheap", WRONG)), chain(named("strong", ValueError("broken")))
    )
    answer = answered(events).answer
    assert answer.text == WRONG
    assert not answer.supported
    assert [step.outcome for step in answer.steps][1] == "failed (interrupted)"
    assert len(answer.attempts) == 2 + 2, "what broke off before any text is tried three times"


def test_a_refusal_of_the_routine_backend_stands(meter: Meter) -> None:
    events = follow(meter, chain(named("cheap", REFUSAL)), chain(named("strong", RIGHT)))
    assert answered(events).answer.text == REFUSAL


def test_who_stands_in_answers_when_a_backend_fails_in_mid_stream(meter: Meter) -> None:
    first = named("first", "Half an ", RuntimeError("reset"))
    answer = answered(follow(meter, chain(first, named("second", RIGHT)))).answer
    assert answer.text == RIGHT
    assert [step.outcome for step in answer.steps] == ["failed (interrupted)", "answered"]
    assert [row.state for row in answer.attempts] == [AttemptState.ERROR, AttemptState.OK]


def test_a_plan_that_cannot_be_made_is_told(meter: Meter) -> None:
    def nobody(question: str, evidence: Sequence[Evidence]) -> Plan:
        raise BackendUnavailable("No backend can be used now.")

    *_, last = ask(inquiry(), corpus=ShelfCorpus(), planner=nobody, meter=meter)
    assert last == Failed("No backend can be used now.")
    assert meter.ledger.attempts() == ()


def test_history_is_sent_only_where_it_is_needed(meter: Meter) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    spoken = replace(backend(local=True), chat=chat)
    turns = (Turn("What capex does Amazon expect for 2026?", "About $200 billion [7]."),)
    run(meter, spoken, history=turns)
    run(meter, spoken, question="And in the year after?", history=turns)
    assert [len(messages) for messages in chat.asked] == [2, 4]
    assert "[7]" not in str(chat.asked[1])


def test_half_a_character_of_a_broken_stream_is_replaced(meter: Meter) -> None:
    answer = answered(run(meter, backend("Capex grows \ud83d fast [1].", local=True))).answer
    assert answer.text == "Capex grows ? fast [1]."
