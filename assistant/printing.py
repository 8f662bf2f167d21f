"""What commands print for people: tables and answers on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.conversation import Answer, Citation
from assistant.cost.comparison import reprice
from assistant.cost.models import CostSource, Reference, UsageSource
from assistant.cost.money import show_range, show_tokens, show_usd
from assistant.cost.prices import Prices
from assistant.research import Answered, Failed
from corpus.models import Document, Hit
from corpus.store import Health

__all__ = [
    "print_lines",
    "show_documents",
    "show_health",
    "show_hits",
    "show_outcome",
    "show_removed",
]

UNKNOWN = "—"
PIPED_WIDTH = 200


def print_lines(rows: Iterable[Mapping[str, object]]) -> None:
    """Print JSON Lines, each as soon as it is known."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def show_documents(documents: Sequence[Document]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("document", "company", "form", "period", "published", "pages", "passages"):
        table.add_column(heading, overflow="fold")
    table.add_column("id", no_wrap=True)
    for document in documents:
        table.add_row(
            Text(document.name),
            Text(document.company or UNKNOWN),
            document.form or UNKNOWN,
            document.fiscal_period or UNKNOWN,
            str(document.published or UNKNOWN),
            str(document.pages or UNKNOWN),
            str(document.passages),
            document.id[:8],
        )
    # What is piped is for grep: no cell of it is cut or wrapped.
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(table)
    passages = sum(document.passages for document in documents)
    console.print(f"{len(documents)} documents, {passages:,} passages")


def show_removed(removed: Sequence[Document]) -> None:
    for document in removed:
        Console().print(Text(f"removed {document.name} ({document.passages} passages)"))


def show_hits(question: str, hits: Sequence[Hit]) -> None:
    console = Console()
    console.print(Text(question, style="bold"))
    if not hits:
        console.print("Nothing in the corpus matches.")
    for hit in hits:
        heading = Text(f"{hit.rank}. {place(hit.document, hit.passage.page)}", style="cyan")
        console.print(heading)
        console.print(Text(hit.passage.text), soft_wrap=True)


def show_outcome(
    outcome: Answered | Failed, references: Sequence[Reference], prices: Prices
) -> None:
    if isinstance(outcome, Failed):
        Console(stderr=True).print(Text(outcome.message, style="red"))
        return
    answer = outcome.answer
    console = Console()
    console.print(Panel(Text(answer.text), title=Text(answer.question), title_align="left"))
    for n, citation in first_citations(answer):
        console.print(Text(f"[{n}] {place(citation.document, citation.page)}", style="cyan"))
    console.print(Text(cost_line(answer, references, prices), style="dim"))


def first_citations(answer: Answer) -> list[tuple[int, Citation]]:
    """One citation for each number, in the order of the numbers."""
    by_number: dict[int, Citation] = {}
    for citation in answer.citations:
        by_number.setdefault(citation.n, citation)
    return sorted(by_number.items())


def cost_line(answer: Answer, references: Sequence[Reference], prices: Prices) -> str:
    attempt = answer.attempt
    estimated = attempt.usage.source is UsageSource.ESTIMATED
    tokens = " · ".join(
        f"{show_tokens(count, estimated=estimated)} tokens {way}"
        for count, way in (
            (attempt.usage.input_tokens, "in"),
            (attempt.usage.output_tokens, "out"),
        )
    )
    elsewhere = ", ".join(
        f"{row.reference.label} {show_range(row.low, row.high, estimated=estimated)}"
        for row in reprice(attempt.usage, references, prices, attempt.started)
    )
    spent = show_usd(attempt.cost, estimated=attempt.cost_source is CostSource.ESTIMATED)
    return (
        f"{attempt.backend}: {spent} · {tokens} · {answer.seconds.total:.2f} s"
        f" (repriced, not run: {elsewhere})"
    )


def show_health(health: Health) -> None:
    console = Console()
    for line in health.lines():
        console.print(Text(line))


def place(document: Document, page: int | None) -> str:
    """Name a document and page as a reader would cite it."""
    parts = [document.title, document.form, document.fiscal_period]
    if page is not None:
        parts.append(f"page {page}")
    parts.append(document.name if document.name != document.title else None)
    return " · ".join(part for part in parts if part)
