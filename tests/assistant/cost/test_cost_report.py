"""A report from sums: order, useful answers, savings, rows for programs, CSV."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.cost_report import CostReport, build_report, per_answer
from assistant.cost.cost_sums import AnswerCounts, Dimension, Period, SavingSums, Sums
from assistant.cost.csv_text import Cell, csv_text
from assistant.cost.models import Reference, Repriced
from assistant.cost.spent import Spent
from assistant.cost_printing import (
    period_words,
    repriced_line,
    show_calls,
    show_costs,
    show_spent,
)
from assistant.cost_rows import costs_csv, costs_json

CENT = 10**10
REFERENCE = Reference("GPT-5", "openai", "gpt-5")


def sums(key: str | None, cost: int | None, calls: int = 1) -> Sums:
    unpriced = calls if cost is None else 0
    return Sums(
        (key,),
        calls=calls,
        talks=calls,
        input_tokens=10,
        output_tokens=1,
        cost_low=cost,
        cost=cost,
        cost_high=cost,
        unpriced=unpriced,
    )


def report(
    *parts: Sums,
    dimension: Dimension = Dimension.BACKEND,
    apart: tuple[Sums, ...] = (),
    answers: tuple[AnswerCounts, ...] = (),
    savings: tuple[SavingSums, ...] = (),
) -> CostReport:
    return build_report(Period(), dimension, parts, apart, answers, savings, ())


def saving(instead: int | None, actual: int, overhead: int = 0) -> SavingSums:
    return SavingSums("routing", 1, int(instead is None), instead, actual, overhead, True)


def test_what_cost_most_comes_first_and_what_is_unknown_last() -> None:
    found = report(sums("dash", None, 9), sums("small", 1), sums("big", 2), sums("zero", 0))
    assert [row.key for row in found.rows] == ["big", "small", "zero", "dash"]
    days = report(sums("2026-11-02", 9), sums("2026-11-01", 1), dimension=Dimension.DAY)
    assert [row.key for row in days.rows] == ["2026-11-01", "2026-11-02"]


def test_a_useful_answer_costs_all_that_was_spent_over_the_useful_ones() -> None:
    counts = (AnswerCounts("a", 10, 10, 9, 8, 5, 4), AnswerCounts("b", 2, 2, 2, 2, 1, 0))
    found = report(sums("a", 8 * CENT), sums("b", 4 * CENT), answers=counts)
    first, second = found.rows
    assert first.per_useful is not None
    assert (first.per_useful.cost, first.per_useful.dollars) == (2 * CENT, "$0.02")
    assert second.per_useful is None
    assert found.total.answers == AnswerCounts(None, 12, 12, 11, 10, 6, 4)
    assert found.total.per_useful == per_answer(found.total.spent, 4)
    assert found.total.per_supported is not None
    assert found.total.per_supported.cost == 12 * CENT // 10


def test_an_unknown_part_of_the_cost_stays_unknown_in_the_cost_of_an_answer() -> None:
    partly = report(
        sums("a", CENT), sums("b", None), answers=(AnswerCounts("a", 1, 1, 1, 1, 1, 1),)
    )
    assert partly.total.per_useful is not None
    assert partly.total.per_useful.dollars == "$0.01 + —"
    nothing = Spent(3, None, False, 3, 0)
    assert per_answer(nothing, 2) == nothing


@given(st.integers(0, 10**15), st.integers(1, 10**4))
def test_a_cost_per_answer_is_rounded_and_never_lost(cost: int, answers: int) -> None:
    each = per_answer(Spent(1, cost, False, 0, 0), answers)
    assert each is not None
    assert each.cost is not None
    assert abs(each.cost * answers - cost) * 2 <= answers


def test_savings_are_added_up_and_a_loss_is_negative() -> None:
    assert report(savings=(saving(10, 2, 1), saving(1, 9))).saved == -1
    unknown = report(savings=(saving(None, 2),))
    assert (unknown.saved, unknown.savings_unknown) == (None, 1)
    assert report().saved == 0


def test_json_has_the_rows_then_the_total_with_exact_dollars_as_text() -> None:
    repriced = Repriced(REFERENCE, 1, 2 * CENT, 5, 1, True)
    found = report(sums("a", 12_345_678_901_234_567), sums("b", None), savings=(saving(3, 1),))
    first, second, last = costs_json(found, repriced)
    assert (first["backend"], first["usd"]) == ("a", "12345.678901234567")
    assert (second["usd"], second["calls_unpriced"]) == (None, 1)
    total = last["total"]
    assert (total["calls"], total["usd"]) == (2, "12345.678901234567")
    assert (total["saved_usd"], total["since"]) == ("0.000000000002", None)
    assert total["repriced"]["usd_low"] == "0.000000000001"
    assert total["repriced"]["calls_left_out"] == 1


def test_csv_is_read_back_and_its_numbers_are_numbers() -> None:
    found = report(sums("=1+1", 2 * CENT), sums(None, None))
    rows = list(csv.DictReader(StringIO(costs_csv(found))))
    assert [row["backend"] for row in rows] == ["'=1+1", ""]
    assert Decimal(rows[0]["usd"]) == Decimal("0.02")
    assert rows[1]["usd"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_would_be_a_formula_is_marked_as_text(start: str) -> None:
    text = csv_text(["name"], [[f"{start}SUM(A1)"]])
    ((_,), (cell,)) = csv.reader(StringIO(text, newline=""))
    assert cell == f"'{start}SUM(A1)"


def test_negative_numbers_stay_numbers() -> None:
    row: list[Cell] = [-1, Decimal("-1E-9"), -0.5, None, date(2026, 11, 1), "a,b"]
    text = csv_text(list("abcdef"), [row])
    assert text.splitlines()[1] == '-1,-0.000000001,-0.5,,2026-11-01,"a,b"'


def test_a_period_reads_as_people_say_it() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 25)
    assert period_words(Period(first, last)) == "2026-11-01 to 2026-11-25"
    assert period_words(Period(first, first)) == "2026-11-01"
    assert period_words(Period(first)) == "since 2026-11-01"
    assert period_words(Period(None, last)) == "until 2026-11-25"
    assert period_words(Period()) == "all that is in the ledger"


def test_a_repricing_tells_what_it_leaves_out() -> None:
    known = Repriced(REFERENCE, CENT, 2 * CENT, 5, 1, True)
    assert repriced_line(known) == "GPT-5: ≈$0.01–$0.02; 1 of 5 calls left out"
    assert repriced_line(replace(known, unpriced=0)) == "GPT-5: ≈$0.01–$0.02"
    assert "no price" in repriced_line(replace(known, low=None, high=None))


def test_comparisons_and_checks_are_spent_but_on_no_answer() -> None:
    counts = (AnswerCounts("a", 2, 2, 2, 2, 2, 2),)
    found = report(
        sums("a", 2 * CENT), apart=(sums("a", 6 * CENT), sums("b", CENT)), answers=counts
    )
    assert [(row.key, row.totals.cost) for row in found.rows] == [("a", 8 * CENT), ("b", CENT)]
    assert found.total.totals.cost == 9 * CENT
    assert found.total.per_useful is not None
    assert found.total.per_useful.cost == found.rows[0].per_useful.cost == CENT  # type: ignore[union-attr]
    assert found.rows[1].per_supported is None


def test_answers_that_nobody_checked_did_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    show_costs(report(sums("a", CENT), answers=(AnswerCounts("a", 5, 2, 2, 1, 0, 0),)), None)
    assert "passed every check: $0.01 (1 of 2 checked)." in capsys.readouterr().out
    show_costs(report(sums("a", CENT), answers=(AnswerCounts("a", 5),)), None)
    shown = capsys.readouterr().out
    assert "passed every check: —." in shown
    assert "checked" not in shown


def test_embeddings_are_no_calls_and_rows_add_up_to_the_total() -> None:
    work = replace(
        sums("embed", None, 4),
        talks=0,
        input_tokens=None,
        output_tokens=None,
        unpriced=0,
        unmetered_work=4,
    )
    *rows, last = costs_json(report(sums("answer", CENT, 2), work), None)
    total = last["total"]
    assert (total["calls"], total["embeddings"], total["calls_not_metered"]) == (2, 4, 0)
    for name in ("calls", "embeddings", "calls_not_metered"):
        assert sum(row[name] for row in rows) == total[name]
    found = report(sums("answer", CENT, 2), work)
    assert [show_calls(row) for row in found.rows] == ["2", "4 embeddings"]
    assert show_calls(found.total) == "2"


def test_a_range_is_told_of_a_whole_sum_alone() -> None:
    whole = replace(sums("a", CENT), cost_high=2 * CENT)
    (row,) = report(whole).rows
    assert show_spent(row) == "$0.01 ($0.01–$0.02)"
    assert costs_json(report(whole), None)[0]["usd_high"] == "0.02"
    partly = report(whole, sums("b", None)).total
    assert show_spent(partly) == "$0.01 + —"
    total = costs_json(report(whole, sums("b", None)), None)[-1]["total"]
    assert (total["usd"], total["usd_low"], total["usd_high"]) == ("0.01", None, None)


def test_what_a_cost_per_answer_leaves_out_is_told_everywhere() -> None:
    counts = (AnswerCounts("a", 2, 2, 2, 2, 2, 2),)
    found = report(sums("a", 2 * CENT), sums("b", None, 3), answers=counts)
    assert found.total.per_useful is not None
    assert found.total.per_useful.dollars == "$0.01 + —"
    total = costs_json(found, None)[-1]["total"]
    assert (total["usd_per_useful_answer"], total["calls_left_out_per_answer"]) == ("0.01", 3)
    (line, _) = csv.DictReader(StringIO(costs_csv(found)))
    assert (line["usd_per_useful_answer"], line["calls_left_out_per_answer"]) == ("0.01", "0")


def test_truth_is_written_as_programs_read_it() -> None:
    assert csv_text(["a", "b"], [[True, False]]).splitlines()[1] == "true,false"


def test_one_of_a_kind_is_told_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    show_costs(report(replace(sums("a", CENT), cached=1), savings=(saving(3, 1),)), None)
    shown = capsys.readouterr().out
    assert "our own cache: 1 answer." in shown
    assert "in 1 turn" in shown
    assert "1 turns" not in shown
