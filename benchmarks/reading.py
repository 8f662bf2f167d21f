"""Tables as read against tables as printed: row label, column head, unit, scale, sign and value.

`python -m benchmarks.reading [-v] [DOCUMENT ...]` reads the documents of benchmarks/tables (all, or
those whose names hold one of the words), prints for each table the share of its cells that are
right, and each miss with its reason; -v adds what was read in that row. A cell is right when one
with its label, under its column's heads and under no other column's, has its signed number, unit
and scale. A dash is right when its row is there and has no number in that column. In a PDF the
tables of the page are searched, in HTML the one table that fits best.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from benchmarks.agreement import print_agreement
from benchmarks.gold import GoldCell, GoldTable, gold_tables, plain, words
from benchmarks.material import shared_folder
from benchmarks.read_tables import Read, ReadTable, read_tables
from corpus.errors import InputRefused
from ingest.cells import Cell

RIGHT = ""


@dataclass(slots=True)
class Score:
    cells: int = 0
    right: int = 0

    def add(self, other: Score) -> None:
        self.cells += other.cells
        self.right += other.right

    def __str__(self) -> str:
        return f"{self.right} of {self.cells} cells right, {self.right / max(1, self.cells):.3f}"


def reason(gold: GoldCell, cells: Sequence[Cell]) -> str:
    """Why no cell is the gold's; RIGHT when one is."""
    row = [cell for cell in cells if _same_row(gold, cell)]
    if not row:
        return "no such row"
    column = [cell for cell in row if _in_column(gold, cell)]
    if gold.number is None and not gold.span:
        return "a number for a dash" if any(cell.number is not None for cell in column) else RIGHT
    exact = [cell for cell in column if _same_quantity(gold, cell)]
    if any((cell.unit, cell.scale) == (gold.unit, gold.scale) for cell in exact):
        return RIGHT
    if exact:
        return f"wrong unit or scale: {exact[0].unit} x {exact[0].scale}"
    if gold.number and any(cell.number == -gold.number for cell in column):
        return "wrong sign"
    return "wrong column" if any(_same_quantity(gold, cell) for cell in row) else "value missing"


def _same_row(gold: GoldCell, cell: Cell) -> bool:
    """The label may carry its section in front, and a footnote's figure behind."""
    section, label = plain(cell.section), plain(cell.label)
    for text in (label, label.rstrip("0123456789")):
        if text == gold.label and gold.section in section:
            return True
        if section + text == gold.section + gold.label:
            return True
        if gold.section and text.endswith(gold.label) and gold.section in text:
            return True
    return False


def _in_column(gold: GoldCell, cell: Cell) -> bool:
    heads = words(" ".join(cell.heads))
    return gold.heads <= heads and not any(other <= heads for other in gold.others)


def _same_quantity(gold: GoldCell, cell: Cell) -> bool:
    return gold.span in plain(cell.text) if gold.span else cell.number == gold.number


def best_reasons(table: GoldTable, read: Iterable[ReadTable]) -> tuple[list[str], list[Cell]]:
    """The reasons of the table's cells, and the cells that they were sought in."""
    if table.page:
        found = [cell for each in read if each.page == table.page for cell in each.cells]
        return [reason(gold, found) for gold in table.cells], found
    tried = [
        ([reason(gold, each.cells) for gold in table.cells], list(each.cells)) for each in read
    ]
    return max(tried, key=_fit, default=([], []))


def _fit(tried: tuple[list[str], list[Cell]]) -> tuple[int, int, int]:
    reasons, _ = tried
    wrong_unit = sum(1 for why in reasons if why.startswith("wrong unit"))
    return reasons.count(RIGHT), wrong_unit, -reasons.count("no such row")


def measure(table: GoldTable, read: Sequence[ReadTable], verbose: bool) -> Score:
    reasons, found = best_reasons(table, read)
    reasons = reasons or ["no table"] * len(table.cells)
    score = Score(len(reasons), reasons.count(RIGHT))
    sys.stdout.write(f"{table.document}, {table.place}, {table.kind}: {score}\n")
    for gold, why in zip(table.cells, reasons, strict=True):
        if why:
            sys.stdout.write(f"  {_named(gold)}: {why}\n")
            sys.stdout.writelines(_as_read(gold, found) if verbose else [])
    return score


def _named(gold: GoldCell) -> str:
    figure = gold.span or gold.number
    over = " ".join(sorted(gold.heads))
    return (
        f"{gold.name} [{over}] = {'none' if figure is None else figure} {gold.unit} x {gold.scale}"
    )


def _as_read(gold: GoldCell, cells: Iterable[Cell]) -> Iterator[str]:
    for cell in cells:
        if gold.label in plain(cell.label):
            yield (
                f"    read: {cell.section}|{cell.label} {cell.heads} = {cell.text!r}"
                f" {cell.unit} x {cell.scale}\n"
            )


def read_or_nothing(path: Path) -> Read:
    try:
        return read_tables(path)
    except InputRefused as error:
        sys.stdout.write(f"{path.name}: refused: {error}\n")
        return Read(0, ())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("document", nargs="*")
    options = parser.parse_args(arguments)
    folder = shared_folder()
    totals = {"HTML": Score(), "PDF": Score()}
    documents = pages = 0
    for name, tables in groupby(gold_tables(), key=lambda table: table.document):
        if options.document and not any(word in name for word in options.document):
            continue
        places = (folder / "docs" / name, folder / "financebench" / "pdfs" / name)
        read = read_or_nothing(next(path for path in places if path.is_file()))
        documents, pages = documents + 1, pages + read.pages
        for table in tables:
            score = measure(table, read.tables, options.verbose)
            totals["PDF" if table.page else "HTML"].add(score)
    sys.stdout.write(f"{documents} documents read, {pages} pages\n")
    for media, score in totals.items():
        sys.stdout.write(f"{media}: {score}\n")
    if not options.document:
        print_agreement(folder / "docs")


if __name__ == "__main__":
    main()
