"""What to compare: backends, a question or a set of them, and where the text will go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from assistant.backends.entry import BackendEntry
from assistant.comparing_job import Job
from assistant.comparison_forecast import at_most
from assistant.questions import Question, parse_questions
from assistant.ui import compare_state, comparing, filter_state, filters, state
from assistant.ui.conversations import USER
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from corpus.errors import ConfigurationError, LoadFactorError
from corpus.filtering import require_some

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["draw"]

FEWEST, MOST = 2, 6
MOST_QUESTIONS = 200
LARGEST_FILE = 2
"""Megabytes."""
LONGEST_QUESTION = 4000
ONE, SET = "One question", "A question set"
FILE_HELP = (
    "JSON Lines, one object a line. Only `question` is needed; `must_contain`, `answer` and "
    "`answerable` say what a correct answer is."
)


def draw() -> None:
    """Draw the form; what it asks for is begun before the page is drawn again."""
    usable = {
        entry.name: entry for entry in runtime().backends.usable(local_only=state.local_only())
    }
    if len(usable) < FEWEST:
        st.info("Comparing takes two usable backends. The Backends page says what each one lacks.")
        return
    if (problem := compare_state.problem()) is not None:
        st.warning(as_label(problem), icon=":material/error:")
    picked = _backends(usable)
    source = st.segmented_control(
        "What to ask",
        [ONE, SET],
        default=ONE,
        required=True,
        key=compare_state.SOURCE,
        label_visibility="collapsed",
    )
    file = _question(is_set=source == SET)
    filters.draw(filter_state.COMPARE, filter_state.chosen(filter_state.COMPARE))
    st.html(f'<div class="lf-where">{as_html(_going(picked))}</div>')
    if len(picked) >= FEWEST and (file is not None or source == ONE):
        _foresee(picked, file)
    st.button(
        "Compare",
        type="primary",
        icon=":material/compare_arrows:",
        key="compare-run",
        on_click=_begin,
        args=(compare_state.new_id(),),
    )


def _backends(usable: dict[str, BackendEntry]) -> Sequence[BackendEntry]:
    before = [name for name in compare_state.backends() if name in usable]
    names = st.multiselect(
        f"Backends, {FEWEST} to {MOST}",
        list(usable),
        default=before or list(usable)[:FEWEST],
        format_func=lambda name: f"{usable[name].label} · {usable[name].model}",
        max_selections=MOST,
        key=compare_state.BACKENDS,
        placeholder="Choose backends",
    )
    return [usable[name] for name in names if name in usable]


def _question(*, is_set: bool) -> UploadedFile | None:
    if is_set:
        return st.file_uploader(
            f"Questions (.jsonl), at most {MOST_QUESTIONS} and {LARGEST_FILE} MB",
            type=["jsonl"],
            max_upload_size=LARGEST_FILE,
            key=compare_state.FILE,
            help=FILE_HELP,
        )
    st.text_area(
        "Question",
        value=compare_state.question(),
        max_chars=LONGEST_QUESTION,
        key=compare_state.QUESTION,
        placeholder="What capital expenditure does Meta expect for 2026?",
    )
    return None


def _going(picked: Sequence[BackendEntry]) -> str:
    if not picked:
        return "No backend is chosen."
    places = dict.fromkeys(entry.destination for entry in picked)
    return f"Question and evidence go to {', '.join(places)}. Every call is made and paid for."


def _foresee(picked: Sequence[BackendEntry], file: UploadedFile | None) -> None:
    """Say, before anything is sent, what it will cost."""
    names = [entry.name for entry in picked]
    try:
        questions = _read(file) if file is not None else (Question(None, "?"),)
        job = _job("", names, questions, None)
        told = at_most(runtime().meter, job)
    except LoadFactorError as error:
        st.warning(as_label(str(error)), icon=":material/error:")
        return
    if file is not None:
        told = f"{count(len(questions), 'question')}, {job.graded} with a gold answer · {told}"
    st.html(f'<div class="lf-where">{as_html(told)}</div>')


def _begin(comparison: str) -> None:
    """Start what the widgets say now: what was typed last is known only when the button is."""
    chosen = compare_state.chosen()
    file: UploadedFile | None = chosen.file if chosen.source == SET else None
    try:
        if len(chosen.backends) < FEWEST:
            raise ConfigurationError("Choose two backends or more.")
        if chosen.source == SET and file is None:
            raise ConfigurationError("Choose a question set.")
        questions = _read(file) if file is not None else _one(chosen.question)
        require_some(filter_state.chosen(filter_state.COMPARE), runtime().corpus.documents())
        name = file.name if file is not None else None
        comparing.start(_job(comparison, chosen.backends, questions, name))
    except LoadFactorError as error:
        compare_state.show_problem(str(error))
        return
    compare_state.remember(comparison, chosen)


def _one(question: str) -> tuple[Question, ...]:
    if not question.strip():
        raise ConfigurationError("Type a question first.")
    return (Question(None, question.strip()),)


def _read(file: UploadedFile) -> tuple[Question, ...]:
    questions = parse_questions(file.name, file.getvalue())
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise ConfigurationError(
            f"{file.name} holds {count(len(questions), 'question')}; give 1 to {MOST_QUESTIONS}, "
            "or use `loadfactor compare` for more."
        )
    return questions


def _job(
    comparison: str, names: Sequence[str], questions: tuple[Question, ...], name: str | None
) -> Job:
    product = runtime()
    local_only = state.local_only()
    return Job(
        questions=questions,
        backends=tuple(product.backends.get(one, local_only=local_only) for one in names),
        filters=filter_state.chosen(filter_state.COMPARE),
        evidence_tokens=product.settings.evidence_tokens,
        user=USER,
        name=name,
        id=comparison,
    )
