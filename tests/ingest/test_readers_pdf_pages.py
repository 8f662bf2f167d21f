"""Pages of PDFs in reading order, and their sections by the outline, read in the real child."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from corpus.models import Media
from ingest.blocks import BlockKind, Reading
from ingest.readers import read_document

WEST = (
    "The western hall was opened in spring",
    "and holds the racks that the first of",
    "the tenants took for a term of four",
    "years, with power from the river and",
    "cooling from the lake beside it, which",
    "is said to freeze over in most winters",
    "and to thaw before the end of March.",
)
EAST = (
    "In the eastern hall stand the spares",
    "that nobody has asked for since the",
    "year before last; they are kept cold",
    "and dark so that the insurer agrees",
    "to go on paying for them, as he has",
    "done without a word of complaint for",
    "longer than anyone cares to remember.",
)


def document() -> FPDF:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=10)
    pdf.add_page()
    return pdf


def saved(pdf: FPDF, path: Path) -> Reading:
    pdf.output(str(path))
    return read_document(path, Media.PDF)


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if block.kind is BlockKind.PARAGRAPH]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    pdf = document()
    for number, (left, right) in enumerate(zip(WEST, EAST, strict=True)):
        pdf.text(20, 30 + 5 * number, left)
        pdf.text(115, 30 + 5 * number, right)
    text = " ".join(texts(saved(pdf, tmp_path / "two.pdf")))
    assert " ".join(WEST) in text
    assert " ".join(EAST) in text
    assert text.index(WEST[-1]) < text.index(EAST[0])


def test_a_table_is_not_read_by_columns(tmp_path: Path) -> None:
    pdf = document()
    for number in range(8):
        pdf.text(20, 30 + 5 * number, f"Rent of hall {'abcdefgh'[number]} in the year")
        pdf.text(150, 30 + 5 * number, str(11 * number + 10))
    tables = [block for block in saved(pdf, tmp_path / "a.pdf").blocks if block.rows]
    assert tables[0].rows[1] == ("Rent of hall b in the year", "21")


def test_a_page_on_its_side_is_read_upright(tmp_path: Path) -> None:
    pdf = document()
    with pdf.rotation(90, x=105, y=148):
        for number, row in enumerate(
            (("", "2025", "2024"), ("Rent", "30", "20"), ("Power", "5", "4"))
        ):
            for left, cell in zip((30, 110, 150), row, strict=True):
                pdf.text(left, 100 + 6 * number, cell)
    reading = saved(pdf, tmp_path / "side.pdf")
    (table,) = [block for block in reading.blocks if block.rows]
    assert table.rows == (("", "2025", "2024"), ("Rent", "30", "20"), ("Power", "5", "4"))


def test_a_page_that_is_turned_when_shown(tmp_path: Path) -> None:
    pdf = document()
    with pdf.rotation(90, x=105, y=148):
        for number, line in enumerate(WEST):
            pdf.text(30, 100 + 5 * number, line)
    pdf.output(str(tmp_path / "plain.pdf"))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    reading = read_document(tmp_path / "turned.pdf", Media.PDF)
    assert " ".join(WEST) in " ".join(texts(reading))


def test_a_stamp_on_the_side_of_a_page_leaves_its_tables_alone(tmp_path: Path) -> None:
    pdf = document()
    for number, row in enumerate((("", "2025", "2024"), ("Rent", "30", "20"), ("Power", "5", "4"))):
        for left, cell in zip((30, 130, 160), row, strict=True):
            pdf.text(left, 100 + 6 * number, cell)
    with pdf.rotation(90, x=10, y=200):
        pdf.text(10, 200, "Received by the clerk of the hall")
    reading = saved(pdf, tmp_path / "stamp.pdf")
    (table,) = [block for block in reading.blocks if block.rows]
    assert table.rows == (("", "2025", "2024"), ("Rent", "30", "20"), ("Power", "5", "4"))
    assert any("Received by the clerk" in block.text for block in reading.blocks)


def outlined(path: Path) -> Reading:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=10)
    sections = (
        ("Part I", "Part I", 0),
        ("Item 2. Halls", "Item 2. Halls", 1),
        ("What the halls earn", "what the halls earn", 2),
        ("Leases", "", 2),
    )
    for number, (title, shown, level) in enumerate(sections):
        pdf.add_page()
        pdf.start_section(title, level=level)
        if shown:
            pdf.multi_cell(0, 6, shown, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(6)
        # What many pages repeat at their edges would be taken for a running head.
        pdf.multi_cell(0, 6, " ".join((*WEST[number:], *EAST)))
    return saved(pdf, path)


def test_the_outline_gives_headings_and_their_levels(tmp_path: Path) -> None:
    reading = outlined(tmp_path / "outlined.pdf")
    headings = [(b.text, b.level, b.page) for b in reading.blocks if b.kind is BlockKind.HEADING]
    assert headings == [
        ("Part I", 1, 1),
        ("Item 2. Halls", 2, 2),
        ("What the halls earn", 3, 3),
        ("Leases", 3, 4),
    ]


def test_a_title_that_runs_into_its_text_is_parted_from_it(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=10)
    for title in ("Western hall", "Eastern hall", "Northern hall"):
        pdf.add_page()
        pdf.start_section(title)
        pdf.multi_cell(0, 6, f"{title} {' '.join(WEST)}")
    reading = saved(pdf, tmp_path / "run-in.pdf")
    assert [(b.text, b.kind) for b in reading.blocks[:2]] == [
        ("Western hall", BlockKind.HEADING),
        (" ".join(WEST), BlockKind.PARAGRAPH),
    ]


def test_raised_marks_stay_with_their_line(tmp_path: Path) -> None:
    pdf = document()
    pdf.text(20, 30, "The hall is let to a tenant")
    pdf.text(75, 30, "for a term of years that ends soon.")
    pdf.text(20, 35, "It is not for sale.")
    pdf.set_font_size(6)
    pdf.text(66, 28.5, "(a)")
    assert texts(saved(pdf, tmp_path / "marks.pdf")) == [
        "The hall is let to a tenant (a) for a term of years that ends soon. It is not for sale."
    ]
