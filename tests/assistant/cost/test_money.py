from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.money import show_range, show_tokens, show_usd
from tests.assistant.cost.samples import dollars

AMOUNTS = st.integers(min_value=1, max_value=10**18)


@pytest.mark.parametrize(
    ("usd", "shown"),
    (
        ("0", "$0"),
        ("0.0155", "$0.0155"),
        ("0.003872", "$0.00387"),
        ("0.02", "$0.02"),
        ("0.5", "$0.50"),
        ("0.9996", "$1.00"),
        ("1.239", "$1.24"),
        ("1234.56", "$1,234.56"),
        ("0.000000000001", "$0.000000000001"),
    ),
)
def test_dollars(usd: str, shown: str) -> None:
    assert show_usd(dollars(usd)) == shown


def test_marks() -> None:
    assert show_usd(None) == "—"
    assert show_usd(None, estimated=True) == "—"
    assert show_usd(dollars("0.00123"), estimated=True) == "≈$0.00123"
    assert show_usd(-dollars("0.0155")) == "−$0.0155"


def test_ranges() -> None:
    low, high = dollars("0.0155"), dollars("0.0245")
    assert show_range(low, high) == "$0.0155–$0.0245"
    assert show_range(low, high, estimated=True) == "≈$0.0155–$0.0245"
    assert show_range(low, low, estimated=True) == "≈$0.0155"
    assert show_range(None, high) == show_range(low, None) == "—"


def test_tokens() -> None:
    assert show_tokens(1_234_567) == "1,234,567"
    assert show_tokens(0) == "0"
    assert show_tokens(12_345, estimated=True) == "≈12,345"
    assert show_tokens(None, estimated=True) == "—"


@given(AMOUNTS)
def test_something_never_reads_as_nothing(pico: int) -> None:
    assert read(show_usd(pico)) > 0


@given(AMOUNTS)
def test_shown_within_half_a_unit_of_the_third_figure_or_half_a_cent(pico: int) -> None:
    exact = Decimal(pico).scaleb(-12)
    unit = Decimal(1).scaleb(min(-2, exact.adjusted() - 2))
    assert abs(read(show_usd(pico)) - exact) <= unit / 2


@given(AMOUNTS, AMOUNTS)
def test_more_never_reads_as_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert read(show_usd(low)) <= read(show_usd(high))


@given(AMOUNTS)
def test_a_dollar_amount_never_uses_exponents(pico: int) -> None:
    assert set(show_usd(pico)) <= set("$0123456789,.")


@given(st.integers(0, 10**15))
def test_tokens_read_back(count: int) -> None:
    assert int(show_tokens(count).replace(",", "")) == count


def read(shown: str) -> Decimal:
    return Decimal(shown.removeprefix("$").replace(",", ""))
