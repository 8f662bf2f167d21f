"""Word (.docx): headings by their styles, paragraphs, lists, tables and notes in order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.grid import GridCell, gridded
from ingest.readers.lines import with_captions
from ingest.readers.office import core_metadata, no_more_than, refuse_other
from ingest.readers.package import opened_package
from ingest.readers.shape import heading_level
from ingest.readers.word_styles import Styles
from ingest.readers.word_text import is_on, paragraph_text, value_of

__all__ = ["read_word"]

_BROKEN = (ValueError, KeyError, AttributeError, OpcError, etree.XMLSyntaxError)
_WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
_TEMPLATES = CONTENT_TYPE.WML_DOCUMENT_MAIN.replace("document.main", "template.main")
_MOST_NESTED = 8
_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:smartTag")))
_NOTES = (
    ("Footnotes", RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote", "footnote"),
    ("Endnotes", RELATIONSHIP_TYPE.ENDNOTES, "w:endnote", "endnote"),
)
_CONTENTS = re.compile(r"toc \d|table of figures", re.IGNORECASE)


def read_word(data: bytes, limits: Limits) -> Reading:
    """Read a Word document; raises InputRefused where it is none or holds no text.

    Running heads and feet, comments, hidden and deleted text and the list of contents are left
    out; footnotes stand at the end. Nothing that it links to is fetched, macros are never read.
    """
    with opened_package(data) as archive:
        refuse_other(archive, data, Media.DOCX)
        try:
            return _read(data, limits)
        except _BROKEN as error:
            raise InputRefused(f"a broken Word document ({error}): open and save it") from error


def _read(data: bytes, limits: Limits) -> Reading:
    for kind in (_WITH_MACROS, _TEMPLATES):
        PartFactory.part_type_for[kind] = DocumentPart
    part = Package.open(io.BytesIO(data)).main_document_part
    document: Document = part.document
    styles = Styles(document)
    body = [*_blocks(document.element.body, styles, 0), *_notes(part, styles)]
    blocks = tuple(with_captions(body))
    if not blocks:
        raise InputRefused("no text: its pages may be pictures, which need OCR first")
    no_more_than(limits, blocks)
    metadata = core_metadata(document.core_properties)
    title = _title(blocks) or str(metadata.get("office:title", ""))
    return Reading(Media.DOCX, blocks, None, title or None, metadata)


def _title(blocks: tuple[Block, ...]) -> str:
    first = blocks[0]
    return first.text if first.kind is BlockKind.HEADING and first.level == 1 else ""


def _blocks(container: Any, styles: Styles, depth: int) -> Iterator[Block]:
    for element in _children(container):
        if element.tag == qn("w:p"):
            yield from _paragraph(element, styles)
            if depth < _MOST_NESTED:
                for box in _text_boxes(element):
                    yield from _blocks(box, styles, depth + 1)
        elif element.tag == qn("w:tbl") and depth < _MOST_NESTED:
            yield from _table(element, styles, depth + 1)


def _children(container: Any) -> Iterator[Any]:
    """Children, and those of the wrappers between: content controls, insertions."""
    stack = list(reversed(container))
    while stack:
        element = stack.pop()
        if element.tag in _WRAPPERS:
            stack.extend(reversed(element))
        else:
            yield element


def _text_boxes(paragraph: Any) -> Iterator[Any]:
    for box in paragraph.iter(qn("w:txbxContent")):
        above = {etree.QName(parent).localname for parent in box.iterancestors()}
        if not above & {"Fallback", "del"}:
            yield box


def _paragraph(paragraph: Any, styles: Styles) -> Iterator[Block]:
    properties = paragraph.find(qn("w:pPr"))
    style = value_of(properties, "w:pStyle")
    text = paragraph_text(paragraph, styles.hides)
    if not text or styles.hides(style) or _CONTENTS.fullmatch(styles.name(style)):
        return
    level = styles.level(style, properties)
    if level is None:
        level = heading_level(text) if _is_bold(paragraph) else 0
    if level:
        yield Block(BlockKind.HEADING, text, level)
    elif styles.is_list(style, properties):
        yield Block(BlockKind.PARAGRAPH, f"• {text}")
    else:
        yield Block(BlockKind.PARAGRAPH, text)


def _is_bold(paragraph: Any) -> bool:
    """A title that was only made bold: all of its words are."""
    runs = [run for run in paragraph.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
    return bool(runs) and all(is_on(run.find(qn("w:rPr")), "w:b") for run in runs)


def _table(table: Any, styles: Styles, depth: int) -> Iterator[Block]:
    """A table of data as such; one that only frames text as the text in it."""
    rows = [row for row in _children(table) if row.tag == qn("w:tr") and not _is_out(row)]
    cells = list(_cells(rows, styles, depth))
    if len({cell.column for cell in cells if cell.text}) < 2 or len(rows) < 2:
        for row in rows:
            for cell in _children(row):
                yield from _blocks(cell, styles, depth)
        return
    heads = 0
    while heads < len(rows) and is_on(rows[heads].find(qn("w:trPr")), "w:tblHeader"):
        heads += 1
    yield gridded(cells, heads if heads < len(rows) else 0)


def _is_out(row: Any) -> bool:
    properties = row.find(qn("w:trPr"))
    deleted = properties is not None and properties.find(qn("w:del")) is not None
    return deleted or is_on(properties, "w:hidden")


def _cells(rows: list[Any], styles: Styles, depth: int) -> Iterator[GridCell]:
    """Yield the cells; one that goes on from the row above adds to the height of the upper one."""
    open_cells: dict[int, GridCell] = {}
    for number, row in enumerate(rows):
        column = _number(value_of(row.find(qn("w:trPr")), "w:gridBefore"), 0)
        for element in _children(row):
            if element.tag != qn("w:tc"):
                continue
            properties = element.find(qn("w:tcPr"))
            width = _number(value_of(properties, "w:gridSpan"), 1)
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
            above = open_cells.pop(column, None)
            if goes_on and above is not None:
                cell = GridCell(above.row, column, above.text, above.height + 1, width)
            else:
                cell = GridCell(number, column, _cell_text(element, styles, depth), 1, width)
            # A cell that grew covers the shorter one that was yielded before it.
            yield cell
            open_cells[column] = cell
            column += width


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else default


def _cell_text(cell: Any, styles: Styles, depth: int) -> str:
    return " ".join(
        " ".join(filter(None, (block.text, *(" ".join(row) for row in block.rows))))
        for block in _blocks(cell, styles, depth)
    )


def _notes(part: Any, styles: Styles) -> Iterator[Block]:
    for title, kind, tag, noun in _NOTES:
        related = [rel for rel in part.rels.values() if rel.reltype == kind and not rel.is_external]
        notes = [
            Block(BlockKind.PARAGRAPH, f"({noun} {note.get(qn('w:id'))}) {text}")
            for relation in related
            for note in parse_xml(relation.target_part.blob).findall(qn(tag))
            if note.get(qn("w:type"), "normal") == "normal"
            and (text := _cell_text(note, styles, 0))
        ]
        if notes:
            yield Block(BlockKind.HEADING, title, 2)
            yield from notes
