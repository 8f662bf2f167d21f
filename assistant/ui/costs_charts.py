"""Charts of costs: bars of dollars by day and backend, ranges of what it would cost elsewhere.

Vega-Lite as it comes with Streamlit: nothing is fetched. Dollars become floats here and nowhere
else: a chart has no exact pixel for a pico-dollar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib import import_module

import altair as alt
import streamlit as st

from assistant.cost.cost_sums import Sums
from assistant.cost.models import Repriced
from assistant.cost.money import show_range, show_usd
from assistant.ui.escape import as_label

__all__ = ["daily_chart", "elsewhere_chart"]

# Altair uses a pandas that another thread is still importing, and fails: here that is waited for.
import_module("pandas")

PICO = 10**12
MOST_DAYS = 92
"""A longer period is drawn by month."""
HEIGHT = 320
ROW_HEIGHT = 30
AXIS_HEIGHT = 60
"""Streamlit fits the axis and its title into a chart's height."""
BAR = 10
COLOURS = (
    *("#1f8a7b", "#d08a2e", "#5b7fbd", "#b3564f", "#8a6fb0", "#6d8f3c"),
    *("#4aa3b5", "#a5795a", "#c06c9a", "#7d8794"),
)
"""Told apart on light and dark ground."""
MONTH = len("2026-11")
DOLLARS = "$,.3~r"
LEGEND_COLUMNS = 3

Bars = dict[tuple[str, str], int]


def daily_chart(daily: Iterable[Sums], labels: Mapping[str, str]) -> None:
    """Draw dollars by day and backend; tokens where no dollar is known or spent.

    Backends without any are named below the chart.
    """
    found = [part for part in daily if part.key[0] is not None]
    dollars = any(part.cost for part in found)
    spans = _spans([part.key[0] or "" for part in found])
    bars: defaultdict[tuple[str, str], int] = defaultdict(int)
    for part in found:
        amount = part.cost if dollars else (part.input_tokens or 0) + (part.output_tokens or 0)
        backend = part.key[1] or ""
        bars[_span(part.key[0] or "", spans), labels.get(backend, backend)] += amount or 0
    drawn = {backend for (_, backend), amount in bars.items() if amount}
    if len(spans) < 2 or not drawn:
        return
    shown = {key: amount for key, amount in bars.items() if key[1] in drawn}
    st.altair_chart(_stacked(shown, spans, dollars=dollars), width="stretch")
    left = sorted({backend for _, backend in bars} - drawn)
    if left:
        what = "dollars" if dollars else "tokens"
        st.caption(as_label(f"Without {what}: {', '.join(left)}"))


def elsewhere_chart(repriced: Sequence[Repriced], spent: int | None) -> None:
    """Draw what a period would cost elsewhere as ranges, and a line at what was spent."""
    rows = [
        {
            "on": f"{one.reference.label}{' (part)' * (one.unpriced > 0)}",
            "low": one.low / PICO,
            "high": one.high / PICO,
            "shown": show_range(one.low, one.high, estimated=True),
        }
        for one in repriced
        if one.low is not None and one.high is not None
    ]
    dollars = alt.Axis(title="dollars", format=DOLLARS, grid=True, tickCount=5)
    names = alt.Axis(labelLimit=160, labelOverlap=False)
    ranges = (
        alt.Chart({"values": rows})
        .mark_rule(strokeWidth=BAR, strokeCap="round", color=COLOURS[2])
        .encode(
            x=alt.X("low:Q", axis=dollars),
            x2="high:Q",
            y=alt.Y("on:N", sort=None, title=None, axis=names),
            tooltip=[alt.Tooltip("on:N", title="backend"), alt.Tooltip("shown:N", title="cost")],
        )
    )
    chart = ranges if spent is None else ranges + _spent_line(spent)
    st.altair_chart(chart.properties(height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT), width="stretch")


def _spent_line(spent: int) -> alt.Chart:
    row = {"spent": spent / PICO, "shown": show_usd(spent)}
    line: alt.Chart = (
        alt.Chart({"values": [row]})
        .mark_rule(strokeWidth=2, strokeDash=[5, 3], color=COLOURS[1])
        .encode(x="spent:Q", tooltip=[alt.Tooltip("shown:N", title="spent here")])
    )
    return line


def _stacked(bars: Bars, spans: Sequence[str], *, dollars: bool) -> alt.Chart:
    totals: defaultdict[str, int] = defaultdict(int)
    for (_, backend), amount in bars.items():
        totals[backend] += amount
    order = sorted(totals, key=lambda backend: -totals[backend])
    rows = [
        {
            "day": span,
            "backend": backend,
            "amount": amount / PICO if dollars else amount,
            "shown": show_usd(amount) if dollars else f"{amount:,} tokens",
            "place": order.index(backend),
        }
        for (span, backend), amount in bars.items()
    ]
    title = "dollars" if dollars else "tokens"
    axis = alt.Axis(title=title, format=DOLLARS if dollars else "~s", tickCount=5)
    chart: alt.Chart = (
        alt.Chart({"values": rows})
        .mark_bar()
        .encode(
            x=alt.X(
                "day:O",
                scale=alt.Scale(domain=list(spans)),
                axis=alt.Axis(title=None, labelAngle=0, labelOverlap="greedy", labelSeparation=8),
            ),
            y=alt.Y("amount:Q", stack="zero", axis=axis),
            color=alt.Color(
                "backend:N",
                scale=alt.Scale(domain=order, range=list(COLOURS)),
                legend=alt.Legend(
                    orient="bottom", title=None, columns=LEGEND_COLUMNS, labelLimit=110
                ),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("day:N", title="when"),
                alt.Tooltip("backend:N"),
                alt.Tooltip("shown:N", title=title),
            ],
        )
        .properties(height=HEIGHT)
    )
    return chart


def _spans(days: Sequence[str]) -> list[str]:
    """Return every day from the first to the last, or every month of a long time."""
    if not days:
        return []
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    count = (last - first).days + 1
    every = [(first + timedelta(days=number)).isoformat() for number in range(count)]
    return every if count <= MOST_DAYS else list(dict.fromkeys(day[:MONTH] for day in every))


def _span(day: str, spans: Sequence[str]) -> str:
    return day[: len(spans[0])]
