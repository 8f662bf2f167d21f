"""How much text each page has: a strip of bars, pages without any marked.

Vega-Lite as it comes with Streamlit: nothing is fetched.
"""

from __future__ import annotations

from importlib import import_module

import altair as alt
import streamlit as st

from assistant.ui.costs_charts import COLOURS
from assistant.ui.document_pages import numbers
from assistant.ui.escape import as_html, count
from corpus.report import Coverage

__all__ = ["coverage_strip"]

# Altair uses a pandas that another thread is still importing, and fails: here that is waited for.
import_module("pandas")

HEIGHT = 110
FEW_PAGES = 12
PAGE_WIDTH, AXIS_WIDTH = 26, 60
"""Pixels; few pages get narrow bars, not broad ones."""
MOST_APART = 60
"""Bars of more pages stand side by side."""
BROAD, NARROW = 1.0, 0.8
MOST_TICKS = 10


def coverage_strip(coverage: Coverage, noun: str) -> None:
    """Draw the strip under a sentence; `noun` is "page" or "slide". One page needs no strip."""
    told = _sentence(coverage, noun)
    st.html(
        f'<div class="lf-heading">Characters by {noun}</div>'
        f'<div class="lf-where">{as_html(told)}</div>'
    )
    pages = len(coverage.characters)
    if pages > 1:
        st.altair_chart(
            _strip(coverage, noun),
            width=PAGE_WIDTH * pages + AXIS_WIDTH if pages <= FEW_PAGES else None,
            alt=f"Characters by {noun}. {told}",
        )


def _sentence(coverage: Coverage, noun: str) -> str:
    pages, empty = len(coverage.characters), coverage.without_text
    if not empty:
        return f"Text on {'all ' if pages > 1 else ''}{count(pages, noun)}."
    on = f"{noun}{'s' if len(empty) > 1 else ''} {numbers(empty)}"
    return f"Text on {pages - len(empty):,} of {count(pages, noun)}, none on {on} (amber)."


def _strip(coverage: Coverage, noun: str) -> alt.LayerChart:
    """Bars of characters; where there are none, a band as tall as the tallest, to be seen."""
    pages = len(coverage.characters)
    tallest = max(*coverage.characters, 1)
    half = (NARROW if pages <= MOST_APART else BROAD) / 2
    rows = [
        {
            "page": page,
            "from": page - half,
            "to": page + half,
            "floor": 0,
            "characters": characters or tallest,
            "shown": f"{characters:,} characters" if characters else "no text",
            "empty": not characters,
        }
        for page, characters in enumerate(coverage.characters, start=1)
    ]
    placed = _on_axes(alt.Chart({"values": rows}), pages, tallest, noun)
    text = placed.transform_filter("!datum.empty").mark_rect(color=COLOURS[0])
    empty = placed.transform_filter("datum.empty").mark_rect(color=COLOURS[1], opacity=0.45)
    return alt.LayerChart(layer=[text, empty], height=HEIGHT)


def _on_axes(chart: alt.Chart, pages: int, tallest: int, noun: str) -> alt.Chart:
    ends = alt.Scale(domain=[0.5, pages + 0.5], nice=False)
    ticks = min(pages, MOST_TICKS)
    across = alt.Axis(title=None, format="d", tickMinStep=1, tickCount=ticks, grid=False)
    up = alt.Axis(title=None, format=",d", tickCount=3)
    placed: alt.Chart = chart.encode(
        x=alt.X("from:Q", scale=ends, axis=across),
        x2="to:Q",
        y=alt.Y("characters:Q", scale=alt.Scale(domain=[0, tallest], nice=False), axis=up),
        y2="floor:Q",
        tooltip=[alt.Tooltip("page:Q", title=noun), alt.Tooltip("shown:N", title="holds")],
    )
    return placed
