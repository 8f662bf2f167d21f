"""A table's values with label, column heads, unit, scale and sign."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.blocks import Block, BlockKind
from ingest.cells import Cell, cells_of

INCOME = Block(
    BlockKind.TABLE,
    "(in millions, except per share data)",
    rows=(
        ("", "Year Ended December 31,", "Year Ended December 31,"),
        ("", "2023", "2024"),
        ("Net sales:",),
        ("Products", "$ 255,887", "$ 272,311"),
        ("Other income (expense), net", "(938", "2,250"),
        ("Diluted earnings per share", "$ 2.90", "5.53"),
        ("Weighted-average shares, diluted", "10,492", "10,721"),
        ("Growth", "12%", "—"),
    ),
    heads=2,
)


def found(block: Block, *above: str) -> dict[tuple[str, str], Cell]:
    return {(cell.label, cell.heads[-1]): cell for cell in cells_of(block, above)}


@pytest.mark.parametrize(
    ("label", "head", "value", "unit", "scale"),
    [
        ("Products", "2024", "272311000000", "USD", 1_000_000),
        ("Other income (expense), net", "2023", "-938000000", "USD", 1_000_000),
        ("Diluted earnings per share", "2024", "5.53", "USD", 1),
        ("Weighted-average shares, diluted", "2023", "10492000000", "shares", 1_000_000),
        ("Growth", "2023", "12", "percent", 1),
    ],
)
def test_a_value_has_label_head_unit_and_sign(
    label: str, head: str, value: str, unit: str, scale: int
) -> None:
    cell = found(INCOME)[label, head]
    assert (cell.value, cell.unit, cell.scale) == (Decimal(value), unit, scale)
    assert cell.heads == ("Year Ended December 31,", head)
    assert cell.section == "Net sales:"


def test_a_dash_is_no_number() -> None:
    assert found(INCOME)["Growth", "2024"].value is None


def test_the_nearest_note_of_units_counts() -> None:
    rows = (("(in thousands)", "2024"), ("Purchases of property", "$ 1,200"))
    block = Block(BlockKind.TABLE, "", rows=rows, heads=1)
    (cell,) = cells_of(block, ["(in millions)"])
    assert cell.value == Decimal(1_200_000)


def test_a_note_over_the_table_gives_the_scale() -> None:
    rows = (("", "2024"), ("Purchases of property", "$ 1,200"))
    (cell,) = cells_of(Block(BlockKind.TABLE, "", rows=rows, heads=1), ["(Dollars in millions)"])
    assert (cell.value, cell.unit) == (Decimal(1_200_000_000), "USD")


def test_shares_may_have_a_scale_of_their_own() -> None:
    note = "(In millions, except number of shares, which are reflected in thousands)"
    rows = (("", "2024"), ("Net income", "$ 5"), ("Shares, basic", "7"))
    net, shares = cells_of(Block(BlockKind.TABLE, note, rows=rows, heads=1))
    assert (net.value, shares.value) == (Decimal(5_000_000), Decimal(7_000))


def test_a_life_in_years_is_no_money() -> None:
    rows = (("", "Estimated useful life"), ("Servers", "5 years"), ("Buildings", "$ 40"))
    servers, buildings = cells_of(Block(BlockKind.TABLE, "", rows=rows, heads=1))
    assert (servers.unit, servers.value) == ("years", Decimal(5))
    assert buildings.unit == "USD"


@pytest.mark.parametrize(
    ("note", "scale"),
    [
        ("($MM)", 1_000_000),
        ("$MM", 1_000_000),
        ("($ in MM, except per share data)", 1_000_000),
        ("All amounts in MM", 1_000_000),
        ("($M)", 1_000_000),
        ("(US$ M)", 1_000_000),
        ("After buybacks of $5 million, in brackets as reported ($MM)", 1_000_000),
        ("(000)", 1_000),
        ("($000s)", 1_000),
        ("(in mm)", 1),
        ("Date (MM/DD/YYYY)", 1),
        ("Date (YYYY-MM)", 1),
        ("Costs in $M&A", 1),
        ("A buyback of $ 25 MM", 1),
        ("Gas in MMBtu", 1),
    ],
)
def test_short_notes_of_scale_are_known(note: str, scale: int) -> None:
    rows = (("", "2024"), ("Cost of revenue", "1,200"))
    (cell,) = cells_of(Block(BlockKind.TABLE, note, rows=rows, heads=1))
    assert cell.scale == scale


def test_a_head_may_hold_a_short_scale() -> None:
    rows = (("Year", "Capex ($MM)", "Units (000)"), ("Plan", "1,200", "15"))
    cells = list(cells_of(Block(BlockKind.TABLE, "", rows=rows, heads=1)))
    assert [cell.scale for cell in cells] == [1_000_000, 1_000]
