"""A ledger that is locked or full for a while loses neither an answer nor its bill."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cost import ledger_file
from assistant.cost.errors import AttemptNotOpen, LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import AttemptState
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, USAGE_A, FakeBackend, dollars


@pytest.fixture
def path(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ledger_file, "BUSY_SECONDS", 0.05)
    return data / "ledger.db"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_settlement_waits_for_the_ledger_and_comes_before_the_next_row(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        meter = Meter(ledger, Prices(), lambda: NOON)
        started = meter.start(FakeBackend(), turn="t", conversation="c")
        with locked(path):
            settled = meter.settle(started, USAGE_A, AttemptState.OK)
            assert settled.cost == dollars("0.0155"), "whoever asked gets the answer and its cost"
            (row,) = ledger.attempts()
            assert row.state is AttemptState.OPEN
            with pytest.raises(LedgerError):
                meter.start(FakeBackend(), turn="t2", conversation="c")
        meter.start(FakeBackend(), turn="t3", conversation="c")
        rows = {row.turn: (row.state, row.cost) for row in ledger.attempts()}
        assert rows == {"t": (AttemptState.OK, settled.cost), "t3": (AttemptState.OPEN, None)}


def test_another_answer_s_trouble_is_not_ours(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        meter = Meter(ledger, Prices(), lambda: NOON)
        first = meter.start(FakeBackend(), turn="a", conversation="c")
        with locked(path):
            meter.settle(first, USAGE_A, AttemptState.OK)
        with closing(Ledger(path)) as other:
            other.settle(replace(first, state=AttemptState.ERROR))
        second = meter.start(FakeBackend(), turn="b", conversation="c")
        assert meter.settle(second, USAGE_A, AttemptState.OK).cost == dollars("0.0155")
        states = {row.turn: row.state for row in ledger.attempts()}
        assert states == {"a": AttemptState.ERROR, "b": AttemptState.OK}


def test_what_was_settled_before_does_not_block_what_waits(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        meter = Meter(ledger, Prices(), lambda: NOON)
        first = meter.start(FakeBackend(), turn="a", conversation="c")
        second = meter.start(FakeBackend(), turn="b", conversation="c")
        meter.settle(first, USAGE_A, AttemptState.OK)
        with pytest.raises(AttemptNotOpen):
            meter.settle(first, USAGE_A, AttemptState.OK)
        meter.settle(second, USAGE_A, AttemptState.OK)
        assert {row.state for row in ledger.attempts()} == {AttemptState.OK}
