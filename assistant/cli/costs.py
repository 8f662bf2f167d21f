"""The command that reads the ledger: what a period cost, and would have cost elsewhere."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import app
from assistant.cli.options import AsJson, Data
from assistant.cost.cost_reading import (
    compare_invoice,
    month_of,
    providers_of,
    read_costs,
    reprice_costs,
)
from assistant.cost.cost_sums import Dimension, Period
from assistant.cost.errors import InvoiceRefused
from assistant.cost.invoice import Invoice, read_invoice
from assistant.cost.models import Reference
from assistant.cost_printing import show_costs, show_reconciliation
from assistant.cost_rows import costs_csv, costs_json, reconciliation_json
from assistant.printing import print_lines
from assistant.settings import Settings, load_settings
from assistant.wiring import Runtime, build
from corpus.errors import ConfigurationError

__all__ = ["costs"]


@app.command()
def costs(
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="First day [first of the month]."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day [today].")
    ] = None,
    by: Annotated[Dimension, typer.Option("--by", help="What is broken down.")] = Dimension.BACKEND,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="BACKEND", help="Reprice the period on this backend."),
    ] = None,
    invoice: Annotated[
        Path | None,
        typer.Option("--invoice", metavar="FILE.csv", help="Compare a provider's invoice."),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Whose invoice it is.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The rows as CSV.")] = False,
) -> None:
    """Show what was spent, on what, and what an answer cost."""
    if as_csv and (as_json or on or invoice):
        raise typer.BadParameter("--csv prints the rows alone, without --json, --on or --invoice")
    if provider and not invoice:
        raise typer.BadParameter("--provider names whose --invoice it is; give both")
    settings = load_settings(data=data)
    reference = reference_of(settings, on) if on else None
    read = read_invoice(invoice.name, content(invoice)) if invoice else None
    with build(settings) as runtime:
        biller = biller_of(runtime, read, provider) if read else None
        report = read_costs(runtime.meter.ledger.file, period_of(runtime, since, until), by)
        repriced = None
        if reference is not None:
            file, now = runtime.meter.ledger.file, datetime.now(UTC)
            (repriced,) = reprice_costs(file, report, [reference], runtime.prices, now)
        if as_csv:
            sys.stdout.write(costs_csv(report))
        elif as_json:
            print_lines(costs_json(report, repriced))
        else:
            show_costs(report, repriced)
        if read is not None:
            report_invoice(runtime, read, biller, as_json=as_json)


def report_invoice(
    runtime: Runtime, invoice: Invoice, biller: str | None, *, as_json: bool
) -> None:
    found = compare_invoice(runtime.meter.ledger.file, invoice, biller)
    if as_json:
        print_lines(reconciliation_json(found))
        return
    left_out = [f"Line {one.line} was left out: {one.reason}." for one in invoice.warnings]
    show_reconciliation(found, [*invoice.assumptions, *left_out])


def biller_of(runtime: Runtime, invoice: Invoice, named: str | None) -> str | None:
    """Return whose invoice it is: as named, as its format tells, or the only one there is."""
    called = providers_of(runtime.meter.ledger.file, invoice)
    if named:
        known = {*called, *(entry.provider for entry in runtime.backends.entries)}
        if named not in known:
            names = ", ".join(sorted(known))
            raise typer.BadParameter(f"no provider {named!r}; there are {names}")
        return named
    if invoice.provider is None and len(called) > 1:
        raise typer.BadParameter(
            f"{invoice.name} does not tell whose invoice it is: add --provider with one of "
            f"{', '.join(called)}"
        )
    return invoice.provider or next(iter(called), None)


def period_of(runtime: Runtime, since: datetime | None, until: datetime | None) -> Period:
    """Return the period that was asked for; this month where nothing was."""
    month = month_of(runtime.meter.day())
    if since is None and until is None:
        return month
    first = since.date() if since else None
    last = until.date() if until else month.last
    if first and last and first > last:
        raise typer.BadParameter(f"--since {first} is after --until {last}")
    return Period(first, last)


def reference_of(settings: Settings, name: str) -> Reference:
    """Return a backend, by its name or label, or a reference, by its label, in the price data."""
    label = name.casefold()
    by_name = [entry for entry in settings.backends if entry.name == name]
    by_label = [entry for entry in settings.backends if entry.label.casefold() == label]
    for entry in (*by_name, *by_label):
        return Reference(entry.label, *(entry.price or (entry.provider, entry.model)))
    for reference in settings.references:
        if label == reference.label.casefold():
            return reference
    names = [entry.name for entry in settings.backends]
    labels = [reference.label for reference in settings.references]
    raise ConfigurationError(f"No backend {name!r} to reprice on: {', '.join(names + labels)}.")


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvoiceRefused(
            f"{path} cannot be read ({error.strerror}); give the file of an invoice."
        ) from error
