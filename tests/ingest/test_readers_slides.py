"""Presentations: slide by slide, with its number, in reading order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import BlockKind, Reading
from ingest.cells import cells_of
from ingest.passages import split
from ingest.readers import Limits, read_document
from ingest.recognise import recognise

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TITLE, TITLE_AND_BODY, TITLE_ONLY, BLANK = 0, 1, 5, 6


def read(deck: Any, folder: Path) -> Reading:
    path = folder / "deck.pptx"
    deck.save(str(path))
    return read_document(path, Media.PPTX)


def slide(deck: Any, layout: int, title: str = "") -> Any:
    added = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        added.shapes.title.text = title
    return added


def box(on: Any, left: float, top: float, text: str) -> Any:
    shape = on.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5))
    shape.text_frame.text = text
    return shape


def chart_data(kind: Any, **options: str) -> Any:
    return kind(**options)


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks]


def test_a_slide_is_a_page_its_title_a_heading_its_points_a_list(tmp_path: Path) -> None:
    deck = Presentation()
    slide(deck, TITLE, "Harbor Mills results").placeholders[1].text = "Third quarter"
    slide(deck, TITLE_AND_BODY, "Capacity").placeholders[1].text = "Two sites\nOne more planned"
    reading = read(deck, tmp_path)
    assert [(b.kind, b.level, b.text, b.page) for b in reading.blocks] == [
        (BlockKind.HEADING, 1, "Harbor Mills results", 1),
        (BlockKind.PARAGRAPH, 0, "Third quarter", 1),
        (BlockKind.HEADING, 2, "Capacity", 2),
        (BlockKind.PARAGRAPH, 0, "• Two sites", 2),
        (BlockKind.PARAGRAPH, 0, "• One more planned", 2),
    ]
    assert (reading.pages, reading.title) == (2, "Harbor Mills results")


def test_shapes_are_read_from_top_to_bottom_and_left_to_right(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, BLANK)
    box(page, 5, 3, "fourth")
    box(page, 1, 3.02, "third")
    box(page, 5, 1, "second")
    box(page, 1, 1.05, "first")
    assert texts(read(deck, tmp_path)) == ["first", "second", "third", "fourth"]


def test_groups_are_read_at_their_place(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, BLANK)
    box(page, 1, 4, "below")
    group = page.shapes.add_group_shape([box(page, 1, 2, "lower"), box(page, 1, 1, "upper")])
    assert group.shapes
    assert texts(read(deck, tmp_path)) == ["upper", "lower", "below"]


def test_tables_keep_their_grid_and_merged_heads(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, TITLE_ONLY, "Segments")
    table = page.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 1).text = "Fiscal 2025"
    for row, line in ((1, ("($ in millions)", "Q1", "Q2")), (2, ("Cloud", "12", "(13)"))):
        for column, text in enumerate(line):
            table.cell(row, column).text = text
    reading = read(deck, tmp_path)
    assert reading.blocks[1].rows == (
        ("", "Fiscal 2025", "Fiscal 2025"),
        ("($ in millions)", "Q1", "Q2"),
        ("Cloud", "12", "(13)"),
    )
    last = list(cells_of(reading.blocks[1]))[-1]
    assert (last.heads, last.unit) == (("Fiscal 2025", "Q2"), "USD")
    assert last.number == -13
    (passage,) = split(reading.blocks, "0" * 64, ("Harbor Mills",))
    assert (passage.page, passage.page_last) == (1, 1)
    assert passage.text.startswith("Segments\n")


def test_a_charts_figures_are_a_table_as_they_are_shown(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, TITLE_ONLY, "Profit")
    data = chart_data(CategoryChartData, number_format="0.0%")
    data.categories = ["2024", "2025"]
    data.add_series("Margin", (0.125, 0.2))
    data.add_series("Tax rate", (0.19, None))
    frame = (Inches(1), Inches(2), Inches(4), Inches(3))
    chart = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *frame, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Margins"
    table = read(deck, tmp_path).blocks[1]
    assert (table.text, table.heads) == ("Margins", 1)
    assert table.rows == (
        ("", "Margin", "Tax rate"),
        ("2024", "12.5%", "19.0%"),
        ("2025", "20.0%", ""),
    )


def test_a_charts_nested_categories_and_axis_units_are_kept(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, BLANK)
    data = chart_data(CategoryChartData, number_format="#,##0")
    for year in ("2024", "2025"):
        outer = data.add_category(year)
        outer.add_sub_category("H1")
        outer.add_sub_category("H2")
    data.add_series("Capex", (1000, 1100, 1200, 1300))
    frame = (Inches(1), Inches(2), Inches(4), Inches(3))
    chart = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *frame, data).chart
    chart.value_axis.has_title = True
    chart.value_axis.axis_title.text_frame.text = "$ in millions"
    (table,) = read(deck, tmp_path).blocks
    assert table.text == "$ in millions"
    assert table.rows[1:] == (
        ("2024 H1", "1,000"),
        ("2024 H2", "1,100"),
        ("2025 H1", "1,200"),
        ("2025 H2", "1,300"),
    )
    assert next(cells_of(table)).value == 1_000_000_000


def test_a_scatter_charts_points_are_rows(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, BLANK)
    data = chart_data(XyChartData)
    series = data.add_series("Rent")
    series.add_data_point(1.5, 20)
    series.add_data_point(2.5, 30)
    frame = (Inches(1), Inches(2), Inches(4), Inches(3))
    page.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *frame, data)
    (table,) = read(deck, tmp_path).blocks
    assert table.rows == (("", "Rent"), ("1.5", "20"), ("2.5", "30"))


def test_notes_stand_under_their_slide(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, TITLE_ONLY, "Profit")
    page.notes_slide.notes_text_frame.text = "Mention the tax."
    reading = read(deck, tmp_path)
    assert [(b.kind, b.text, b.page) for b in reading.blocks] == [
        (BlockKind.HEADING, "Profit", 1),
        (BlockKind.HEADING, "Notes", 1),
        (BlockKind.PARAGRAPH, "Mention the tax.", 1),
    ]


def test_hidden_slides_and_shapes_are_left_out_and_numbers_stay(tmp_path: Path) -> None:
    deck = Presentation()
    slide(deck, TITLE_ONLY, "Draft")._element.set("show", "0")
    slide(deck, BLANK)
    shown = slide(deck, TITLE_ONLY, "Profit")
    box(shown, 1, 3, "obey me")._element.nvSpPr.cNvPr.set("hidden", "1")
    reading = read(deck, tmp_path)
    assert [(b.text, b.page) for b in reading.blocks] == [("Profit", 3)]
    assert reading.pages == 3
    assert reading.warnings == ("hidden slides left out: 1", "slides without text: 2")


def test_properties_are_kept_and_the_files_dates_are_no_publication(tmp_path: Path) -> None:
    deck = Presentation()
    slide(deck, TITLE_ONLY, "Profit")
    deck.core_properties.author = "Ann Analyst"
    reading = read(deck, tmp_path)
    assert reading.metadata["office:author"] == "Ann Analyst"
    assert "office:created" in reading.metadata
    assert recognise(reading, "deck.pptx").published is None


def test_a_deck_of_pictures_is_refused_with_its_slides_counted(tmp_path: Path) -> None:
    deck = Presentation()
    slide(deck, BLANK)
    slide(deck, BLANK)
    with pytest.raises(InputRefused, match="no text on its 2 slides"):
        read(deck, tmp_path)


def test_a_deck_beyond_the_limit_is_read_up_to_there_and_says_so(tmp_path: Path) -> None:
    deck = Presentation()
    for title in ("One", "Two", "Three"):
        slide(deck, TITLE_ONLY, title)
    path = tmp_path / "deck.pptx"
    deck.save(str(path))
    reading = read_document(path, Media.PPTX, Limits(pages=2))
    assert (texts(reading), reading.warnings) == (["One", "Two"], ("read up to slide 2 of 3",))


def test_the_words_of_a_diagram_are_read(tmp_path: Path) -> None:
    deck = Presentation()
    page = slide(deck, TITLE_ONLY, "Plan")
    table = page.shapes.add_table(1, 1, Inches(1), Inches(2), Inches(4), Inches(1))
    data = table._element.find(f".//{{{DRAWING}}}graphicData")
    data.set("uri", DIAGRAM)
    data.remove(data[0])
    words = f'<d:dataModel xmlns:d="{DIAGRAM}" xmlns:a="{DRAWING}"><d:ptLst>' + "".join(
        f"<d:pt><d:t><a:p><a:r><a:t>{word}</a:t></a:r></a:p></d:t></d:pt>"
        for word in ("Buy", "Build")
    )
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        page.part.package,
        f"{words}</d:ptLst></d:dataModel>".encode(),
    )
    ids = etree.SubElement(data, f"{{{DIAGRAM}}}relIds")
    ids.set(f"{{{RELATIONS}}}dm", page.part.relate_to(part, f"{RELATIONS}/diagramData"))
    assert texts(read(deck, tmp_path)) == ["Plan", "• Buy", "• Build"]
