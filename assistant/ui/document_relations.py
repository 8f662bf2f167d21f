"""What a document replaced, was replaced by, amends and is amended by; each opens at a click."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from assistant.ui.document_state import open_document
from assistant.ui.escape import as_label, count
from corpus.catalog_versions import Version
from corpus.models import Document
from corpus.report import Report

__all__ = ["relations"]

MOST_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document and what this one is to it: "Replaces", "Amended by"."""

    verb: str
    document_id: str
    title: str
    detail: str


def relations(report: Report) -> None:
    """Draw the other documents that a reader of this one has to know, nothing where none is."""
    amendments, versions = list(_amendments(report)), list(_versions(report))
    if not amendments and not versions:
        return
    st.html('<div class="lf-heading">Versions</div>')
    with st.container(key="relations", gap=None):
        for relation in [*amendments, *versions[:MOST_VERSIONS]]:
            _line(relation)
    left = len(versions) - MOST_VERSIONS
    if left > 0:
        st.caption(f"{count(left, 'further version')}: `loadfactor inspect` lists them all.")


def _line(relation: Relation) -> None:
    st.button(
        f"{relation.verb} **{as_label(relation.title)}** {as_label(relation.detail)}",
        icon=":material/arrow_forward:",
        type="tertiary",
        key=f"open-{relation.verb}-{relation.document_id}",
        on_click=open_document,
        args=(relation.document_id,),
    )


def _amendments(report: Report) -> Iterator[Relation]:
    if report.amends is not None:
        yield _filing("Amends", report.amends)
    for amendment in report.amended_by:
        yield _filing("Amended by", amendment)


def _filing(verb: str, document: Document) -> Relation:
    known = (document.form, str(document.published) if document.published else None)
    return Relation(verb, document.id, document.title, ", ".join(filter(None, known)))


def _versions(report: Report) -> Iterator[Relation]:
    """Yield the newest first; one content may have stood at several places."""
    yield from _contents("Replaced by", report.versions.replaced_by)
    yield from _contents("Replaces", report.versions.replaced)


def _contents(verb: str, versions: Sequence[Version]) -> Iterator[Relation]:
    newest = {version.document_id: version for version in versions}
    for version in sorted(newest.values(), key=lambda version: version.added, reverse=True):
        added = f"added {version.added:%Y-%m-%d %H:%M}"
        yield Relation(verb, version.document_id, version.title, added)
