"""Compare: the same questions over the same evidence, on several backends, measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from assistant.archive_comparisons import ComparisonArchive, ListedComparison
from assistant.ui import (
    compare_form,
    compare_live,
    compare_results,
    compare_state,
    comparing,
)
from assistant.ui.conversations import USER
from assistant.ui.escape import as_html, as_label
from assistant.ui.resources import runtime

HERE = Path(__file__)
PROMISE = "The same question and the same evidence, asked of several backends. All of it is run."
LISTED = 10
MANY = 500


def main() -> None:
    opened = compare_state.opened()
    st.html(f'<div class="lf-title">Compare</div><div class="lf-promise">{as_html(PROMISE)}</div>')
    running = comparing.running(opened)
    if running is not None:
        compare_live.stream(running)
        st.rerun()
    view = comparing.find(opened)
    if opened is None or view is None:
        if opened is not None:
            st.warning("There is no comparison at this address.", icon=":material/error:")
        compare_form.draw()
        _list()
        return
    compare_state.remember_seen(view.comparison.id)
    st.button(
        "New comparison",
        icon=":material/add:",
        type="tertiary",
        key="compare-new",
        on_click=compare_state.forget,
    )
    if view.error is not None:
        st.error(as_label(view.error), icon=":material/error:")
    compare_results.draw(view.comparison)


def _list() -> None:
    found = _listed()
    if found:
        st.html('<div class="lf-section">Earlier comparisons</div>')
    for one in found:
        with st.container(
            key=f"comparison-{one.id}", horizontal=True, vertical_alignment="center", gap="small"
        ):
            st.page_link(HERE, label=as_label(one.title), query_params={"comparison": one.id})
            when = f"{one.created:%Y-%m-%d %H:%M}"
            st.html(f'<span class="lf-where">{as_html(when)}</span>')


def _listed() -> Sequence[ListedComparison]:
    archive = ComparisonArchive(runtime().meter.ledger)
    if not compare_state.several_readers():
        return archive.listed(USER, LISTED)
    seen = compare_state.seen()
    return [one for one in archive.listed(USER, MANY) if one.id in seen][:LISTED]


main()
