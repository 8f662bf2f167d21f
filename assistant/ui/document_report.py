"""The health report of the opened document: what was read of it, and whether to trust it."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from assistant.ui import document_state
from assistant.ui.document_coverage import coverage_strip
from assistant.ui.document_pages import page_noun, page_span
from assistant.ui.document_relations import relations
from assistant.ui.document_removal import offer_removal
from assistant.ui.escape import as_html, count
from assistant.ui.highlight import marked, tabular
from assistant.ui.outcomes import warnings_list
from assistant.ui.readers import several_readers
from assistant.ui.resources import runtime
from corpus.errors import DocumentNotFound
from corpus.models import Document, DocumentState, PassageKind, Source
from corpus.report import Report, Sample

__all__ = ["document_report"]

UNKNOWN = "—"
UPLOAD = "upload:"
LINKS = ("https://", "http://")
REPLACED = "Replaced: no longer searched, kept so that old answers still open it."


def document_report(document_id: str) -> None:
    """Draw the report of a document in any state; an id that is none is told."""
    try:
        report = runtime().corpus.report(document_id)
    except DocumentNotFound:
        st.warning("There is no document at this address.", icon=":material/error:")
        return
    with st.container(key="report", border=True):
        _head(report.document)
        about, reading = st.columns((2, 3), gap="medium")
        with about, st.container(gap="small"):
            _facts(report)
            relations(report)
            _sources(report.document)
        with reading, st.container(gap="small"):
            if report.coverage is not None:
                coverage_strip(report.coverage, page_noun(report.document.media))
            _samples(report)
        offer_removal(report.document)


def _head(document: Document) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key="report-head"):
        old = document.state is DocumentState.SUPERSEDED
        state = f'<div class="lf-flag">{REPLACED}</div>' if old else ""
        st.html(
            f'<div class="lf-report-title">{as_html(document.title)}</div>{state}'
            f"{warnings_list(document.warnings)}"
        )
        st.button(
            "Close",
            icon=":material/close:",
            type="tertiary",
            key="close-report",
            on_click=document_state.close_document,
        )


def _facts(report: Report) -> None:
    cells = "".join(
        f"<div><dt>{as_html(name)}</dt><dd>{as_html(value or UNKNOWN)}</dd></div>"
        for name, value in _named_facts(report)
    )
    st.html(f'<dl class="lf-facts">{cells}</dl>')


def _named_facts(report: Report) -> Iterator[tuple[str, str | None]]:
    document = report.document
    yield "Company", ", ".join(document.companies)
    yield "Form", document.form
    period = document.fiscal_period
    ended = f" · ended {document.period_end}" if document.period_end else ""
    yield "Fiscal period", f"{period}{ended}" if period else None
    dated = "As of" if document.questions else "Published"
    yield dated, str(document.published) if document.published else None
    if document.publisher:
        yield "Publisher", document.publisher
    if document.pages:
        yield f"{page_noun(document.media).capitalize()}s", f"{document.pages:,}"
    yield "Passages", f"{report.prose:,} of text, {report.tables:,} of tables"
    yield "Tables found", f"{document.tables:,}"
    yield "Text held", count(report.characters, "character")
    sizes = f"median {report.tokens_median:g}, at most {report.tokens_most}"
    yield "Word pieces a passage", sizes
    yield "Read as", document.media.value.upper()
    yield "Splitter", document.splitter


def _samples(report: Report) -> None:
    if not report.samples:
        return
    st.html('<div class="lf-heading">Sample passages</div>')
    tabs = st.tabs([sample.place.capitalize() for sample in report.samples])
    for tab, sample in zip(tabs, report.samples, strict=True):
        with tab:
            _sample(report.document, sample)


def _sample(document: Document, sample: Sample) -> None:
    passage = sample.passage
    where = (
        page_span(document.media, passage.page, passage.page_last).capitalize(),
        count(passage.tokens, "word piece"),
        " › ".join(passage.headings),
    )
    show = tabular if passage.kind is PassageKind.TABLE else marked
    st.html(
        f'<div class="lf-section">{as_html(" · ".join(filter(None, where)))}</div>'
        f'<div class="lf-passage lf-sample lf-{passage.kind}">{show(passage.text, ())}</div>'
    )


def _sources(document: Document) -> None:
    items = "".join(f"<li>{_source(source)}</li>" for source in reversed(document.sources))
    if items:
        st.html(f'<div class="lf-heading">Sources</div><ul class="lf-sources">{items}</ul>')


def _source(source: Source) -> str:
    location = as_html(source.location)
    if source.location.startswith(LINKS):
        shown = f'<a href="{location}" target="_blank" rel="noopener noreferrer">{location}</a>'
    elif source.location.startswith(UPLOAD):
        shown = f"{as_html(source.name)} (uploaded)"
    else:
        # Folders of the server are no business of everyone who can reach the app.
        shown = as_html(source.name) if several_readers() else location
    size = f" · {_bytes(source.size)}" if source.size is not None else ""
    told = f"{source.added:%Y-%m-%d %H:%M} UTC{size}"
    return f'{shown}<div class="lf-where">{as_html(told)}</div>'


def _bytes(size: int) -> str:
    """Return a size in the decimal units of file managers."""
    for unit, factor in (("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return count(size, "byte")
