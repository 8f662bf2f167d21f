"""Presentations (.pptx): a slide is a page; its title heads its text, tables, charts and notes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml.ns import qn

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.grid import GridCell, gridded
from ingest.readers.lines import with_captions
from ingest.readers.office import core_metadata, no_more_than, refuse_other
from ingest.readers.package import opened_package
from ingest.readers.slide_charts import chart_block, diagram_texts

__all__ = ["read_slides"]

_BROKEN = (ValueError, KeyError, AttributeError, PythonPptxError, etree.XMLSyntaxError)
_MOST_NESTED = 8
_SAME_LINE = 0.03
"""Shapes whose tops are nearer, as a share of the slide's height, stand side by side."""
_TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE})
_FURNITURE = frozenset({PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER})
_LISTS = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY})
_BULLETS = (qn("a:buChar"), qn("a:buAutoNum"), qn("a:buBlip"))


def read_slides(data: bytes, limits: Limits) -> Reading:
    """Read a presentation; raises InputRefused where it is none or holds no text.

    Slides keep their numbers as pages. Hidden slides are left out, for whoever was shown the
    deck did not see them; a warning names them, and those without text.
    """
    with opened_package(data) as archive:
        refuse_other(archive, data, Media.PPTX)
        try:
            return _read(data, limits)
        except _BROKEN as error:
            raise InputRefused(f"a broken presentation ({error}): open and save it") from error


def _read(data: bytes, limits: Limits) -> Reading:
    deck = Presentation(io.BytesIO(data))
    blocks: list[Block] = []
    hidden, empty = [], []
    slides = list(deck.slides)[: limits.pages]
    line = (deck.slide_height or 1) * _SAME_LINE
    for number, slide in enumerate(slides, start=1):
        if slide.element.get("show") in {"0", "false"}:
            hidden.append(number)
            continue
        found = list(_slide(slide, number, line))
        if not found:
            empty.append(number)
        blocks += found
        no_more_than(limits, blocks)
    if not blocks:
        raise InputRefused(f"no text on its {len(slides)} slides: pictures need OCR first")
    metadata = core_metadata(deck.core_properties)
    first = blocks[0].text if blocks[0].kind is BlockKind.HEADING else ""
    title = str(metadata.get("office:title", "")) or first or None
    warnings = [*_named("hidden slides left out", hidden), *_named("slides without text", empty)]
    if len(deck.slides) > len(slides):
        warnings.append(f"read up to slide {len(slides):,} of {len(deck.slides):,}")
    blocks = with_captions(blocks)
    return Reading(Media.PPTX, tuple(blocks), len(slides), title, metadata, tuple(warnings))


def _named(what: str, numbers: Sequence[int]) -> Iterator[str]:
    if numbers:
        yield f"{what}: {', '.join(map(str, numbers))}"


def _slide(slide: Any, number: int, line: float) -> Iterator[Block]:
    shapes = list(_in_order(slide.shapes, line, 0))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    for shape in titles:
        if text := one_line(shape.text_frame.text):
            yield Block(BlockKind.HEADING, text, 1 if number == 1 else 2, number)
    for shape in shapes:
        if shape not in titles and _placeholder(shape) not in _FURNITURE:
            for block in _shape(shape):
                yield replace(block, page=number)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        notes = [Block(BlockKind.PARAGRAPH, text, page=number) for text in _lines(frame)]
        if notes:
            yield Block(BlockKind.HEADING, "Notes", 3, number)
            yield from notes


def _lines(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs if frame is not None else ():
        if text := one_line(paragraph.text):
            yield text


def _in_order(shapes: Any, line: float, depth: int) -> Iterator[Any]:
    """Yield shapes line by line, each from left to right; groups are read at their place."""
    placed = sorted(
        (shape for shape in shapes if not _is_hidden(shape)), key=lambda shape: shape.top or 0
    )
    lines: list[list[Any]] = []
    for shape in placed:
        if lines and (shape.top or 0) - (lines[-1][0].top or 0) <= line:
            lines[-1].append(shape)
        else:
            lines.append([shape])
    for row in lines:
        for shape in sorted(row, key=lambda shape: shape.left or 0):
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP and depth < _MOST_NESTED:
                yield from _in_order(shape.shapes, line, depth + 1)
            else:
                yield shape


def _is_hidden(shape: Any) -> bool:
    """Tell whether the selection pane hides a shape."""
    return any(named.get("hidden") in {"1", "true"} for named in shape.element.iter(qn("p:cNvPr")))


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _shape(shape: Any) -> Iterator[Block]:
    if getattr(shape, "has_table", False):
        yield from _table(shape.table)
    elif getattr(shape, "has_chart", False):
        yield from chart_block(shape.chart)
    elif shape.has_text_frame:
        listed = _placeholder(shape) in _LISTS
        for paragraph in shape.text_frame.paragraphs:
            if text := one_line(paragraph.text):
                bullet = "• " if _is_item(paragraph, listed) else ""
                yield Block(BlockKind.PARAGRAPH, f"{bullet}{text}")
    else:
        for text in diagram_texts(shape):
            yield Block(BlockKind.PARAGRAPH, f"• {text}")


def _is_item(paragraph: Any, listed: bool) -> bool:
    properties = paragraph._p.pPr
    if properties is not None and properties.find(qn("a:buNone")) is not None:
        return False
    marked = properties is not None and any(properties.find(b) is not None for b in _BULLETS)
    return listed or marked or paragraph.level > 0


def _table(table: Any) -> Iterator[Block]:
    cells = [
        GridCell(row, column, text, cell.span_height, cell.span_width)
        for row, line in enumerate(table.rows)
        for column, cell in enumerate(line.cells)
        if not cell.is_spanned and (text := one_line(cell.text_frame.text))
    ]
    if len({cell.column for cell in cells}) < 2:
        yield from (Block(BlockKind.PARAGRAPH, cell.text) for cell in cells)
    else:
        yield gridded(cells, 0, headed=table.first_row)
