"""The tables of the catalog and the opening of its database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from sqlalchemy import (
    Column,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from corpus.errors import CorpusError, CorpusUnwritable

__all__ = [
    "SCHEMA_VERSION",
    "Standing",
    "documents",
    "meta",
    "open_engine",
    "passages",
    "sources",
    "sqlite_url",
    "vectors",
]

SCHEMA_VERSION = 1


class Standing(StrEnum):
    """What a location is to a document: its place now, in the past, or once it is indexed.

    A location that holds other content by now keeps its row, for citations of old answers.
    """

    CURRENT = "current"
    FORMER = "former"
    PENDING = "pending"


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("media", String(16), nullable=False),
    Column("companies", Text, nullable=False),
    Column("form", String(32)),
    Column("fiscal_period", String(16)),
    Column("period_end", Date),
    Column("published", Date),
    Column("pages", Integer),
    Column("passages", Integer, nullable=False),
    Column("topics", Text, nullable=False),
    Column("publisher", Text),
    # "references" is a reserved word of SQL.
    Column("mentions", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("splitter", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stamp", Integer, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("location", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("added", String(40), nullable=False),
    Column("size", Integer),
    Column("modified_ns", Integer),
    Column("standing", String(16), nullable=False),
    Index("sources_by_location", "location"),
    Index("sources_by_document", "document_id", "location", unique=True),
)

passages = Table(
    "passages",
    metadata,
    Column("id", String(96), primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("header", Text, nullable=False),
    Column("headings", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("page", Integer),
    Column("page_last", Integer),
    Column("tokens", Integer, nullable=False),
    Index("passages_by_document", "document_id", "ordinal"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    # Little-endian float32.
    Column("vector", LargeBinary, nullable=False),
)


def open_engine(url: str) -> Engine:
    """Return an engine on the catalog at a SQLAlchemy URL, its tables made when they are absent.

    Raises CorpusUnwritable when the database cannot be opened or made, CorpusError when a newer
    version of the product wrote it.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
    try:
        metadata.create_all(engine)
        _check_version(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise CorpusUnwritable(
            f"The catalog cannot be opened at {_place(engine)}: {getattr(error, 'orig', error)}. "
            "Free disk space, make the folder writable, or choose another with --data."
        ) from error
    return engine


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _configure_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _check_version(engine: Engine) -> None:
    with engine.begin() as connection:
        found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
        if found is None:
            connection.execute(insert(meta).values(key="schema", value=str(SCHEMA_VERSION)))
        elif int(found) > SCHEMA_VERSION:
            raise CorpusError(
                f"The catalog at {_place(engine)} has schema version {found}, this program knows "
                f"up to {SCHEMA_VERSION}. Update Load Factor, or choose another folder with --data."
            )


def sqlite_url(path: Path) -> str:
    """Return the SQLAlchemy URL of a SQLite file."""
    return f"sqlite:///{path}"
