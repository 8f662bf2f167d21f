"""Workbooks: what a person sees on the sheets, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.cells import cells_of
from ingest.passages import split
from ingest.readers import Limits, read_document
from ingest.readers.csv_table import read_csv
from ingest.recognise import recognise
from tests.office_files import rewritten


def sheet(rows: Sequence[Sequence[object]], title: str = "Income") -> tuple[Workbook, Any]:
    book = Workbook()
    active: Any = book.active
    active.title = title
    for row in rows:
        active.append(row)
    return book, active


def read(book: Workbook, folder: Path, limits: Limits | None = None) -> Reading:
    path = folder / "book.xlsx"
    book.save(path)
    return read_document(path, Media.XLSX, limits)


def tables(reading: Reading) -> list[Block]:
    return [block for block in reading.blocks if block.kind is BlockKind.TABLE]


INCOME: tuple[Sequence[object], ...] = (
    ["Harbor Mills: income"],
    ["(in millions, except per share data)"],
    [None, "FY2024", "FY2025"],
    ["Revenue", 1234.5, 1400],
    ["Operating income", -12.25, 80],
    ["Margin", -0.01, 0.057],
)


def test_a_sheet_is_a_heading_and_its_table_has_caption_unit_heads_and_shown_values(
    tmp_path: Path,
) -> None:
    book, active = sheet(INCOME)
    for cell in ("B4", "C4", "B5", "C5"):
        active[cell].number_format = '_($* #,##0.0_);_($* \\(#,##0.0\\);_($* "-"??_);_(@_)'
    active["B6"].number_format = active["C6"].number_format = "0.0%"
    reading = read(book, tmp_path)
    heading, table = reading.blocks
    assert (heading.kind, heading.text, heading.level) == (BlockKind.HEADING, "Income", 2)
    assert (table.text, table.heads) == ("Harbor Mills: income", 1)
    assert table.rows == (
        ("(in millions, except per share data)", "FY2024", "FY2025"),
        ("Revenue", "$1,234.5", "$1,400.0"),
        ("Operating income", "$(12.3)", "$80.0"),
        ("Margin", "-1.0%", "5.7%"),
    )
    cells = {(cell.label, cell.heads): cell for cell in cells_of(table)}
    loss = cells["Operating income", ("FY2024",)]
    assert (loss.value, loss.unit) == (Decimal("-12.3") * 1_000_000, "USD")
    assert cells["Margin", ("FY2025",)].unit == "percent"
    (passage,) = split(reading.blocks, "0" * 64, ("Harbor Mills",))
    assert passage.text.startswith("Income\nHarbor Mills: income\n(in millions")


def test_an_empty_row_does_not_take_the_heads_from_what_follows(tmp_path: Path) -> None:
    book, _ = sheet([*INCOME, [], ["Cash flow"], ["Capex", 300, 420]])
    (table,) = tables(read(book, tmp_path))
    assert table.rows[-2:] == (("Cash flow",), ("Capex", "300", "420"))
    heads = {cell.heads for cell in cells_of(table) if cell.label == "Capex"}
    assert heads == {("FY2024",), ("FY2025",)}


def test_tables_under_and_beside_each_other_stay_apart(tmp_path: Path) -> None:
    beside: list[list[object]] = [
        ["Site", "MW", None, "Fund", "Share"],
        ["Bergen", 120, None, "North", 0.5],
    ]
    book, _ = sheet(
        [*beside, ["Oslo", 80, None, "South", 0.25], [], ["Leases"], ["Year", "Paid"], ["2025", 7]]
    )
    first, second, third = tables(read(book, tmp_path))
    assert first.rows == (("Site", "MW"), ("Bergen", "120"), ("Oslo", "80"))
    assert second.rows == (("Fund", "Share"), ("North", "0.5"), ("South", "0.25"))
    assert (third.text, third.rows) == ("Leases", (("Year", "Paid"), ("2025", "7")))


def test_a_spacer_column_does_not_part_values_from_their_labels(tmp_path: Path) -> None:
    book, _ = sheet(
        [["Item", None, "2024", None, "2025"], ["Power", None, 5, None, 6], ["Rent", None, 1]]
    )
    (table,) = tables(read(book, tmp_path))
    assert table.rows == (("Item", "2024", "2025"), ("Power", "5", "6"), ("Rent", "1"))


def test_labels_that_are_indented_by_columns_are_one_column(tmp_path: Path) -> None:
    book, _ = sheet([[None, None, "2025"], ["Revenue"], [None, "Cloud", 10], [None, "Ads", 12]])
    (table,) = tables(read(book, tmp_path))
    assert table.rows == (("", "2025"), ("Revenue",), ("Cloud", "10"), ("Ads", "12"))
    assert [cell.section for cell in cells_of(table)] == ["Revenue", "Revenue"]


def test_merged_heads_stand_over_each_of_their_columns(tmp_path: Path) -> None:
    book, active = sheet(
        [
            [None, "Fiscal 2024", None, "Fiscal 2025", None],
            ["($ in thousands)", "Q1", "Q2", "Q1", "Q2"],
            ["Capex", 1, 2, 3, 4],
            [None, 5, 6, 7, 8],
        ]
    )
    for area in ("B1:C1", "D1:E1", "A3:A4"):
        active.merge_cells(area)
    (table,) = tables(read(book, tmp_path))
    assert table.rows[0] == ("", "Fiscal 2024", "Fiscal 2024", "Fiscal 2025", "Fiscal 2025")
    assert [row[0] for row in table.rows] == ["", "($ in thousands)", "Capex", "Capex"]
    last = list(cells_of(table))[-1]
    assert (last.heads, last.value) == (("Fiscal 2025", "Q2"), Decimal(8_000))


def test_dates_are_heads_in_iso_form(tmp_path: Path) -> None:
    book, _ = sheet([[None, date(2024, 3, 31), date(2025, 3, 31)], ["Capex", 5, 6]])
    (table,) = tables(read(book, tmp_path))
    assert (table.rows[0], table.heads) == (("", "2024-03-31", "2025-03-31"), 1)


def test_what_is_hidden_is_left_out_and_counted(tmp_path: Path) -> None:
    book, active = sheet([["Item", "2024", "2025"], ["Power", 5, 6], ["Bribes", 7, 8]])
    active.row_dimensions[3].hidden = True
    active.column_dimensions["B"].hidden = True
    secret = book.create_sheet("Scratch")
    secret["A1"] = "do not show"
    secret.sheet_state = "veryHidden"
    reading = read(book, tmp_path)
    assert tables(reading)[0].rows == (("Item", "2025"), ("Power", "6"))
    assert "Scratch" not in str(reading.blocks)
    assert reading.warnings == (
        "1 hidden sheet left out",
        "1 hidden row left out",
        "1 hidden column left out",
    )


def test_formulas_read_as_their_last_values(tmp_path: Path) -> None:
    book, active = sheet([["Item", "2025"], ["Power", 5], ["Total", "=B2*3"], ["Ratio", "=B2/0"]])
    active["B3"].number_format = "#,##0.0"
    book.save(tmp_path / "plain.xlsx")
    part = "xl/worksheets/sheet1.xml"
    # What a spreadsheet program stores beside the formula.
    first = rewritten(
        tmp_path / "plain.xlsx", tmp_path / "a.xlsx", {part: ("*3</f><v></v>", "*3</f><v>15</v>")}
    )
    error = ('"B4"><f>B2/0</f><v></v>', '"B4" t="e"><f>B2/0</f><v>#DIV/0!</v>')
    reading = read_document(rewritten(first, tmp_path / "b.xlsx", {part: error}), Media.XLSX)
    assert tables(reading)[0].rows[2:] == (("Total", "15.0"), ("Ratio", "#DIV/0!"))
    assert reading.warnings == ("cells that show an error such as #REF!: 1",)


def test_formulas_without_values_are_told_with_the_remedy(tmp_path: Path) -> None:
    book, _ = sheet([["Item", "2025"], ["Power", 5], ["Total", "=B2*3"]])
    (warning,) = read(book, tmp_path).warnings
    assert warning == (
        "formulas without values (1): open and save the file in a spreadsheet program"
    )
    only, _ = sheet([["=1+1", "=2+2"]])
    with pytest.raises(InputRefused, match="formulas without values: open and save"):
        read(only, tmp_path)


def test_lines_that_stand_apart_over_a_table_are_its_captions(tmp_path: Path) -> None:
    lines = [["Harbor Corp."], ["Notes payable"], ["$ in thousands"]]
    book, _ = sheet([*lines, [], [None, "2025"], ["Bank", 5]])
    (table,) = tables(read(book, tmp_path))
    assert table.text == "Harbor Corp.\nNotes payable"
    assert table.rows[0] == ("$ in thousands", "2025")
    assert next(cells_of(table)).value == 5_000


def test_notes_below_a_table_are_text_and_not_the_next_ones_caption(tmp_path: Path) -> None:
    book, _ = sheet(
        [["Item", "2025"], ["Power", 5], [], ["Source: filings."], [], ["Site", "MW"], ["Oslo", 8]]
    )
    kinds = [(block.kind, block.text) for block in read(book, tmp_path).blocks[1:]]
    assert kinds == [
        (BlockKind.TABLE, ""),
        (BlockKind.PARAGRAPH, "Source: filings."),
        (BlockKind.TABLE, ""),
    ]


def test_properties_are_kept_and_the_files_dates_are_no_publication(tmp_path: Path) -> None:
    book, _ = sheet(INCOME)
    book.properties.title = "Harbor Mills model"
    book.properties.creator = "Ann Analyst"
    reading = read(book, tmp_path)
    assert reading.title == "Harbor Mills model"
    assert reading.metadata["office:author"] == "Ann Analyst"
    assert {"office:created", "office:modified"} <= set(reading.metadata)
    assert recognise(reading, "book.xlsx").published is None


def test_an_empty_workbook_and_one_over_the_limit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no text in its visible sheets"):
        read(Workbook(), tmp_path)
    book, _ = sheet(INCOME)
    with pytest.raises(InputRefused, match="more than 50 characters"):
        read(book, tmp_path, Limits(characters=50))


def csv_reading(folder: Path, content: bytes) -> Reading:
    path = folder / "table.csv"
    path.write_bytes(content)
    return read_document(path, Media.CSV)


@pytest.mark.parametrize("delimiter", (",", ";", "\t", "|"))
def test_a_delimiter_is_told_by_the_rows_that_it_makes(tmp_path: Path, delimiter: str) -> None:
    lines: Iterable[Sequence[str]] = (("Site", "MW"), ("Bergen", "120"), ("Oslo", "80"))
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (table,) = csv_reading(tmp_path, text.encode()).blocks
    assert (table.rows, table.heads) == ((("Site", "MW"), ("Bergen", "120"), ("Oslo", "80")), 1)


def test_decimal_commas_stay_as_they_are_written(tmp_path: Path) -> None:
    text = "sep=;\nOrt;Umsatz;Anteil\nBergen;1.234,5;12,5%\nOslo;900,0;8,0%\n"
    reading = csv_reading(tmp_path, text.encode("cp1252"))
    assert reading.blocks[0].rows == (
        ("Ort", "Umsatz", "Anteil"),
        ("Bergen", "1.234,5", "12,5%"),
        ("Oslo", "900,0", "8,0%"),
    )


def test_csv_is_decoded_as_other_text_is(tmp_path: Path) -> None:
    text = 'Site,"Cost, total"\n"Malmö\nSouth","1,234"\n'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        reading = csv_reading(tmp_path, text.encode(encoding))
        assert reading.blocks[0].rows == (("Site", "Cost, total"), ("Malmö South", "1,234"))
    assert reading.warnings == ("encoding guessed as cp1252",)


def test_csv_without_text_or_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no text"):
        csv_reading(tmp_path, b",,\n,,\n")
    with pytest.raises(InputRefused, match=r"no CSV .*quote that is never closed"):
        csv_reading(tmp_path, b'a,b\n1,"' + b"x" * 200_000)


def test_large_tables_repeat_their_heads_in_every_passage() -> None:
    rows = "".join(f"Site {n},{n * 7},{n * 9}\n" for n in range(300))
    reading = read_csv(f"Site,Power (MW),Rent ($m)\n{rows}".encode(), Limits())
    passages = split(reading.blocks, "0" * 64, ("Harbor Mills",))
    assert len(passages) > 5
    assert all(p.text.startswith("Site | Power (MW) | Rent ($m)\n") for p in passages)
