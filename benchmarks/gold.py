"""Cells of tables, transcribed by eye from page pictures: what a reader must find.

benchmarks/tables holds one TOML file a document:

    document = "file name"
    [[table]]
    kind = "income statement"
    page = 61                   # of a PDF; an HTML filing has `near`, words over the table, instead
    columns = ["Year Ended|2023", "Year Ended|2024"]    # words that stand over each column
    [[table.part]]              # rows of one unit; it may name columns of its own
    unit = "USD"                # or "percent", "shares", "years"
    scale = 1_000_000           # 1 where left out
    rows = [["Section|Label", "1,234", "5 to 7"]]       # as printed, a dash where there is none
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

__all__ = ["GoldCell", "GoldTable", "gold_tables", "plain", "words"]

TABLES = Path(__file__).parent / "tables"
_SPAN = re.compile(r".*(?:\d-\d| to ).*")
_NOTE = re.compile(r"\([^()]*\b(?:thousand|million|billion)s?\b[^()]*\)")
_MARK = re.compile(r"\((?:[a-z]|\d\d?)\)|[*†‡¹²³⁴⁵⁶⁷⁸⁹⁰]")


@dataclass(frozen=True, slots=True)
class GoldCell:
    """A figure with what must be read around it.

    `name` is its section and label as printed; `section` and `label` are plain. `heads` are words
    over its column, `others` those that tell its table's other columns from it. `number` is None
    for a dash and for a span ("5 to 7"), which `span` holds as plain text.
    """

    name: str
    section: str
    label: str
    heads: frozenset[str]
    others: tuple[frozenset[str], ...]
    number: Decimal | None
    span: str
    unit: str
    scale: int


@dataclass(frozen=True, slots=True)
class GoldTable:
    document: str
    kind: str
    page: int | None
    near: str
    cells: tuple[GoldCell, ...]

    @property
    def place(self) -> str:
        """Where the table stands: "p. 61" or the words over it."""
        return f"p. {self.page}" if self.page else self.near


def gold_tables(folder: Path = TABLES) -> tuple[GoldTable, ...]:
    """Return all tables; raises ValueError for a row that does not fit its columns."""
    return tuple(
        _table(content["document"], table)
        for path in sorted(folder.glob("*.toml"))
        for content in [tomllib.loads(path.read_text(encoding="utf-8"))]
        for table in content["table"]
    )


def plain(label: str) -> str:
    """A label without case, white space, punctuation and footnote marks."""
    return "".join(re.findall(r"[^\W_]|%", _MARK.sub("", label.casefold())))


def words(heads: str) -> frozenset[str]:
    """The words of column heads but for the note of units; "$" and "%" are words ("$ Change")."""
    return frozenset(re.findall(r"[^\W_]+|[$%]", _NOTE.sub("", heads.casefold())))


def _table(document: str, table: dict[str, Any]) -> GoldTable:
    cells = tuple(cell for part in table["part"] for cell in _cells(part, table["columns"]))
    return GoldTable(document, table["kind"], table.get("page"), table.get("near", ""), cells)


def _cells(part: dict[str, Any], columns: list[str]) -> Iterator[GoldCell]:
    own = part.get("columns", columns)
    over = [words(column) for column in own]
    every = {words(column) for column in (*columns, *own)}
    for name, *figures in part["rows"]:
        section, _, label = name.rpartition("|")
        for heads, figure in zip(over, figures, strict=True):
            yield GoldCell(
                name,
                plain(section),
                plain(label),
                heads,
                tuple(other - heads for other in every if other - heads),
                None if _SPAN.match(figure) else _number(figure),
                plain(figure) if _SPAN.match(figure) else "",
                part["unit"],
                part.get("scale", 1),
            )


def _number(figure: str) -> Decimal | None:
    digits = re.sub(r"[^\d.]", "", figure)
    return Decimal(f"-{digits}" if figure[0] in "(-" else digits) if digits else None
