"""Files of earlier versions, written here as those versions wrote them, become today's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import create_engine

from assistant.cost import ledger_file
from assistant.cost.errors import LedgerError, LedgerTooNew
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_migrations import STEPS, operations
from assistant.cost.ledger_schema import SCHEMA_VERSION
from assistant.cost.models import AttemptState, CostSource, UsageSource
from tests.assistant.cost.samples import NOON, attempt

REPOSITORY = Path(__file__).parents[3]
PROCESSES = 4

VERSION_1 = """
CREATE TABLE ledger_schema (version INTEGER NOT NULL);
CREATE TABLE attempts (
    id VARCHAR NOT NULL, turn VARCHAR NOT NULL, conversation VARCHAR NOT NULL,
    user VARCHAR NOT NULL, parent VARCHAR, purpose VARCHAR NOT NULL, backend VARCHAR NOT NULL,
    provider VARCHAR NOT NULL, model_requested VARCHAR NOT NULL, model_served VARCHAR,
    started VARCHAR(32) NOT NULL, ended VARCHAR(32), state VARCHAR NOT NULL,
    finish_reason VARCHAR, input_tokens BIGINT, cache_read_tokens BIGINT,
    cache_write_5m_tokens BIGINT, cache_write_1h_tokens BIGINT, output_tokens BIGINT,
    reasoning_tokens BIGINT, web_searches BIGINT, tier VARCHAR, raw_usage JSON,
    usage_source VARCHAR NOT NULL, cost_low BIGINT, cost BIGINT, cost_high BIGINT,
    cost_source VARCHAR NOT NULL, rates JSON, price_version VARCHAR, overlay_hash VARCHAR,
    first_token_seconds FLOAT, total_seconds FLOAT, owner VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CHECK ((cost IS NULL) = (cost_low IS NULL) AND (cost IS NULL) = (cost_high IS NULL)),
    CHECK (0 <= cost_low AND cost_low <= cost AND cost <= cost_high)
);
CREATE INDEX attempts_by_conversation ON attempts (conversation, started);
CREATE INDEX attempts_by_state ON attempts (state, owner);
CREATE INDEX attempts_by_start ON attempts (started);
CREATE TRIGGER attempts_are_kept BEFORE DELETE ON attempts
    BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END;
CREATE TRIGGER settled_attempts_are_final BEFORE UPDATE ON attempts
    WHEN OLD.state <> 'open' BEGIN SELECT RAISE(ABORT, 'settled attempts are final'); END;
INSERT INTO ledger_schema VALUES (1);
"""
ROW = """
INSERT INTO attempts (id, turn, conversation, user, purpose, backend, provider, model_requested,
    started, state, input_tokens, output_tokens, raw_usage, usage_source, cost_low, cost,
    cost_high, cost_source, owner)
VALUES (?, 't', 'c', 'local', 'answer', 'fake', 'openai', 'gpt-5',
    '2026-11-23T12:00:00.000000+00:00', ?, 10, 20, '{"prompt_tokens": 10}', 'provider', 1, 2, 3,
    'priced', 'gone')
"""

OPENER = """
import sys
from pathlib import Path
from assistant.cost.ledger import Ledger
print("ready", flush=True)
sys.stdin.readline()
Ledger(Path(sys.argv[1])).close()
"""


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


@pytest.fixture
def old(data: Path) -> Path:
    """A file of version 1 with a settled row and one whose process died."""
    path = data / "ledger.db"
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(VERSION_1)
        connection.executemany(ROW, [("settled", "ok"), ("left", "open")])
    return path


def version(path: Path) -> int:
    with raw(path) as connection:
        (found,) = connection.execute("SELECT version FROM ledger_schema").fetchone()
    return int(found)


def shape(path: Path) -> dict[str, object]:
    """Return the columns of each table, and each index and trigger with its table and columns."""
    listed = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    with raw(path) as connection:
        return {
            name: (
                kind,
                table,
                connection.execute(
                    f"PRAGMA {'table_info' if kind == 'table' else 'index_info'}({name})"
                ).fetchall(),
            )
            for kind, name, table in connection.execute(listed).fetchall()
        }


def backups(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.glob(f"{path.name}.v*"))


def test_every_version_has_a_step() -> None:
    assert sorted(STEPS) == list(range(2, SCHEMA_VERSION + 1))


def test_rows_of_version_1_keep_all_that_they_said(old: Path) -> None:
    with closing(Ledger(old)) as ledger:
        left, settled = ledger.attempts()
        assert (settled.id, settled.state) == ("settled", AttemptState.OK)
        assert (settled.usage.input_tokens, settled.usage.source) == (10, UsageSource.PROVIDER)
        assert settled.usage.raw == {"prompt_tokens": 10}
        assert (settled.cost_low, settled.cost, settled.cost_high) == (1, 2, 3)
        assert settled.cost_source is CostSource.PRICED
        assert settled.started == NOON
        assert settled.sent_to is left.sent_to is None, "it was not kept then"
        assert ledger.totals().cost == 4
        assert ledger.settle_stale(NOON + timedelta(hours=1)) == 1
    assert version(old) == SCHEMA_VERSION


def test_a_migrated_file_is_shaped_as_a_new_one(old: Path, data: Path) -> None:
    new = data / "new.db"
    Ledger(old).close()
    Ledger(new).close()
    assert shape(old) == shape(new)


@pytest.mark.parametrize("statement", ("DELETE FROM attempts", "UPDATE attempts SET cost = 2"))
def test_a_migrated_file_still_refuses_to_rewrite_history(old: Path, statement: str) -> None:
    Ledger(old).close()
    with raw(old) as connection, pytest.raises(sqlite3.IntegrityError, match="attempts are"):
        connection.execute(statement)


def test_a_migrated_file_takes_new_rows(old: Path) -> None:
    with closing(Ledger(old)) as ledger:
        ledger.open_attempt(attempt("new", id="new"))
        assert [row.id for row in ledger.attempts(conversation="new")] == ["new"]


def test_the_backup_is_the_file_as_it_was(old: Path) -> None:
    old.chmod(0o600)
    before = shape(old)
    with closing(sqlite3.connect(old)) as other:
        other.execute(ROW, ("in the write-ahead log", "ok"))
        other.commit()
        Ledger(old).close()
    copy = old.with_name("ledger.db.v1.backup")
    assert backups(old) == [copy.name]
    assert copy.stat().st_mode == old.stat().st_mode
    assert (version(copy), shape(copy)) == (1, before)
    with raw(copy) as connection:
        assert connection.execute("SELECT count(*) FROM attempts").fetchone() == (3,)


def test_a_backup_put_back_is_migrated_again_and_no_copy_is_lost(old: Path) -> None:
    Ledger(old).close()
    first = old.with_name("ledger.db.v1.backup")
    kept = first.read_bytes()
    old.write_bytes(kept)
    with raw(old) as connection:
        connection.execute(ROW, ("later", "ok"))
    with closing(Ledger(old)) as ledger:
        assert len(ledger.attempts()) == 3
    assert backups(old) == ["ledger.db.v1.backup", "ledger.db.v1.backup.2"]
    assert first.read_bytes() == kept


def test_what_a_broken_off_backup_left_is_replaced(old: Path) -> None:
    old.with_name("ledger.db.v1.backup.part").write_bytes(b"half a page")
    Ledger(old).close()
    assert backups(old) == ["ledger.db.v1.backup"]
    assert version(old.with_name("ledger.db.v1.backup")) == 1


def test_without_a_backup_nothing_is_migrated(old: Path) -> None:
    before = shape(old)
    old.with_name("ledger.db.v1.backup.part").mkdir()
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(old)
    assert (version(old), shape(old)) == (1, before)


def test_a_migration_that_fails_changes_nothing(old: Path) -> None:
    with raw(old) as connection:
        connection.execute("CREATE TABLE turn_citations (in_the_way INTEGER)")
    before = shape(old)
    with pytest.raises(LedgerError, match="turn_citations already exists"):
        Ledger(old)
    assert (version(old), shape(old)) == (1, before)


@pytest.mark.parametrize("name", ("new.db", "ledger.db"))
def test_a_file_of_this_version_is_not_backed_up(old: Path, name: str) -> None:
    path = old.with_name(name)
    Ledger(path).close()
    before = backups(path)
    Ledger(path).close()
    assert backups(path) == before
    assert bool(before) == (path == old)


def test_a_newer_schema_is_refused_and_left_alone(old: Path) -> None:
    with raw(old) as connection:
        connection.execute("UPDATE ledger_schema SET version = ?", (SCHEMA_VERSION + 1,))
    before = shape(old)
    with pytest.raises(LedgerTooNew, match="update Load Factor"):
        Ledger(old)
    assert (shape(old), backups(old)) == (before, [])


def test_whoever_comes_while_another_migrates_waits(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_file, "BUSY_SECONDS", 0.1)
    with FileLock(f"{old}.lock"), pytest.raises(LedgerError, match="could not be acquired"):
        Ledger(old)
    assert (version(old), backups(old)) == (1, [])
    Ledger(old).close()
    assert version(old) == SCHEMA_VERSION


def test_processes_that_start_at_once_migrate_once(old: Path) -> None:
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(old)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for opener in openers:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        assert opener.communicate(timeout=120)[1] == ""
        assert opener.returncode == 0
    assert backups(old) == ["ledger.db.v1.backup"]
    with closing(Ledger(old)) as ledger:
        assert len(ledger.attempts()) == 2


TURN = """
INSERT INTO turns (id, conversation, ordinal, question, backend, state, text, record, started,
    owner)
VALUES (?, 'c', 0, 'q', 'b', 'answered', '', ?, '2026-11-23T12:00:00.000000+00:00', 'gone')
"""
RECORDS = {
    "good": '{"version": 1, "answer": {"answered": true, "flags": []}}',
    "doubted": '{"version": 1, "answer": {"answered": true, "flags": [{"kind": "no_citation"}]}}',
    "refused": '{"version": 1, "answer": {"answered": false, "flags": []}}',
    "failed": '{"version": 1, "answer": null}',
    "running": None,
}


def test_turns_of_version_2_are_judged_by_their_records(old: Path) -> None:
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        STEPS[2](operations(connection))
        connection.exec_driver_sql("UPDATE ledger_schema SET version = 2")
        for name, record in RECORDS.items():
            connection.exec_driver_sql(TURN, (name, record))
    engine.dispose()
    with closing(Ledger(old)) as ledger:
        assert {row.day for row in ledger.attempts()} == {NOON.date()}
        assert ledger.totals(day=NOON.date()).attempts == 2
    with raw(old) as connection:
        found = connection.execute("SELECT id, answered, supported FROM turns").fetchall()
    assert {name: (answered, supported) for name, answered, supported in found} == {
        "good": (1, 1),
        "doubted": (1, 0),
        "refused": (0, 1),
        "failed": (None, None),
        "running": (None, None),
    }
    assert backups(old) == ["ledger.db.v2.backup"]
