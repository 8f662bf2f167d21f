"""Pure: evidence into candidate statements: sentences, and table rows that read as statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_terms import Stems, stems
from assistant.omissions import ROWS_LEFT_OUT, TEXT_LEFT_OUT, is_omission
from assistant.prompts import EvidenceView
from assistant.quantities import Quantity, quantities, table_scale
from assistant.quantity_grammar import ends_table, unscaled
from assistant.sentences import is_row, spans
from corpus.companies import find_companies

__all__ = ["Candidate", "candidates"]

_PERIOD_HEAD = re.compile(
    r"(?:19|20)\d\d|\b(?:ended|months|quarter|change|fiscal)\b|\bQ[1-4]\b", re.IGNORECASE
)
_HAS_DIGIT = re.compile(r"\d")
_LINK = re.compile(r"\S*://\S*")
_SOURCE = re.compile(
    r"\((?![^()]*\b(?:ended|ending|as of|until|through)\b)[^()]*\b\d{4}-\d\d-\d\d[^()]*\)"
    r"|\bSource: [^;]*"
)
"""A source in brackets with its date, or in a table's column."""
_LEAST_WORDS = 4
_LONGEST_HEAD = 120
_LONGEST_PERIOD_HEAD = 60
_LONGEST_ITEM = 420
_BULLET = re.compile(r"[-*•]\s")


@dataclass(frozen=True)
class Candidate:
    """A statement that could answer: `text` as it would be shown, and what it stands in.

    `around` is the text of its neighbours, caption and section, `before` the sentence in front of
    it. `position` orders candidates as they were read.
    """

    text: str
    view: EvidenceView
    position: int
    row: bool = False
    around: str = ""
    before: str = ""

    @cached_property
    def stems(self) -> Stems:
        return stems(self.text)

    @property
    def label(self) -> str:
        """What a row is about: its first cell; empty for a sentence."""
        return self.text.rpartition(" — ")[0].rpartition(" — ")[2] if self.row else ""

    @cached_property
    def title(self) -> Stems:
        return stems(self.view.title)

    @cached_property
    def whole(self) -> Stems:
        """The stems of everything in the same piece of evidence."""
        return stems(self.view.text)

    @cached_property
    def near(self) -> Stems:
        return stems(f"{self.around} {self.view.title} {self.view.section or ''}")

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods that it speaks of; when its own source appeared is none of them."""
        return periods(_SOURCE.sub(" ", self.text))

    @cached_property
    def companies(self) -> tuple[str, ...]:
        return find_companies(self.text)

    @cached_property
    def companies_near(self) -> tuple[str, ...]:
        return find_companies(f"{self.around} {self.view.title} {self.view.section or ''}")

    @cached_property
    def companies_in_view(self) -> tuple[str, ...]:
        return find_companies(self.view.text)


def candidates(views: Sequence[EvidenceView]) -> tuple[Candidate, ...]:
    """Return every statement that the evidence makes, in reading order."""
    found: list[Candidate] = []
    for view in views:
        found.extend(_of_view(view, len(found)))
    return tuple(found)


def _of_view(view: EvidenceView, first: int) -> Iterator[Candidate]:
    pieces = _pieces(view.text)
    table = _Table()
    number = first
    for index, piece in enumerate(pieces):
        if is_row(piece):
            statement = table.read(piece)
            around = f"{table.caption} {table.section}"
        else:
            table = table.under(piece)
            titles = piece.strip("# ") in view.title and not quantities(piece)
            statement = "" if titles or _is_fragment(piece, view) else " ".join(piece.split())
            around = " ".join(_plain(pieces, index - 1) + _plain(pieces, index + 1))
        if statement:
            before = [said for said in _plain(pieces, index - 1) if not _is_fragment(said, view)]
            yield Candidate(
                statement,
                view,
                number,
                row=is_row(piece),
                around=around,
                before=" ".join(" ".join(before).split()),
            )
            number += 1


def _pieces(text: str) -> list[str]:
    """Return sentences and rows; the sentences of one list item stay together if it is short."""
    pieces: list[str] = []
    last = 0
    for start, end in spans(text):
        goes_on = "\n" not in text[last:start] and bool(pieces) and _BULLET.match(pieces[-1])
        if goes_on and len(pieces[-1]) + end - last <= _LONGEST_ITEM:
            pieces[-1] += text[last:end]
        else:
            pieces.append(text[start:end])
        last = end
    return pieces


def _plain(pieces: Sequence[str], index: int) -> list[str]:
    if 0 <= index < len(pieces) and not is_row(pieces[index]):
        return [pieces[index]]
    return []


def _is_fragment(piece: str, view: EvidenceView) -> bool:
    """Headings, marks of omissions, page furniture, lists of links, bare numbers state nothing."""
    if is_omission(piece):
        return True
    if "://" in piece and len(_LINK.sub("", piece).split()) < 2 * _LEAST_WORDS:
        return True
    if piece.strip("# ") in view.title:
        return False
    ended = piece.rstrip("\"'”’)]*").endswith((".", "!", "?", ":", ";"))
    return len(piece.split()) < _LEAST_WORDS or (not ended and not _HAS_DIGIT.search(piece))


def _is_period_head(cell: str) -> bool:
    """Tell whether a cell names a column's period; a cell that says more holds a value."""
    return (
        len(cell) <= _LONGEST_PERIOD_HEAD
        and _PERIOD_HEAD.search(cell) is not None
        and "$" not in cell
    )


def _as_written(value: str) -> str:
    return value


class _Table:
    """Reads rows below a caption: remembers unit, column heads and the section they stand under."""

    def __init__(self, caption: str = "") -> None:
        self.caption = caption
        self.section = ""
        self.heads: list[str] = []
        self.unit = table_scale(caption)
        self.money = "$" in caption
        self._in_heads = True

    def under(self, line: str) -> _Table:
        """Return a table under one more line of text: its caption or a label among its rows.

        Where rows are left out, it goes on below, and a label that still holds is said again.
        Where other text is left out, nothing of it holds any more.
        """
        if line.startswith(TEXT_LEFT_OUT):
            return _Table(line.removeprefix(TEXT_LEFT_OUT).strip())
        line = line.removeprefix(ROWS_LEFT_OUT).strip()
        if (self.heads or not self._in_heads) and not ends_table(line):
            self.unit = table_scale(line) or self.unit
            self.section = line
            return self
        return _Table(line if len(line) > _LONGEST_HEAD else f"{self.caption} {line}".strip())

    def read(self, row: str) -> str:
        """Return the row as a statement, "" for a row of column heads."""
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            return ""
        self.unit = table_scale(row) or self.unit
        self.money = self.money or "$" in row
        if self._is_head(cells):
            self.heads = cells
            return ""
        self._in_heads = False
        return self._statement(cells)

    def _is_head(self, cells: Sequence[str]) -> bool:
        if not self._in_heads:
            return all(re.fullmatch(r"(?:19|20)\d\d[AE]?", cell) for cell in cells if cell)
        values = cells[1:]
        if all(_is_period_head(cell) for cell in values):
            return True
        return not self.heads and not any(quantities(cell) for cell in values)

    def _statement(self, cells: Sequence[str]) -> str:
        label, values = cells[0], list(cells[1:])
        heads = self.heads[-len(values) :] if len(self.heads) >= len(values) else []
        if heads and len(self.heads) > len(values) + 1:
            heads = []
        show = _as_written if unscaled(label, self.section) else self._value
        named = [
            f"{head}: {show(value)}" if head else show(value)
            for head, value in zip(heads or [""] * len(values), values, strict=True)
            if value
        ]
        prefix = f"{self.section.rstrip(':')} — " if self.section else ""
        return f"{prefix}{label} — {'; '.join(named)}" if label else "; ".join(named)

    def _value(self, value: str) -> str:
        """Return a cell with the unit that the table states once for all of them."""
        bare = re.fullmatch(r"(\(?)\$?\s?(\(?)(\d[\d,]*(?:\.\d+)?)(\)?)", value)
        if bare is None or self.unit is None or re.fullmatch(r"(?:19|20)\d\d", value):
            return value
        scale = self.unit[0].removesuffix("s")
        sign = "$" if self.money else ""
        closed = "(" in bare.group(1) + bare.group(2)
        amount = f"{sign}{bare.group(3)} {scale}"
        return f"({amount})" if closed else amount
