"""Tables of filings on one grid: heads over their columns, values under them, units beside."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.blocks import Block, BlockKind
from ingest.cells import cells_of
from ingest.limits import Limits
from ingest.readers.html import read_html

PAGE = "<html xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><body>{}</body></html>"


def blocks(body: str) -> tuple[Block, ...]:
    return read_html(PAGE.format(body).encode(), Limits()).blocks


def tables(body: str) -> list[Block]:
    return [block for block in blocks(body) if block.kind is BlockKind.TABLE]


def row(*cells: str) -> str:
    """Cells as "text", or as "3*text" where one spans three columns."""
    parts = (cell.split("*", 1) if "*" in cell else ["1", cell] for cell in cells)
    inner = "".join(f"<td colspan='{span}'>{text}</td>" for span, text in parts)
    return f"<tr>{inner}</tr>"


def table(*rows: str) -> str:
    return f"<table>{''.join(rows)}</table>"


QUARTERS = table(
    row("3*", "9*Three Months Ended", "3*", "9*Six Months Ended"),
    row("3*", "3*2025", "3*", "3*2024", "3*", "3*2025", "3*", "3*2024"),
    row(
        "3*Revenue", *["$", "10", "", "3*", "$", "8", "", "3*", "$", "19", "", "3*", "$", "15", ""]
    ),
    row("3*Other loss", *["2*(1", ")", "3*", "2*(2", ")", "3*", "2*—", "", "3*", "2*(3", ")"]),
)


def test_heads_stand_over_each_column_that_they_span_and_no_other() -> None:
    (found,) = tables(QUARTERS)
    assert found.heads == 2
    assert found.rows == (
        ("", *["Three Months Ended"] * 2, *["Six Months Ended"] * 2),
        ("", "2025", "2024", "2025", "2024"),
        ("Revenue", "$10", "$8", "$19", "$15"),
        ("Other loss", "(1)", "(2)", "—", "(3)"),
    )
    loss = [cell for cell in cells_of(found) if cell.label == "Other loss"]
    assert [cell.number for cell in loss] == [Decimal(-1), Decimal(-2), None, Decimal(-3)]
    assert loss[3].heads == ("Six Months Ended", "2024")


def test_a_row_with_blanks_and_no_label_keeps_its_columns() -> None:
    (found,) = tables(
        table(
            row("", "", "2023", "", "2024", "", "2025"),
            row("Servers", "", "1", "", "2", "", "3"),
            row("Leases", "", "", "", "", "", "4"),
            row("", "", "1", "", "2", "", "7"),
        )
    )
    assert found.rows[2:] == (("Leases", "", "", "4"), ("", "1", "2", "7"))


def test_indented_labels_are_one_column() -> None:
    (found,) = tables(
        table(
            row("3*", "2025", "2024"),
            row("3*Current assets:", "", ""),
            row("", "2*Cash", "5", "4"),
            row("", "", "In banks", "3", "2"),
            row("3*Total", "8", "6"),
        )
    )
    assert found.rows[1:] == (
        ("Current assets:",),
        ("Cash", "5", "4"),
        ("In banks", "3", "2"),
        ("Total", "8", "6"),
    )


def test_a_head_over_two_rows_heads_its_column() -> None:
    (found,) = tables(
        "<table><tr><td rowspan='2'>Segment</td><td rowspan='2'>Total</td>"
        "<td colspan='2'>Of which</td></tr><tr><td>Cloud</td><td>Ads</td></tr>"
        "<tr><td>Assets</td><td>9</td><td>4</td><td>5</td></tr></table>"
    )
    assert found.heads == 2
    assert [cell.heads for cell in cells_of(found)] == [
        ("Total",),
        ("Of which", "Cloud"),
        ("Of which", "Ads"),
    ]


def test_a_hidden_cell_under_a_spanning_one_takes_no_place() -> None:
    (found,) = tables(
        "<table><tr><td rowspan='2'>Name</td><td>2024</td><td>2025</td></tr>"
        "<tr><td style='display:none'></td><td>Actual</td><td>Plan</td></tr>"
        "<tr><td>Racks</td><td>1</td><td>2</td></tr></table>"
    )
    assert found.rows[1] == ("", "Actual", "Plan")


@pytest.mark.parametrize(
    "markup",
    (
        "<tr><td>Revenue (1)</td><td>5 </td><td>6</td></tr>",
        "<tr><td>Revenue<sup>(1)</sup></td><td>5</td><td>6</td></tr>",
        "<tr><td>Revenue<sup>1</sup></td><td>5</td><td>6</td></tr>",
        "<tr><td>Revenue<span style='vertical-align:super'>1</span></td><td>5</td><td>6</td></tr>",
    ),
)
def test_marks_of_footnotes_in_labels_and_heads_are_no_values(markup: str) -> None:
    heads = "<tr><td></td><td>2024 (1)</td><td>2025<sup>2</sup></td></tr>"
    (found,) = tables(f"<table>{heads}{markup}<tr><td>Costs</td><td>3</td><td>4</td></tr></table>")
    assert found.heads == 1
    assert found.rows[0] == ("", "2024 (1)", "2025 (2)")
    assert [(c.label, c.number) for c in cells_of(found)][:2] == [
        ("Revenue (1)", Decimal(5)),
        ("Revenue (1)", Decimal(6)),
    ]


def test_a_raised_mark_does_not_lengthen_a_number() -> None:
    (found,) = tables(
        table(row("", "2024"), row("Net sales", "1,234<sup>1</sup>"), row("Costs", "1,100"))
    )
    assert [cell.number for cell in cells_of(found)] == [Decimal(1234), Decimal(1100)]


def test_a_mark_in_a_cell_of_its_own_is_joined_and_minus_one_is_not() -> None:
    marked, minus = tables(
        table(row("", "2*2024", "2025"), row("A", "5", "(1)", "6"), row("B", "2*7", "8"))
        + "<p>Between the two.</p>"
        + table(row("", "2024", "2025"), row("A", "5", "(1)"), row("B", "7", "8"))
    )
    assert marked.rows[1] == ("A", "5 (1)", "6")
    assert minus.rows[1] == ("A", "5", "(1)")


def test_a_note_of_units_beside_the_heads_is_a_head() -> None:
    (found,) = tables(
        table(
            row("3*", "3*Jan 26, 2025", "3*Jan 28, 2024", "3*Life"),
            row("3*Property:", "3*(In millions)", "3*(In millions)", "3*(In years)"),
            row("3*Land", "$", "511", "", "$", "218", "", "3*"),
            row("3*Servers", "2*900", "", "2*700", "", "3*3-5"),
        )
    )
    assert found.heads == 2
    assert next(cells_of(found)).value == Decimal(511_000_000)


@pytest.mark.parametrize(
    ("above", "caption"),
    (
        ("<p>(In millions)</p>", "(In millions)"),
        ("<p>(In millions)</p><p>(Unaudited)</p>", "(In millions) (Unaudited)"),
        (
            "<p>Sales grew. The following table shows them (in millions).</p>",
            "The following table shows them (in millions).",
        ),
        ("<p>Sales were as follows (in millions):</p>", "Sales were as follows (in millions):"),
        ("<p>The chart above tells little.</p>", ""),
        ("<p>(650) 253-0000</p>", ""),
    ),
)
def test_what_introduces_a_table_is_its_caption(above: str, caption: str) -> None:
    (found,) = tables(above + table(row("", "2024"), row("A", "1"), row("B", "2")))
    assert found.text == caption


def test_tables_in_a_row_share_the_note_that_stands_over_the_first() -> None:
    one = table(row("", "2024"), row("A", "1"), row("B", "2"))
    found = tables(
        f"<p>Leases were (in millions):</p>{one}<p>(1) Not audited.</p>{one}<h2>New</h2>{one}"
    )
    assert [block.text for block in found] == ["Leases were (in millions):"] * 2 + [""]


def test_heads_that_come_anew_begin_a_table() -> None:
    first, second = tables(
        table(
            row("", "2*December 31, 2023"),
            row("", "Cost", "Fair Value"),
            row("Cash", "1", "1"),
            row("", "2*December 31, 2024"),
            row("", "Cost", "Fair Value"),
            row("Cash", "3", "4"),
        )
    )
    assert first.rows[-1] == ("Cash", "1", "1")
    assert [cell.heads for cell in cells_of(second)] == [
        ("December 31, 2024", "Cost"),
        ("December 31, 2024", "Fair Value"),
    ]


def test_new_periods_keep_the_finer_heads_below_them() -> None:
    _, second = tables(
        table(
            row("", "2*2023 Plan Ended"),
            row("", "Cost", "Value"),
            row("Cash", "1", "1"),
            row("", "2*Year Ended 2024"),
            row("Cash", "3", "4"),
        )
    )
    assert [cell.heads for cell in cells_of(second)] == [
        ("Year Ended 2024", "Cost"),
        ("Year Ended 2024", "Value"),
    ]


def test_years_may_be_labels() -> None:
    (found,) = tables(table(row("2025", "$", "994"), row("2026", "2*918"), row("Total", "2*1,912")))
    assert (found.heads, found.rows[0]) == (0, ("2025", "$994"))


def test_a_table_of_words_has_its_first_row_as_heads() -> None:
    (found,) = tables(
        table(row("Name", "Title"), row("Ada Wright", "Director"), row("Ben Low", "Officer"))
    )
    assert found.heads == 1
