"""One turn on the screen: the question, the answer as it comes, and what is below it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import streamlit as st

from assistant.conversation import Answer, Citation, Evidence, Flag, FlagKind, Step
from assistant.cost.models import Attempt
from assistant.cost.spent import spent
from assistant.inquiry import NO_FILTERS
from assistant.ui import citations, filters, meter
from assistant.ui.escape import as_html, as_label, as_markdown, count
from assistant.ui.worker import RunningTurn, Shown, Snapshot

__all__ = ["draw", "stream"]

UNSUPPORTED = frozenset(
    {FlagKind.NO_CITATION, FlagKind.REPEATS_INSTRUCTIONS, FlagKind.INSTRUCTED_BY_EVIDENCE}
)
"""Doubts about an answer as a whole, not about a piece of it."""
QUOTED = 90
METERED_EVERY = 0.5
"""Seconds between two looks at the meter while an answer comes."""
SHOW_LAST = """<script>
window.setTimeout(() => {
  const asked = document.querySelectorAll(".lf-question");
  asked[asked.length - 1]?.scrollIntoView({block: "start"});
}, 60);
</script>"""
"""A long conversation would hide its new question below the edge. Holds no text but ours."""


def draw(turn: Shown) -> None:
    """Draw a turn that has ended."""
    now = turn.now
    _question(turn)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        if now.answer is not None:
            _answer(turn, now.answer)
        else:
            _unfinished(turn.id, now)


def stream(turn: RunningTurn, conversation: str) -> None:
    """Draw a running turn until it ends; the thread goes on if this run is cut short."""
    _question(turn)
    st.html(SHOW_LAST, unsafe_allow_javascript=True)
    with st.container(key=f"answer-{turn.id}", gap="small"):
        status, body, sources = st.empty(), st.empty(), st.empty()
        st.button("Stop", icon=":material/stop_circle:", key="stop", on_click=turn.stop)
        cited: tuple[Citation, ...] = ()
        metered = monotonic()
        for now in turn.snapshots():
            status.html(f'<div class="lf-working">{as_html(_progress(now))}</div>')
            body.markdown(_body(now.text, now.evidence or ()))
            if now.citations != cited:
                cited = now.citations
                sources.html(citations.names(cited))
            if monotonic() - metered >= METERED_EVERY:
                meter.live(conversation, turn.id, now.text)
                metered = monotonic()


def _question(turn: Shown) -> None:
    st.html(f'<div class="lf-question">{as_html(turn.question)}</div>{filters.told(turn.filters)}')


def _progress(now: Snapshot) -> str:
    if now.notice is not None:
        return now.notice
    if now.evidence is None:
        return "Searching the corpus …"
    documents = len({item.document.id for item in now.evidence})
    read = f"{count(len(now.evidence), 'passage')} from {count(documents, 'document')}"
    if now.step is None:
        return f"Found {read} …"
    return f"{now.step.label} ({now.step.destination}) reads {read} …"


def _body(text: str, evidence: Sequence[Evidence], doubtful: Sequence[tuple[int, int]] = ()) -> str:
    sources = {link for item in evidence for link in item.document.references}
    numbers = {item.n for item in evidence}
    return as_markdown(text, citations=numbers, sources=sources, doubtful=doubtful)


def _answer(turn: Shown, answer: Answer) -> None:
    _flags(answer)
    if answer.answered:
        doubtful = [figure.span for figure in answer.figures if not figure.verified]
        st.markdown(_body(answer.text, answer.evidence, doubtful))
        citations.chips(turn.id, answer)
        _held(answer)
    else:
        _refusal(turn, answer)
        citations.chips(turn.id, answer)
    _route(answer)
    st.html(f'<div class="lf-cost">{meter.answer_line(turn.id, answer)}</div>')
    if answer.evidence:
        citations.evidence_list(turn.id, answer)


def _refusal(turn: Shown, answer: Answer) -> None:
    searched = "corpus" if turn.filters == NO_FILTERS else "documents asked"
    with st.container(key=f"refusal-{turn.id}"):
        st.html(f'<div class="lf-refusal">Not in the {searched}</div>')
        st.markdown(_body(answer.text, answer.evidence))


def _flags(answer: Answer) -> None:
    """Say above the answer what the checks found: who reads on has read it."""
    if not answer.flags:
        return
    whole = any(flag.kind in UNSUPPORTED for flag in answer.flags)
    title = "Unsupported: do not rely on this answer" if whole else "Check before use"
    notes = "".join(f"<li>{as_html(_note(flag, answer.text))}</li>" for flag in answer.flags)
    st.html(
        f'<div class="lf-doubt{" lf-unsupported" * whole}" role="alert">'
        f"<b>{title}</b><ul>{notes}</ul></div>"
    )


def _note(flag: Flag, text: str) -> str:
    if flag.kind is not FlagKind.UNCITED_STATEMENT:
        return flag.message
    quotes = (" ".join(text[start:end].split()) for start, end in flag.spans)
    shown = (f"“{q if len(q) <= QUOTED else f'{q[:QUOTED]}…'}”" for q in quotes)
    return f"{flag.message} {' '.join(shown)}"


def _held(answer: Answer) -> None:
    if answer.figures and answer.supported:
        held = count(len(answer.figures), "figure")
        st.html(f'<div class="lf-held">{held} checked against the cited passages</div>')


def _route(answer: Answer) -> None:
    """Tell which backends were asked and why, unless the one that was chosen answered at once."""
    steps = answer.steps
    if len(steps) == 1 and steps[0].reason == "chosen":
        return
    told = "".join(
        f"<li><b>{as_html(step.label)}</b> ({as_html(step.destination)}) · {as_html(step.reason)}"
        f" → {as_html(step.outcome or 'no end')}{as_html(_cost(step, answer.attempts))}</li>"
        for step in steps
    )
    if told:
        st.html(f'<ol class="lf-route">{told}</ol>')


def _cost(step: Step, attempts: Sequence[Attempt]) -> str:
    """Return what all calls to a step's backend cost, repeated ones included."""
    mine = [attempt for attempt in attempts if attempt.backend == step.backend]
    return f" · {spent(mine).dollars}" if mine else ""


def _unfinished(turn: str, now: Snapshot) -> None:
    if now.text:
        st.markdown(_body(now.text, now.evidence or ()))
    if now.error is not None:
        st.warning(as_label(now.error), icon=":material/error:")
    elif now.interrupted:
        st.html('<div class="lf-flag">The app ended before the answer did. Ask again.</div>')
    else:
        st.html('<div class="lf-flag">Stopped before the end; the answer is incomplete.</div>')
    if taken := meter.turn_line(turn):
        st.html(f'<div class="lf-cost">{taken}</div>')
