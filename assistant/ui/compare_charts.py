"""Cost against quality, a point a backend."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import altair as alt
import streamlit as st

from assistant.comparison_summary import Summary
from assistant.ui.escape import as_html

__all__ = ["cost_against_quality"]

PICO = Decimal(10) ** 12
HEIGHT = 300
DARK_INK, LIGHT_INK = "#1B2430", "#E4E8EC"
"""The text colours of the two themes, which a chart does not know."""
WIDE_RANGE = 20
"""From this ratio of costs on, the axis is logarithmic."""


def cost_against_quality(summed: Sequence[Summary], *, graded: bool) -> None:
    """Draw the chart; what has no place in it is named below it."""
    placed = [one for one in summed if one.per_answer.cost is not None and _share(one, graded)[0]]
    if placed:
        st.altair_chart(_chart(placed, graded), width="stretch", key="compare-chart")
    left_out = [
        f"{one.backend.label} ({one.per_answer.why or 'not graded'})"
        for one in summed
        if one not in placed
    ]
    if left_out:
        st.html(f'<div class="lf-where">Not in the chart: {as_html(", ".join(left_out))}</div>')


def _share(one: Summary, graded: bool) -> tuple[bool, float]:
    share = one.quality if graded else one.cited_share
    return share is not None, 100 * (share or 0.0)


def _chart(placed: Sequence[Summary], graded: bool) -> alt.LayerChart | alt.FacetChart:
    quality = "Correct, % of graded" if graded else "All citations valid, % of questions"
    rows = [
        {
            "Backend": one.backend.label,
            "Dollars": float(Decimal(one.per_answer.cost or 0) / PICO),
            "Quality": _share(one, graded)[1],
            "Per answer": one.per_answer.dollars,
        }
        for one in placed
    ]
    costs = [float(str(row["Dollars"])) for row in rows]
    data = alt.Data(values=rows)  # type: ignore[no-untyped-call]
    base = alt.Chart(data).encode(
        x=alt.X(
            "Dollars:Q",
            title="Dollars per answer",
            scale=_scale(costs),
            axis=alt.Axis(format="$~g", tickCount=6),
        ),
        y=alt.Y("Quality:Q", title=quality, scale=alt.Scale(domain=[0, 100], padding=8)),
        tooltip=["Backend:N", "Per answer:N", alt.Tooltip("Quality:Q", format=".0f")],
    )
    points = base.mark_circle(size=140, opacity=1).encode(color=alt.Color("Backend:N", legend=None))
    ink = LIGHT_INK if st.context.theme.type == "dark" else DARK_INK
    names = base.mark_text(align="left", dx=11, fontSize=12, color=ink)
    names = names.encode(text="Backend:N")
    return alt.layer(points, names).properties(height=HEIGHT)


def _scale(costs: Sequence[float]) -> alt.Scale:
    """Leave room on the right, where the last name stands."""
    if min(costs) > 0 and max(costs) > WIDE_RANGE * min(costs):
        return alt.Scale(type="log", domain=[min(costs) / 1.5, max(costs) * 4])
    return alt.Scale(domain=[0, max(costs) * 1.3 or 1], nice=True)
