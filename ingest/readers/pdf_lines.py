"""Lines of a PDF page with the boxes of their words, as pdfium sees them."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium_c

from ingest.readers.clean import one_line
from ingest.readers.pdf_words import Word

__all__ = ["HYPHEN", "PageLine", "page_lines"]

HYPHEN = "\ufffe"
"""What pdfium puts for a hyphen at a line's end; the next line's text follows at once."""

_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(rf"[^\s{HYPHEN}]+{HYPHEN}?|{HYPHEN}")
_RULE = re.compile(r"[\W_]*")
_KEPT_HYPHEN = "\ue0fe"
_SIGNS = frozenset({"—", "–", "$", "%"})
_SMALL = 0.75
_BESIDE = 0.4
_TINY = 2.0

Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line and its box in points as it is read: text turned on its side is turned upright.

    `hidden`: drawn white, tinier than two points or invisibly. `turned`: the quarter turns,
    clockwise, by which the text was drawn on its side. Where pdfium's text and its
    characters do not match one to one, all edges are 0 and there are no `words`.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    hidden: bool = False
    words: tuple[Word, ...] = ()
    turned: int = 0

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class _Placed:
    word: Word
    bottom: float
    top: float
    at: int
    turned: int


def page_lines(textpage: Any) -> tuple[PageLine, ...]:
    """Return the page's lines of text in pdfium's order, from top to bottom as a rule."""
    text: str = textpage.get_text_range()
    lines: Iterator[PageLine]
    if len(text) != textpage.count_chars():
        lines = (PageLine(_shown(match.group())) for match in _LINE.finditer(text))
    else:
        lines = _placed_lines(textpage, text)
    return tuple(line for line in lines if _says_something(line))


def _says_something(line: PageLine) -> bool:
    """Tell text from a drawn rule; signs may head a column, dashes say that there is nothing."""
    return not _RULE.fullmatch(line.text) or any(word.text in _SIGNS for word in line.words)


def _shown(raw: str) -> str:
    return one_line(raw.replace(HYPHEN, _KEPT_HYPHEN)).replace(_KEPT_HYPHEN, HYPHEN)


def _placed_lines(textpage: Any, text: str) -> Iterator[PageLine]:
    boxes = _Boxes(textpage.raw)
    for match in _LINE.finditer(text):
        line: list[_Placed] = []
        for word in boxes.words(match.group(), match.start()):
            if line and not _beside(line, word):
                yield boxes.line(line)
                line = []
            line.append(word)
        if line:
            yield boxes.line(line)


def _height(placed: _Placed) -> float:
    return placed.top - placed.bottom


def _beside(line: list[_Placed], word: _Placed) -> bool:
    """Tell whether a word stands on the line; pdfium does not break every one of them."""
    tallest = max(line, key=_height)
    overlap = min(tallest.top, word.top) - max(tallest.bottom, word.bottom)
    if line[-1].word.text.endswith(HYPHEN) and word.word.left < line[-1].word.left:
        return False
    return overlap > _BESIDE * min(_height(tallest), _height(word))


class _Boxes:
    """Boxes of characters, line-high, turned upright by the angle of their line."""

    def __init__(self, textpage: Any) -> None:
        self._textpage = textpage
        self._rectangle = pdfium_c.FS_RECTF()
        self._reference = ctypes.byref(self._rectangle)
        self._drawn: int | None = None
        self._hidden = False

    def words(self, raw: str, start: int) -> Iterator[_Placed]:
        """Yield the words of `raw`, whose first character is the page's character `start`."""
        turned = self._turned(start + len(raw) - len(raw.lstrip()))
        for match in _WORD.finditer(raw):
            first, last = start + match.start(), start + match.end() - 1
            shown = match.group() if match.group().isascii() else _shown(match.group())
            if shown:
                yield self._placed(shown, first, last, turned)

    def _turned(self, index: int) -> int:
        angle: float = pdfium_c.FPDFText_GetCharAngle(self._textpage, index)
        return round(angle / (math.pi / 2)) % 4

    def _placed(self, shown: str, first: int, last: int, turned: int) -> _Placed:
        a, b = _upright(self._box(first), turned), _upright(self._box(last), turned)
        word = Word(shown, min(a[0], b[0]), max(a[1], b[1]))
        return _Placed(word, a[2], a[3], first, turned)

    def _box(self, index: int) -> Box:
        pdfium_c.FPDFText_GetLooseCharBox(self._textpage, index, self._reference)
        box = self._rectangle
        return box.left, box.right, box.bottom, box.top

    def line(self, placed: list[_Placed]) -> PageLine:
        tallest = max(placed, key=_height)
        small = _SMALL * _height(tallest)
        words = tuple(
            replace(each.word, small=True) if _height(each) < small else each.word
            for each in placed
        )
        first = placed[0]
        return PageLine(
            " ".join(word.text for word in words),
            min(word.left for word in words),
            max(word.right for word in words),
            tallest.top,
            tallest.bottom,
            any(map(self._is_hidden, placed)),
            words,
            first.turned,
        )

    def _is_hidden(self, placed: _Placed) -> bool:
        """Words drawn at one go share their style: it is asked once."""
        drawn = pdfium_c.FPDFText_GetTextObject(self._textpage, placed.at)
        address = ctypes.cast(drawn, ctypes.c_void_p).value
        if address is None or address != self._drawn:
            self._drawn, self._hidden = address, self._asked(placed, drawn)
        return self._hidden

    def _asked(self, placed: _Placed, drawn: Any) -> bool:
        index = placed.at
        if 0 < pdfium_c.FPDFText_GetFontSize(self._textpage, index) < _TINY:
            return _height(placed) < _TINY
        colours = [ctypes.c_uint() for _ in range(4)]
        known = pdfium_c.FPDFText_GetFillColor(self._textpage, index, *map(ctypes.byref, colours))
        if known and (colours[3].value == 0 or all(part.value >= 250 for part in colours[:3])):
            return True
        invisible = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        return bool(drawn) and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) == invisible


def _upright(box: Box, turned: int) -> Box:
    """Turn a box back by the quarter turns of its text."""
    left, right, bottom, top = box
    if turned == 1:
        return -top, -bottom, left, right
    if turned == 2:
        return -right, -left, -top, -bottom
    if turned == 3:
        return bottom, top, -right, -left
    return box
