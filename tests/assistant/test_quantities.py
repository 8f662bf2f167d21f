from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quantities import quantities, table_scale

BILLION = 10**9


def read(text: str) -> list[tuple[Decimal, str]]:
    return [(quantity.value, quantity.unit) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$37.6 billion", [(37_600_000_000, "USD")]),
        ("US$ 5.05–$5.15B", [(5_050_000_000, "USD"), (5_150_000_000, "USD")]),
        ("$125 billion to $145 billion", [(125 * BILLION, "USD"), (145 * BILLION, "USD")]),
        ("125-145 billion dollars", [(125 * BILLION, "USD"), (145 * BILLION, "USD")]),
        ("in the range of $64 to $72 billion", [(64 * BILLION, "USD"), (72 * BILLION, "USD")]),
        ("$950 million to $1.2 billion", [(950 * 10**6, "USD"), (1_200_000_000, "USD")]),
        ("$ 0.7 billion", [(700_000_000, "USD")]),
        ("$(1.2) billion", [(-1_200_000_000, "USD")]),
        ("about 9.4 %", [("9.4", "percent")]),
        ("by 10%", [(10, "percent")]),
        ("declined (2)%", [(-2, "percent")]),
        ("between 5 and 10 percent", [(5, "percent"), (10, "percent")]),
        ("an increase of 50 basis points", [(50, "basis points")]),
        ("5.5 years", [("5.5", "years")]),
        ("four to five years", [(4, "years"), (5, "years")]),
        ("from three to a range of four to five years", [(3, "years"), (4, "years"), (5, "years")]),
        ("$2.35 per GPU-hour", [("2.35", "USD")]),
        ("~$1.50/hr", [("1.5", "USD")]),
        ("€4.5m and £2 million", [(4_500_000, "EUR"), (2_000_000, "GBP")]),
        ("3 yuan per million tokens", [(3, "CNY")]),
        ("¥3", [(3, "¥")]),
        ("250,000 GPUs", [(250_000, "GPUs")]),
        ("up to 2.2 gigawatts", [("2.2", "GW")]),
        ("24x, and 1,000 times", [(24, "times"), (1000, "times")]),
        ("about 23,000 production clusters", [(23_000, "")]),
        ("19B tokens", [(19 * BILLION, "tokens")]),
    ],
)
def test_quantities_are_read_in_base_units(text: str, expected: list[tuple[object, str]]) -> None:
    assert read(text) == [(Decimal(str(value)), unit) for value, unit in expected]


@pytest.mark.parametrize(
    "text",
    [
        "in 2026 and in fiscal 2025, FY2024, Q3 and Q1 2026",
        "on October 26, 2025 and 30 April 2026 and 2026-04-30",
        "the 10-K, the 10-Q and Form 8-K",
        "H100, A100, GB200, GPT-5, Kimi 2.7, GLM 5.2 and Opus 4.8",
        "see Note 7, Item 12, page 41 and Section 13",
        "as [1], [2][3] and [12, 14] say",
        "for the three months ended March 31",
        "https://example.org/2026/04/300-million",
        "two of them",
    ],
)
def test_dates_names_and_markers_are_no_quantities(text: str) -> None:
    assert read(text) == []


def test_a_unit_line_scales_the_bare_cells_below_it() -> None:
    text = (
        "Cash flows (in millions, except per share data)\n"
        "Year ended | 2025 | 2024\n"
        "Purchases of property and equipment | $ (131,819) | (82,999)\n"
        "Growth | 59% | 12%\n"
        "Earnings per share | 7.17 | 5.53\n"
        "Employees stood at 1,576,000 people"
    )
    assert read(text) == [
        (Decimal(-131_819_000_000), "USD"),
        (Decimal(-82_999_000_000), "USD"),
        (Decimal(59), "percent"),
        (Decimal(12), "percent"),
        (Decimal("7.17"), ""),
        (Decimal("5.53"), ""),
        (Decimal(1_576_000), "people"),
    ]


def test_a_unit_holds_below_rows_left_out_and_ends_with_the_table() -> None:
    table = "(in millions)\nInvesting activities\nPurchases | $ (131)\n{}\nSites | 82"
    amount = (Decimal(-131_000_000), "USD")
    assert read(table.format("…\nFinancing")) == [amount, (Decimal(82_000_000), "USD")]
    assert read(table.format("[…]")) == [amount, (Decimal(82), "")]
    assert read(table.format("[…] Properties")) == [amount, (Decimal(82), "")]


def test_table_scale() -> None:
    assert table_scale("(Dollars in thousands)") == ("thousands", Decimal(1000))
    assert table_scale("in the year") is None


@given(
    amount=st.decimals(min_value="0.1", max_value="999.9", places=1),
    scale=st.sampled_from([("million", 6), ("billion", 9), ("trillion", 12)]),
    before=st.sampled_from(["", "about ", "rose 3% to ", "(", "in 2025: "]),
    after=st.sampled_from(["", ".", ", up", ")", " in 2026"]),
)
def test_a_stated_amount_is_read_wherever_it_stands(
    amount: Decimal, scale: tuple[str, int], before: str, after: str
) -> None:
    text = f"{before}${amount} {scale[0]}{after}"
    found = [quantity for quantity in quantities(text) if quantity.unit == "USD"]
    assert [quantity.value for quantity in found] == [amount * 10 ** scale[1]]
    start, end = found[0].span
    assert text[start:end] == f"${amount} {scale[0]}"


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing_and_spans_lie_within(text: str) -> None:
    for quantity in quantities(text):
        assert 0 <= quantity.span[0] < quantity.span[1] <= len(text)
