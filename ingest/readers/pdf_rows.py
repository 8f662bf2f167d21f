"""Pure: a page's lines as rows of chunks: figures, heads of columns, or what goes between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.pdf_lines import PageLine
from ingest.readers.pdf_words import Chunk, chunks_of
from ingest.readers.shape import ends_sentence, is_bullet, numbered_heading_level

__all__ = ["TableRow", "is_unit_note", "table_rows"]

_YEAR = re.compile(
    r"(?:FY\s?|Q[1-4]\s)?['’]?(?:19|20)\d\d(?:[AE]|\s?\(\w{1,2}\)|\*)?", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\b(?:(?:19|20)\d\d|ended|ending|as of|months|weeks|quarters?|fiscal|years?|change|"
    r"increase|decrease|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2},?)(?!\w)",
    re.IGNORECASE,
)
_UNIT_NOTE = re.compile(
    r"\((?:[^()]|\([^()]*\))*\b(?:millions?|thousands?|billions?|dollars|unaudited|percent|000s?)\b"
    r"(?:[^()]|\([^()]*\))*\)"
    r"|(?:dollars |amounts |\$ |us\$ |shares )*in (?:millions|thousands|billions)\b.*"
    r"|\(unaudited\)",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(r"\b(?:following|follows|below|table)\b.*:$", re.IGNORECASE)
_LABEL_WORDS = 28
_SENTENCE_WORDS = 6
_PERIOD_LABEL = re.compile(
    r"(?:.*\b(?:ended|ending|as of|at|months|weeks|years?|quarters?|period)\b)?"
    r"(?:.*\b[a-z]{3,9}\.? \d{1,2},?)?:?",
    re.IGNORECASE,
)
_TIMES = re.compile(r".*\d\s*(?:years?|months?|days|weeks)", re.IGNORECASE)
_WIDE = 0.62
_MIDDLE = 0.35


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line as chunks, seen against the text's `left` edge and `width`, all in points."""

    line: PageLine
    chunks: tuple[Chunk, ...]
    left: float
    width: float

    @property
    def height(self) -> float:
        return self.line.height

    @property
    def label(self) -> Chunk | None:
        """The chunk of words that the row begins with."""
        first = self.chunks[0]
        return None if first.quantity else first

    @property
    def cells(self) -> tuple[Chunk, ...]:
        """What stands right of the label."""
        return self.chunks if self.chunks[0].quantity else self.chunks[1:]

    @property
    def has_figures(self) -> bool:
        """Tell whether figures, not only periods, close the row after its label."""
        values = [cell for cell in self.cells if cell.quantity]
        if not values or not self.chunks[-1].quantity or self.is_head:
            return False
        if self.label is None:
            return len(values) > 1 and len(values) == len(self.cells)
        few = len(self.label.text.split()) <= _LABEL_WORDS
        return few and not is_bullet(self.label.text[:1] + " ")

    @property
    def has_spans(self) -> bool:
        """Tell whether its only figures are spans of time: "1 year", "3-5 years"."""
        return all(_TIMES.fullmatch(cell.text) for cell in self.cells if cell.quantity)

    @property
    def is_head(self) -> bool:
        """Tell whether the row names columns: periods, or words over several of them."""
        if self.label is None and self.has_spans and all(c.quantity for c in self.cells):
            return True
        cells = [c for c in self.cells if not is_unit_note(c.text)]
        figures = [c for c in cells if c.quantity and not _YEAR.fullmatch(c.text)]
        if figures or not self.chunks or (len(self.chunks) == 1 and not self._is_off_margin):
            return False
        years = [c for c in cells if _YEAR.fullmatch(c.text)]
        if years and len(years) == len(cells):
            return self._heads_years(years)
        periods = [c for c in self._off_margin if _PERIOD.search(c.text)]
        return bool(periods) or len(self._off_margin) > 1

    @property
    def _off_margin(self) -> list[Chunk]:
        """Chunks that begin too far right to be a label."""
        return [c for c in self.chunks if c.outer - self.left > _MIDDLE * self.width]

    @property
    def _is_off_margin(self) -> bool:
        return bool(self._off_margin)

    def _heads_years(self, years: Sequence[Chunk]) -> bool:
        label = self.label
        if label is None or _PERIOD_LABEL.fullmatch(label.text) or is_unit_note(label.text):
            return len(years) > 1 or self._is_off_margin
        numbers = [int(re.sub(r"\D", "", year.text)[-4:] or 0) for year in years]
        return len(years) > 1 and all(abs(a - b) <= 1 for a, b in pairwise(numbers))

    @property
    def is_wide(self) -> bool:
        """Tell whether one chunk runs over most of the text's width, as prose does."""
        return any(c.right - c.outer > _WIDE * self.width for c in self.chunks if not c.quantity)

    @property
    def ends_table(self) -> bool:
        """Tell a line of prose, a bullet or a title from what may stand between rows of figures."""
        text = self.line.text
        whole = len(self.chunks) == 1 or self.is_wide
        sentence = whole and ends_sentence(text) and not text.endswith(":")
        return (
            is_bullet(text)
            or bool(numbered_heading_level(text))
            or (sentence and len(text.split()) >= _SENTENCE_WORDS)
            or bool(_INTRODUCES.search(text))
        )


def is_unit_note(text: str) -> bool:
    return bool(_UNIT_NOTE.fullmatch(text))


def table_rows(lines: Sequence[PageLine]) -> list[TableRow]:
    """Return the lines, all with places, as rows."""
    left = min(line.left for line in lines)
    width = max(line.right for line in lines) - left
    return [
        TableRow(line, tuple(chunks_of(line.words, line.height)), left, width) for line in lines
    ]
