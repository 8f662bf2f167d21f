"""What a turn was asked of is kept with it, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.archive import Archive, TurnState
from assistant.archive_records import record_of
from assistant.archive_schema import from_json, to_json
from assistant.cost.ledger import Ledger
from assistant.inquiry import NO_FILTERS
from corpus.models import Document, Filters, Passage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILTERS = Filters(
    companies=("Amazon",),
    forms=("10-K",),
    periods=("FY2025",),
    since=date(2026, 1, 1),
    until=date(2026, 6, 30),
    documents=("ab" * 32,),
)


class Nothing:
    """A corpus that is never asked."""

    def passage(self, passage_id: str) -> Passage | None:
        raise AssertionError(passage_id)

    def document(self, document_id: str) -> Document:
        raise AssertionError(document_id)


@pytest.fixture
def archive(data: Path) -> Iterator[Archive]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Archive(ledger, Nothing())


def kept(archive: Archive) -> Filters:
    (turn,) = archive.turns("c")
    return turn.filters


def test_a_turn_keeps_its_filters_from_its_beginning_to_its_end(archive: Archive) -> None:
    archive.begin("c", "local", "t", "q", "b", NOON, FILTERS)
    assert kept(archive) == FILTERS, "the app may end before the answer does"
    archive.finish(
        "t",
        TurnState.STOPPED,
        text="",
        answer=None,
        evidence=(),
        error=None,
        at=NOON,
        filters=FILTERS,
    )
    assert kept(archive) == FILTERS


def test_a_record_of_before_there_were_filters_has_none() -> None:
    value = to_json(record_of((), None, FILTERS))
    assert from_json(value).filters == FILTERS
    del value["filters"]
    assert from_json(value).filters == NO_FILTERS
