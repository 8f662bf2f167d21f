"""A catalog of an earlier schema, made from the SQL that this version once wrote."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from corpus.catalog import Catalog
from corpus.catalog_schema import SCHEMA_VERSION
from corpus.errors import CorpusError, CorpusUnwritable
from corpus.models import DocumentState
from corpus.store import Corpus
from corpus.write_lock import WriteLock
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
VERSION_1 = """
CREATE TABLE meta ("key" VARCHAR(64) NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE documents (
    id VARCHAR(64) NOT NULL,
    title TEXT NOT NULL,
    media VARCHAR(16) NOT NULL,
    companies TEXT NOT NULL,
    form VARCHAR(32),
    fiscal_period VARCHAR(16),
    period_end DATE,
    published DATE,
    pages INTEGER,
    passages INTEGER NOT NULL,
    topics TEXT NOT NULL,
    publisher TEXT,
    mentions TEXT NOT NULL,
    warnings TEXT NOT NULL,
    splitter VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    stamp INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_documents_state ON documents (state);
CREATE TABLE sources (
    number INTEGER NOT NULL,
    document_id VARCHAR(64) NOT NULL,
    location TEXT NOT NULL,
    name TEXT NOT NULL,
    added VARCHAR(40) NOT NULL,
    size INTEGER,
    modified_ns INTEGER,
    standing VARCHAR(16) NOT NULL,
    PRIMARY KEY (number),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sources_by_document ON sources (document_id, location);
CREATE INDEX sources_by_location ON sources (location);
CREATE TABLE passages (
    id VARCHAR(96) NOT NULL,
    document_id VARCHAR(64) NOT NULL,
    ordinal INTEGER NOT NULL,
    text TEXT NOT NULL,
    header TEXT NOT NULL,
    headings TEXT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    page INTEGER,
    page_last INTEGER,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE INDEX passages_by_document ON passages (document_id, ordinal);
CREATE TABLE vectors (
    passage_id VARCHAR(96) NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (passage_id),
    FOREIGN KEY(passage_id) REFERENCES passages (id) ON DELETE CASCADE
);
"""
COLUMNS = {
    "documents": "id, title, media, companies, form, fiscal_period, period_end, published, pages,"
    " passages, topics, publisher, mentions, warnings, splitter, state, stamp",
    "sources": "number, document_id, location, name, added, size, modified_ns, standing",
    "passages": "id, document_id, ordinal, text, header, headings, kind, page, page_last, tokens",
    "vectors": "passage_id, vector",
}
OLD, NEW = document("old", "/in/report.txt"), document("new", "/in/report.txt")


@pytest.fixture
def old_data(data: Path, tmp_path: Path) -> Path:
    """A store as version 1 left it: one document replaced by another, indexes built."""
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, OLD, *texts("old", 4))
        put(corpus, NEW, *texts("new", 6))
    today = data / "catalog.db"
    before = tmp_path / "before.db"
    with closing(sqlite3.connect(before)) as connection:
        connection.executescript(VERSION_1)
        connection.execute("ATTACH ? AS today", [str(today)])
        for table, columns in COLUMNS.items():
            connection.execute(f"INSERT INTO {table} SELECT {columns} FROM today.{table}")
        connection.execute("INSERT INTO meta SELECT * FROM today.meta")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.commit()
    before.replace(today)
    return data


def layout(path: Path) -> list[tuple[object, ...]]:
    """Every column of every table, in order, with type, default and key."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            (table, *row)
            for table in ("meta", *COLUMNS)
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [[found]] = connection.execute("SELECT value FROM meta WHERE key = 'schema'")
    return int(found)


def test_passages_vectors_and_citations_survive_and_search_works(old_data: Path) -> None:
    embedder = HashingEmbedder()
    with Corpus.open(old_data, embedder) as corpus:
        assert [found.id for found in corpus.documents()] == [NEW.id]
        assert corpus.search("new passage 3 new3", 1)[0].passage.ordinal == 3
        cited = corpus.passages(OLD.id)
        assert [passage.text for passage in cited] == texts("old", 4)
        assert corpus.passage(cited[2].id) == cited[2]
        assert corpus.document(OLD.id).state is DocumentState.SUPERSEDED
        assert (corpus.document(NEW.id).tables, corpus.document(NEW.id).amends) == (0, None)
        health = corpus.health()
        assert (health.passages, health.superseded) == (6, 1)
        assert health.ok, health.lines()
        assert corpus.document(NEW.id).questions == ()
        put(corpus, document("later", tables=7, questions=("What is spent?",)))
        assert corpus.find("later.txt").tables == 7
        assert corpus.find("later.txt").questions == ("What is spent?",)
    assert embedder.batches == []


def test_a_migrated_catalog_is_laid_out_like_a_new_one(old_data: Path, tmp_path: Path) -> None:
    Catalog.open(old_data / "catalog.db").close()
    Catalog.open(tmp_path / "fresh.db").close()
    assert layout(old_data / "catalog.db") == layout(tmp_path / "fresh.db")


def test_the_catalog_as_it_was_is_kept(old_data: Path) -> None:
    Catalog.open(old_data / "catalog.db").close()
    copy = old_data / "catalog.db.v1.backup"
    assert (version(copy), version(old_data / "catalog.db")) == (1, SCHEMA_VERSION)
    with closing(sqlite3.connect(copy)) as connection:
        [[kept]] = connection.execute("SELECT count(*) FROM passages")
    assert kept == 10
    Catalog.open(old_data / "catalog.db").close()
    assert [path.name for path in old_data.glob("*.backup*")] == [copy.name]


def test_two_processes_at_once_migrate_once(old_data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from corpus.catalog import Catalog;"
        "sys.stdin.readline(); Catalog.open(Path(sys.argv[1]) / 'catalog.db').close()"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(old_data)], cwd=REPOSITORY, stdin=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in both:
        process.communicate(b"\n", timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert version(old_data / "catalog.db") == SCHEMA_VERSION
    assert len(list(old_data.glob("*.backup*"))) == 1


def test_a_step_that_fails_leaves_the_catalog_as_it_was(
    old_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.operations import Operations
    from sqlalchemy import Column, Integer

    def broken(op: Operations) -> None:
        op.add_column("documents", Column("tables", Integer))
        op.drop_table("no such table")

    with monkeypatch.context() as patched:
        patched.setattr("corpus.catalog_file.STEPS", {2: broken})
        with pytest.raises(CorpusUnwritable, match="cannot be opened"):
            Catalog.open(old_data / "catalog.db")
    with closing(sqlite3.connect(old_data / "catalog.db")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(documents)")]
    assert "tables" not in columns
    with Corpus.open(old_data, HashingEmbedder()) as corpus:
        assert corpus.health().ok


def test_a_writer_at_work_is_waited_for(old_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.catalog_file.WAIT_SECONDS", 0.1)
    with (
        WriteLock(old_data / "write.lock", 1).held(),
        pytest.raises(CorpusError, match="Another process is writing"),
    ):
        Catalog.open(old_data / "catalog.db")
    assert version(old_data / "catalog.db") == 1


def test_an_up_to_date_catalog_opens_while_a_writer_is_at_work(old_data: Path) -> None:
    Catalog.open(old_data / "catalog.db").close()
    with WriteLock(old_data / "write.lock", 1).held():
        Catalog.open(old_data / "catalog.db").close()


def test_a_copy_that_was_cut_short_is_not_taken_for_one(old_data: Path) -> None:
    (old_data / "catalog.db.v1.backup.part").write_bytes(b"half")
    Catalog.open(old_data / "catalog.db").close()
    assert not os.path.lexists(old_data / "catalog.db.v1.backup.part")
    assert version(old_data / "catalog.db.v1.backup") == 1
