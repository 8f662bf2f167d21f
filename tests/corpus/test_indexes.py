"""The two derived indexes on their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusDamaged
from corpus.lexical import LexicalIndex
from corpus.query import understand
from corpus.vectors import VectorIndex
from tests.corpus.making import document, passages, texts
from tests.fakes import HashingEmbedder


@pytest.fixture
def lexical(data: Path) -> Iterator[LexicalIndex]:
    index = LexicalIndex(data / "lexical")
    yield index
    index.close()


@pytest.fixture
def vectors(data: Path) -> Iterator[VectorIndex]:
    index = VectorIndex(data / "chroma")
    yield index
    index.close()


REPORT = document("report")
CALL = document("call")


def filled(index: LexicalIndex) -> LexicalIndex:
    report = passages(
        REPORT,
        "Purchases of property and equipment were $37.6 billion.",
        "We depreciate servers over 5.5 years.",
        header="Meta 10-K FY2025",
    )
    call = passages(CALL, "Capex of $37 billion, H100s are sold out.", header="Amazon call")
    index.replace(REPORT.id, report)
    index.replace(CALL.id, call)
    index.commit()
    return index


@pytest.mark.parametrize(
    ("question", "found"),
    (
        ("How much was $37.6 billion?", "report-0"),
        ("depreciation of a server", "report-1"),
        ("H100s", "call-0"),
        ("capex: (2026)?", "call-0"),
        ("What does Meta's 10-K say of equipment?", "report-0"),
    ),
)
def test_questions_find_passages(lexical: LexicalIndex, question: str, found: str) -> None:
    name, number = found.split("-")
    owner = REPORT if name == "report" else CALL
    best = filled(lexical).search(understand(question), 5)[0]
    assert best == passages(owner, "", "", "")[int(number)].id


def test_the_glossary_finds_the_line_item(lexical: LexicalIndex) -> None:
    hits = filled(lexical).search(understand("capital expenditures"), 5, [REPORT.id])
    assert hits == [passages(REPORT, "")[0].id]


@pytest.mark.parametrize("question", ("", "the of and", '"((', "AND OR NOT", "a:b^2~"))
def test_no_question_breaks_the_index(lexical: LexicalIndex, question: str) -> None:
    assert filled(lexical).search(understand(question), 5) == []


def test_a_choice_of_documents_confines(lexical: LexicalIndex) -> None:
    assert filled(lexical).search(understand("billion"), 5, [CALL.id]) == [passages(CALL, "")[0].id]
    assert lexical.search(understand("billion"), 5, []) == []


def test_what_is_deleted_is_gone(lexical: LexicalIndex) -> None:
    filled(lexical).delete(REPORT.id)
    lexical.commit()
    assert set(lexical.ids().values()) == {CALL.id}
    assert lexical.search(understand("servers"), 5) == []


def test_another_reader_sees_a_commit_after_reload(lexical: LexicalIndex, data: Path) -> None:
    reader = LexicalIndex(data / "lexical", create=False)
    filled(lexical)
    reader.reload()
    assert len(reader.ids()) == 3


def test_a_missing_index_is_damage_for_a_reader(data: Path) -> None:
    with pytest.raises(CorpusDamaged, match="doctor --repair"):
        LexicalIndex(data / "nowhere", create=False)
    assert not (data / "nowhere").exists()


def rows(count: int) -> tuple[list[str], np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    named = texts("row", count)
    return named, HashingEmbedder(dimension=256).embed_passages(named)


def test_every_vector_finds_itself(vectors: VectorIndex) -> None:
    ids, matrix = rows(300)
    vectors.upsert(ids, matrix)
    assert vectors.count() == 300
    assert vectors.ids() == set(ids)
    assert vectors.nearest(matrix[17], 1) == [ids[17]]
    assert vectors.unreachable(ids, matrix) == ()


def test_upsert_twice_is_once(vectors: VectorIndex) -> None:
    ids, matrix = rows(10)
    vectors.upsert(ids, matrix)
    vectors.upsert(ids, matrix)
    assert vectors.count() == 10


def test_copies_are_no_loss(vectors: VectorIndex) -> None:
    ids, matrix = rows(30)
    matrix[:] = matrix[0]
    vectors.upsert(ids, matrix)
    assert vectors.unreachable(ids, matrix) == ()


def test_a_lost_row_is_told(vectors: VectorIndex) -> None:
    ids, matrix = rows(50)
    vectors.upsert(ids[1:], matrix[1:])
    assert vectors.unreachable(ids, matrix) == (ids[0],)


def test_closing_one_client_leaves_the_other(vectors: VectorIndex, data: Path) -> None:
    ids, matrix = rows(10)
    vectors.upsert(ids, matrix)
    VectorIndex(data / "chroma").close()
    other = VectorIndex(data / "other")
    VectorIndex(data / "chroma").close()
    assert other.count() == 0
    assert vectors.nearest(matrix[3], 1) == [ids[3]]
    other.close()
    assert vectors.count() == 10


def test_whatever_chromadb_raises_names_the_remedy(vectors: VectorIndex) -> None:
    ids, matrix = rows(2)
    vectors.upsert(ids, matrix)
    with pytest.raises(CorpusDamaged, match=r"vector index at .*doctor --repair"):
        vectors.upsert(["wrong"], matrix[:1, :3])
