"""A comparison that has ended: table, chart, answers, evidence, files and its link."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from assistant.archive_records import evidence_from
from assistant.archive_schema import VERSION, Record
from assistant.compared import Asked, Comparison, Result
from assistant.comparison_report import results_csv, summaries_csv
from assistant.comparison_summary import summaries
from assistant.comparison_tables import Row, result_rows, summary_rows
from assistant.conversation import Evidence
from assistant.ui import compare_charts, filters
from assistant.ui.citations import describe, why
from assistant.ui.compare_live import head, rows_of
from assistant.ui.escape import as_html, as_label, as_markdown, count
from assistant.ui.resources import runtime

__all__ = ["draw"]

BOM = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
READING = (
    "Dollars and tokens are those of every call made, repeated ones and refusals included: ≈ is an "
    "estimate, — is unknown, *not metered* is a machine of ours whose hours have no price. Seconds "
    "begin when a backend is asked; the search that all share is left out."
)
GRADING = (
    "**Correct** is decided by rules, never by a model: all that the answer must contain occurs in "
    "it, or it states the one figure of the right answer with a citation that supports it, or it "
    "refuses, without a figure of its own, where the documents hold no answer. A failed call is "
    "not correct; one that was never made is not graded. What each answer costs divides all the "
    "backend's calls; a correct one, those of graded questions."
)


def draw(comparison: Comparison) -> None:
    """Draw everything that was found."""
    if confined := filters.told(comparison.filters):
        st.html(confined)
    if comparison.is_set:
        _set(comparison)
    elif comparison.questions:
        asked = comparison.questions[0]
        st.html(f'<div class="lf-question">{as_html(asked.text)}</div>')
        _answers(comparison, 0)
        _table(result_rows(comparison, 0))
        st.caption(READING)
    if comparison.results:
        _take_away(comparison)


def _set(comparison: Comparison) -> None:
    if not comparison.complete:
        asked = count(len(comparison.questions), "question")
        st.html(f'<div class="lf-flag">Ended after {asked} of {comparison.planned}.</div>')
    if not comparison.results:
        return
    compare_charts.cost_against_quality(summaries(comparison), graded=comparison.graded)
    _table(summary_rows(comparison))
    st.caption(READING)
    if comparison.graded:
        st.caption(GRADING)
    number = st.selectbox(
        "Read the answers to",
        range(len(comparison.questions)),
        format_func=lambda place: _name(comparison.questions[place], place),
        key=f"compare-read-{comparison.id}",
    )
    _table(result_rows(comparison, number))
    _answers(comparison, number)


def _name(asked: Asked, place: int) -> str:
    return f"{asked.id or place + 1}: {asked.text}"


def _answers(comparison: Comparison, number: int) -> None:
    asked = comparison.questions[number]
    evidence = evidence_from(Record(VERSION, asked.evidence, None), runtime().corpus)
    results = {result.backend: result for result in comparison.of_question(number)}
    for columns, backends in rows_of(comparison.backends):
        for column, backend in zip(columns, backends, strict=True):
            with column, st.container(key=f"answer-{backend.name}", gap="small"):
                st.html(head(backend))
                if backend.name in results:
                    _answer(results[backend.name], evidence, filters.searched(comparison.filters))
    _evidence(evidence)


def _answer(result: Result, evidence: Sequence[Evidence], searched: str) -> None:
    if result.error is not None:
        st.warning(as_label(result.error), icon=":material/error:")
    elif result.state == "stopped":
        st.html('<div class="lf-flag">Stopped before the end; the answer is incomplete.</div>')
    if result.state == "refused":
        st.html(f'<div class="lf-refusal">Not in the {searched}</div>')
    if result.flags:
        notes = "".join(f"<li>{as_html(flag.message)}</li>" for flag in result.flags)
        st.html(f'<div class="lf-doubt" role="alert"><b>Check before use</b><ul>{notes}</ul></div>')
    numbers = {item.n for item in evidence}
    sources = {link for item in evidence for link in item.document.references}
    text = as_markdown(result.text, citations=numbers, sources=sources, doubtful=result.doubtful)
    st.markdown(text)


def _evidence(evidence: Sequence[Evidence]) -> None:
    if not evidence:
        st.caption("The search found nothing: every backend was asked without evidence.")
        return
    title = f"Evidence, the same for all · {count(len(evidence), 'passage')}"
    with st.expander(title, icon=":material/menu_book:"):
        for item in evidence:
            page = f" · p. {item.page}" if item.page is not None else ""
            text = as_html(item.text) or "Removed from the corpus, or read anew since."
            st.html(
                f'<div class="lf-evidence"><b>{item.n}</b> {as_html(item.document.title)}'
                f'<div class="lf-where">{as_html(describe(item.document) + page)}</div>'
                f"{why(item.reasons)}"
                f'<div class="lf-passage">{text}</div></div>'
            )


def _table(rows: Sequence[Row]) -> None:
    """Draw backends as columns and what was measured as rows: narrow screens hold more rows."""
    measures = list(rows[0].cells) if rows else []
    top = "".join(f'<th scope="col">{_named(row)}</th>' for row in rows)
    body = "".join(
        f'<tr><th scope="row">{as_html(measure)}</th>'
        + "".join(f"<td>{as_html(row.cells[measure])}</td>" for row in rows)
        + "</tr>"
        for measure in measures
    )
    st.html(
        f'<div class="lf-scroll"><table class="lf-comparison"><thead><tr><th></th>{top}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _named(row: Row) -> str:
    """Show what a backend stands out for below its name."""
    shown = "".join(f'<span class="lf-mark">{as_html(mark)}</span>' for mark in row.marks)
    return f"{as_html(row.label)}{shown}"


def _take_away(comparison: Comparison) -> None:
    with st.container(key="compare-take", horizontal=True, gap="small"):
        if comparison.is_set:
            _download("Summary (CSV)", "summary", summaries_csv(comparison), comparison)
        _download("Answers (CSV)", "answers", results_csv(comparison), comparison)
    st.caption("Link, for everybody who can open this app:")
    st.code(_link(comparison.id), language=None, wrap_lines=True)


def _download(label: str, kind: str, text: str, comparison: Comparison) -> None:
    st.download_button(
        label,
        (BOM + text).encode(),
        file_name=f"{kind}-{comparison.created:%Y-%m-%d}-{comparison.id[-6:]}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"compare-{kind}",
        on_click="ignore",
    )


def _link(comparison: str) -> str:
    url = urlsplit(st.context.url or "")
    return f"{url.scheme}://{url.netloc}/compare?comparison={comparison}"
