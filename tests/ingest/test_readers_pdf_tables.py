"""Tables of PDFs, drawn word by word where a filing would print them, read in the real child."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdfium2 import PdfDocument

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.cells import cells_of
from ingest.limits import Limits
from ingest.readers import read_document
from ingest.readers.pdf import read_pdf
from ingest.readers.pdf_columns import Column, columns_of
from ingest.readers.pdf_lines import page_lines
from ingest.readers.pdf_order import in_reading_order
from ingest.readers.pdf_rows import table_rows
from ingest.readers.pdf_tables import page_tables
from ingest.readers.pdf_words import Chunk

LABEL, COLUMNS = 20.0, (110.0, 140.0, 170.0, 200.0)


class Sheet:
    """A page to draw on: cells end at the places of their columns, in millimetres."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pdf = FPDF()
        self.pdf.set_font("Helvetica", size=10)
        self.pdf.add_page()
        self.at = 20.0

    def row(self, label: str, *values: str, left: float = LABEL, down: float = 5.0) -> None:
        if label:
            self.pdf.text(left, self.at, label)
        for right, value in zip(COLUMNS, values, strict=False):
            self.ending(right, value)
        self.at += down

    def ending(self, right: float, text: str) -> None:
        if text.startswith("$ "):
            self.pdf.text(right - 20, self.at, "$")
            text = text[2:]
        self.pdf.text(right - self.pdf.get_string_width(text), self.at, text)

    def over(self, first: int, last: int, text: str) -> None:
        middle = (COLUMNS[first] - 20 + COLUMNS[last]) / 2
        self.pdf.text(middle - self.pdf.get_string_width(text) / 2, self.at, text)

    def down(self, by: float = 5.0) -> None:
        self.at += by

    def read(self) -> Reading:
        self.pdf.output(str(self.path))
        return read_document(self.path, Media.PDF)

    def tables(self) -> list[Block]:
        return [block for block in self.read().blocks if block.kind is BlockKind.TABLE]


def body(table: Block) -> Sequence[tuple[str, ...]]:
    return table.rows[table.heads :]


def everything(reading: Reading) -> str:
    said = (" ".join([b.text, *(cell for row in b.rows for cell in row)]) for b in reading.blocks)
    return " ".join(said)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def test_an_empty_cell_keeps_its_place(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024", "2023")
    sheet.row("Goodwill", "$ 12", "$ 11", "$ 10")
    sheet.row("Impairment", "", "", "7")
    sheet.row("Gain on sale", "", "(3)")
    (table,) = sheet.tables()
    assert table.heads == 1
    assert table.rows == (
        ("", "2025", "2024", "2023"),
        ("Goodwill", "$12", "$11", "$10"),
        ("Impairment", "", "", "7"),
        ("Gain on sale", "", "(3)", ""),
    )


def test_heads_over_several_columns_and_lines_are_repeated(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.over(0, 1, "Three Months Ended")
    sheet.over(2, 3, "Six Months Ended")
    sheet.down()
    sheet.over(0, 1, "June 30,")
    sheet.over(2, 3, "June 30,")
    sheet.down()
    sheet.row("(in millions)", "2025", "2024", "2025", "2024")
    sheet.row("Revenue", "$ 30", "$ 20", "$ 55", "$ 41")
    sheet.row("Cost of revenue", "12", "9", "21", "17")
    (table,) = sheet.tables()
    assert table.heads == 3
    cells = {(cell.label, " ".join(cell.heads)): cell for cell in cells_of(table)}
    cost = cells[("Cost of revenue", "Six Months Ended June 30, 2024")]
    assert cost.number == 17
    assert (cost.unit, cost.scale) == ("USD", 1_000_000)
    assert cells[("Revenue", "Three Months Ended June 30, 2025")].number == 30


def test_a_head_over_repeating_columns_need_not_be_centred(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "", "Pension", "", "Health Care")
    sheet.row("At December 31,", "2025", "2024", "2025", "2024")
    sheet.row("Discount rate", "5.2%", "3.0%", "5.1%", "2.9%")
    sheet.row("Expected return", "6.7", "6.5", "4.9", "4.2")
    (table,) = sheet.tables()
    assert table.rows[0] == ("", "Pension", "Pension", "Health Care", "Health Care")


def test_heads_drawn_column_after_column(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    top = sheet.at
    for place, lines in enumerate((("Gross", "Carrying", "Amount"), ("Net", "Book", "Value"))):
        sheet.at = top
        for line in lines:
            sheet.ending(COLUMNS[place], line)
            sheet.down(4)
    sheet.row("Customer lists", "$ 318", "$ 175")
    sheet.row("Trademarks", "88", "42")
    (table,) = sheet.tables()
    heads = [[row[column] for row in table.rows[: table.heads]] for column in (1, 2)]
    assert heads == [["Gross", "Carrying", "Amount"], ["Net", "Book", "Value"]]


def test_signs_are_joined_to_their_number(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024", "Change")
    sheet.row("Net sales", "$ 1,234", "$ 1,300", "(5) %")
    sheet.row("Loss", "$ (938)", "$ (12)", "# %")
    (table,) = sheet.tables()
    assert body(table) == (
        ("Net sales", "$1,234", "$1,300", "(5)%"),
        ("Loss", "$(938)", "$(12)", "#%"),
    )


def test_wrapped_labels_are_whole_and_sections_stand_apart(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024")
    sheet.row("Operating activities")
    sheet.row("Net income", "30", "20", left=24)
    sheet.row("Proceeds from issuance of long-term debt,", left=24)
    sheet.row("net of discounts and costs", "5", "6", left=27)
    sheet.row("Restricted cash, beginning of period", "7", "8", left=24)
    sheet.row("and its equivalents", left=27)
    sheet.row("Investing activities:")
    sheet.row("Purchases of servers", "(9)", "(4)", left=24)
    (table,) = sheet.tables()
    assert body(table) == (
        ("Operating activities",),
        ("Net income", "30", "20"),
        ("Proceeds from issuance of long-term debt, net of discounts and costs", "5", "6"),
        ("Restricted cash, beginning of period and its equivalents", "7", "8"),
        ("Investing activities:",),
        ("Purchases of servers", "(9)", "(4)"),
    )


def test_a_new_row_of_periods_begins_a_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024")
    sheet.row("Aeronautics", "30", "20")
    sheet.row("Space", "3", "2")
    sheet.row("", "2023", "2022")
    sheet.row("Aeronautics", "19", "18")
    sheet.row("Space", "1", "4")
    first, second = sheet.tables()
    assert (first.rows[0], second.rows[0]) == (("", "2025", "2024"), ("", "2023", "2022"))
    assert len(second.rows) == 3


def test_rows_labelled_by_years(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "Operating Leases", "Finance Leases")
    sheet.row("2026", "$ 40", "$ 9")
    sheet.row("2027", "35", "8")
    sheet.row("Thereafter", "61", "12")
    (table,) = sheet.tables()
    assert body(table)[1] == ("2027", "35", "8")
    assert table.rows[0] == ("", "Operating Leases", "Finance Leases")


def test_spans_of_years_are_values_and_raised_notes_are_none(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "Life (in years)")
    sheet.row("Buildings", "5-35", down=0)
    sheet.pdf.set_font_size(6)
    sheet.pdf.text(LABEL + 17, sheet.at - 1.2, "1")
    sheet.pdf.set_font_size(10)
    sheet.down()
    sheet.row("Servers", "3 to 6")
    sheet.row("Fixtures", "2-15")
    (table,) = sheet.tables()
    assert table.rows == (
        ("", "Life (in years)"),
        ("Buildings", "5-35"),
        ("Servers", "3 to 6"),
        ("Fixtures", "2-15"),
    )


def test_dots_that_lead_to_a_figure_go(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024")
    sheet.row("Net sales . . . . . . . . . . . .", "12", "11")
    sheet.row("Cost ..........................", "7", "6")
    (table,) = sheet.tables()
    assert [row[0] for row in body(table)] == ["Net sales", "Cost"]


def test_prose_that_ends_in_numbers_is_no_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("Rents in the second hall went from 11 a day in 2023 to 12 in 2024 and to 15")
    sheet.row("in 2025; those of the first hall stood at 9 for two of these years and at 10")
    sheet.row("in the third, which is why the site as a whole earned 25 a day and no less.")
    assert sheet.tables() == []


def test_a_sum_below_its_rows_has_no_label(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024")
    sheet.row("Land", "30", "20")
    sheet.row("Buildings", "3", "2")
    sheet.row("", "33", "22")
    sheet.row("Depreciation", "(4)", "(3)")
    (table,) = sheet.tables()
    assert body(table)[2] == ("", "33", "22")


def test_rows_after_a_line_of_text_keep_the_heads_above(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("", "2025", "2024")
    sheet.row("Service revenue", "30", "20")
    sheet.row("Equipment revenue", "3", "2")
    sheet.row("Figures of the hall are shown apart from those of the site and its lease.")
    sheet.row("Rent of the hall", "5", "4")
    sheet.row("Rent of the site", "6", "1")
    tables = sheet.tables()
    assert [table.rows[0] for table in tables] == [("", "2025", "2024")] * 2
    assert [table.heads for table in tables] == [1, 1]


def test_a_joined_head_that_began_in_the_text_goes_back_to_it_whole(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    top = sheet.at
    sheet.at = top + 10
    sheet.row("Region", "North")
    sheet.at = top
    sheet.row("Sentinel words that come later in the drawing but stand above it.")
    sheet.at = top + 10
    sheet.pdf.text(160, sheet.at, "South")
    sheet.down()
    sheet.row("Sales", "$ 12", "", "$ 11")
    sheet.row("Costs", "7", "", "6")
    said = everything(sheet.read())
    assert all(word in said for word in ("Region", "North", "South", "Sentinel", "Sales"))


def test_heads_that_stand_over_no_column_are_kept_before_the_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("Sales increase due to volume:", "2025", "2024", "", "Operational commentary")
    sheet.row("Cloud", "12%", "11%")
    sheet.row("Total", "7", "6")
    reading = sheet.read()
    (table,) = [block for block in reading.blocks if block.kind is BlockKind.TABLE]
    assert body(table) == (("Cloud", "12%", "11%"), ("Total", "7", "6"))
    assert all(
        word in everything(reading) for word in ("Sales increase due to volume", "commentary")
    )


def test_a_line_that_introduces_figures_is_text_though_it_has_gaps(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    sheet.row("The cost of the halls", "for all tenants", "for the years", "that follow", left=20)
    sheet.pdf.text(205, sheet.at - 5, "is:")
    sheet.row("", "2026", "2027", "2028", "2029")
    sheet.row("", "$ 46", "44", "36", "30")
    said = everything(sheet.read())
    assert "The cost of the halls for all tenants for the years that follow is:" in said


def test_a_table_that_cannot_be_built_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Sheet(tmp_path / "a.pdf")
    for label in ("Rent in spring", "Rent in autumn"):
        sheet.row("", "2025", "2024")
        sheet.row(label, "30", "20")
        sheet.row("Power", "3", "2")
        sheet.down(30)
    sheet.pdf.output(str(sheet.path))
    place = "ingest.readers.pdf_tables.columns_of"

    def failing(rows: Sequence[Sequence[Chunk]], height: float) -> list[Column] | None:
        monkeypatch.setattr(place, columns_of)
        raise ValueError("heads and columns do not pair")

    monkeypatch.setattr(place, failing)
    reading = read_pdf(sheet.path, Limits())
    first, second = [block for block in reading.blocks if block.kind is BlockKind.TABLE]
    assert (first.heads, second.heads) == (0, 1), "the first is read line by line"
    assert "Rent in spring 30 20" in everything(reading)


@pytest.mark.parametrize("order", ("rows", "columns", "shuffled"))
def test_a_page_of_three_thousand_pieces_is_read_in_its_time(tmp_path: Path, order: str) -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=2.2)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    pieces = list(range(3000))
    if order == "columns":
        pieces.sort(key=lambda at: (at % 25, at))
    elif order == "shuffled":
        Random(3).shuffle(pieces)
    for at in pieces:
        pdf.text(5 + at % 25 * 8, 5 + at // 25 * 2.2, f"{at % 9}a" if at % 4 else f"{at % 9}")
    pdf.output(str(tmp_path / "dense.pdf"))
    reading = read_document(tmp_path / "dense.pdf", Media.PDF, Limits(seconds=20))
    drawn = sum(2 if at % 4 else 1 for at in pieces)
    assert len("".join(words(everything(reading)))) >= drawn


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "pages"),
    (
        ("Pfizer_2023Q2_10Q", (47, 49, 59)),
        ("JOHNSON_JOHNSON_2022_10K", (28, 59, 61)),
        ("BESTBUY_2023_10K", (53,)),
    ),
)
def test_no_word_of_a_filings_page_is_lost(
    shared: Path, tmp_path: Path, name: str, pages: tuple[int, ...]
) -> None:
    source = PdfReader(shared / "financebench" / "pdfs" / f"{name}.pdf")
    for number in pages:
        path = tmp_path / f"{number}.pdf"
        writer = PdfWriter()
        writer.add_page(source.pages[number - 1])
        writer.write(path)
        with closing(PdfDocument(path)) as drawn:
            textpage = drawn[0].get_textpage()
            lines = in_reading_order(page_lines(textpage))
            textpage.close()
        for table in page_tables(lines):
            rows = table_rows(lines)[table.start : table.end]
            needed = Counter(w for row in rows for c in row.chunks for w in words(c.text))
            cells = [*table.homeless, *(cell for row in table.rows for cell in row)]
            assert not needed - Counter(words(" ".join(cells))), number
