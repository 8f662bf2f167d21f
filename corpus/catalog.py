"""Documents, passages and their vectors in one SQL database: the source of truth (reading side)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, select, true
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog_file import open_engine
from corpus.catalog_rows import to_document, to_passage, to_source, to_vectors
from corpus.catalog_schema import (
    Standing,
    documents,
    meta,
    passages,
    sources,
    vectors,
)
from corpus.embedding import Vectors
from corpus.errors import CorpusError, CorpusUnwritable
from corpus.models import Document, DocumentState, Passage, Source

__all__ = ["Catalog", "ModelIdentity", "Stamped"]

AT_ONCE = 1_000
"""Ids in one `IN (...)`; every database takes as many."""
SEARCHED = (DocumentState.READY,)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """The embedding model that the vectors are from."""

    name: str
    revision: str
    dimension: int

    def __str__(self) -> str:
        return f"{self.name} {self.revision} ({self.dimension} dimensions)"


@dataclass(frozen=True, slots=True)
class Stamped:
    """A document and the generation that it was indexed in, which changes with its passages."""

    document: Document
    stamp: int


class Catalog:
    """Reads the catalog; safe to share between threads. Methods raise CorpusError."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open, create or migrate the SQLite catalog at `path`.

        Raises CorpusUnwritable, CorpusBusy when another process holds the write lock of a catalog
        that has to be migrated, and CorpusError for a newer schema.
        """
        return cls(open_engine(path))

    def close(self) -> None:
        self.engine.dispose()

    def generation(self) -> int:
        value = self._meta("generation")
        return int(value) if value is not None else 0

    def model(self) -> ModelIdentity | None:
        name, revision, dimension = map(self._meta, ("model", "revision", "dimension"))
        if name is None or revision is None or dimension is None:
            return None
        return ModelIdentity(name, revision, int(dimension))

    def stamped(self, *states: DocumentState) -> tuple[Stamped, ...]:
        """Return the documents in one of `states` (default: all) with their stamps."""
        chosen = documents.c.state.in_([state.value for state in states]) if states else true()
        with self.reading() as connection:
            rows = connection.execute(select(documents).where(chosen)).mappings().all()
            places = _places(connection, [row["id"] for row in rows] if states else None)
        return tuple(
            Stamped(to_document(row, places.get(row["id"], ())), row["stamp"]) for row in rows
        )

    def document(self, document_id: str) -> Document | None:
        with self.reading() as connection:
            query = select(documents).where(documents.c.id == document_id)
            row = connection.execute(query).mappings().first()
            places = _places(connection, [document_id])
        return to_document(row, places.get(document_id, ())) if row else None

    def source(self, location: str) -> tuple[Source, str] | None:
        """Return the source at a location and the id of the document that it holds now."""
        here = (sources.c.location == location) & (sources.c.standing == Standing.CURRENT.value)
        with self.reading() as connection:
            row = connection.execute(select(sources).where(here)).mappings().first()
        return (to_source(row), row["document_id"]) if row else None

    def passage(self, passage_id: str) -> Passage | None:
        found = self._passages(passages.c.id == passage_id)
        return found[0] if found else None

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        return self._passages(passages.c.document_id == document_id)

    def passages_of(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return the passages of these ids that are in a searched document, by id."""
        ready = passages.c.document_id.in_(
            select(documents.c.id).where(documents.c.state.in_([s.value for s in SEARCHED]))
        )
        chunks = (self._passages(passages.c.id.in_(part) & ready) for part in _parts(ids))
        return {passage.id: passage for chunk in chunks for passage in chunk}

    def documents_of(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the document id of each passage id that the catalog holds."""
        pairs: dict[str, str] = {}
        with self.reading() as connection:
            for part in _parts(ids):
                query = select(passages.c.id, passages.c.document_id).where(passages.c.id.in_(part))
                pairs.update((row[0], row[1]) for row in connection.execute(query))
        return pairs

    def passage_ids(self, *states: DocumentState) -> dict[str, str]:
        """Return passage id to document id for all documents in one of `states`."""
        query = (
            select(passages.c.id, passages.c.document_id)
            .join(documents, documents.c.id == passages.c.document_id)
            .where(documents.c.state.in_([state.value for state in states]))
        )
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def passage_count(self) -> int:
        """Return the number of passages in searched documents."""
        query = (
            select(func.count())
            .select_from(passages)
            .join(documents, documents.c.id == passages.c.document_id)
            .where(documents.c.state.in_([state.value for state in SEARCHED]))
        )
        return self._count(query)

    def vector_count(self) -> int:
        """Return the number of vectors of passages in searched documents."""
        query = (
            select(func.count())
            .select_from(vectors)
            .join(passages, passages.c.id == vectors.c.passage_id)
            .join(documents, documents.c.id == passages.c.document_id)
            .where(documents.c.state.in_([state.value for state in SEARCHED]))
        )
        return self._count(query)

    def vectors(self, document_id: str) -> tuple[tuple[str, ...], Vectors]:
        """Return passage ids in order and their vectors of shape (passages, dimension)."""
        query = (
            select(vectors.c.passage_id, vectors.c.vector)
            .join(passages, passages.c.id == vectors.c.passage_id)
            .where(passages.c.document_id == document_id)
            .order_by(passages.c.ordinal)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        model = self.model()
        dimension = model.dimension if model else 0
        return tuple(row[0] for row in rows), to_vectors([row[1] for row in rows], dimension)

    def _passages(self, condition: ColumnElement[bool]) -> tuple[Passage, ...]:
        query = select(passages).where(condition).order_by(passages.c.ordinal)
        with self.reading() as connection:
            return tuple(to_passage(row) for row in connection.execute(query).mappings())

    def _count(self, query: Select[int]) -> int:
        with self.reading() as connection:
            return int(connection.scalar(query) or 0)

    def _meta(self, key: str) -> str | None:
        with self.reading() as connection:
            return connection.scalar(select(meta.c.value).where(meta.c.key == key))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One connection to read with; raises CorpusError when the database refuses it."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise CorpusError(f"The catalog cannot be read: {_cause(error)}.") from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; raises CorpusUnwritable when the database refuses it."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise CorpusUnwritable(
                f"The catalog cannot be written: {_cause(error)}. Nothing was changed; "
                "free disk space or make the data folder writable, then run it again."
            ) from error


def _places(connection: Connection, ids: Iterable[str] | None) -> dict[str, tuple[Source, ...]]:
    """Return the sources by document: the current ones, else those that it had."""
    now: defaultdict[str, list[Source]] = defaultdict(list)
    past: defaultdict[str, list[Source]] = defaultdict(list)
    parts = [None] if ids is None else list(_parts(list(ids)))
    for part in parts:
        chosen = true() if part is None else sources.c.document_id.in_(part)
        for row in connection.execute(
            select(sources).where(chosen).order_by(sources.c.number)
        ).mappings():
            kept = now if row["standing"] == Standing.CURRENT.value else past
            kept[row["document_id"]].append(to_source(row))
    return {key: tuple(now.get(key) or past[key]) for key in now.keys() | past.keys()}


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _cause(error: SQLAlchemyError) -> object:
    return getattr(error, "orig", None) or error
