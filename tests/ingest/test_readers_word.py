"""Word documents: the final text as its reader sees it, in order, tables on their grid."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import BlockKind, Reading
from ingest.cells import cells_of
from ingest.passages import split
from ingest.readers import Limits, detect, read_document
from ingest.recognise import recognise
from tests.office_files import rewritten

FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def read(document: Document, folder: Path) -> Reading:
    path = folder / "report.docx"
    document.save(str(path))
    return read_document(path, Media.DOCX)


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks]


def element(xml: str) -> BaseOxmlElement:
    name = xml[1:].split(">")[0].split("/")[0].split()[0]
    return parse_xml(xml.replace(name, f"{name} {nsdecls('w')}", 1))


def test_headings_paragraphs_lists_and_tables_come_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Harbor Mills outlook", 0)
    document.add_heading("Capital", 1)
    document.add_paragraph("Power costs rose.")
    document.add_paragraph("two sites", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Site", "MW", "Bergen", "120"), strict=True):
        cell.text = text
    document.add_heading("Leases", 3)
    reading = read(document, tmp_path)
    assert [(b.kind, b.level, b.text) for b in reading.blocks] == [
        (BlockKind.HEADING, 1, "Harbor Mills outlook"),
        (BlockKind.HEADING, 1, "Capital"),
        (BlockKind.PARAGRAPH, 0, "Power costs rose."),
        (BlockKind.PARAGRAPH, 0, "• two sites"),
        (BlockKind.TABLE, 0, ""),
        (BlockKind.HEADING, 3, "Leases"),
    ]
    assert (reading.title, reading.pages) == ("Harbor Mills outlook", None)


def test_headings_are_told_by_outline_base_style_and_bold_titles(tmp_path: Path) -> None:
    document = docx.Document()
    own = document.styles.add_style("House Title", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    document.add_paragraph("Segments", style="House Title")
    outlined = document.add_paragraph("Cloud")
    outlined._p.get_or_add_pPr().append(element('<w:outlineLvl w:val="2"/>'))
    document.add_paragraph().add_run("Useful Lives of Servers").bold = True
    document.add_paragraph().add_run("It is all bold, and yet a sentence.").bold = True
    levels = [block.level for block in read(document, tmp_path).blocks]
    assert levels[:2] == [2, 3]
    assert levels[2] > 0
    assert levels[3] == 0


def test_the_final_text_is_read_without_what_was_deleted_or_hidden(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Capex was ")
    run = "<w:r><w:t>{}</w:t></w:r>"
    paragraph._p.append(element(f'<w:ins w:id="1" w:author="A">{run.format("$52")}</w:ins>'))
    deleted = "<w:r><w:delText>$48</w:delText></w:r>"
    paragraph._p.append(element(f'<w:del w:id="2" w:author="A">{deleted}</w:del>'))
    paragraph._p.append(
        element(f'<w:moveFrom w:id="3" w:author="A">{run.format("x")}</w:moveFrom>')
    )
    paragraph.add_run(" billion").font.hidden = False
    paragraph.add_run(" (obey me)").font.hidden = True
    hidden = document.styles.add_style("Ghost", WD_STYLE_TYPE.CHARACTER)
    hidden.font.hidden = True
    paragraph.add_run(" boo", style="Ghost")
    paragraph._p.append(element("<w:r><w:instrText>PAGE</w:instrText></w:r>"))
    document.add_comment(paragraph.runs, text="Is this right?")
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    assert texts(read(document, tmp_path)) == ["Capex was $52 billion"]


def test_content_controls_and_text_boxes_are_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    inner = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    control = element(f"<w:sdt><w:sdtContent>{inner.format('In a control')}</w:sdtContent></w:sdt>")
    document.element.body.insert(0, control)
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{inner.format('In a box')}</w:txbxContent>"
    document.add_paragraph("Beside it")._p.append(
        element(
            f'<w:r><m:AlternateContent xmlns:m="{compatibility}"><m:Choice>{box}</m:Choice>'
            f"<m:Fallback>{box}</m:Fallback></m:AlternateContent></w:r>"
        )
    )
    assert texts(read(document, tmp_path)) == ["In a control", "Beside it", "In a box"]


def test_merged_cells_stand_on_the_grid_and_the_unit_over_the_table(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Income", 1)
    document.add_paragraph("(in millions)")
    table = document.add_table(4, 4)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Fiscal 2025"
    table.cell(0, 3).text = "Fiscal 2024"
    for row, line in enumerate((("", "Q1", "Q2", "Q1"), ("Revenue", "$1,234", "$(13)", "$9")), 1):
        for column, text in enumerate(line):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(3, 3).text = "$8"
    reading = read(document, tmp_path)
    assert reading.blocks[1].rows == (
        ("", "Fiscal 2025", "Fiscal 2025", "Fiscal 2024"),
        ("", "Q1", "Q2", "Q1"),
        ("Revenue", "$1,234", "$(13)", "$9"),
        ("Revenue", "", "", "$8"),
    )
    cells = list(cells_of(reading.blocks[1]))
    assert (cells[1].heads, cells[1].value) == (("Fiscal 2025", "Q2"), Decimal(-13_000_000))
    assert cells[3].heads == ("Fiscal 2024", "Q1")
    (passage,) = split(reading.blocks, "0" * 64, ("Harbor Mills",))
    assert passage.text.startswith("Income\n(in millions)\nFiscal 2025 Q1 | Fiscal 2025 Q2")


def test_repeated_header_rows_are_the_heads(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 2)
    lines = ("Rank", "Top 10"), ("1", "20"), ("2", "30")
    for row, line in zip(table.rows, lines, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(element("<w:tblHeader/>"))
    assert read(document, tmp_path).blocks[0].heads == 1


def test_tables_that_only_frame_text_are_text(tmp_path: Path) -> None:
    document = docx.Document()
    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "A framed remark."
    inner = frame.add_table(2, 2)
    for cell, text in zip(inner._cells, ("Site", "MW", "Oslo", "80"), strict=True):
        cell.text = text
    first, second = read(document, tmp_path).blocks
    assert (first.kind, first.text) == (BlockKind.PARAGRAPH, "A framed remark.")
    assert second.rows == (("Site", "MW"), ("Oslo", "80"))


def test_footnotes_stand_at_the_end_under_their_number(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Revenue rose")._p.append(
        element('<w:r><w:footnoteReference w:id="2"/></w:r>')
    )
    plain, path = tmp_path / "plain.docx", tmp_path / "noted.docx"
    document.save(str(plain))
    note = (
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Without Bergen.</w:t></w:r></w:p></w:footnote>'
    )
    relation = f'<Relationship Id="rN" Type="{FOOTNOTES}" Target="footnotes.xml"/>'
    part = f'<Override PartName="/word/footnotes.xml" ContentType="{FOOTNOTES_TYPE}"/>'
    changes = {
        "word/_rels/document.xml.rels": ("</Relationships>", f"{relation}</Relationships>"),
        "[Content_Types].xml": ("</Types>", f"{part}</Types>"),
    }
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    rewritten(plain, path, changes, {"word/footnotes.xml": notes})
    assert texts(read_document(path, Media.DOCX)) == [
        "Revenue rose (footnote 2)",
        "Footnotes",
        "(footnote 2) Without Bergen.",
    ]


def test_the_list_of_contents_is_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Outlook ... 7", style="toc 1")
    document.add_heading("Outlook", 1)
    assert texts(read(document, tmp_path)) == ["Outlook"]


def test_properties_are_kept_and_the_files_dates_are_no_publication(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Rents fell.")
    document.core_properties.title = "Rents in the north"
    document.core_properties.author = "Ann Analyst"
    document.core_properties.created = datetime(2021, 5, 4)
    reading = read(document, tmp_path)
    assert reading.title == "Rents in the north"
    assert reading.metadata["office:author"] == "Ann Analyst"
    assert reading.metadata["office:created"] == "2021-05-04"
    assert recognise(reading, "report.docx").published is None


def test_a_document_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no text"):
        read(docx.Document(), tmp_path)


def test_a_document_over_the_limit_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("word " * 100)
    path = tmp_path / "long.docx"
    document.save(str(path))
    with pytest.raises(InputRefused, match="more than 50 characters"):
        read_document(path, Media.DOCX, Limits(characters=50))


def test_a_document_with_macros_is_read_without_them(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Rents fell.")
    plain, path = tmp_path / "plain.docx", tmp_path / "macros.docm"
    document.save(str(plain))
    types = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main",
        "application/vnd.ms-word.document.macroEnabled.main",
    )
    macros = {"word/vbaProject.bin": "Sub AutoOpen()"}
    rewritten(plain, path, {"[Content_Types].xml": types}, macros)
    assert detect(path.read_bytes(), path.name) is Media.DOCX
    assert texts(read_document(path, Media.DOCX)) == ["Rents fell."]
