"""A comparison while it runs: the answers as they come, side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from assistant.compared import Compared, Result
from assistant.comparison_tables import outcome
from assistant.cost.money import show_tokens
from assistant.cost.spent import spent
from assistant.ui.comparing import Live, RunningComparison, View
from assistant.ui.escape import as_html, as_markdown
from assistant.ui.resources import runtime
from corpus.tokens import count_tokens

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

__all__ = ["head", "rows_of", "stream"]

A_ROW = 3
"""Columns beside each other; more are too narrow to read."""


@dataclass(slots=True)
class _Places:
    status: DeltaGenerator
    body: DeltaGenerator
    shown: tuple[str, str] = ("", "")


def stream(running: RunningComparison) -> None:
    """Draw a running comparison until it ends; the thread goes on if this run is cut short."""
    job, now = running.job, running.now
    progress = st.empty()
    st.button("Stop", icon=":material/stop_circle:", key="compare-stop", on_click=running.stop)
    places: dict[str, _Places] = {}
    for columns, backends in rows_of(now.comparison.backends):
        for column, backend in zip(columns, backends, strict=True):
            with column, st.container(key=f"answer-live-{backend.name}", gap="small"):
                st.html(head(backend))
                places[backend.name] = _Places(st.empty(), st.empty())
    for view in running.views():
        number = f"Question {view.question + 1} of {len(job.questions)}: "
        asked = job.questions[view.question].text
        progress.html(
            f'<div class="lf-question">{as_html(number * (len(job.questions) > 1) + asked)}</div>'
        )
        for name, place in places.items():
            _show(place, view.columns[name], _numbers(view))


def rows_of(
    backends: Sequence[Compared],
) -> list[tuple[list[DeltaGenerator], Sequence[Compared]]]:
    """Return rows of columns for the backends: two of two rather than three and one."""
    width = len(backends) if len(backends) <= A_ROW else -(-len(backends) // 2)
    return [
        (st.columns(width, gap="medium")[: len(part)], part)
        for start in range(0, len(backends), width)
        for part in [backends[start : start + width]]
    ]


def head(backend: Compared) -> str:
    """Return a backend's name, model and place as inert HTML."""
    facts = " · ".join((backend.model, backend.destination))
    return (
        f'<div class="lf-compared"><b>{as_html(backend.label)}</b>'
        f'<div class="lf-where">{as_html(facts)}</div></div>'
    )


def _show(place: _Places, live: Live, numbers: Collection[int]) -> None:
    status, text = _status(live), live.text
    if live.result is not None:
        text = live.result.text or live.text
    if status != place.shown[0]:
        place.status.html(f'<div class="lf-working lf-where">{as_html(status)}</div>')
    if text != place.shown[1]:
        place.body.markdown(as_markdown(text, citations=numbers))
    place.shown = (status, text)


def _status(live: Live) -> str:
    if live.result is not None:
        return _ended(live.result)
    if live.notice is not None:
        return live.notice
    if not live.asked:
        return "Waiting for the evidence …"
    elapsed = f"{monotonic() - live.began:.0f} s"
    if not live.text:
        return f"Reading … {elapsed}"
    tokens = count_tokens(live.text)
    parts = [f"{show_tokens(tokens, estimated=True)} tokens out", elapsed]
    if live.attempt is not None:
        so_far = runtime().meter.estimate(live.attempt, tokens)
        parts.insert(0, spent([so_far]).dollars)
    return " · ".join(parts)


def _ended(result: Result) -> str:
    if result.error is not None:
        return result.error
    seconds = "" if result.seconds is None else f" · {result.seconds:.1f} s"
    return f"{outcome(result)} · {result.spent.dollars}{seconds}"


def _numbers(view: View) -> Collection[int]:
    questions: Mapping[int, Collection[int]] = {
        number: {item.n for item in asked.evidence}
        for number, asked in enumerate(view.comparison.questions)
    }
    return questions.get(view.question, ())
