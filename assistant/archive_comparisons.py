"""Comparisons that outlive the process, in the ledger's file: kept as they grow, found by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from assistant.compared import Comparison, from_json, to_json
from assistant.cost.errors import LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_tables import comparisons

__all__ = ["ComparisonArchive", "ListedComparison"]


@dataclass(frozen=True, slots=True)
class ListedComparison:
    """A comparison as it is listed; its id is the secret of its link."""

    id: str
    user: str
    title: str
    created: datetime


class ComparisonArchive:
    """The comparisons of a ledger; safe to share between threads and processes.

    All methods raise LedgerError when the file cannot be used.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._file = ledger.file

    def keep(self, comparison: Comparison) -> None:
        """Keep a comparison as it is now; what was kept of it before is replaced."""
        values = {
            "user": comparison.user,
            "title": comparison.title,
            "created": comparison.created,
            "record": to_json(comparison),
        }
        known = comparisons.c.id == comparison.id
        with self._file.write() as connection:
            if not connection.execute(update(comparisons).where(known).values(values)).rowcount:
                connection.execute(insert(comparisons).values(id=comparison.id, **values))

    def find(self, comparison: str) -> Comparison | None:
        """Return a comparison whoever's it is, None where there is none of that id.

        Raises LedgerError for a record that this version cannot read.
        """
        query = select(comparisons.c.record).where(comparisons.c.id == comparison)
        with self._file.read() as connection:
            record = connection.execute(query).scalar_one_or_none()
        return self._read(comparison, record) if record is not None else None

    def listed(self, user: str, limit: int) -> tuple[ListedComparison, ...]:
        """Return a user's comparisons, the newest first."""
        c = comparisons.c
        query = select(c.id, c.user, c.title, c.created).where(c.user == user)
        query = query.order_by(c.created.desc(), c.id).limit(limit)
        with self._file.read() as connection:
            return tuple(ListedComparison(**row) for row in connection.execute(query).mappings())

    def _read(self, comparison: str, record: Mapping[str, Any]) -> Comparison:
        try:
            return from_json(record)
        except ValueError as error:
            raise LedgerError(
                f"{self._file.path}: the record of comparison {comparison} cannot be read; it is "
                "damaged or of a newer version: update Load Factor."
            ) from error
