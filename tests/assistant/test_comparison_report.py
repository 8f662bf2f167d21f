"""Sums, tables, JSON and CSV of comparisons."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assistant.compared import ResultState
from assistant.comparison_report import (
    result_json,
    results_csv,
    summaries_csv,
    summary_json,
)
from assistant.comparison_summary import marks, summaries
from assistant.comparison_tables import result_rows, summary_rows
from assistant.conversation import Flag, FlagKind
from assistant.cost.spent import Spent
from tests.assistant.compared_values import (
    CENT,
    PRICED,
    UNMETERED,
    UNPRICED,
    asked,
    comparison,
    result,
)

FLAG = Flag(FlagKind.NO_CITATION, "The answer cites no evidence.")


def test_quotients_divide_all_that_was_paid() -> None:
    found = comparison(
        result(0, correct=True),
        result(1, correct=False, flags=(FLAG,)),
        result(2, state=ResultState.REFUSED, correct=True),
        result(3, state=ResultState.FAILED, correct=None),
    )
    (one,) = summaries(found)
    assert (one.answered, one.refused, one.failed, one.cited) == (2, 1, 1, 1)
    assert (one.correct, one.graded) == (2, 3)
    assert one.quality == pytest.approx(2 / 3)
    assert one.spent.whole == 4 * CENT
    assert one.per_question.cost == CENT
    assert one.per_answer.cost == 2 * CENT
    assert one.per_correct.cost == 15 * 10**9, "three graded questions over two correct answers"
    assert one.per_cited.cost == 4 * CENT


@pytest.mark.parametrize(("spent", "shown"), [(UNMETERED, "not metered"), (UNPRICED, "—")])
def test_what_is_not_wholly_known_is_never_divided(spent: Spent, shown: str) -> None:
    found = comparison(result(0), result(1, spent=spent, cost_low=None, cost_high=None))
    (one,) = summaries(found)
    assert one.per_answer.cost is None
    assert one.per_answer.dollars == shown
    assert one.per_answer.why
    told = summary_json(found, one)
    assert told["cost"]["usd"] is None
    assert told["per_answer"] == {"usd": None, "why_not": one.per_answer.why}


def test_nothing_to_divide_by_is_no_number() -> None:
    found = comparison(result(0, state=ResultState.REFUSED, text="No."))
    (one,) = summaries(found)
    assert [each.cost for each in (one.per_answer, one.per_correct, one.per_cited)] == [None] * 3
    assert one.per_correct.why == "not graded"
    assert summary_rows(found)[0].cells["Correct"] == "—"


def test_medians_leave_failures_out() -> None:
    failed = result(2, state=ResultState.FAILED, seconds=90.0, first_token=None)
    found = comparison(result(0, seconds=1.0), result(1, seconds=3.0), failed)
    (one,) = summaries(found)
    assert (one.first_token, one.seconds) == (0.5, 2.0)


def test_a_fast_refusal_makes_no_backend_the_fastest() -> None:
    refusal = result(1, backend="first", state=ResultState.REFUSED, seconds=0.1, first_token=0.1)
    found = comparison(
        result(0, backend="first", seconds=3.0),
        refusal,
        result(0, backend="second", seconds=2.0),
        result(1, backend="second", seconds=2.0),
    )
    first, second = summaries(found)
    assert (first.seconds, first.first_token) == (3.0, 0.5)
    assert marks((first, second))["second"] == ("cheapest", "fastest")


@pytest.mark.parametrize(
    ("changes", "cited", "supported"),
    [
        ({}, True, True),
        ({"flags": (Flag(FlagKind.UNSUPPORTED_FIGURE, "."),)}, True, False),
        ({"flags": (Flag(FlagKind.UNCITED_STATEMENT, "."),)}, True, False),
        ({"flags": (Flag(FlagKind.UNRELATED_CITATION, "."),)}, False, False),
        ({"flags": (Flag(FlagKind.INVENTED_CITATION, "."),), "dropped": 1}, False, False),
        ({"flags": (FLAG,), "citations": 0}, False, False),
        ({"citations": 0}, False, True),
        ({"dropped": 1}, False, True),
        ({"state": ResultState.REFUSED}, False, False),
    ],
)
def test_valid_citations_and_all_checks_are_two_measures(
    changes: dict[str, Any], cited: bool, supported: bool
) -> None:
    found = comparison(result(0, **changes), result(1))
    (one,) = summaries(found)
    assert (one.cited, one.supported) == (1 + cited, 1 + supported)
    cells = summary_rows(found)[0].cells
    assert cells["All citations valid"] == f"{1 + cited} of 2"
    assert cells["Passed every check"] == f"{1 + supported} of 2"
    told = summary_json(found, one)
    assert (told["all_citations_valid"], told["supported"]) == (1 + cited, 1 + supported)
    assert one.per_cited.cost == 2 * CENT // (1 + cited)


def test_what_was_never_asked_costs_nothing_a_question() -> None:
    unasked = result(
        state=ResultState.FAILED, spent=Spent(0, 0, False, 0, 0), attempts=(), source=None
    )
    (one,) = summaries(comparison(unasked))
    assert (one.per_question.cost, one.per_question.why) == (None, "not asked")


def test_a_model_that_was_not_asked_for_is_named() -> None:
    alike = comparison(result(served=("model-first",)), result(backend="second"))
    assert all("Served by" not in row.cells for row in result_rows(alike, 0))
    found = comparison(
        result(0, served=("model-first-2026-01",)),
        result(1, served=("model-first",)),
        result(0, backend="second"),
        result(1, backend="second"),
    )
    first, second = (row.cells["Served by"] for row in result_rows(found, 0))
    assert (first, second) == ("model-first-2026-01", "—")
    assert "Served by" not in result_rows(found, 1)[0].cells
    assert summary_rows(found)[0].cells["Served by"] == "model-first-2026-01, model-first"
    assert result_json(found, found.results[0])["served"] == ["model-first-2026-01"]
    assert next(csv.DictReader(io.StringIO(results_csv(found))))["served"] == "model-first-2026-01"


def test_the_cheapest_and_the_fastest_are_said_in_words() -> None:
    dear = replace(PRICED, cost=3 * CENT)
    found = comparison(result(backend="first"), result(backend="second", spent=dear, seconds=1.0))
    assert marks(summaries(found)) == {"first": ("cheapest",), "second": ("fastest",)}
    rows = result_rows(found, 0)
    assert [(row.label, row.marks) for row in rows] == [
        ("First", ("cheapest",)),
        ("Second", ("fastest",)),
    ]


def test_a_label_is_never_taken_to_pieces() -> None:
    found = comparison(result(backend="first"), result(backend="second", seconds=1.0))
    named = tuple(replace(one, label="GPT-5 · EU") for one in found.backends)
    rows = result_rows(replace(found, backends=named), 0)
    assert [(row.label, row.marks) for row in rows] == [
        ("GPT-5 · EU", ()),
        ("GPT-5 · EU", ("fastest",)),
    ]


def test_a_refusal_or_an_unknown_cost_is_not_the_cheapest() -> None:
    found = comparison(
        result(backend="refuses", state=ResultState.REFUSED, spent=replace(PRICED, cost=1)),
        result(backend="house", spent=UNMETERED),
        result(backend="guessed", spent=replace(PRICED, estimated=True)),
        result(backend="dear", spent=replace(PRICED, cost=9 * CENT)),
    )
    said = marks(summaries(found))
    assert said["guessed"] == ("cheapest of those priced, by estimate",)
    assert not said["refuses"] and not said["house"]


def test_alike_is_nobodys_win() -> None:
    found = comparison(result(backend="first"), result(backend="second"))
    assert marks(summaries(found)) == {"first": (), "second": ()}


def test_cells_tell_none_from_unknown() -> None:
    bare = result(citations=0, figures=0, figures_verified=0)
    failed = result(backend="second", state=ResultState.FAILED, spent=UNPRICED)
    one, two = (row.cells for row in result_rows(comparison(bare, failed), 0))
    assert (one["Citations valid"], two["Citations valid"]) == ("none", "—")
    assert (one["Dollars"], two["Dollars"]) == ("$0.01", "—")


def test_an_estimate_shows_its_range() -> None:
    guessed = replace(PRICED, estimated=True)
    found = comparison(result(spent=guessed, cost_low=CENT, cost_high=3 * CENT))
    assert result_rows(found, 0)[0].cells["Dollars"] == "≈$0.01 ($0.01–$0.03)"


def test_csv_is_csv_and_no_text_is_a_formula() -> None:
    evil = '=HYPERLINK("http://evil.example","x"),\n"quoted"'
    found = comparison(
        result(0, text=evil),
        result(1, text="-5 %", spent=UNPRICED, cost_low=None, cost_high=None, correct=False),
        questions=(asked("@SUM(A1)"), asked("  +1?")),
    )
    first, second = csv.DictReader(io.StringIO(results_csv(found)))
    assert first["answer"] == f"'{evil}"
    assert (first["question"], second["question"]) == ("'@SUM(A1)", "'  +1?")
    assert second["answer"] == "'-5 %"
    assert Decimal(first["cost_usd"]) == Decimal("0.01")
    assert (second["cost_usd"], second["cost_unpriced_calls"]) == ("", "1")
    assert (first["correct"], second["correct"]) == ("", "false")
    assert first["tokens_reasoning"] == ""


def test_the_summary_csv_has_a_row_a_backend() -> None:
    found = comparison(result(backend="first"), result(backend="second"))
    rows = list(csv.DictReader(io.StringIO(summaries_csv(found))))
    assert [row["backend"] for row in rows] == ["first", "second"]
    assert rows[0]["per_answer_usd"] == "0.01"


def test_nothing_asked_is_an_empty_table() -> None:
    found = comparison(planned=3)
    assert results_csv(found).splitlines() == ["comparison"]


def test_json_names_what_was_measured() -> None:
    found = comparison(result(correct=True))
    told = result_json(found, found.results[0])
    assert told["cost"]["usd"] == "0.01"
    assert told["cost"]["source"] == "priced"
    assert (told["correct"], told["citations_valid"], told["evidence"]) == (True, 1, [])
