"""One turn on the screen: the question, the answer as it comes, and what is below it."""

from __future__ import annotations

import streamlit as st

from assistant.conversation import Answer, CitedFigure, Evidence
from assistant.ui import citations, meter
from assistant.ui.escape import as_html, as_label, as_markdown, count
from assistant.ui.worker import RunningTurn, Snapshot

__all__ = ["draw", "stream"]


def draw(turn: RunningTurn) -> None:
    """Draw a turn that has ended."""
    now = turn.now
    _question(turn)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        if now.answer is not None:
            _answer(turn.id, now.answer)
        else:
            _unfinished(now)


def stream(turn: RunningTurn) -> None:
    """Draw a running turn until it ends; the thread goes on if this run is cut short."""
    _question(turn)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        status, body = st.empty(), st.empty()
        st.button("Stop", icon=":material/stop_circle:", key="stop", on_click=turn.stop)
        for now in turn.snapshots():
            status.html(f'<div class="lf-working">{as_html(_progress(now.evidence))}</div>')
            if now.text:
                body.markdown(_body(now.text, now.evidence or ()))


def _question(turn: RunningTurn) -> None:
    st.html(f'<div class="lf-question">{as_html(turn.question)}</div>')


def _progress(evidence: tuple[Evidence, ...] | None) -> str:
    if evidence is None:
        return "Searching the corpus …"
    documents = len({item.document.id for item in evidence})
    return f"Reading {count(len(evidence), 'passage')} from {count(documents, 'document')} …"


def _body(text: str, evidence: tuple[Evidence, ...]) -> str:
    sources = {link for item in evidence for link in item.document.references}
    return as_markdown(text, citations={item.n for item in evidence}, sources=sources)


def _answer(turn: str, answer: Answer) -> None:
    if answer.answered:
        st.markdown(_body(answer.text, answer.evidence))
        citations.chips(turn, answer)
        _checks(answer)
    else:
        _refusal(turn, answer)
        citations.chips(turn, answer)
    st.html(f'<div class="lf-cost">{meter.answer_line(answer)}</div>')
    if answer.evidence:
        citations.evidence_list(turn, answer)


def _refusal(turn: str, answer: Answer) -> None:
    with st.container(key=f"refusal-{turn}"):
        st.html('<div class="lf-refusal">Not in the corpus</div>')
        st.markdown(_body(answer.text, answer.evidence))


def _checks(answer: Answer) -> None:
    """Say which figures the cited passages do not hold, and which citations were removed."""
    unverified = [figure for figure in answer.figures if not figure.verified]
    notes = []
    if unverified:
        notes.append(f"Not found in the cited passages: {_names(unverified)}. Check before use.")
    if answer.dropped_citations:
        removed = count(answer.dropped_citations, "citation")
        notes.append(f"{removed} removed: no such evidence was given.")
    for note in notes:
        st.html(f'<div class="lf-flag">{as_html(note)}</div>')
    if answer.figures and not unverified:
        held = count(len(answer.figures), "figure")
        st.html(f'<div class="lf-held">{held} checked against the cited passages</div>')


def _names(figures: list[CitedFigure]) -> str:
    return ", ".join(dict.fromkeys(figure.text for figure in figures))


def _unfinished(now: Snapshot) -> None:
    if now.text:
        st.markdown(_body(now.text, now.evidence or ()))
    if now.error is not None:
        st.warning(as_label(now.error), icon=":material/error:")
    else:
        st.html('<div class="lf-flag">Stopped before the end; the answer is incomplete.</div>')
