"""Measures of retrieval on examples worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.found import (
    Gold,
    GoldPage,
    GoldSnippet,
    Piece,
    distinct_pages,
    document_ranks,
    every_within,
    only_figure,
    page_ranks,
    percentile,
    reciprocal,
    share,
    snippet_ranks,
    states,
    table,
    why_missed,
    within,
)


def piece(name: str, *pages: int, text: str = "") -> Piece:
    return Piece((name,), pages, text)


FOUND = [piece("a.pdf", 4), piece("b.pdf", 7, 8), piece("a.pdf", 4), piece("a.pdf", 8, 9)]


def test_pages_are_counted_once_and_in_the_order_that_they_are_met() -> None:
    pages = [(names[0], page) for names, page in distinct_pages(FOUND)]
    assert pages == [("a.pdf", 4), ("b.pdf", 7), ("b.pdf", 8), ("a.pdf", 8), ("a.pdf", 9)]


def test_a_page_is_found_in_its_own_document_only() -> None:
    golds = [GoldPage("a.pdf", 8), GoldPage("a.pdf", 4), GoldPage("b.pdf", 9)]
    assert page_ranks(golds, FOUND) == (4, 1, None)


def test_a_document_under_two_names_is_found_under_either() -> None:
    twice = [Piece(("old.pdf", "new.pdf"), (3,), "")]
    assert page_ranks([GoldPage("old.pdf", 3), GoldPage("new.pdf", 3)], twice) == (1, 1)
    assert document_ranks([GoldPage("old.pdf", 1)], twice) == (1,)


def test_documents_are_counted_once() -> None:
    pieces = [*FOUND, piece("c.txt")]
    golds: list[Gold] = [GoldPage("b.pdf", 1), GoldSnippet(frozenset({"c.txt", "d.txt"}), "x")]
    assert document_ranks(golds, pieces) == (2, 3)


SNIPPET = GoldSnippet(
    frozenset({"a.txt", "copy.txt"}), "We expect “capital” spending to rise twofold"
)


@pytest.mark.parametrize(
    ("name", "text", "held"),
    (
        ("a.txt", "Then: we  expect | capital spending to fall.", True),
        ("copy.txt", 'expect "capital" spending to rise', True),
        ("b.txt", "We expect capital spending to rise twofold", False),
        ("a.txt", "We expect capital outlays, spending to rise", False),
    ),
)
def test_half_of_a_snippet_in_a_row_is_the_snippet(name: str, text: str, held: bool) -> None:
    ranks = snippet_ranks([SNIPPET], [piece("z.txt", text="no"), piece(name, text=text)])
    assert ranks == ((2,) if held else (None,))


def test_shares_within_k() -> None:
    assert within((None, 3), 3)
    assert not within((None, 4), 3)
    assert every_within((1, 3), 3)
    assert not every_within((1, None), 3)
    assert not every_within((), 3)
    assert share([True, False, False, True]) == 0.5


@pytest.mark.parametrize(
    ("ranks", "value"), (((4, 2, None), 0.5), ((11,), 0.0), ((None,), 0.0), ((10,), 0.1))
)
def test_reciprocal_rank_is_of_the_best_gold(ranks: tuple[int | None], value: float) -> None:
    assert reciprocal(ranks, 10) == value


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([5, 1, 3], 50) == 3
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7], 95) == 7


@pytest.mark.parametrize(
    ("gold", "reason"),
    (
        (GoldPage("a.pdf", 9), "ranked 5, below 2"),
        (GoldPage("a.pdf", 1), "right document, gold not among the 4 candidates"),
        (GoldPage("z.pdf", 4), "wrong document"),
    ),
)
def test_a_miss_has_a_reason(gold: GoldPage, reason: str) -> None:
    assert why_missed([gold], page_ranks([gold], FOUND), FOUND, 2) == reason


@pytest.mark.parametrize(
    ("answer", "figure"),
    (
        ("$1577.00", "1577.00"),
        ("About 72%.", "72"),
        ("$400,000,000 more.", "400000000"),
        ("Over $30 billion in Q1 FY26.", "30"),
        ("5%, by the 2026 report", "5"),
        ("$60 to 65 billion", None),
        ("Yes", None),
        ("It rose, for the reasons that the call gave at length, by 7%", None),
    ),
)
def test_an_answer_of_one_figure(answer: str, figure: str | None) -> None:
    assert only_figure(answer) == (figure and Decimal(figure))


@pytest.mark.parametrize(
    ("figure", "text", "stated"),
    (
        ("1577", "Purchases of property | (1,577) | (1,373)", True),
        ("8.70", "Net property | 8,738 |", True),
        ("8.70", "Net property | 8,796 |", False),
        ("400000000", "an increase of $400 million", True),
        ("72", "72% of revenue", True),
        ("72", "FY72 and 172", False),
    ),
)
def test_a_figure_is_printed_in_any_scale_and_within_its_rounding(
    figure: str, text: str, stated: bool
) -> None:
    assert states(piece("a.pdf", text=text), Decimal(figure)) is stated


def test_a_table_is_markdown() -> None:
    assert list(table(("k", "page@k"), [(1, 0.5)])) == [
        "| k | page@k |",
        "|---|---|",
        "| 1 | 0.50 |",
    ]
