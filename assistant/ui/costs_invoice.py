"""A provider's invoice beside the ledger, on the Costs page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.cost.cost_reading import compare_invoice, providers_of
from assistant.cost.invoice import Invoice, read_invoice
from assistant.cost.invoice_table import MAX_MB
from assistant.cost.money import show_range, show_usd
from assistant.cost.reconciliation import ReconciledRow, Reconciliation
from assistant.cost_printing import explained, why
from assistant.ui.costs_tables import html_table
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError

__all__ = ["invoice_box"]

MOST_ROWS = 200
HOW = (
    "A cost export or invoice of a provider as CSV. It is compared with the calls of its days and "
    "not kept."
)


def invoice_box() -> None:
    """Draw the box that takes an invoice, and what comparing it shows."""
    uploaded = st.file_uploader(
        "Invoice of a provider (CSV)",
        type=["csv", "tsv", "txt"],
        help=HOW,
        key="invoice",
        max_upload_size=MAX_MB,
    )
    if uploaded is None:
        return
    try:
        invoice = read_invoice(uploaded.name, uploaded.getvalue())
        called = providers_of(runtime().meter.ledger.file, invoice)
        provider = _provider(invoice, called)
        if provider is not None or not called:
            _draw(compare_invoice(runtime().meter.ledger.file, invoice, provider))
        _notes(invoice)
    except LoadFactorError as error:
        st.error(as_label(str(error)), icon=":material/error:")


def _provider(invoice: Invoice, called: Sequence[str]) -> str | None:
    """Return whose invoice it is; where the format does not tell, the reader has to say so."""
    if invoice.provider is not None or len(called) < 2:
        return invoice.provider or next(iter(called), None)
    return st.selectbox(
        "Whose invoice is it?",
        called,
        index=None,
        placeholder="Choose the provider that sent it",
        key="invoice-provider",
    )


def _draw(found: Reconciliation) -> None:
    st.html(f'<div class="lf-evidence">{as_html(explained(found))}</div>')
    rows = [_row(row) for row in found.rows[:MOST_ROWS]]
    html_table(("Day", "Model", "Invoiced", "Metered", "Difference"), rows, words=True)
    more = len(found.rows) - MOST_ROWS
    if more > 0:
        st.caption(f"{count(more, 'further row')}: `loadfactor costs --invoice` prints them all.")


def _row(row: ReconciledRow) -> list[str]:
    days = str(row.day) if row.day == row.until else f"{row.day} to {row.until}"
    cells = (
        *(days, row.model or "—", show_usd(row.invoiced)),
        *(show_range(row.metered_low, row.metered_high), show_usd(row.difference), why(row)),
    )
    return [as_html(cell) for cell in cells]


def _notes(invoice: Invoice) -> None:
    left_out = [f"Line {one.line} was left out: {one.reason}." for one in invoice.warnings]
    for note in [*invoice.assumptions, *left_out]:
        st.caption(as_label(note))
