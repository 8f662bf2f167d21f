"""What a period would cost on the backends and references that have a price."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from assistant.cost.cost_reading import reprice_costs
from assistant.cost.cost_report import CostReport
from assistant.cost.models import Reference, Repriced
from assistant.ui.resources import runtime
from assistant.wiring import Runtime

__all__ = ["elsewhere"]


def elsewhere(report: CostReport, now: datetime) -> tuple[Repriced, ...]:
    """Return the period on each backend with a price, cheapest first.

    Remembered until another call is made in the period. Raises LedgerError.
    """
    if not report.total.sums.talks:
        return ()
    return _elsewhere(f"{report.period} {report.total.sums}", report, now)


@st.cache_data(show_spinner=False, max_entries=64)
def _elsewhere(key: str, _report: CostReport, _now: datetime) -> tuple[Repriced, ...]:
    product = runtime()
    found = reprice_costs(
        product.meter.ledger.file, _report, _references(product), product.prices, _now
    )
    known = [one for one in found if one.low is not None]
    return tuple(sorted(known, key=lambda one: (one.low or 0, one.high or 0)))


def _references(product: Runtime) -> tuple[Reference, ...]:
    """Return each model once; a backend's label goes before a reference's."""
    entries = [entry for entry in product.backends.entries if not entry.local]
    named = [
        Reference(entry.label, *(entry.price or (entry.provider, entry.model))) for entry in entries
    ]
    found = {(one.provider, one.model): one for one in product.settings.references}
    return tuple({**found, **{(one.provider, one.model): one for one in named}}.values())
