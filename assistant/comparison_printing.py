"""What `loadfactor compare` prints for people, and how far it is on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.compared import Comparison
from assistant.comparing import Happened
from assistant.comparing_job import Job
from assistant.comparison_tables import Row, outcome, result_rows, summary_rows
from assistant.printing import PIPED_WIDTH

__all__ = ["show_comparison", "show_happened"]


def show_happened(job: Job, happened: Happened) -> None:
    """Tell on standard error how a backend ended; failures with their reason."""
    if happened.result is None:
        return
    asked = job.questions[happened.question]
    name = asked.id or str(happened.question + 1)
    said = outcome(happened.result)
    error = f": {happened.result.error}" if happened.result.error else ""
    line = f"{happened.question + 1} of {len(job.questions)} ({name}) {happened.backend}: {said}"
    Console(stderr=True).print(Text(line + error, style="dim"), soft_wrap=True)


def show_comparison(comparison: Comparison) -> None:
    """Print answers side by side in one table; of a question set, sums and a line a question."""
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    if comparison.is_set:
        console.print(_table(_measured(summary_rows(comparison))))
        console.print()
        console.print(_table(_outcomes(comparison)))
        return
    labels = {backend.name: backend.label for backend in comparison.backends}
    for result in comparison.results:
        shown = Text(result.text or result.error or "")
        console.print(Panel(shown, title=Text(labels[result.backend]), title_align="left"))
    console.print(_table(_measured(result_rows(comparison, 0))))


def _measured(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [{"Backend": " · ".join((row.label, *row.marks)), **row.cells} for row in rows]


def _outcomes(comparison: Comparison) -> list[dict[str, str]]:
    return [
        {"Question": asked.id or asked.text}
        | {result.backend: outcome(result) for result in comparison.of_question(number)}
        for number, asked in enumerate(comparison.questions)
    ]


def _table(rows: Sequence[Mapping[str, str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(row.get(heading, "—")) for heading in headings))
    return table
