"""The same call is not paid for twice, and nothing but the same call is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.answer_cache import AnswerCache
from assistant.archive import Archive
from assistant.archive_answers import KeptAnswers
from assistant.backends.backend import Backend
from assistant.cost.budget import Budgets, Scope
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_savings import read_savings
from assistant.cost.meter import Meter
from assistant.cost.models import AttemptState, CostSource
from assistant.cost.prices import Prices
from assistant.cost.savings import SavingKind
from assistant.events import Answered, Cited, Event, TextDelta
from assistant.planning import only
from assistant.research import Inquiry, ask
from tests.assistant.packs import document, hit, passage
from tests.assistant.test_research import ShelfCorpus
from tests.fakes import ScriptedChat

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
META = document("Meta 10-Q", "Meta", "10-Q")
SAYS = "We expect 2026 capex of $125 billion to $145 billion."
CORPUS = ShelfCorpus((hit(META, passage(META, SAYS), 1),))
RIGHT = "Meta expects $125 billion to $145 billion [1]."
WRONG = "Meta expects $999 billion [1]."
QUESTION = "What capex does Meta expect for 2026?"


class Desk:
    """One product with a cache, whose index can be changed."""

    def __init__(self, ledger: Ledger, budgets: Budgets) -> None:
        self.ledger = ledger
        self.generation = 2
        self.meter = Meter(ledger, Prices(), lambda: NOW, UTC, budgets)
        self.cache = AnswerCache(KeptAnswers(ledger), lambda: self.generation)
        self.turns = 0

    def ask(
        self, chat: ScriptedChat, question: str = QUESTION, fresh: bool = False, **changes: object
    ) -> list[Event]:
        self.turns += 1
        backend = Backend("cloud", "Cloud", "openai", "gpt-5", chat, local=False, host="a.example")
        return list(
            ask(
                Inquiry(question, conversation="c", turn=f"t{self.turns}", fresh=fresh),
                corpus=CORPUS,
                planner=only(replace(backend, **changes)),  # type: ignore[arg-type]
                meter=self.meter,
                cache=self.cache,
            )
        )


@pytest.fixture
def ledger(data: Path) -> Iterator[Ledger]:
    with closing(Ledger(data / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger, Budgets({}))


def test_trap_09_the_same_call_is_answered_again_for_nothing(desk: Desk) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    *_, first = desk.ask(chat)
    *events, second = desk.ask(chat)
    assert isinstance(first, Answered) and isinstance(second, Answered)
    assert len(chat.asked) == 1
    assert second.answer.text == first.answer.text
    assert second.answer.citations == first.answer.citations
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == RIGHT
    assert [e for e in events if isinstance(e, Cited)]
    row = second.answer.attempt
    assert (row.state, row.cost, row.cost_source) == (AttemptState.CACHED, 0, CostSource.LOCAL)
    assert row.parent == first.answer.attempt.id
    assert second.answer.steps[0].outcome == "answered before; given again"
    totals = desk.ledger.totals()
    assert (totals.attempts, totals.cost) == (1, first.answer.attempt.cost)


def test_what_it_saved_is_what_the_call_had_cost(desk: Desk) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    *_, first = desk.ask(chat)
    desk.ask(chat)
    assert isinstance(first, Answered)
    (saving,) = read_savings(desk.ledger.file, "t2")
    assert saving.kind is SavingKind.ANSWER_CACHE
    assert saving.saved == saving.counterfactual == first.answer.attempt.cost
    assert saving.estimated
    assert read_savings(desk.ledger.file, "t1") == ()


@pytest.mark.parametrize(
    "changes",
    (
        {"model": "gpt-5-mini"},
        {"provider": "azure"},
        {"host": "b.example"},
        {"max_output": 7},
        {"service_tier": "flex"},
        {"question": "What capex does Meta not expect for 2026?"},
        {"fresh": True},
    ),
    ids=str,
)
def test_anything_else_is_another_call(desk: Desk, changes: dict[str, object]) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    desk.ask(chat)
    desk.ask(chat, **changes)  # type: ignore[arg-type]
    assert len(chat.asked) == 2


def test_another_state_of_the_index_is_another_call_and_forgets_the_old(desk: Desk) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    desk.ask(chat)
    desk.generation = 4
    desk.ask(chat)
    assert len(chat.asked) == 2
    desk.generation = 2
    desk.ask(chat)
    assert len(chat.asked) == 3, "what a removed document had said is gone"


def test_what_did_not_pass_its_checks_is_not_kept(desk: Desk) -> None:
    chat = ScriptedChat(replies=[WRONG, RIGHT])
    desk.ask(chat)
    desk.ask(chat)
    assert len(chat.asked) == 2
    desk.ask(chat)
    assert len(chat.asked) == 2


def test_what_answers_in_this_process_is_asked_each_time(desk: Desk) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    desk.ask(chat, host=None, local=True)
    desk.ask(chat, host=None, local=True)
    assert len(chat.asked) == 2


def test_a_kept_answer_needs_no_budget(ledger: Ledger) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    Desk(ledger, Budgets({})).ask(chat)
    poor = Desk(ledger, Budgets({Scope.DAY: 0}))
    *_, last = poor.ask(chat)
    assert isinstance(last, Answered)
    assert len(chat.asked) == 1


def test_a_deleted_conversation_takes_its_answers_along(desk: Desk, ledger: Ledger) -> None:
    chat = ScriptedChat(replies=[RIGHT])
    desk.ask(chat)
    Archive(ledger, CORPUS).delete("c")  # type: ignore[arg-type]
    desk.ask(chat)
    assert len(chat.asked) == 2
