"""Cost against quality, a point a backend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module

import altair as alt
import streamlit as st

from assistant.comparison_summary import Summary
from assistant.ui.costs_charts import COLOURS
from assistant.ui.escape import as_html

__all__ = ["cost_against_quality"]

# Altair uses a pandas that another thread is still importing, and fails: here that is waited for.
import_module("pandas")

PICO = Decimal(10) ** 12
HEIGHT = 440
WIDE_RANGE = 20
"""From this ratio of costs on, the axis is logarithmic."""
LEGEND_COLUMNS = 2
LONGEST_NAME = 150
"""Pixels, of which two fit beside each other on a telephone; the tooltip has the whole name."""
SHAPES = {
    "circle": 1300,
    "square": 800,
    "diamond": 480,
    "triangle-up": 260,
    "cross": 64,
    "triangle-down": 24,
}
"""Shapes and their square pixels; of marks that meet, each stands inside the one before it."""


def cost_against_quality(summed: Sequence[Summary], *, graded: bool) -> None:
    """Draw the chart; what has no place in it is named below it."""
    placed = [one for one in summed if _has_place(one, graded=graded)]
    if placed:
        chart = _chart(placed, _names(summed), graded=graded)
        st.altair_chart(chart, width="stretch", key="compare-chart")
    left_out = [
        f"{one.backend.label} ({one.per_question.why or 'not graded'})"
        for one in summed
        if one not in placed
    ]
    if left_out:
        st.html(f'<div class="lf-where">Not in the chart: {as_html(", ".join(left_out))}</div>')


def _has_place(one: Summary, *, graded: bool) -> bool:
    return one.per_question.cost is not None and _share(one, graded=graded) is not None


def _share(one: Summary, *, graded: bool) -> float | None:
    return one.quality if graded else one.cited_share


def _names(summed: Sequence[Summary]) -> dict[str, str]:
    """Return labels by backend; of those that share one, the backend's name tells them apart."""
    labels = Counter(one.backend.label for one in summed)
    return {
        one.backend.name: one.backend.label
        if labels[one.backend.label] == 1
        else f"{one.backend.label} ({one.backend.name})"
        for one in summed
    }


def _chart(placed: Sequence[Summary], names: Mapping[str, str], *, graded: bool) -> alt.Chart:
    """Marks are outlines of different shapes and sizes: where several meet, all are seen."""
    quality = "Correct, % of graded" if graded else "All citations valid, % of questions"
    sizes = list(SHAPES.values())
    rows = [
        {
            "Backend": names[one.backend.name],
            "Dollars": float(Decimal(one.per_question.cost or 0) / PICO),
            "Quality": 100 * (_share(one, graded=graded) or 0.0),
            "Per question": one.per_question.dollars,
            "Size": sizes[place % len(sizes)],
        }
        for place, one in enumerate(placed)
    ]
    costs = [float(str(row["Dollars"])) for row in rows]
    order = [str(row["Backend"]) for row in rows]
    legend = alt.Legend(
        title=None,
        orient="bottom",
        columns=LEGEND_COLUMNS,
        labelLimit=LONGEST_NAME,
        symbolFillColor="transparent",
        symbolStrokeWidth=2,
        symbolSize=120,
    )
    shapes = [list(SHAPES)[place % len(SHAPES)] for place in range(len(order))]
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(order))]
    data = alt.Data(values=rows)  # type: ignore[no-untyped-call]
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_point(strokeWidth=2, filled=False, opacity=1)
        .encode(
            x=alt.X(
                "Dollars:Q",
                title="Dollars per question",
                scale=_scale(costs),
                axis=alt.Axis(format="$~g", tickCount=6, labelOverlap=True),
            ),
            y=alt.Y("Quality:Q", title=quality, scale=alt.Scale(domain=[0, 100], padding=12)),
            color=alt.Color(
                "Backend:N", scale=alt.Scale(domain=order, range=colours), legend=legend
            ),
            size=alt.Size("Size:Q", scale=None, legend=None),
            shape=alt.Shape(
                "Backend:N", scale=alt.Scale(domain=order, range=shapes), legend=legend
            ),
            tooltip=["Backend:N", "Per question:N", alt.Tooltip("Quality:Q", format=".0f")],
        )
        .properties(height=HEIGHT)
    )
    return chart


def _scale(costs: Sequence[float]) -> alt.Scale:
    if min(costs) > 0 and max(costs) > WIDE_RANGE * min(costs):
        return alt.Scale(type="log", domain=[min(costs) / 1.5, max(costs) * 1.5])
    return alt.Scale(domain=[0, max(costs) * 1.1 or 1], nice=True)
