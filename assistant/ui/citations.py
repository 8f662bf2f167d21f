"""Citations and evidence below an answer, and the panel that shows the passage behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from assistant.conversation import Answer, Citation, Evidence
from assistant.ui import state
from assistant.ui.document_pages import page_span
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.highlight import marked, tabular
from assistant.ui.resources import picture, runtime
from corpus.errors import LoadFactorError
from corpus.models import Document, Media, Passage, PassageKind, Reason
from ingest.originals import original_path

__all__ = ["chips", "describe", "evidence_list", "names", "panel", "why"]

LONGEST_CHIP = 44
PREVIEW = 240
MOST_PICTURES = 3
REMOVED = "This document was removed from the corpus; its text is gone."
READ_ANEW = "This document was read anew since; the passage is no longer held as it was cited."


def describe(document: Document) -> str:
    """Return company, form and period as one phrase, the title where they are unknown."""
    known = (document.company, document.form, document.fiscal_period)
    return " · ".join(filter(None, known)) if document.company else document.title


def chips(turn: str, answer: Answer) -> None:
    """Draw one button for each citation number, in the order of the numbers."""
    cited = {citation.n: citation for citation in answer.citations}
    if not cited:
        return
    with st.container(key=f"sources-{turn}", horizontal=True, gap="xsmall"):
        for n, citation in sorted(cited.items()):
            st.button(
                f"**{n}** {as_label(_short(citation))}",
                key=f"cite-{turn}-{n}",
                help=as_label(citation.document.title),
                on_click=state.open_passage,
                args=(turn, n),
            )


def names(cited: Sequence[Citation]) -> str:
    """Return what a text that still streams has cited so far, as inert HTML."""
    shown = (f"<span><b>{one.n}</b> {as_html(_short(one))}</span>" for one in cited)
    return f'<div class="lf-citing">{"".join(shown)}</div>'


def why(reasons: Sequence[Reason]) -> str:
    """Return why a piece of evidence was chosen as inert HTML, "" where nothing says so."""
    shown = "".join(
        f'<span title="{as_html(reason.kind.value)}">{as_html(reason.text)}</span>'
        for reason in reasons
    )
    return f'<div class="lf-why">matches {shown}</div>' if shown else ""


def evidence_list(turn: str, answer: Answer) -> None:
    """Draw every passage that was put before the backend, cited or not."""
    cited = {citation.n: citation for citation in answer.citations}
    with st.expander(
        f"Evidence · {count(len(answer.evidence), 'passage')} read", icon=":material/menu_book:"
    ):
        for item in answer.evidence:
            _evidence(turn, item, cited)


def panel(turn: str, answer: Answer, n: int) -> None:
    """Open the passage panel for an evidence number."""
    item = next((item for item in answer.evidence if item.n == n), None)
    if item is None:
        return
    citations = tuple(citation for citation in answer.citations if citation.n == n)
    dialog = st.dialog(as_label(item.document.title), width=660, position="right")
    dialog(_passages)(item, citations)


def _short(citation: Citation) -> str:
    name = describe(citation.document)
    short = name if len(name) <= LONGEST_CHIP else f"{name[: LONGEST_CHIP - 1]}…"
    passage, media = citation.passage, citation.document.media
    span = page_span(media, passage.page, passage.page_last, short=True)
    return " · ".join(filter(None, (short, span)))


def _where(document: Document, page: int | None, last: int | None) -> list[str]:
    dated = document.published.isoformat() if document.published else None
    known = (document.company, document.form, document.fiscal_period, dated)
    span = page_span(document.media, page, last).capitalize()
    return [*filter(None, (*known, span))]


def _evidence(turn: str, item: Evidence, cited: Mapping[int, Citation]) -> None:
    citation = cited.get(item.n)
    at = citation.passage if citation else item.passages[0]
    last = at.page_last if citation else item.page_last
    where = " · ".join(_where(item.document, at.page, last))
    section = " › ".join(at.headings)
    # A conversation in memory holds the text of documents that were removed since.
    held = runtime().corpus.passage(at.id) is not None
    preview = " ".join((citation.quote if citation else item.text).split()) if held else REMOVED
    cut = preview if len(preview) <= PREVIEW else f"{preview[:PREVIEW]} …"
    mark = '<span class="lf-cited">cited for</span>' if citation else ""
    with st.container(key=f"evidence-{turn}-{item.n}", horizontal=True, gap="small"):
        st.html(
            f'<div class="lf-evidence"><div><b>{item.n}</b> {as_html(item.document.title)} {mark}'
            f'</div><div class="lf-where">{as_html(where)}{" · " if section and where else ""}'
            f"{as_html(section)}</div>{why(item.reasons)}"
            f'<div class="lf-preview">{as_html(cut)}</div></div>'
        )
        st.button(
            "Read",
            key=f"read-{turn}-{item.n}",
            type="tertiary",
            on_click=state.open_passage,
            args=(turn, item.n),
        )


def _passages(item: Evidence, citations: tuple[Citation, ...]) -> None:
    """Draw all passages of this evidence, those that are cited first."""
    facts = _where(item.document, item.page, item.page_last)
    st.html("".join(f'<span class="lf-fact">{as_html(fact)}</span>' for fact in facts))
    cited = {citation.passage.id for citation in citations}
    quotes = [citation.quote for citation in citations]
    gone = {passage.id: _gone(passage) for passage in item.passages}
    for note in dict.fromkeys(filter(None, gone.values())):
        st.info(note)
    for passage in sorted(item.passages, key=lambda passage: passage.id not in cited):
        if gone[passage.id]:
            continue
        _passage(passage, quotes)
        if not cited or passage.id in cited:
            _original(item.document, passage, " ".join(quotes) or passage.text)


def _gone(passage: Passage) -> str:
    """Return why a passage cannot be shown, "" where it can."""
    if runtime().corpus.passage(passage.id) is None:
        return REMOVED
    return "" if passage.text else READ_ANEW


def _passage(passage: Passage, quotes: Sequence[str]) -> None:
    section = as_html(" › ".join(passage.headings))
    show = tabular if passage.kind is PassageKind.TABLE else marked
    st.html(
        f'<div class="lf-section">{section}</div>'
        f'<div class="lf-passage lf-{passage.kind}">{show(passage.text, quotes)}</div>'
    )


def _original(document: Document, passage: Passage, highlight: str) -> None:
    if document.media is Media.PDF and passage.page is not None:
        original = original_path(runtime().settings.data, document.id, document.media)
        last = passage.page_last or passage.page
        pages = range(passage.page, min(last, passage.page + MOST_PICTURES - 1) + 1)
        _pictures(original, pages, highlight)


def _pictures(original: Path, pages: Sequence[int], highlight: str) -> None:
    """Show the pages on which something is marked; all of them where nothing is."""
    try:
        images = {page: picture(original, page, highlight) for page in pages}
        plain = {page: picture(original, page, "") for page in pages if len(pages) > 1}
    except LoadFactorError as error:
        st.caption(f"No picture of the page: {as_label(str(error))}")
        return
    found = {page: image for page, image in images.items() if image != plain.get(page)}
    for page, image in (found or images).items():
        st.image(image, caption=f"Page {page} of the original", width="stretch")
