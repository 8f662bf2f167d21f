"""What commands print for people: tables and answers on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.backends.entry import BackendEntry
from assistant.checkup import Checkup
from assistant.conversation import Answer, Citation
from assistant.cost.budget import Standing
from assistant.cost.comparison import reprice_attempts
from assistant.cost.forecast import Forecast
from assistant.cost.models import Reference, UsageSource
from assistant.cost.money import show_range, show_tokens
from assistant.cost.prices import Prices
from assistant.cost.spent import spent
from assistant.events import Answered, Asking, Event, Failed, Waiting
from corpus.models import Document, Hit
from corpus.store import Health

__all__ = [
    "checkup_line",
    "print_lines",
    "show_backends",
    "show_budgets",
    "show_documents",
    "show_events",
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


def show_documents(documents: Sequence[Document], amended_by: Sequence[Sequence[Document]]) -> None:
    """Print a row a document; `amended_by` holds the amendments of each, the latest first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "document",
        "company",
        "form",
        "period",
        "published",
        "pages",
        "passages",
        "amended",
    ):
        table.add_column(heading, overflow="fold")
    table.add_column("id", no_wrap=True)
    for document, amendments in zip(documents, amended_by, strict=True):
        table.add_row(
            Text(document.name),
            Text(document.company or UNKNOWN),
            document.form or UNKNOWN,
            document.fiscal_period or UNKNOWN,
            str(document.published or UNKNOWN),
            str(document.pages or UNKNOWN),
            str(document.passages),
            _amended(document, amendments),
            document.id[:8],
        )
    # What is piped is for grep: no cell of it is cut or wrapped.
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(table)
    passages = sum(document.passages for document in documents)
    console.print(f"{len(documents)} documents, {passages:,} passages")


def _amended(document: Document, amendments: Sequence[Document]) -> str:
    if document.amends is not None:
        return f"amends {document.amends[:8]}"
    return f"by {amendments[0].id[:8]}" if amendments else UNKNOWN


def show_removed(removed: Sequence[Document], citations: Sequence[int]) -> None:
    for document, lost in zip(removed, citations, strict=True):
        old = f"; {lost} citations in old conversations lost their text" if lost else ""
        Console().print(Text(f"removed {document.name} ({document.passages} passages{old})"))


def show_hits(question: str, hits: Sequence[Hit]) -> None:
    console = Console()
    console.print(Text(question, style="bold"))
    if not hits:
        console.print("Nothing in the corpus matches.")
    for hit in hits:
        heading = Text(f"{hit.rank}. {place(hit.document, hit.passage.page)}", style="cyan")
        console.print(heading)
        if hit.reasons:
            why = " · ".join(reason.text for reason in hit.reasons)
            console.print(Text(f"   matches {why}", style="dim"), soft_wrap=True)
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
    for flag in answer.flags:
        console.print(Text(f"! {flag.message}", style="yellow"))
    console.print(Text(cost_line(answer, references, prices), style="dim"), soft_wrap=True)


def first_citations(answer: Answer) -> list[tuple[int, Citation]]:
    """One citation for each number, in the order of the numbers."""
    by_number: dict[int, Citation] = {}
    for citation in answer.citations:
        by_number.setdefault(citation.n, citation)
    return sorted(by_number.items())


def cost_line(answer: Answer, references: Sequence[Reference], prices: Prices) -> str:
    """Return what the whole turn took: every call, retries and other backends included."""
    calls = answer.attempts or (answer.attempt,)
    estimated = any(call.usage.source is UsageSource.ESTIMATED for call in calls)
    tokens = " · ".join(
        f"{show_tokens(known_sum(counts), estimated=estimated)} tokens {way}"
        for counts, way in (
            ([call.usage.input_tokens for call in calls], "in"),
            ([call.usage.output_tokens for call in calls], "out"),
        )
    )
    elsewhere = ", ".join(
        f"{row.reference.label} {show_range(row.low, row.high, estimated=estimated)}"
        for row in reprice_attempts(calls, references, prices)
    )
    return (
        f"{answer.attempt.backend} ({answer.attempt.sent_to}): {spent(calls).dollars} · {tokens} · "
        f"{answer.seconds.total:.2f} s (repriced, not run: {elsewhere})"
    )


def known_sum(values: Sequence[int | None]) -> int | None:
    """Return the sum, None when any part of it is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def show_events(events: Iterable[Event]) -> None:
    """Tell on standard error which backends were asked, and which calls were repeated."""
    console = Console(stderr=True)
    asked = [event for event in events if isinstance(event, Asking | Waiting)]
    if len(asked) < 2:
        return
    for event in asked:
        if isinstance(event, Asking):
            line = f"asking {event.step.label} ({event.step.destination}): {event.step.reason}"
        else:
            line = f"again in {event.seconds:.1f} s: {event.reason}"
        console.print(Text(line, style="dim"))


def show_budgets(standings: Iterable[Standing]) -> None:
    """Warn on standard error of budgets that are nearly used up."""
    for standing in standings:
        if standing.warns:
            said = f"Budget nearly used up: {standing.sentence}"
            Console(stderr=True).print(Text(said, style="yellow"))


def show_backends(
    entries: Sequence[BackendEntry],
    reasons: Sequence[str | None],
    told: Sequence[Forecast],
    checks: Sequence[Checkup | None],
) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "label", "model", "tier", "where", "next question", "status"):
        table.add_column(heading, overflow="fold")
    for entry, reason, forecast, check in zip(entries, reasons, told, checks, strict=True):
        status = Text(reason or (checkup_line(check) if check else "ready"))
        table.add_row(
            entry.name,
            Text(entry.label),
            Text(entry.model),
            entry.tier,
            entry.destination,
            forecast.sentence,
            status,
        )
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)


def checkup_line(check: Checkup) -> str:
    """Return what one call showed, as a phrase."""
    if check.error is not None:
        return f"failed: {check.error}"
    assert check.attempt is not None
    cost = spent((check.attempt,))
    parts = (
        "answers",
        "streams" if check.streams else "does not stream",
        "reports usage" if check.reports_usage else "reports no usage (tokens are estimated)",
        "— no price" if cost.unpriced else cost.dollars,
    )
    return ", ".join(parts)


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
