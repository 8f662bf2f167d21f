"""A period's costs read from the ledger: the report, what it would cost elsewhere, an invoice."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import chain

from assistant.cost.cost_report import CostReport, build_report
from assistant.cost.cost_sums import Dimension, Period, Sums, regroup
from assistant.cost.invoice import Invoice
from assistant.cost.ledger_costs import answer_counts, ledger_sums, saving_sums
from assistant.cost.ledger_file import LedgerFile
from assistant.cost.ledger_usage import ledger_days, usage_groups
from assistant.cost.models import Reference, Repriced
from assistant.cost.prices import Prices
from assistant.cost.reconcile import Reconciliation, reconcile
from assistant.cost.repricing import reprice_period

__all__ = ["compare_invoice", "month_of", "providers_of", "read_costs", "reprice_costs"]

POSITIONS = {Dimension.DAY: 0, Dimension.BACKEND: 1}
"""Where the dimensions of the daily sums stand in their keys."""
NEIGHBOURS = timedelta(days=1)


def read_costs(file: LedgerFile, period: Period, dimension: Dimension) -> CostReport:
    """Return a period's costs broken down by a dimension. Raises LedgerError."""
    # SQLite works outside of the interpreter's lock: the two long sums share the time of one.
    with ThreadPoolExecutor(max_workers=1) as beside:
        answers = beside.submit(answer_counts, file, period, dimension)
        daily = [_daily(file, period, apart=apart) for apart in (False, True)]
        asked, apart = (
            _sums(file, period, dimension, found, apart=at == 1) for at, found in enumerate(daily)
        )
        saved = saving_sums(file, period)
        every = tuple(chain.from_iterable(daily))
        return build_report(period, dimension, asked, apart, answers.result(), saved, every)


def _daily(file: LedgerFile, period: Period, *, apart: bool) -> tuple[Sums, ...]:
    return ledger_sums(file, period, Dimension.DAY, Dimension.BACKEND, apart=apart)


def _sums(
    file: LedgerFile,
    period: Period,
    dimension: Dimension,
    daily: tuple[Sums, ...],
    *,
    apart: bool,
) -> tuple[Sums, ...]:
    if dimension in POSITIONS:
        return regroup(daily, POSITIONS[dimension])
    return ledger_sums(file, period, dimension, apart=apart) if daily else ()


def reprice_costs(
    file: LedgerFile,
    report: CostReport,
    references: Iterable[Reference],
    prices: Prices,
    now: datetime,
) -> tuple[Repriced, ...]:
    """Return what the period of a report would cost on each reference, repriced, not run.

    `now` is aware. Raises LedgerError.
    """
    return reprice_period(
        lambda breaks: usage_groups(file, report.period, breaks),
        report.total.sums.talks,
        references,
        prices,
        now,
    )


def compare_invoice(
    file: LedgerFile, invoice: Invoice, provider: str | None = None
) -> Reconciliation:
    """Compare an invoice with the ledger's calls of its days. Raises LedgerError.

    The days before and after are told as outside, in case that calls there belong to it.
    """
    days = ledger_days(file, invoice.first - NEIGHBOURS, invoice.last + NEIGHBOURS)
    return reconcile(invoice, days, provider)


def providers_of(file: LedgerFile, invoice: Invoice) -> tuple[str, ...]:
    """Return the providers that may bill calls of an invoice's days, by name.

    Raises LedgerError.
    """
    return tuple(sorted({day.provider for day in ledger_days(file, invoice.first, invoice.last)}))


def month_of(today: date) -> Period:
    """Return the month of a day, up to that day."""
    return Period(today.replace(day=1), today)
