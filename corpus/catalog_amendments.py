"""The mark of amended filings in the catalog, kept within the transaction of each change."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, select, update

from corpus.amendments import amended_document
from corpus.catalog_rows import to_document
from corpus.catalog_schema import documents
from corpus.forms import base_form, is_amendment
from corpus.models import Document, DocumentState

__all__ = ["mark_amendments"]


def mark_amendments(connection: Connection) -> None:
    """Let `amends` of every searched document name the filing that it amends, if any.

    Which of the two came first makes no difference. A document that is only kept for citations
    keeps its mark, for as long as the other is there.
    """
    gone = documents.c.amends.not_in(select(documents.c.id))
    connection.execute(update(documents).where(gone).values(amends=None))
    amended = {form for form in _searched_forms(connection) if is_amendment(form)}
    if not amended:
        return
    searched = _searched(connection, {*amended, *map(base_form, amended)})
    by_filer: defaultdict[str, list[Document]] = defaultdict(list)
    for document in searched:
        by_filer[(document.company or "").casefold()].append(document)
    for filings in by_filer.values():
        for document in filings:
            if document.amends is not None or is_amendment(document.form):
                _mark(connection, document, amended_document(document, filings))


def _searched_forms(connection: Connection) -> set[str | None]:
    ready = documents.c.state == DocumentState.READY.value
    query = select(documents.c.form).where(ready, documents.c.form.is_not(None)).distinct()
    return set(connection.scalars(query))


def _searched(connection: Connection, forms: set[str | None]) -> tuple[Document, ...]:
    ready = documents.c.state == DocumentState.READY.value
    rows = connection.execute(select(documents).where(ready, documents.c.form.in_(forms)))
    return tuple(to_document(row, ()) for row in rows.mappings())


def _mark(connection: Connection, document: Document, original: Document | None) -> None:
    amends = original.id if original else None
    if document.amends != amends:
        connection.execute(
            update(documents).where(documents.c.id == document.id).values(amends=amends)
        )
