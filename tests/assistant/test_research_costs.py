"""What a turn costs and saves: budgets, stand-ins, routing, and nobody paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from assistant.cost.budget import Budgets, Scope
from assistant.cost.ledger_savings import read_savings
from assistant.cost.meter import Meter
from assistant.cost.models import Purpose
from assistant.cost.savings import SavingKind
from assistant.embedding_meter import MeteredEmbedder
from assistant.events import Answered, Failed
from assistant.research import NO_FILTERS, ask
from corpus.models import Filters, Hit
from tests.assistant.cost.samples import dollars
from tests.assistant.test_research import (
    RIGHT,
    WRONG,
    ShelfCorpus,
    answered,
    chain,
    follow,
    inquiry,
    meter,
    named,
)
from tests.fakes import HashingEmbedder

__all__ = ["meter"]


def budgeted(meter: Meter, limit: str) -> Meter:
    return Meter(meter.ledger, meter.prices, meter.now, UTC, Budgets({Scope.DAY: dollars(limit)}))


def test_auto_pays_nobody_twice_for_one_answer(meter: Meter) -> None:
    strong = named("strong", RuntimeError("down"))
    events = follow(meter, chain(named("cheap", RuntimeError("down")), strong), chain(strong))
    assert isinstance(events[-1], Failed)
    asked = [row.backend for row in meter.ledger.attempts()]
    assert asked.count("strong") == 3, "its three tries, and no other three"
    assert [step.backend for step in events[-1].steps] == ["cheap", "strong"]


def test_each_call_names_the_one_that_it_stands_in_for(meter: Meter) -> None:
    legs = chain(
        named("a", "Half", OSError("x")), named("b", "Half", OSError("x")), named("c", RIGHT)
    )
    first, second, third = answered(follow(meter, legs)).answer.attempts
    assert (first.parent, second.parent, third.parent) == (None, first.id, second.id)


def test_a_failed_leg_keeps_the_row_of_its_last_call(meter: Meter) -> None:
    legs = chain(named("a", "Half", OSError("x")), named("b", RIGHT))
    answer = answered(follow(meter, legs)).answer
    assert [step.attempt for step in answer.steps] == list(answer.attempts)


def test_fault_50_what_is_over_budget_is_not_asked_and_the_doubtful_answer_stands(
    meter: Meter,
) -> None:
    dear = replace(named("strong", RIGHT), max_output=100_000)
    legs = (chain(named("cheap", WRONG)), chain(dear))
    answer = answered(follow(budgeted(meter, "0.10"), *legs)).answer
    assert answer.text == WRONG
    assert [step.outcome for step in answer.steps][1] == "not asked: over budget"
    assert answer.steps[1].attempt is None
    assert len(answer.attempts) == 1


def test_a_stand_in_that_fits_the_budget_answers_for_one_that_does_not(meter: Meter) -> None:
    dear = replace(named("dear", RIGHT), max_output=100_000)
    events = follow(budgeted(meter, "0.10"), chain(dear, replace(named("free", RIGHT), local=True)))
    answer = answered(events).answer
    assert [step.outcome for step in answer.steps] == ["not asked: over budget", "answered"]


def test_routing_is_set_against_the_hard_backend(meter: Meter) -> None:
    cheap = replace(named("cheap", RIGHT), model="gpt-5-mini")
    answer = answered(follow(meter, chain(cheap), chain(named("strong", RIGHT)))).answer
    (saving,) = read_savings(meter.ledger.file, "t1")
    assert (saving.kind, saving.backend) == (SavingKind.ROUTING, "cheap")
    cost = answer.attempt.cost
    assert cost is not None and saving.counterfactual == 5 * cost, "$1.25 and $10 to $0.25 and $2"
    assert (saving.actual, saving.overhead) == (cost, 0)


def test_routing_that_had_to_ask_twice_shows_its_loss(meter: Meter) -> None:
    answer = answered(
        follow(meter, chain(named("cheap", WRONG)), chain(named("strong", RIGHT)))
    ).answer
    (saving,) = read_savings(meter.ledger.file, "t1")
    assert saving.backend == "strong"
    assert saving.saved == -(answer.attempts[0].cost or 0) < 0


@pytest.mark.parametrize("broken", ("savings", "turns"))
def test_savings_that_cannot_be_written_take_no_answer_away(
    meter: Meter, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    with meter.ledger.file.write() as connection:
        connection.exec_driver_sql(f"DROP TABLE {broken}")
    last = follow(meter, chain(named("cheap", RIGHT)), chain(named("strong", RIGHT)))[-1]
    assert isinstance(last, Answered)
    assert ("not kept" in caplog.text) == (broken == "savings")


def test_the_embedding_of_a_question_is_counted_for_its_turn(meter: Meter) -> None:
    embedder = MeteredEmbedder(HashingEmbedder(), meter)

    class Embedding(ShelfCorpus):
        def search(
            self, question: str, k: int = 10, filters: Filters = NO_FILTERS
        ) -> tuple[Hit, ...]:
            embedder.embed_query(question)
            return super().search(question, k, filters)

    plan = (chain(named("cheap", RIGHT)),)
    list(ask(inquiry(), corpus=Embedding(), planner=lambda q, e: plan, meter=meter))
    embedder.close()
    embedding, answer = meter.ledger.attempts(conversation="c1")
    assert {embedding.purpose, answer.purpose} == {Purpose.EMBED, Purpose.ANSWER}
    assert embedding.turn == answer.turn == "t1"
