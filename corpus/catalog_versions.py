"""What stood at a document's places before it and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from corpus.catalog import Catalog
from corpus.catalog_schema import Standing, documents, sources
from corpus.models import DocumentState

__all__ = ["Version", "Versions", "versions_of"]


@dataclass(frozen=True, slots=True)
class Version:
    """Another content of the same location; `added` is when it came in."""

    document_id: str
    title: str
    location: str
    added: datetime
    state: DocumentState


@dataclass(frozen=True, slots=True)
class Versions:
    """What a document replaced and what replaced it, oldest first."""

    replaced: tuple[Version, ...] = ()
    replaced_by: tuple[Version, ...] = ()


def versions_of(catalog: Catalog, document_id: str) -> Versions:
    """Return the earlier and later contents of a document's locations. Raises CorpusError."""
    own = select(sources.c.location, sources.c.number).where(sources.c.document_id == document_id)
    with catalog.reading() as connection:
        places = {row.location: row.number for row in connection.execute(own)}
        found = _others(connection, document_id, places)
    return Versions(
        tuple(version for number, version in found if number < places[version.location]),
        tuple(version for number, version in found if number > places[version.location]),
    )


def _others(
    connection: Connection, document_id: str, places: dict[str, int]
) -> list[tuple[int, Version]]:
    query = (
        select(sources, documents.c.title, documents.c.state)
        .join(documents, documents.c.id == sources.c.document_id)
        .where(
            sources.c.location.in_(places),
            sources.c.document_id != document_id,
            sources.c.standing != Standing.PENDING.value,
        )
        .order_by(sources.c.number)
    )
    return [
        (
            row.number,
            Version(
                document_id=row.document_id,
                title=row.title,
                location=row.location,
                added=datetime.fromisoformat(row.added),
                state=DocumentState(row.state),
            ),
        )
        for row in connection.execute(query)
    ]
