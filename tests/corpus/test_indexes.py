"""The two derived indexes on their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusDamaged
from corpus.lexical import LAYOUT_FILE, LexicalIndex
from corpus.lexical_entries import FoundLeaf
from corpus.lexical_queries import Wanted
from corpus.models import PassageKind, Statement
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


def wanted(question: str) -> Wanted:
    query = understand(question)
    return Wanted(query.terms, query.expansions)


def found(index: LexicalIndex, question: str, documents: list[str] | None = None) -> list[str]:
    return [entry.id for entry, _ in index.passages(wanted(question), 5, documents)]


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
    ("question", "place"),
    (
        ("How much was $37.6 billion?", "report-0"),
        ("depreciation of a server", "report-1"),
        ("H100s", "call-0"),
        ("capex: (2026)?", "call-0"),
        ("What does Meta's 10-K say of equipment?", "report-0"),
    ),
)
def test_questions_find_passages(lexical: LexicalIndex, question: str, place: str) -> None:
    name, number = place.split("-")
    owner = REPORT if name == "report" else CALL
    best = found(filled(lexical), question)[0]
    assert best == passages(owner, "", "", "")[int(number)].id


def test_the_glossary_finds_the_line_item(lexical: LexicalIndex) -> None:
    hits = found(filled(lexical), "capital expenditures", [REPORT.id])
    assert hits == [passages(REPORT, "")[0].id]


@pytest.mark.parametrize("question", ("", "the of and", '"((', "AND OR NOT", "a:b^2~"))
def test_no_question_breaks_the_index(lexical: LexicalIndex, question: str) -> None:
    assert found(filled(lexical), question) == []


def test_a_choice_of_documents_confines(lexical: LexicalIndex) -> None:
    assert found(filled(lexical), "billion", [CALL.id]) == [passages(CALL, "")[0].id]
    assert found(lexical, "billion", []) == []


def test_what_is_deleted_is_gone(lexical: LexicalIndex) -> None:
    filled(lexical).delete(REPORT.id)
    lexical.commit()
    assert set(lexical.ids().values()) == {CALL.id}
    assert found(lexical, "servers") == []


def test_leaves_are_found_by_all_that_stands_on_them(lexical: LexicalIndex) -> None:
    ((leaf, _),) = filled(lexical).leaves(wanted("depreciation of property"), 5)
    assert leaf == lexical.leaves_called([f"{REPORT.id}/s0"])[f"{REPORT.id}/s0"]
    assert isinstance(leaf, FoundLeaf)
    assert leaf.document_id == REPORT.id
    assert leaf.members == tuple(passage.id for passage in passages(REPORT, "", ""))
    assert lexical.leaves_holding(leaf.members) == dict.fromkeys(leaf.members, (leaf.id,))


def test_leaves_are_known_anew_after_a_change(lexical: LexicalIndex) -> None:
    leaf_id = f"{REPORT.id}/s0"
    before = filled(lexical).leaves_called([leaf_id])[leaf_id].members
    lexical.replace(REPORT.id, passages(REPORT, "One passage."))
    lexical.commit()
    assert lexical.leaves_called([leaf_id])[leaf_id].members == before[:1]
    lexical.delete(REPORT.id)
    lexical.commit()
    assert lexical.leaves_called([leaf_id]) == {}


def test_a_leaf_is_found_by_the_statement_that_it_shows(lexical: LexicalIndex) -> None:
    rows = "\n".join(
        f"{label} | 1 | 2"
        for label in (
            "Net cash provided by operating activities",
            "Net cash used in investing activities",
            "Net cash used in financing activities",
            "Depreciation and amortization",
            "Purchases of property and equipment",
        )
    )
    table = replace(passages(REPORT, rows)[0], kind=PassageKind.TABLE)
    lexical.replace(REPORT.id, [table])
    lexical.commit()
    assert set(lexical.leaves_showing([Statement.CASH_FLOW], [REPORT.id])) == {f"{REPORT.id}/s0"}
    assert lexical.leaves_showing([Statement.INCOME], [REPORT.id]) == {}
    assert lexical.leaves_showing([Statement.CASH_FLOW], [CALL.id]) == {}


def test_guidance_is_found_in_what_looks_ahead(lexical: LexicalIndex) -> None:
    spans = passages(
        CALL,
        "Capex was $20 billion in 2025. Capex, capex and capex: we bought servers.",
        "Thank you. We expect capex of about $40 billion in 2026.",
    )
    lexical.replace(CALL.id, spans)
    lexical.commit()
    ((passage, _),) = lexical.outlooks(wanted("What capex do they expect?"), 5)
    assert passage.id == spans[1].id


def test_an_index_of_an_older_layout_is_known_and_not_asked(
    lexical: LexicalIndex, data: Path
) -> None:
    folder = data / "lexical"
    lexical.commit()
    assert not LexicalIndex.outdated(folder)
    (folder / LAYOUT_FILE).write_text("1")
    assert LexicalIndex.outdated(folder)
    for create in (True, False):
        with pytest.raises(CorpusDamaged, match="doctor --repair"):
            LexicalIndex(folder, create=create)


def test_another_reader_sees_a_commit_after_reload(lexical: LexicalIndex, data: Path) -> None:
    lexical.commit()
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
    assert list(vectors.nearest(matrix[17], 1)) == [ids[17]]
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
    assert list(vectors.nearest(matrix[3], 1)) == [ids[3]]
    other.close()
    assert vectors.count() == 10


def test_whatever_chromadb_raises_names_the_remedy(vectors: VectorIndex) -> None:
    ids, matrix = rows(2)
    vectors.upsert(ids, matrix)
    with pytest.raises(CorpusDamaged, match=r"vector index at .*doctor --repair"):
        vectors.upsert(["wrong"], matrix[:1, :3])


@pytest.mark.parametrize(
    ("text", "there"),
    (
        ("The cost of goods sold rose.", True),
        ("The cost of goods was low.", False),
        ("Goods sold rose at cost.", False),
    ),
)
def test_a_phrase_stands_where_all_its_pairs_do(
    lexical: LexicalIndex, text: str, there: bool
) -> None:
    lexical.replace(REPORT.id, passages(REPORT, text))
    lexical.commit()
    phrase = Wanted((), ((("cost", "of", "goods", "sold"),),))
    assert bool(lexical.passages(phrase, 5)) is there


def test_a_phrase_may_go_on_from_a_page_s_passage_to_its_next(lexical: LexicalIndex) -> None:
    lexical.replace(REPORT.id, passages(REPORT, "Net cash from operating", "activities rose."))
    lexical.commit()
    phrase = Wanted((), ((("operating", "activities"),),))
    assert len(lexical.leaves(phrase, 5)) == 1
    assert lexical.passages(phrase, 5) == []


def test_the_rarest_words_are_of_those_that_stand_somewhere(lexical: LexicalIndex) -> None:
    lexical.replace(REPORT.id, passages(REPORT, "Capacity fell.", "Capacity of cranes rose."))
    lexical.commit()
    many = ("zeppelin", "quagga", "capacity", "cranes", "cranes", "okapi")
    found = lexical.passages(Wanted(many, rarest=1), 5)
    assert [entry.id for entry, _ in found] == [passages(REPORT, "", "")[1].id]


def test_headers_are_looked_through_where_they_are_asked_for(lexical: LexicalIndex) -> None:
    filled(lexical)
    assert len(lexical.passages(Wanted(("fy2025",)), 5)) == 2
    assert lexical.passages(Wanted(("fy2025",), in_headers=False), 5) == []
