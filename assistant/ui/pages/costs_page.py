"""Costs: what was spent, on what, what an answer cost, and what it would have cost elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial

import streamlit as st

from assistant.cost.cost_reading import month_of, read_costs
from assistant.cost.cost_report import CostReport
from assistant.cost.cost_sums import Dimension, Period
from assistant.cost_printing import period_words
from assistant.cost_rows import REPRICED_NOTE, costs_csv, ledger_csv
from assistant.ui.costs_charts import daily_chart, elsewhere_chart
from assistant.ui.costs_conversations import listed
from assistant.ui.costs_elsewhere import elsewhere
from assistant.ui.costs_invoice import invoice_box
from assistant.ui.costs_tables import breakdown, elsewhere_table, figures, savings_table
from assistant.ui.escape import as_html
from assistant.ui.resources import runtime

TODAY, WEEK, MONTH, ALL, OWN = "Today", "7 days", "This month", "All", "Own dates"
CSV = "text/csv"
# Without it, spreadsheets read UTF-8 as another encoding.
BOM = "\ufeff"


def main() -> None:
    st.html('<div class="lf-title">Costs</div>')
    period = _period()
    dimension = _dimension()
    report = read_costs(runtime().meter.ledger.file, period, dimension)
    st.html(f'<div class="lf-promise">{as_html(period_words(period))}</div>')
    if report.rows:
        _report(report)
    else:
        st.info("No call in this period.")
    st.subheader("Compare with an invoice")
    invoice_box()


def _report(report: CostReport) -> None:
    labels = {entry.name: entry.label for entry in runtime().backends.entries}
    figures(report)
    daily_chart(report.daily, labels)
    breakdown(report, _shown(report, labels))
    _exports(report)
    _elsewhere(report)
    if report.savings:
        st.subheader("Savings")
        savings_table(report)


def _period() -> Period:
    today = runtime().meter.day()
    chosen = st.segmented_control(
        "Period",
        [TODAY, WEEK, MONTH, ALL, OWN],
        default=MONTH,
        required=True,
        label_visibility="collapsed",
        key="costs-period",
    )
    if chosen == OWN:
        return _own_dates(today)
    return {
        TODAY: Period(today, today),
        WEEK: Period(today - timedelta(days=6), today),
        ALL: Period(),
    }.get(chosen or MONTH, month_of(today))


def _own_dates(today: date) -> Period:
    month = month_of(today)
    dates = st.date_input("From and to", (month.first or today, today), key="costs-dates")
    # While only the first day is chosen, the period is that day.
    chosen = [day for day in (dates if isinstance(dates, tuple) else (dates,)) if day]
    return Period(min(chosen), max(chosen)) if chosen else month


def _dimension() -> Dimension:
    chosen = st.segmented_control(
        "By",
        list(Dimension),
        default=Dimension.BACKEND,
        required=True,
        format_func=lambda dimension: f"by {dimension}",
        label_visibility="collapsed",
        key="costs-dimension",
    )
    return Dimension(chosen or Dimension.BACKEND)


def _shown(report: CostReport, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the HTML of each key: a backend's label, a conversation's link where it is listed."""
    keys = [row.key for row in report.rows if row.key is not None]
    if report.dimension is Dimension.BACKEND:
        return {key: as_html(labels.get(key, key)) for key in keys}
    if report.dimension is not Dimension.CONVERSATION:
        return {}
    names = listed()
    return {key: names.link(key) for key in keys}


def _exports(report: CostReport) -> None:
    by, name = report.dimension.value, period_words(report.period).replace(" ", "-")
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "These rows (CSV)",
            partial(_rows, report),
            file_name=f"costs-by-{by}-{name}.csv",
            mime=CSV,
            icon=":material/download:",
            on_click="ignore",
            key="costs-csv",
        )
        st.download_button(
            "Every call of the period (CSV)",
            partial(_calls, report.period),
            file_name=f"calls-{name}.csv",
            mime=CSV,
            icon=":material/download:",
            on_click="ignore",
            key="calls-csv",
        )


def _rows(report: CostReport) -> bytes:
    if report.dimension is not Dimension.CONVERSATION:
        return _file(costs_csv(report))
    names = listed()
    return _file(
        costs_csv(report, {row.key: names.text(row.key) for row in report.rows if row.key})
    )


def _calls(period: Period) -> bytes:
    file = runtime().meter.ledger.file
    return _file(ledger_csv(file, period, listed().text))


def _file(text: str) -> bytes:
    return (BOM + text).encode()


def _elsewhere(report: CostReport) -> None:
    found = elsewhere(report, datetime.now(UTC))
    if not found:
        return
    st.subheader("This period elsewhere · repriced, not run")
    whole = report.total.spent.whole
    elsewhere_chart(found, whole)
    elsewhere_table(found)
    line = " The dashed line is what was spent here." if whole is not None else ""
    st.caption(f"{REPRICED_NOTE}{line}")


main()
