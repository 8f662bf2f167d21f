"""Changes of the catalog, one transaction each (writing side); the caller holds the lock."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from corpus.catalog import Catalog, ModelIdentity
from corpus.catalog_amendments import mark_amendments
from corpus.catalog_rows import document_row, passage_row, source_row, vector_bytes
from corpus.catalog_schema import Standing, documents, meta, passages, sources, vectors
from corpus.embedding import Vectors
from corpus.models import Document, DocumentState, Passage, Source

__all__ = ["CatalogChanges"]

ROWS_AT_ONCE = 5_000


class CatalogChanges:
    """Each method is all or nothing and raises CorpusUnwritable.

    Those that take a document out of search return the ids of the documents that left it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def set_generation(self, generation: int) -> None:
        with self._catalog.writing() as connection:
            _put(connection, "generation", str(generation))

    def set_model(self, model: ModelIdentity) -> None:
        with self._catalog.writing() as connection:
            _put_model(connection, model)

    def replace_vectors(self, model: ModelIdentity, ids: Sequence[str], rows: Vectors) -> None:
        """Put the vectors of another model, of shape (len(ids), dimension), in place of all."""
        with self._catalog.writing() as connection:
            connection.execute(delete(vectors))
            # The stamp is what readers keep vectors by.
            connection.execute(update(documents).values(stamp=documents.c.stamp + 1))
            for start in range(0, len(ids), ROWS_AT_ONCE):
                part = slice(start, start + ROWS_AT_ONCE)
                pairs = zip(ids[part], rows[part], strict=True)
                connection.execute(
                    insert(vectors),
                    [{"passage_id": key, "vector": vector_bytes(row)} for key, row in pairs],
                )
            _put_model(connection, model)

    def begin(self, document: Document, texts: Sequence[Passage], rows: Vectors) -> None:
        """Store a document with its passages and vectors, not to be searched before `finish`."""
        with self._catalog.writing() as connection:
            connection.execute(delete(passages).where(passages.c.document_id == document.id))
            values = document_row(document) | {
                "passages": len(texts),
                "state": DocumentState.INDEXING.value,
                "stamp": 0,
            }
            _store(connection, document.id, values)
            if texts:
                connection.execute(insert(passages), [passage_row(text) for text in texts])
                pairs = zip(texts, rows, strict=True)
                connection.execute(
                    insert(vectors),
                    [{"passage_id": t.id, "vector": vector_bytes(v)} for t, v in pairs],
                )
            for source in document.sources:
                _offer(connection, document.id, source)

    def finish(self, document_id: str, generation: int) -> tuple[str, ...]:
        """Make a stored document searchable; its locations hold nothing else from now on."""
        with self._catalog.writing() as connection:
            connection.execute(
                update(documents)
                .where(documents.c.id == document_id)
                .values(state=DocumentState.READY.value, stamp=generation)
            )
            left = _settle(connection, document_id)
            _conclude(connection, generation)
        return left

    def describe(self, document: Document, generation: int) -> tuple[str, ...]:
        """Update what is said of a document, and its sources; its passages stand."""
        with self._catalog.writing() as connection:
            connection.execute(
                update(documents)
                .where(documents.c.id == document.id)
                .values(**document_row(document))
            )
            for source in document.sources:
                _offer(connection, document.id, source)
            left = _settle(connection, document.id)
            _conclude(connection, generation)
        return left

    def add_source(self, document_id: str, source: Source, generation: int) -> tuple[str, ...]:
        with self._catalog.writing() as connection:
            _offer(connection, document_id, source)
            left = _settle(connection, document_id)
            _conclude(connection, generation)
        return left

    def detach(self, location: str, generation: int) -> tuple[str, ...]:
        with self._catalog.writing() as connection:
            _retire(connection, sources.c.location == location)
            left = _supersede_homeless(connection)
            _conclude(connection, generation)
        return left

    def supersede(self, document_id: str, generation: int) -> tuple[str, ...]:
        with self._catalog.writing() as connection:
            _retire(connection, sources.c.document_id == document_id)
            _supersede(connection, [document_id])
            _conclude(connection, generation)
        return (document_id,)

    def remove(self, document_id: str, generation: int) -> None:
        with self._catalog.writing() as connection:
            connection.execute(delete(documents).where(documents.c.id == document_id))
            _conclude(connection, generation)


def _conclude(connection: Connection, generation: int) -> None:
    """End every change of what is searched."""
    mark_amendments(connection)
    _put(connection, "generation", str(generation))


def _put_model(connection: Connection, model: ModelIdentity) -> None:
    _put(connection, "model", model.name)
    _put(connection, "revision", model.revision)
    _put(connection, "dimension", str(model.dimension))


def _put(connection: Connection, key: str, value: str) -> None:
    done = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if done.rowcount == 0:
        connection.execute(insert(meta).values(key=key, value=value))


def _store(connection: Connection, document_id: str, values: dict[str, object]) -> None:
    done = connection.execute(
        update(documents).where(documents.c.id == document_id).values(**values)
    )
    if done.rowcount == 0:
        connection.execute(insert(documents).values(**values))


def _offer(connection: Connection, document_id: str, source: Source) -> None:
    """Note a source that becomes current with the document; the newest goes last."""
    same = (sources.c.document_id == document_id) & (sources.c.location == source.location)
    connection.execute(delete(sources).where(same))
    connection.execute(
        insert(sources).values(
            document_id=document_id, standing=Standing.PENDING.value, **source_row(source)
        )
    )


def _settle(connection: Connection, document_id: str) -> tuple[str, ...]:
    """Make the offered sources current, and take their locations from other documents."""
    own = (sources.c.document_id == document_id) & (sources.c.standing == Standing.PENDING.value)
    locations = connection.scalars(select(sources.c.location).where(own)).all()
    _retire(
        connection,
        sources.c.location.in_(locations) & (sources.c.document_id != document_id),
    )
    connection.execute(update(sources).where(own).values(standing=Standing.CURRENT.value))
    return _supersede_homeless(connection)


def _retire(connection: Connection, condition: ColumnElement[bool]) -> None:
    connection.execute(
        update(sources)
        .where(condition, sources.c.standing == Standing.CURRENT.value)
        .values(standing=Standing.FORMER.value)
    )


def _supersede_homeless(connection: Connection) -> tuple[str, ...]:
    at_home = exists().where(
        (sources.c.document_id == documents.c.id) & (sources.c.standing == Standing.CURRENT.value)
    )
    ready = documents.c.state == DocumentState.READY.value
    homeless = connection.scalars(select(documents.c.id).where(ready, ~at_home)).all()
    _supersede(connection, homeless)
    return tuple(homeless)


def _supersede(connection: Connection, ids: Sequence[str]) -> None:
    """Take documents out of search; their passages stay for the citations of old answers."""
    connection.execute(
        update(documents)
        .where(documents.c.id.in_(ids))
        .values(state=DocumentState.SUPERSEDED.value)
    )
    theirs = select(passages.c.id).where(passages.c.document_id.in_(ids))
    connection.execute(delete(vectors).where(vectors.c.passage_id.in_(theirs)))
