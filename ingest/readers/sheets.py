"""Workbooks (.xlsx): each visible sheet a heading and its tables, values as they are shown."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.number_format import shown
from ingest.readers.office import core_metadata, no_more_than, refuse_other
from ingest.readers.package import opened_package
from ingest.readers.sheet_heads import Cells
from ingest.readers.sheet_tables import sheet_blocks

__all__ = ["read_workbook"]

_MOST_CELLS = 1_000_000
_MOST_COVERED = 100_000
_BROKEN = (ValueError, KeyError, TypeError, IndexError, OSError, etree.XMLSyntaxError, SyntaxError)
_REMEDY = "open and save the file in a spreadsheet program"
_TRUE = frozenset({"1", "true", "on"})


@dataclass(slots=True)
class _Layout:
    """What a sheet's XML tells beyond its values, rows and columns counted from 1.

    `left_out` gathers the hidden columns that hold something.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncalculated: int = 0


def read_workbook(data: bytes, limits: Limits) -> Reading:
    """Read a workbook; raises InputRefused where it is none, holds nothing or too much.

    Values are those that the last program stored: formulas are never computed, links to other
    workbooks never followed, macros never read.
    """
    with opened_package(data) as archive:
        refuse_other(archive, data, Media.XLSX)
        try:
            return _read(data, archive, limits)
        except (*_BROKEN, InvalidFileException) as error:
            raise InputRefused(f"a broken workbook ({error}): open and save it") from error


def _read(data: bytes, archive: ZipFile, limits: Limits) -> Reading:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    told: Counter[str] = Counter()
    blocks: list[Block] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            told["hidden sheet"] += 1
            continue
        found = list(_sheet(sheet, archive, told))
        if found:
            blocks += [Block(BlockKind.HEADING, one_line(sheet.title), 2), *found]
        no_more_than(limits, blocks)
    if not blocks:
        raise InputRefused(_empty(told))
    metadata = core_metadata(book.properties)
    title = str(metadata.get("office:title", "")) or None
    return Reading(Media.XLSX, tuple(blocks), None, title, metadata, tuple(_warnings(told)))


def _empty(told: Counter[str]) -> str:
    if told["formula without a value"]:
        return f"formulas without values: {_REMEDY}"
    return "no text in its visible sheets"


def _warnings(told: Counter[str]) -> Iterator[str]:
    for what in ("hidden sheet", "hidden row", "hidden column"):
        if count := told[what]:
            yield f"{count:,} {what}{'s' * (count > 1)} left out"
    if count := told["formula without a value"]:
        yield f"formulas without values ({count:,}): {_REMEDY}"
    if count := told["error"]:
        yield f"cells that show an error such as #REF!: {count:,}"


def _sheet(sheet: Any, archive: ZipFile, told: Counter[str]) -> Iterator[Block]:
    # The path of a sheet's part has no public name in read-only mode.
    layout = _layout(archive, sheet._worksheet_path)
    # The size that a file declares may be a lie, and its cells are made up to it.
    sheet.reset_dimensions()
    numbers: list[int] = []
    rows: list[Cells] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = _shown_row(row, layout, told)
        if cells and number in layout.hidden_rows:
            told["hidden row"] += 1
        elif cells or (rows and rows[-1]):
            numbers.append(number)
            rows.append(cells)
    if told["cell"] > _MOST_CELLS:
        raise InputRefused(f"more than {_MOST_CELLS:,} cells: keep the sheets that you need")
    told["hidden column"] += len(layout.left_out)
    told["formula without a value"] += layout.uncalculated
    spans = _fill_merged(rows, numbers, layout)
    yield from sheet_blocks(rows, spans)


def _shown_row(row: Any, layout: _Layout, told: Counter[str]) -> dict[int, str]:
    cells: dict[int, str] = {}
    for cell in row:
        if cell.value is None:
            continue
        told["cell"] += 1
        if told["cell"] > _MOST_CELLS:
            break
        text = shown(cell.value, cell.number_format)
        if cell.data_type == "e":
            told["error"] += 1
        if text and cell.column in layout.hidden_columns:
            layout.left_out.add(cell.column)
        elif text:
            cells[cell.column] = text
    return cells


def _fill_merged(
    rows: list[Cells], numbers: list[int], layout: _Layout
) -> dict[tuple[int, int], int]:
    """Repeat merged text down its rows; return the last column of what is merged across some."""
    at = {number: index for index, number in enumerate(numbers)}
    spans: dict[tuple[int, int], int] = {}
    for first, top, last, bottom in layout.merged[:_MOST_COVERED]:
        text = rows[at[top]].get(first, "") if top in at else ""
        if not text:
            continue
        for number in range(top, min(bottom, numbers[-1]) + 1):
            if number in at:
                rows[at[number]] = {**rows[at[number]], first: text}
                if last > first:
                    spans[at[number], first] = last
    return spans


def _layout(archive: ZipFile, part: str) -> _Layout:
    layout = _Layout()
    with archive.open(part) as stream:
        for _, element in etree.iterparse(
            stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
        ):
            _note(element, etree.QName(element).localname, layout)
    return layout


def _note(element: Any, name: str, layout: _Layout) -> None:
    if name == "c":
        children = {etree.QName(child).localname: child for child in element}
        value = children.get("v")
        if "f" in children and (value is None or not value.text):
            layout.uncalculated += 1
    elif name == "row":
        if element.get("hidden") in _TRUE and element.get("r", "").isdecimal():
            layout.hidden_rows.add(int(element.get("r")))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    elif name == "col" and element.get("hidden") in _TRUE:
        first, last = int(element.get("min")), int(element.get("max"))
        layout.hidden_columns.update(range(first, min(last, 16_384) + 1))
    elif name == "mergeCell":
        edges = [edge for edge in range_boundaries(element.get("ref")) if edge]
        if len(edges) == 4:
            layout.merged.append((edges[0], edges[1], edges[2], edges[3]))
