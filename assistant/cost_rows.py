"""Pure: costs as rows for programs: JSON objects and CSV. Dollars are decimals, null is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from assistant.cost.cost_report import CostReport, CostRow
from assistant.cost.cost_sums import Period, SavingSums
from assistant.cost.csv_text import Cell, csv_text
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_usage import EXPORTED, export_rows
from assistant.cost.models import Repriced
from assistant.cost.reconciliation import ReconciledRow, Reconciliation
from assistant.cost.spent import Spent
from assistant.reports import plain_decimal

__all__ = [
    "REPRICED_NOTE",
    "costs_csv",
    "costs_json",
    "ledger_csv",
    "reconciliation_json",
    "usd",
]

Json = dict[str, Any]
PICO = Decimal(10) ** 12
REPRICED_NOTE = "Repriced, not run: other models count tokens and answer at other lengths."
COLUMNS = (
    "calls",
    "embeddings",
    "from_own_cache",
    "input_tokens",
    "output_tokens",
    "calls_without_token_count",
    "usd",
    "usd_low",
    "usd_high",
    "cost_estimated",
    "calls_unpriced",
    "calls_not_metered",
    "failed_calls",
    "running_calls",
    "seconds",
    "answers",
    "answers_marked",
    "answers_useful",
    "answers_checked",
    "answers_supported",
    "usd_per_useful_answer",
    "usd_per_supported_answer",
    "calls_left_out_per_answer",
)

IN_PICO = {name: f"{name}_pico_usd" for name in ("cost_low", "cost", "cost_high")}


def costs_json(report: CostReport, repriced: Repriced | None) -> list[Json]:
    """Return the objects of `loadfactor costs --json`: the rows, then the total."""
    name = report.dimension.value
    rows = [{name: row.key, **_row(row)} for row in report.rows]
    return [*rows, {"total": _total(report, repriced)}]


def costs_csv(report: CostReport, name: dict[str, str] | None = None) -> str:
    """Return the rows as CSV; `name` gives the text to write for a key, itself by default."""
    shown = name or {}
    rows: list[Sequence[Cell]] = [
        (shown.get(row.key or "", row.key), *_cells(row)) for row in report.rows
    ]
    return csv_text((report.dimension.value, *COLUMNS), rows)


def ledger_csv(file: LedgerFile, period: Period, conversation: Callable[[str], str]) -> str:
    """Return every row of a period as CSV; costs are integer pico-dollars.

    `conversation` gives the text to write for a conversation's id. Raises LedgerError.
    """
    place = EXPORTED.index("conversation")
    rows = (
        (*row[:place], conversation(row[place]), *row[place + 1 :])
        for row in export_rows(file, period)
    )
    return csv_text([IN_PICO.get(name, name) for name in EXPORTED], rows)


def reconciliation_json(found: Reconciliation) -> list[Json]:
    """Return an object a day and model, then one of the invoice."""
    rows = [{"invoice_row": _reconciled(row)} for row in found.rows]
    return [
        *rows,
        {
            "invoice": {
                "name": found.invoice,
                "provider": found.provider,
                "first": found.first.isoformat(),
                "last": found.last.isoformat(),
                "invoiced_usd": usd(found.invoiced),
                "metered_usd": usd(found.metered),
                "difference_usd": usd(found.difference),
                "differing_usd": usd(found.differing),
                "without_reason_usd": usd(found.unexplained),
            }
        },
    ]


def usd(pico: int | None) -> str | None:
    """Return pico-dollars as a decimal string of dollars, exactly; None for None."""
    return None if pico is None else plain_decimal(Decimal(pico) / PICO)


def _row(row: CostRow) -> Json:
    cells = dict(zip(COLUMNS, _cells(row), strict=True))
    return {
        name: plain_decimal(cell) if isinstance(cell, Decimal) else cell
        for name, cell in cells.items()
    }


def _cells(row: CostRow) -> tuple[Cell, ...]:
    totals, sums, answers = row.totals, row.sums, row.answers
    bounds = row.bounds or (None, None)
    return (
        *(sums.talks, sums.embeddings, sums.cached, totals.input_tokens, totals.output_tokens),
        *(totals.unknown_tokens, *map(_dollars, (totals.cost, *bounds))),
        *(totals.cost_estimated, totals.unpriced, sums.unmetered),
        *(sums.failed, sums.running, round(sums.seconds, 3)),
        *(answers.answers, answers.marked, answers.useful, answers.checked, answers.supported),
        *map(_each, (row.per_useful, row.per_supported)),
        row.spent_on_answers.unpriced + row.asked.unmetered,
    )


def _dollars(pico: int | None) -> Decimal | None:
    return None if pico is None else Decimal(plain_decimal(Decimal(pico) / PICO))


def _each(spent: Spent | None) -> Decimal | None:
    """Return what is known of an answer's cost; how many calls that leaves out stands beside it."""
    return None if spent is None else _dollars(spent.cost)


def _total(report: CostReport, repriced: Repriced | None) -> Json:
    period = report.period
    return {
        "since": period.first and period.first.isoformat(),
        "until": period.last and period.last.isoformat(),
        **_row(report.total),
        "savings": [_saving(saving) for saving in report.savings],
        "saved_usd": usd(report.saved),
        "repriced": repriced and _repriced(repriced),
    }


def _saving(saving: SavingSums) -> Json:
    return {
        "kind": saving.kind,
        "turns": saving.turns,
        "unknown": saving.unknown,
        "counterfactual_usd": usd(saving.counterfactual),
        "actual_usd": usd(saving.actual),
        "overhead_usd": usd(saving.overhead),
        "saved_usd": usd(saving.saved),
        "estimated": saving.estimated,
    }


def _repriced(repriced: Repriced) -> Json:
    return {
        "on": repriced.reference.label,
        "provider": repriced.reference.provider,
        "model": repriced.reference.model,
        "usd_low": usd(repriced.low),
        "usd_high": usd(repriced.high),
        "calls": repriced.attempts,
        "calls_left_out": repriced.unpriced,
        "note": REPRICED_NOTE,
    }


def _reconciled(row: ReconciledRow) -> Json:
    return {
        "day": row.day.isoformat(),
        "until": row.until.isoformat(),
        "model": row.model,
        "calls": row.calls,
        "invoiced_usd": usd(row.invoiced),
        "metered_usd": usd(row.metered),
        "difference_usd": usd(row.difference),
        "explanations": [
            {"kind": found.kind.value, "sentence": found.sentence} for found in row.explanations
        ],
    }
