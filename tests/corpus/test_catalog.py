from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from corpus.catalog import Catalog, ModelIdentity
from corpus.catalog_changes import CatalogChanges
from corpus.catalog_schema import SCHEMA_VERSION
from corpus.errors import CorpusError, CorpusUnwritable
from corpus.models import Document, DocumentState, PassageKind
from tests.corpus.making import document, passages, source
from tests.fakes import HashingEmbedder

MODEL = ModelIdentity("hashing", "1", 64)


@pytest.fixture
def catalog(data: Path) -> Iterator[Catalog]:
    opened = Catalog.open(data / "catalog.db")
    CatalogChanges(opened).set_model(MODEL)
    yield opened
    opened.close()


@pytest.fixture
def changes(catalog: Catalog) -> CatalogChanges:
    return CatalogChanges(catalog)


def store(changes: CatalogChanges, owner: Document, *contents: str) -> tuple[str, ...]:
    spans = passages(owner, *contents)
    changes.begin(owner, spans, HashingEmbedder().embed_passages(contents))
    return changes.finish(owner.id, 2)


def test_a_document_comes_back_as_it_was(catalog: Catalog, changes: CatalogChanges) -> None:
    owner = document(
        "full",
        "/in/a.pdf",
        "/in/b.pdf",
        companies=("Amazon", "Meta"),
        form="10-K",
        fiscal_period="FY2025",
        period_end=date(2025, 12, 31),
        published=date(2026, 2, 6),
        pages=90,
        passages=2,
        topics=("capex",),
        publisher="SEC",
        references=("https://sec.gov/x",),
        warnings=("two pages without text",),
    )
    store(changes, owner, "one", "two")
    assert catalog.document(owner.id) == owner
    assert [stamped.document for stamped in catalog.stamped(DocumentState.READY)] == [owner]


def test_passages_and_vectors_come_back_in_order(catalog: Catalog, changes: CatalogChanges) -> None:
    owner = document("full")
    spans = passages(owner, "one", "two", header="Amazon 10-K")
    rows = HashingEmbedder().embed_passages(["one", "two"])
    changes.begin(owner, spans, rows)
    assert catalog.passages(owner.id) == spans
    assert catalog.passage(spans[1].id) == spans[1]
    assert spans[0].kind is PassageKind.PROSE
    ids, vectors = catalog.vectors(owner.id)
    assert ids == (spans[0].id, spans[1].id)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, rows)


def test_a_document_is_not_searched_before_it_is_finished(
    catalog: Catalog, changes: CatalogChanges
) -> None:
    owner = document("half")
    changes.begin(owner, passages(owner, "one"), HashingEmbedder().embed_passages(["one"]))
    stored = catalog.document(owner.id)
    assert stored is not None
    assert stored.state is DocumentState.INDEXING
    assert catalog.source("/in/half.txt") is None
    assert catalog.passage_count() == 0
    assert catalog.passages_of([passages(owner, "one")[0].id]) == {}
    changes.finish(owner.id, 2)
    assert catalog.passage_count() == 1
    assert catalog.generation() == 2
    assert catalog.source("/in/half.txt") == (source("/in/half.txt"), owner.id)


def test_a_location_holds_one_document(catalog: Catalog, changes: CatalogChanges) -> None:
    old, new = document("old", "/in/a.txt"), document("new", "/in/a.txt")
    assert store(changes, old, "one") == ()
    assert store(changes, new, "two") == (old.id,)
    found = catalog.source("/in/a.txt")
    assert found is not None
    assert found[1] == new.id
    superseded = catalog.document(old.id)
    assert superseded is not None
    assert superseded.state is DocumentState.SUPERSEDED
    assert superseded.name == "a.txt"
    assert catalog.vectors(old.id)[0] == ()
    assert len(catalog.passages(old.id)) == 1


def test_removal_leaves_nothing(catalog: Catalog, changes: CatalogChanges) -> None:
    owner = document("gone")
    store(changes, owner, "one", "two")
    changes.remove(owner.id, 4)
    assert catalog.document(owner.id) is None
    assert catalog.passages(owner.id) == ()
    assert catalog.vectors(owner.id)[0] == ()
    assert catalog.source("/in/gone.txt") is None


def test_the_model_is_remembered(catalog: Catalog) -> None:
    assert catalog.model() == MODEL


def test_many_ids_at_once(catalog: Catalog, changes: CatalogChanges) -> None:
    owner = document("many")
    store(changes, owner, *map(str, range(2_500)))
    ids = [passage.id for passage in catalog.passages(owner.id)]
    assert catalog.passages_of(ids).keys() == set(ids)
    assert catalog.documents_of([*ids, "unknown"]) == dict.fromkeys(ids, owner.id)


def test_a_newer_schema_is_refused(data: Path) -> None:
    path = data / "catalog.db"
    Catalog.open(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE meta SET value = :v WHERE key = 'schema'"), {"v": SCHEMA_VERSION + 1}
        )
    engine.dispose()
    with pytest.raises(
        CorpusError, match=rf"schema version {SCHEMA_VERSION + 1}.*Update Load Factor"
    ):
        Catalog.open(path)


def test_a_file_that_is_no_database_is_refused(data: Path) -> None:
    (data / "catalog.db").write_text("not a database " * 100)
    with pytest.raises(CorpusUnwritable, match="cannot be opened"):
        Catalog.open(data / "catalog.db")
