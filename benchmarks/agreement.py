"""Two filings of neighbouring years, one HTML and one PDF: the years that both show must agree.

`python -m benchmarks.agreement` compares the three statements, line by line and year by year. Lines
are paired by label, in order where a label repeats. A line that the later filing restates differs
rightly, and is printed like any other disagreement.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.gold import plain
from benchmarks.material import shared_folder
from benchmarks.read_tables import ReadTable, read_tables
from ingest.cells import Cell

__all__ = ["PAIRS", "Agreement", "Pair", "agreement", "print_agreement"]

_YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """An earlier filing in HTML and a later one in PDF, whose statements stand on `pages`."""

    html: str
    pdf: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cells found in both filings by label and year, and those that differ, in words."""

    matched: int
    disagreements: tuple[str, ...]

    @property
    def share(self) -> float:
        return 1 - len(self.disagreements) / max(1, self.matched)


PAIRS = (
    Pair("AMZN_10-K_FY2024.html", "AMZN_10-K_FY2025.pdf", (60, 61, 63)),
    Pair("GOOGL_10-K_FY2024.html", "GOOGL_10-K_FY2025.pdf", (49, 50, 53)),
)

# Label, year and occurrence of the two.
Lines = dict[tuple[str, str, int], Cell]


def agreement(docs: Path, pair: Pair) -> Agreement:
    """Compare each statement with the earlier filing's. Raises InputRefused for a bad file."""
    earlier = [lines_of([table]) for table in read_tables(docs / pair.html).tables]
    later = read_tables(docs / pair.pdf).tables
    matched, wrong = 0, []
    for page in pair.pages:
        statement = lines_of(table for table in later if table.page == page)
        other = _closest(statement, earlier)
        both = [key for key in statement if key in other]
        matched += len(both)
        wrong += [
            f"p. {page}, {key[1]}, {statement[key].label}: "
            f"PDF {_shown(statement[key])}, HTML {_shown(other[key])}"
            for key in both
            if _quantity(statement[key]) != _quantity(other[key])
        ]
    return Agreement(matched, tuple(wrong))


def lines_of(tables: Iterable[ReadTable]) -> Lines:
    """The cells whose heads name one year."""
    lines: Lines = {}
    for cell in (cell for table in tables for cell in table.cells):
        years = set(_YEAR.findall(" ".join(cell.heads)))
        if len(years) == 1:
            label, year, occurrence = plain(cell.label), years.pop(), 0
            while (label, year, occurrence) in lines:
                occurrence += 1
            lines[label, year, occurrence] = cell
    return lines


def _closest(statement: Lines, candidates: Sequence[Lines]) -> Lines:
    return max(candidates, key=lambda lines: len(statement.keys() & lines.keys()), default={})


def _quantity(cell: Cell) -> tuple[Decimal | None, str | None]:
    return cell.value, None if cell.number is None else cell.unit


def _shown(cell: Cell) -> str:
    return f"{cell.text!r} {cell.unit} x {cell.scale}"


def print_agreement(docs: Path) -> None:
    for pair in PAIRS:
        found = agreement(docs, pair)
        agree = found.matched - len(found.disagreements)
        sys.stdout.write(
            f"{pair.pdf} and {pair.html}: {found.matched} cells matched by label and year, "
            f"{agree} agree, {found.share:.3f}\n"
        )
        sys.stdout.writelines(f"  {line}\n" for line in found.disagreements)


if __name__ == "__main__":
    print_agreement(shared_folder() / "docs")
