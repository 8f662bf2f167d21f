"""Sums by SQL against the meter's own, over rows of every kind."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.archive import Archive, TurnState
from assistant.archive_feedback import Feedback
from assistant.cost.cost_reading import compare_invoice, providers_of, read_costs
from assistant.cost.cost_sums import AnswerCounts, Dimension, Period, add_up, regroup
from assistant.cost.invoice import read_invoice
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_costs import (
    answer_counts,
    conversation_titles,
    ledger_sums,
    saving_sums,
)
from assistant.cost.ledger_savings import write_savings
from assistant.cost.ledger_usage import EXPORTED, export_rows, ledger_days
from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, Usage, UsageSource
from assistant.cost.savings import Saving, SavingKind
from tests.assistant.cost.ledgers import attempts, call, keep
from tests.assistant.cost.samples import NOON

EVERYTHING = Period()
TODAY = NOON.date()


@pytest.fixture
def ledger(data: Path) -> Iterator[Ledger]:
    with closing(Ledger(data / "ledger.db")) as opened:
        yield opened


@given(st.lists(attempts, max_size=12))
@settings(max_examples=60)
def test_every_breakdown_adds_up_to_the_meter(rows: list[Attempt]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Ledger(Path(folder, "l.db"))) as ledger:
        keep(ledger, *(replace(row, id=str(n)) for n, row in enumerate(rows)))
        meter = ledger.totals()
        for dimension in Dimension:
            report = read_costs(ledger.file, EVERYTHING, dimension)
            assert report.total.totals == meter
            assert add_up(report.daily).totals == meter
            cached = sum(row.state is AttemptState.CACHED for row in rows)
            assert report.total.sums.cached == cached
        for day in {row.day for row in rows} - {None}:
            one = add_up(ledger_sums(ledger.file, Period(day, day)))
            assert one.totals == ledger.totals(day=day)


@given(st.lists(attempts, max_size=12))
@settings(max_examples=40)
def test_nothing_unknown_becomes_zero(rows: list[Attempt]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Ledger(Path(folder, "l.db"))) as ledger:
        keep(ledger, *(replace(row, id=str(n)) for n, row in enumerate(rows)))
        for row in read_costs(ledger.file, EVERYTHING, Dimension.BACKEND).rows:
            mine = [
                one
                for one in rows
                if one.backend == row.key and one.state is not AttemptState.CACHED
            ]
            costs = [one.cost for one in mine if one.cost is not None]
            assert row.totals.cost == (sum(costs) if costs or not mine else None)


def test_a_group_without_any_price_is_a_dash_and_one_from_our_cache_is_nothing(
    ledger: Ledger,
) -> None:
    keep(
        ledger,
        call(None, backend="dear"),
        call(0, state=AttemptState.CACHED, source=CostSource.LOCAL, backend="cache"),
        call(None, source=CostSource.LOCAL, backend="own"),
    )
    report = read_costs(ledger.file, EVERYTHING, Dimension.BACKEND)
    shown = {row.key: row.spent.dollars for row in report.rows}
    assert shown == {"dear": "—", "cache": "$0", "own": "not metered"}
    assert report.total.totals.attempts == 2


def test_an_open_row_counts_at_its_estimate(ledger: Ledger) -> None:
    keep(ledger, call(7, state=AttemptState.OPEN, cost_high=11))
    (found,) = ledger_sums(ledger.file, EVERYTHING)
    assert (found.cost, found.cost_high, found.running) == (7, 11, 1)


def test_the_embedders_tokens_are_not_a_models_but_its_seconds_count(ledger: Ledger) -> None:
    keep(ledger, call(5, purpose=Purpose.EMBED), call(8))
    rows = {row.key: row for row in read_costs(ledger.file, EVERYTHING, Dimension.PURPOSE).rows}
    assert rows["embed"].totals.input_tokens == 0
    assert (rows["embed"].sums.cost, rows["embed"].sums.seconds) == (5, 1.5)
    assert rows["answer"].totals.input_tokens == 100


def test_a_period_holds_its_first_and_its_last_day(ledger: Ledger) -> None:
    days = [TODAY + timedelta(days=number) for number in range(4)]
    keep(ledger, *(call(10**number, day=day) for number, day in enumerate(days)))
    (found,) = ledger_sums(ledger.file, Period(days[1], days[2]))
    assert found.cost == 110
    by_day = ledger_sums(ledger.file, Period(None, days[1]), Dimension.DAY)
    assert [row.key for row in by_day] == [(str(days[0]),), (str(days[1]),)]


def test_a_model_is_the_one_that_served(ledger: Ledger) -> None:
    keep(ledger, call(1, model_served="gpt-5-2025-08-07"), call(2, model_served=None))
    found = {row.key for row in ledger_sums(ledger.file, EVERYTHING, Dimension.MODEL)}
    assert found == {("gpt-5-2025-08-07",), ("gpt-5",)}


def test_regrouping_keeps_the_sums(ledger: Ledger) -> None:
    keep(ledger, call(1, backend="a"), call(2, backend="b"), call(None, backend="b"))
    both = ledger_sums(ledger.file, EVERYTHING, Dimension.DAY, Dimension.BACKEND)
    alone = ledger_sums(ledger.file, EVERYTHING, Dimension.BACKEND)
    assert sorted(regroup(both, 1), key=str) == sorted(alone, key=str)


class NoLibrary:
    """Old turns are not read here."""

    def passage(self, passage_id: str) -> None: ...
    def document(self, document_id: str) -> None: ...


def answer(ledger: Ledger, turn: str, *, answered: bool | None, supported: bool | None) -> None:
    """Keep a turn as answered and judged; None for one that was deleted."""
    if answered is None:
        return
    archive = Archive(ledger, NoLibrary())  # type: ignore[arg-type]
    archive.begin("c", "local", turn, "How much?", "auto", NOON)
    archive.finish(turn, TurnState.ANSWERED, text="", answer=None, evidence=(), error=None, at=NOON)
    with closing(sqlite3.connect(ledger.file.path)) as file, file:
        values = (answered, supported, turn)
        file.execute("UPDATE turns SET answered = ?, supported = ? WHERE id = ?", values)


def test_answers_count_for_the_call_that_gave_them(ledger: Ledger) -> None:
    later = NOON + timedelta(seconds=5)
    keep(
        ledger,
        call(1, turn="escalated", backend="cheap"),
        call(2, turn="escalated", backend="good", at=later),
        call(3, turn="failed", backend="cheap", state=AttemptState.ERROR),
        call(4, turn="refused", backend="cheap"),
        call(5, turn="gone", backend="cheap"),
        call(6, turn="escalated", backend="judge", at=later, purpose=Purpose.JUDGE),
    )
    answer(ledger, "escalated", answered=True, supported=True)
    answer(ledger, "refused", answered=False, supported=True)
    marks = Feedback(ledger)
    marks.give("escalated", "c", "ada", False, NOON)
    marks.give("escalated", "c", "bob", True, NOON)
    marks.give("refused", "c", "ada", False, NOON)
    found = {row.key: row for row in answer_counts(ledger.file, EVERYTHING, Dimension.BACKEND)}
    assert found == {
        "good": AnswerCounts("good", 1, 1, 1, 1, 1, 1),
        "cheap": AnswerCounts("cheap", 2, 1, 0, 0, 1, 0),
    }


def test_savings_are_summed_where_all_is_known_and_negatives_stay(ledger: Ledger) -> None:
    routing = SavingKind.ROUTING
    cases = {
        "t1": Saving(routing, "b", 10, 4, 1, True),
        "t2": Saving(routing, "b", 2, 9, 1, False),
        "t3": Saving(routing, "b", None, 9, 1, False),
        "t4": Saving(SavingKind.SLIMMING, "b", None, 1, 0, False),
    }
    for turn, saving in cases.items():
        write_savings(ledger.file, turn, "c", "u", TODAY, [saving])
    slow, slim = saving_sums(ledger.file, EVERYTHING)
    assert (slow.turns, slow.unknown, slow.saved, slow.estimated) == (3, 1, -3, True)
    assert (slim.saved, slim.counterfactual) == (None, None)
    assert saving_sums(ledger.file, Period(TODAY + timedelta(days=1))) == ()


def test_titles_are_those_of_one_user(ledger: Ledger) -> None:
    answer(ledger, "t", answered=True, supported=True)
    assert conversation_titles(ledger.file, "local") == {"c": "How much?"}
    assert conversation_titles(ledger.file, "ada") == {}


def test_invoice_days_are_days_in_utc(ledger: Ledger) -> None:
    late = NOON.replace(hour=23, minute=30)
    usage = Usage(None, None, None, None, None, None, UsageSource.ESTIMATED)
    keep(
        ledger,
        call(3, day=TODAY, at=late),
        call(4, day=TODAY + timedelta(days=1), at=late, model_served="gpt-5-x"),
        call(None, usage, day=TODAY, at=NOON, state=AttemptState.STOPPED),
        call(0, state=AttemptState.CACHED, source=CostSource.LOCAL),
        call(9, at=NOON + timedelta(days=1)),
    )
    first, second = ledger_days(ledger.file, TODAY, TODAY)
    assert (first.model, first.calls, first.cost, first.unpriced) == ("gpt-5", 2, 3, 1)
    assert (first.estimated, first.stopped_or_failed, first.input_tokens) == (1, 1, 100)
    assert (second.day, second.model, second.cost) == (TODAY, "gpt-5-x", 4)


def test_an_invoice_that_agrees_with_the_ledger_differs_nowhere(ledger: Ledger) -> None:
    keep(ledger, call(25 * 10**9), call(7, at=NOON + timedelta(days=9)))
    text = f"date,model,cost_usd\n{TODAY},gpt-5,0.025\n"
    found = compare_invoice(ledger.file, read_invoice("bill.csv", text.encode()), "openai")
    assert (found.difference, len(found.rows), found.outside) == (0, 1, 0)


def test_the_export_has_every_row_of_the_period(ledger: Ledger) -> None:
    keep(ledger, *(call(n, id=f"n{n}") for n in range(3)), call(9, day=date(2020, 1, 1)))
    rows = list(export_rows(ledger.file, Period(TODAY)))
    assert [row[EXPORTED.index("cost")] for row in rows] == [0, 1, 2]
    assert "raw_usage" not in EXPORTED


def test_answers_cost_what_was_not_spent_on_comparisons_and_checks(ledger: Ledger) -> None:
    keep(
        ledger,
        call(8, turn="asked"),
        call(100, purpose=Purpose.COMPARE, backend="compared"),
        call(1000, purpose=Purpose.CHECK),
        call(2, purpose=Purpose.JUDGE),
    )
    answer(ledger, "asked", answered=True, supported=True)
    for dimension in Dimension:
        report = read_costs(ledger.file, EVERYTHING, dimension)
        assert report.total.totals.cost == 1110
        assert add_up(report.daily).cost == 1110
        assert report.total.per_supported is not None
        assert report.total.per_supported.cost == 10
    assert {row.key for row in read_costs(ledger.file, EVERYTHING, Dimension.PURPOSE).rows} == {
        *("answer", "compare", "check", "judge")
    }


def test_sums_beyond_64_bits_are_exact(ledger: Ledger) -> None:
    most = 2**63 - 1
    keep(ledger, *(call(most) for _ in range(3)))
    for turn in ("t1", "t2"):
        saved = Saving(SavingKind.ROUTING, "b", most, most - 1, 0, False)
        write_savings(ledger.file, turn, "c", "u", TODAY, [saved])
    for dimension in Dimension:
        report = read_costs(ledger.file, EVERYTHING, dimension)
        assert report.total.totals.cost == 3 * most
    assert (report.savings[0].counterfactual, report.saved) == (2 * most, 2)
    (day,) = ledger_days(ledger.file, TODAY, TODAY)
    assert (day.cost, day.cost_low, day.cost_high) == (3 * most,) * 3


def test_nobody_bills_our_own_machines(ledger: Ledger) -> None:
    keep(
        ledger,
        call(1),
        call(7, source=CostSource.LOCAL, provider="local"),
        call(None, source=CostSource.LOCAL, provider="local"),
        call(None, source=CostSource.LOCAL, purpose=Purpose.EMBED, provider="local"),
        call(2, provider="zai", at=NOON + timedelta(days=1)),
    )
    assert [(day.provider, day.calls) for day in ledger_days(ledger.file, TODAY, TODAY)] == [
        ("openai", 1)
    ]
    bill = read_invoice("bill.csv", f"date,model,cost_usd\n{TODAY},gpt-5,1\n".encode())
    assert providers_of(ledger.file, bill) == ("openai",)
