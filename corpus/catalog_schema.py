"""The tables of the catalog."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "SCHEMA_VERSION",
    "Standing",
    "documents",
    "meta",
    "metadata",
    "passages",
    "sources",
    "vectors",
]

SCHEMA_VERSION = 3


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
    Column("tables", Integer, nullable=False, server_default="0"),
    # No foreign key: the filing that is amended may leave the corpus.
    Column("amends", String(64)),
    Column("questions", Text, nullable=False, server_default="[]"),
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
