"""The tables of the retrieval benchmark, over outcomes worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.conversation import Turn
from assistant.questions import Question
from benchmarks.ablation import PARTS, without
from benchmarks.found import GoldPage, GoldSnippet, Piece
from benchmarks.material import Asked
from benchmarks.retrieval import (
    Measured,
    Outcome,
    evidence,
    misses,
    pages,
    seconds,
    snippets,
)
from benchmarks.sides import Times
from corpus.ranking import FEATURES

PAGE = Piece(("meta.pdf",), (3,), "Capital expenditures | 69,691 |")
OTHER = Piece(("amazon.pdf",), (8,), "Capital expenditures | 128,320 |")
CALL = Piece(("call.txt",), (), "we expect to spend more on capital in the coming year")
FILING = Asked(
    Question("F1", "How much did Meta spend?"), (GoldPage("meta.pdf", 3),), Decimal("69.7")
)
SPOKEN = Asked(
    Question("A1", "And in the year after?", (Turn("What does Meta spend?", "69.7"),)),
    (GoldSnippet(frozenset({"call.txt"}), "We expect to spend more on capital"),),
)


def outcome(asked: Asked, *found: Piece) -> Outcome:
    return Outcome(asked, found, {1_500: found[:1], 3_000: found})


GOOD = Measured("ours", [outcome(FILING, PAGE, OTHER)], [outcome(SPOKEN, CALL)])
POOR = Measured("usual", [outcome(FILING, OTHER, PAGE)], [outcome(SPOKEN, OTHER)])


def test_pages_of_both_sides_stand_in_one_table() -> None:
    lines = list(pages([GOOD, POOR]))
    assert "| 1 | 1.00 | 1.00 | 1.00 | 0.00 | 0.00 | 0.00 |" in lines
    assert "| 3 | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 |" in lines
    assert lines[-1] == "\nMRR@10: ours 1.000, usual 0.500"


def test_each_follow_up_is_told_as_found_or_not() -> None:
    lines = list(snippets([GOOD, POOR]))
    assert "| 1 | 1.00 | 1.00 | 0.00 | 0.00 |" in lines
    assert lines[-2:] == ["\nFollow-up A1, ours: found at 1", "\nFollow-up A1, usual: not found"]


def test_evidence_counts_within_its_budget_and_with_its_figure() -> None:
    lines = list(evidence([GOOD, POOR]))
    assert "| FinanceBench | 1500 | ours | 1.00 | 1.00 | 1.00 of 1 |" in lines
    assert "| FinanceBench | 1500 | usual | 0.00 | 0.00 | 0.00 of 1 |" in lines
    assert "| FinanceBench | 3000 | usual | 1.00 | 1.00 | 1.00 of 1 |" in lines
    assert "| AI capex | 3000 | usual | 0.00 | 0.00 | – |" in lines


def test_a_figure_on_another_page_than_the_gold_one_does_not_count() -> None:
    elsewhere = Piece(("amazon.pdf",), (8,), "Capital expenditures | 69,691 |")
    bare = Piece(("meta.pdf",), (3,), "Capital expenditures rose")
    assert not outcome(FILING, elsewhere, bare).prints_figure(3_000)


def test_a_miss_is_shown_with_its_reason_its_gold_and_what_was_found() -> None:
    assert list(misses(GOOD)) == ["\n### Missed at 10, ours"]
    lines = list(misses(POOR))
    assert lines[1].startswith("\n- A1 (wrong document): And in the year after?")
    assert lines[2] == "  - gold: call.txt “We expect to spend more on capital …”"
    assert lines[3] == "  - found: amazon.pdf p8"


def test_seconds_are_compared_within_a_size_and_across_sizes() -> None:
    times = [Times("ours", (0.01,)), Times("usual", (0.02,)), Times("ours x10", (0.015,))]
    assert list(seconds(times))[-2:] == [
        "\nours to usual: 0.50 at p50, 0.50 at p95",
        "\nours x10 to ours: 1.50 at p50, 1.50 at p95",
    ]


def test_every_feature_of_the_ranking_is_in_one_part() -> None:
    assert sorted(name for part in PARTS.values() for name in part) == sorted(FEATURES)


@pytest.mark.parametrize("part", PARTS)
def test_an_ablated_ranking_lacks_one_part_and_nothing_else(part: str) -> None:
    weights = dict.fromkeys(FEATURES, 2.0)
    assert {name for name, weight in without(weights, part).items() if not weight} == set(
        PARTS[part]
    )
