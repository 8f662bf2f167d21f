from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from assistant.cost.errors import AttemptNotOpen, LedgerError, LedgerTooNew
from assistant.cost.ledger import Ledger
from assistant.cost.models import (
    Attempt,
    AttemptState,
    CostSource,
    Purpose,
    Totals,
    Usage,
    UsageSource,
)
from tests.assistant.cost.samples import NOON, USAGE_A, attempt

START = Attempt(
    id="full",
    turn="t",
    conversation="c",
    user="ada",
    purpose=Purpose.REWRITE,
    backend="b",
    provider="anthropic",
    model_requested="m",
    started=NOON,
    parent="p",
    sent_to="api.example.com",
    day=NOON.date(),
)
FULL = replace(
    START,
    state=AttemptState.OK,
    model_served="m-1",
    ended=NOON + timedelta(seconds=2),
    finish_reason="stop",
    tier="flex",
    usage=Usage(10, 1, 2, 3, 4, 2, UsageSource.PROVIDER, {"prompt_tokens": 10}, 1),
    cost_low=1,
    cost=2,
    cost_high=3,
    cost_source=CostSource.PRICED,
    rates={"input_mtok": "1.25"},
    price_version="v",
    overlay_hash="h",
    first_token_seconds=0.5,
    total_seconds=2.0,
)


@pytest.fixture
def path(data: Path) -> Path:
    return data / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


def priced(row: Attempt, pico: int | None, usage: Usage = USAGE_A) -> Attempt:
    return replace(
        row,
        state=AttemptState.OK,
        usage=usage,
        cost_low=pico,
        cost=pico,
        cost_high=pico,
        cost_source=CostSource.UNPRICED if pico is None else CostSource.PRICED,
    )


def write(ledger: Ledger, row: Attempt) -> None:
    ledger.open_attempt(attempt(row.conversation, row.started, row.id))
    ledger.settle(row)


def test_every_field_returns(ledger: Ledger) -> None:
    ledger.open_attempt(START)
    assert ledger.attempts() == (START,)
    ledger.settle(FULL)
    assert ledger.attempts() == (FULL,)


def test_the_sample_sets_every_field() -> None:
    unset = {None, CostSource.UNPRICED, UsageSource.NONE}
    values = [getattr(FULL, field.name) for field in fields(Attempt) if field.name != "usage"]
    counts = [getattr(FULL.usage, field.name) for field in fields(Usage)]
    assert not [
        value for value in values + counts if not isinstance(value, dict) and value in unset
    ]


def test_rows_are_found_by_conversation_and_time_in_order(ledger: Ledger) -> None:
    late = attempt("a", NOON + timedelta(hours=1))
    early = attempt("a", NOON)
    other = attempt("b", NOON)
    for row in (late, early, other):
        ledger.open_attempt(row)
    assert ledger.attempts(conversation="a") == (early, late)
    assert ledger.attempts(since=NOON + timedelta(microseconds=1)) == (late,)
    assert ledger.attempts(conversation="b", since=NOON) == (other,)


def test_times_are_instants_whatever_their_zone(ledger: Ledger) -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    ledger.open_attempt(attempt(started=tokyo))
    assert ledger.attempts(since=NOON)[0].started == NOON
    assert ledger.attempts(since=NOON + timedelta(seconds=1)) == ()


def test_a_naive_time_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="aware"):
        ledger.open_attempt(attempt(started=datetime(2026, 11, 23)))
    assert ledger.attempts() == ()


def test_raw_usage_that_json_cannot_hold_does_not_lose_the_row(ledger: Ledger) -> None:
    usage = replace(USAGE_A, raw={"cost": Decimal("0.0155")})
    write(ledger, priced(attempt(), 1, usage))
    assert ledger.attempts()[0].usage.raw == {"cost": "0.0155"}


def test_a_second_settlement_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    row = attempt()
    write(ledger, priced(row, 5))
    with pytest.raises(AttemptNotOpen, match="settled before"):
        ledger.settle(priced(row, 7))
    assert ledger.totals().cost == 5


def test_an_unknown_attempt_cannot_be_settled(ledger: Ledger) -> None:
    with pytest.raises(AttemptNotOpen):
        ledger.settle(priced(attempt(), 5))
    assert ledger.attempts() == ()


def test_only_open_rows_are_opened_and_only_ended_ones_settled(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="not open"):
        ledger.open_attempt(FULL)
    row = attempt()
    ledger.open_attempt(row)
    with pytest.raises(ValueError, match="still open"):
        ledger.settle(row)


def test_an_attempt_is_opened_once(ledger: Ledger) -> None:
    row = attempt()
    ledger.open_attempt(row)
    with pytest.raises(LedgerError, match="UNIQUE"):
        ledger.open_attempt(row)
    assert ledger.totals().attempts == 1


@pytest.mark.parametrize("statement", ("DELETE FROM attempts", "UPDATE attempts SET cost = 0"))
def test_the_file_itself_refuses_to_rewrite_history(
    ledger: Ledger, path: Path, statement: str
) -> None:
    write(ledger, priced(attempt(), 5))
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
        connection.rollback()
    assert ledger.totals().cost == 5


def test_a_range_that_does_not_hold_the_cost_is_refused(ledger: Ledger) -> None:
    row = attempt()
    ledger.open_attempt(row)
    with pytest.raises(LedgerError, match="CHECK"):
        ledger.settle(replace(priced(row, 5), cost_low=6))
    with pytest.raises(LedgerError, match="CHECK"):
        ledger.settle(replace(priced(row, 5), cost_high=None))


def test_nothing_sums_to_zero(ledger: Ledger) -> None:
    assert ledger.totals() == Totals(0, 0, 0, 0, False, 0, 0, 0, 0, False)


def test_unknown_never_becomes_zero(ledger: Ledger) -> None:
    write(ledger, priced(attempt(), None, Usage()))
    totals = ledger.totals()
    assert (totals.cost_low, totals.cost, totals.cost_high) == (None, None, None)
    assert (totals.input_tokens, totals.output_tokens) == (None, None)
    assert (totals.attempts, totals.unpriced, totals.unknown_tokens) == (1, 1, 1)
    with closing(sqlite3.connect(ledger.file.path)) as connection:
        assert connection.execute("SELECT cost, input_tokens FROM attempts").fetchone() == (
            None,
            None,
        )


def test_a_sum_says_what_it_leaves_out(ledger: Ledger) -> None:
    write(ledger, priced(attempt(), 5))
    write(ledger, priced(attempt(), None, Usage(input_tokens=7, source=UsageSource.ESTIMATED)))
    totals = ledger.totals()
    assert (totals.cost, totals.unpriced) == (5, 1)
    assert (totals.input_tokens, totals.output_tokens) == (10_007, 1_200)
    assert (totals.unknown_tokens, totals.estimated) == (1, True)
    assert not totals.cost_estimated


def test_bounds_are_summed_apart(ledger: Ledger) -> None:
    for low, cost, high in ((1, 2, 9), (10, 10, 10)):
        row = replace(priced(attempt(), cost), cost_low=low, cost_high=high)
        write(ledger, replace(row, cost_source=CostSource.ESTIMATED))
    totals = ledger.totals()
    assert (totals.cost_low, totals.cost, totals.cost_high) == (11, 12, 19)
    assert totals.cost_estimated


def test_answers_from_our_own_cache_are_not_counted_again(ledger: Ledger) -> None:
    write(ledger, priced(attempt(), 5))
    write(ledger, replace(priced(attempt(), 0), state=AttemptState.CACHED))
    assert ledger.totals().attempts == 1
    assert ledger.totals().input_tokens == 10_000
    assert len(ledger.attempts()) == 2


def test_a_million_dollars_is_summed_exactly(ledger: Ledger) -> None:
    for pico in (10**18 + 1, 10**18 + 2):
        write(ledger, priced(attempt(), pico))
    assert ledger.totals().cost == 2 * 10**18 + 3


def test_rows_survive_reopening(path: Path) -> None:
    with closing(Ledger(path)) as first:
        write(first, priced(attempt(), 5))
    with closing(Ledger(path)) as second:
        assert second.totals().cost == 5


def test_a_newer_schema_is_refused(path: Path) -> None:
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ledger_schema SET version = 99")
    with pytest.raises(LedgerTooNew, match=r"schema 99.*update Load Factor"):
        Ledger(path)


def test_a_file_that_is_no_ledger_is_an_error(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(path)
    assert path.read_bytes() == b"not a database" * 100


def test_a_folder_that_cannot_be_made_is_an_error(data: Path) -> None:
    (data / "file").write_text("")
    with pytest.raises(LedgerError, match="--data"):
        Ledger(data / "file" / "ledger.db")


def test_a_living_ledgers_open_rows_stay_open(ledger: Ledger, path: Path) -> None:
    ledger.open_attempt(attempt())
    assert ledger.settle_stale(NOON) == 0
    with closing(Ledger(path)) as other:
        assert other.settle_stale(NOON) == 0
    assert ledger.attempts()[0].state is AttemptState.OPEN


def test_a_closed_ledgers_open_rows_are_settled_and_leave_no_file(path: Path) -> None:
    with closing(Ledger(path)) as first:
        first.open_attempt(attempt())
    with closing(Ledger(path)) as second:
        assert second.settle_stale(NOON + timedelta(hours=1)) == 1
        assert second.settle_stale(NOON + timedelta(hours=1)) == 0
        (row,) = second.attempts()
    assert (row.state, row.ended) == (AttemptState.ERROR, NOON + timedelta(hours=1))
    assert (row.finish_reason, row.cost) == ("process ended", None)
    assert list(path.with_name("ledger.db.owners").iterdir()) == []
