"""How a period's costs are told to people on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.cost.cost_report import CostReport, CostRow
from assistant.cost.cost_sums import Period
from assistant.cost.models import Repriced
from assistant.cost.money import show_range, show_tokens, show_usd
from assistant.cost.reconciliation import ReconciledRow, Reconciliation
from assistant.cost.spent import Spent
from assistant.cost_rows import REPRICED_NOTE

__all__ = [
    "explained",
    "period_words",
    "repriced_line",
    "show_calls",
    "show_costs",
    "show_each",
    "show_reconciliation",
    "show_spent",
    "why",
]

UNKNOWN = "—"
PIPED_WIDTH = 400


def show_costs(report: CostReport, repriced: Repriced | None) -> None:
    """Print the breakdown as a table, then the total, answers, savings and another backend."""
    headings = ("calls", "tokens in", "tokens out", "seconds", "answers", "useful", "spent")
    rows = [(row.key or UNKNOWN, *_cells(row)) for row in report.rows]
    _table((report.dimension.value, *headings), [*rows, ("total", *_cells(report.total))])
    _lines(_summary(report))
    if repriced is not None:
        _lines([repriced_line(repriced), REPRICED_NOTE])


def show_reconciliation(found: Reconciliation, notes: Iterable[str]) -> None:
    """Print an invoice beside the ledger, day by day, and why they differ."""
    rows = [_reconciled(row) for row in found.rows]
    headings = ("day", "model", "calls", "invoiced", "metered", "difference", "why")
    _table(headings, rows)
    _lines([explained(found), *notes])


def period_words(period: Period) -> str:
    """Return "2026-11-01 to 2026-11-25", "since …", "until …", "all that is in the ledger"."""
    first, last = period.first, period.last
    if first and last:
        return f"{first}" if first == last else f"{first} to {last}"
    if first:
        return f"since {first}"
    return f"until {last}" if last else "all that is in the ledger"


def show_spent(row: CostRow) -> str:
    """Return what was spent, with its range where it is whole: "≈$0.12 ($0.10–$0.30)"."""
    bounds = row.bounds
    if bounds is None or bounds[0] == bounds[1]:
        return row.spent.dollars
    return f"{row.spent.dollars} ({show_range(*bounds)})"


def show_calls(row: CostRow) -> str:
    """Return the calls of language models, or "4 embeddings" where there are no others."""
    only = row.sums.embeddings and not row.sums.talks
    return _count(row.sums.embeddings, "embedding") if only else f"{row.sums.talks:,}"


def show_each(spent: Spent | None) -> str:
    """Return what an answer cost, "—" where there is no such answer."""
    return UNKNOWN if spent is None else spent.dollars


def repriced_line(repriced: Repriced) -> str:
    """Return what a period would cost on another backend, and what that leaves out."""
    label = repriced.reference.label
    if repriced.low is None:
        return f"{label}: {UNKNOWN}, it has no price for these calls."
    shown = show_range(repriced.low, repriced.high, estimated=True)
    left = f"; {repriced.unpriced:,} of {_count(repriced.attempts, 'call')} left out"
    return f"{label}: {shown}{left if repriced.unpriced else ''}"


def explained(found: Reconciliation) -> str:
    """Return the invoice's sum beside the ledger's in one sentence."""
    whose = f" of {found.provider}" if found.provider else ""
    return (
        f"{found.invoice}, {found.first} to {found.last}: invoiced {show_usd(found.invoiced)}, "
        f"metered{whose} {show_range(found.metered_low, found.metered_high)}, difference "
        f"{show_usd(found.difference)}. {_reasons(found)}"
    )


def _reasons(found: Reconciliation) -> str:
    if not found.differing:
        return "Nothing differs."
    if not found.unexplained:
        return "Every difference has a possible reason; a reason is no proof."
    return (
        f"No reason found for {show_usd(found.unexplained)} of {show_usd(found.differing)} that "
        "differs."
    )


def why(row: ReconciledRow) -> str:
    """Return why an invoice's row and the ledger's differ, in sentences."""
    found = " ".join(found.sentence for found in row.explanations)
    if not found and row.unpriced:
        # Nothing was invoiced for calls that have no price: no amount agrees with another.
        return f"No amount to compare: {row.unpriced:,} of {row.calls:,} calls have no price here."
    return found or "Agrees."


def _cells(row: CostRow) -> tuple[str, ...]:
    totals = row.totals
    return (
        show_calls(row),
        show_tokens(totals.input_tokens, estimated=totals.estimated),
        show_tokens(totals.output_tokens, estimated=totals.estimated),
        f"{row.sums.seconds:,.1f}",
        f"{row.answers.answers:,}",
        f"{row.answers.useful:,}",
        show_spent(row),
    )


def _summary(report: CostReport) -> list[str]:
    total = report.total
    useful = f"{total.answers.useful:,} of {total.answers.marked:,} marked"
    checked = total.answers.checked
    passed = f" ({total.answers.supported:,} of {checked:,} checked)" if checked else ""
    savings = [
        f"Saved by {saving.kind}: {show_usd(saving.saved, estimated=saving.estimated)} in "
        f"{_count(saving.turns, 'turn')}"
        + (f", {saving.unknown:,} unknown" if saving.unknown else "")
        for saving in report.savings
    ]
    cached, embeddings = total.sums.cached, total.sums.embeddings
    return [
        f"Period: {period_words(report.period)}.",
        f"For each useful answer: {show_each(total.per_useful)} ({useful}).",
        f"For each answer that passed every check: {show_each(total.per_supported)}{passed}.",
        *([f"Beside these calls: {_count(embeddings, 'embedding')}."] if embeddings else []),
        *([f"Given again from our own cache: {_count(cached, 'answer')}."] if cached else []),
        *savings,
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _reconciled(row: ReconciledRow) -> tuple[str, ...]:
    days = str(row.day) if row.day == row.until else f"{row.day} to {row.until}"
    return (
        *(days, row.model or UNKNOWN, f"{row.calls:,}", show_usd(row.invoiced)),
        *(show_range(row.metered_low, row.metered_high), show_usd(row.difference)),
        why(row),
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    _console().print(table)


def _lines(lines: Iterable[str]) -> None:
    for line in lines:
        _console().print(Text(line), soft_wrap=True)


def _console() -> Console:
    # What is piped is for grep: no cell of it is cut or wrapped.
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
