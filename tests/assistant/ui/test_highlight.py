"""Quotes are marked and everything else stays text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.escape import as_html
from assistant.ui.highlight import marked, tabular


def test_a_quote_is_found_across_line_breaks() -> None:
    shown = marked("Capex was\n  $35.7 billion.", ["Capex was $35.7"])
    assert shown == "<mark>Capex was\n  $35.7</mark> billion."


def test_overlapping_quotes_become_one_mark() -> None:
    assert marked("a b c d", ["a b c", "b c d"]) == "<mark>a b c d</mark>"


def test_markup_in_the_passage_and_in_the_quote_is_inert() -> None:
    shown = marked("x <script>alert(1)</script> y", ["<script>alert(1)</script>"])
    assert shown == "x <mark>&lt;script&gt;alert(1)&lt;/script&gt;</mark> y"


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=3))
def test_nothing_is_lost_but_the_marks_are_added(text: str, quotes: list[str]) -> None:
    shown = marked(text, quotes).replace("<mark>", "").replace("</mark>", "")
    assert shown == as_html(text)


def test_a_table_is_shown_in_rows_and_the_quoted_row_is_marked() -> None:
    shown = tabular("Capex, $ million\nFY2024 | <b>82,999\nFY2025 | 128,320", ["FY2025 | 128,320"])
    assert shown == (
        "Capex, $ million<table><tr><td>FY2024</td><td>&lt;b&gt;82,999</td></tr>"
        '<tr class="lf-quoted"><td>FY2025</td><td>128,320</td></tr></table>'
    )
