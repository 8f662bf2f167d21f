"""Rows of the catalog to values and back; pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import RowMapping

from corpus.embedding import Vector, Vectors
from corpus.models import Document, DocumentState, Media, Passage, PassageKind, Source

__all__ = [
    "document_row",
    "passage_row",
    "source_row",
    "to_document",
    "to_passage",
    "to_source",
    "to_vectors",
    "vector_bytes",
]

Row = RowMapping


def document_row(document: Document) -> dict[str, Any]:
    """Return the columns of a document without those that the catalog keeps by itself."""
    return {
        "id": document.id,
        "title": document.title,
        "media": document.media.value,
        "companies": _pack(document.companies),
        "form": document.form,
        "fiscal_period": document.fiscal_period,
        "period_end": document.period_end,
        "published": document.published,
        "pages": document.pages,
        "topics": _pack(document.topics),
        "publisher": document.publisher,
        "mentions": _pack(document.references),
        "warnings": _pack(document.warnings),
        "splitter": document.splitter,
        "tables": document.tables,
        "questions": _pack(document.questions),
    }


def to_document(row: Row, sources: Sequence[Source]) -> Document:
    return Document(
        id=row["id"],
        title=row["title"],
        media=Media(row["media"]),
        companies=_unpack(row["companies"]),
        form=row["form"],
        fiscal_period=row["fiscal_period"],
        period_end=row["period_end"],
        published=row["published"],
        pages=row["pages"],
        passages=row["passages"],
        topics=_unpack(row["topics"]),
        publisher=row["publisher"],
        references=_unpack(row["mentions"]),
        warnings=_unpack(row["warnings"]),
        splitter=row["splitter"],
        sources=tuple(sources),
        state=DocumentState(row["state"]),
        tables=row["tables"],
        amends=row["amends"],
        questions=_unpack(row["questions"]),
    )


def source_row(source: Source) -> dict[str, Any]:
    return {
        "location": source.location,
        "name": source.name,
        "added": source.added.isoformat(),
        "size": source.size,
        "modified_ns": source.modified_ns,
    }


def to_source(row: Row) -> Source:
    return Source(
        location=row["location"],
        name=row["name"],
        added=datetime.fromisoformat(row["added"]),
        size=row["size"],
        modified_ns=row["modified_ns"],
    )


def passage_row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "header": passage.header,
        "headings": _pack(passage.headings),
        "kind": passage.kind.value,
        "page": passage.page,
        "page_last": passage.page_last,
        "tokens": passage.tokens,
    }


def to_passage(row: Row) -> Passage:
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        ordinal=row["ordinal"],
        text=row["text"],
        header=row["header"],
        headings=_unpack(row["headings"]),
        kind=PassageKind(row["kind"]),
        page=row["page"],
        page_last=row["page_last"],
        tokens=row["tokens"],
    )


def vector_bytes(vector: Vector) -> bytes:
    return np.asarray(vector, dtype="<f4").tobytes()


def to_vectors(blobs: Sequence[bytes], dimension: int) -> Vectors:
    """Return the vectors of shape (len(blobs), dimension)."""
    flat = np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32, copy=False)
    return flat.reshape(len(blobs), dimension)


def _pack(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _unpack(packed: str) -> tuple[str, ...]:
    return tuple(json.loads(packed))
