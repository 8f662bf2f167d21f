"""Lines of a PDF page with their boxes, as pdfium sees them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from ingest.readers.clean import one_line

__all__ = ["PageLine", "page_lines"]

HYPHEN = "\ufffe"
"""What pdfium puts for a hyphen at a line's end."""

_LINE = re.compile(r"[^\r\n]+")
_RULE = re.compile(r"[\W_]*")
_TINY = 2.0


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line and its box in points, the origin at the page's bottom left.

    `hidden`: drawn white, tinier than two points or invisibly. Where pdfium's text and its
    characters do not match one to one, all edges are 0.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    hidden: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom


def page_lines(textpage: Any) -> tuple[PageLine, ...]:
    """Return the page's lines of text from top to bottom as pdfium orders them."""
    text: str = textpage.get_text_range()
    placed = len(text) == textpage.count_chars()
    return tuple(line for line in _lines(textpage, text, placed) if not _RULE.fullmatch(line.text))


def _lines(textpage: Any, text: str, placed: bool) -> Iterator[PageLine]:
    for match in _LINE.finditer(text):
        shown = one_line(match.group().replace(HYPHEN, "\ue0fe")).replace("\ue0fe", HYPHEN)
        if not placed:
            yield PageLine(shown)
            continue
        first = match.start() + len(match.group()) - len(match.group().lstrip())
        last = match.start() + len(match.group().rstrip()) - 1
        if last >= first:
            yield _placed(textpage, shown, first, last)


def _placed(textpage: Any, text: str, first: int, last: int) -> PageLine:
    left, right, bottom, top = _box(textpage, first)
    right = max(right, _box(textpage, last)[1])
    return PageLine(text, left, right, top, bottom, _is_hidden(textpage, first))


def _box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a character's line-high box."""
    box = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(textpage.raw, index, ctypes.byref(box))
    return box.left, box.right, box.bottom, box.top


def _is_hidden(textpage: Any, index: int) -> bool:
    if 0 < pdfium_c.FPDFText_GetFontSize(textpage.raw, index) < _TINY:
        box = _box(textpage, index)
        return box[3] - box[2] < _TINY
    colours = [ctypes.c_uint() for _ in range(4)]
    known = pdfium_c.FPDFText_GetFillColor(textpage.raw, index, *map(ctypes.byref, colours))
    if known and (colours[3].value == 0 or all(part.value >= 250 for part in colours[:3])):
        return True
    drawn = pdfium_c.FPDFText_GetTextObject(textpage.raw, index)
    invisible = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
    return bool(drawn) and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) == invisible
