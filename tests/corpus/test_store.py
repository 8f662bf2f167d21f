from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusDamaged, CorpusUnwritable, DocumentNotFound, ModelMismatch
from corpus.lexical import LexicalIndex
from corpus.store import Corpus
from tests.corpus.making import document, passages, put, source, texts
from tests.fakes import HashingEmbedder


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder(), wait=5) as opened:
        yield opened


def test_opening_makes_the_folder_and_no_index(data: Path) -> None:
    with Corpus.open(data / "a" / "b", HashingEmbedder()) as corpus:
        assert corpus.documents() == ()
        assert corpus.health().ok
    assert not (data / "a" / "b" / "chroma").exists()


def test_a_file_for_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusUnwritable, match="--data"):
        Corpus.open(tmp_path / "file" / "data", HashingEmbedder())


def test_documents_stand_by_company_date_and_title(corpus: Corpus) -> None:
    early, late = date(2025, 1, 1), date(2026, 1, 1)
    put(corpus, document("d", title="Z", companies=("Meta",), published=late))
    put(corpus, document("c", title="Note"))
    put(corpus, document("b", title="Y", companies=("Meta",), published=early))
    put(corpus, document("a", title="A", companies=("Amazon",)))
    assert [found.title for found in corpus.documents()] == ["A", "Y", "Z", "Note"]
    assert all(found.passages == 5 for found in corpus.documents())


def test_the_generation_is_even_at_rest_and_mirrored(corpus: Corpus, data: Path) -> None:
    before = corpus.generation()
    with corpus.writing():
        pass
    assert corpus.generation() == before
    owner = put(corpus, document("new"))
    moved = corpus.generation()
    assert moved > before
    assert moved % 2 == 0
    assert (data / "generation").read_text() == str(moved)
    with corpus.writing() as writer:
        writer.add_source(owner.id, source("/in/other.txt"))
    assert corpus.generation() == moved + 2


def test_reading_while_a_writer_is_at_work(corpus: Corpus) -> None:
    put(corpus, document("first"), *texts("first", 9))
    with corpus.writing() as writer:
        put(writer, document("second"), *texts("second", 9))
        assert corpus.generation() % 2 == 1
        assert corpus.search("second passage 3 second3", 1)[0].document.title == "About second"
        writer.remove(document("first").id)
        assert [found.title for found in corpus.documents()] == ["About second"]
    assert corpus.health().ok


@pytest.mark.parametrize("name", ("report.txt", "/in/report.txt", "About report"))
def test_a_document_is_found_by_what_it_is_called(corpus: Corpus, name: str) -> None:
    owner = put(corpus, document("report"))
    put(corpus, document("other"))
    assert corpus.find(name).id == owner.id
    assert corpus.find(owner.id).id == owner.id
    assert corpus.find(owner.id[:6]).id == owner.id


def test_an_unknown_name_suggests_close_ones(corpus: Corpus) -> None:
    put(corpus, document("report"))
    with pytest.raises(DocumentNotFound, match=r"Did you mean 'report\.txt'"):
        corpus.find("raport.txt")
    with pytest.raises(DocumentNotFound, match="loadfactor documents"):
        corpus.find("zzz")
    with pytest.raises(DocumentNotFound):
        corpus.document("0" * 64)


def test_an_ambiguous_name_lists_its_candidates(corpus: Corpus) -> None:
    put(corpus, document("one", "/a/same.txt"))
    put(corpus, document("two", "/b/same.txt"))
    with pytest.raises(DocumentNotFound, match="ambiguous"):
        corpus.find("same.txt")


def test_removal_returns_what_was_and_forgets_it(corpus: Corpus) -> None:
    owner = put(corpus, document("gone"))
    span = corpus.passages(owner.id)[0]
    with corpus.writing() as writer:
        assert writer.remove(owner.id).title == "About gone"
    assert corpus.passage(span.id) is None
    assert corpus.search("gone passage") == ()
    with corpus.writing() as writer, pytest.raises(DocumentNotFound):
        writer.remove(owner.id)
    assert corpus.health().ok


def test_superseding_by_hand_keeps_the_passages(corpus: Corpus) -> None:
    owner = put(corpus, document("old"))
    with corpus.writing() as writer:
        writer.supersede(owner.id)
    assert corpus.documents() == ()
    assert len(corpus.passages(owner.id)) == 5
    put(corpus, owner)
    assert [found.id for found in corpus.documents()] == [owner.id]
    assert corpus.health().ok


def test_a_document_described_anew_keeps_its_passages(corpus: Corpus) -> None:
    put(corpus, document("report"), "one", "two")
    put(corpus, document("report", title="Better title", companies=("Meta",)), "one", "two")
    [found] = corpus.documents()
    assert (found.title, found.company, found.passages) == ("Better title", "Meta", 2)


def test_add_refuses_what_does_not_fit(corpus: Corpus) -> None:
    owner, other = document("one"), document("two")
    spans = passages(owner, "a", "b")
    rows = HashingEmbedder().embed_passages(["a", "b"])
    with corpus.writing() as writer:
        with pytest.raises(ValueError, match="2 passages"):
            writer.add(owner, spans, rows[:1])
        with pytest.raises(ValueError, match="is not of document"):
            writer.add(other, spans, rows)
        with pytest.raises(ValueError, match="no source"):
            writer.add(replace(owner, sources=()), spans, rows)
    assert corpus.documents() == ()


def test_a_document_without_passages_is_stored(corpus: Corpus) -> None:
    owner = document("empty")
    with corpus.writing() as writer:
        writer.add(owner, (), np.zeros((0, 64), dtype=np.float32))
    assert [found.passages for found in corpus.documents()] == [0]
    assert corpus.search("anything") == ()
    assert corpus.health().ok


def test_a_write_that_fails_half_way_is_finished_by_the_next(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(corpus, document("before"))

    def full(index: LexicalIndex) -> None:
        raise CorpusUnwritable("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(LexicalIndex, "commit", full)
        with pytest.raises(CorpusUnwritable, match="no space"):
            put(corpus, document("victim"))
    assert [found.title for found in corpus.documents()] == ["About before"]
    assert corpus.search("before passage")[0].document.title == "About before"
    put(corpus, document("after"))
    assert len(corpus.documents()) == 3
    assert corpus.health().ok


def test_one_writer_goes_on_after_a_failure(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with corpus.writing() as writer:
        with monkeypatch.context() as patched:
            patched.setattr(LexicalIndex, "replace", None)
            with pytest.raises(TypeError):
                put(writer, document("victim"))
        put(writer, document("after"))
    assert len(corpus.documents()) == 2
    assert corpus.health().ok


def test_health_is_json_with_counts(corpus: Corpus) -> None:
    put(corpus, document("report"))
    report = corpus.health().as_json()
    assert json.loads(json.dumps(report))["ok"] is True
    assert report["passages"] == 5
    assert corpus.health().lines()[-1] == "ok"


def test_a_damaged_index_in_json_names_few_ids(corpus: Corpus, data: Path) -> None:
    put(corpus, document("report"), *texts("report", 60))
    index = LexicalIndex(data / "lexical")
    index.delete(document("report").id)
    index.commit()
    index.close()
    report = corpus.health().as_json()
    lexical = report["lexical"]
    assert isinstance(lexical, dict)
    assert (lexical["missing_count"], len(lexical["missing"])) == (60, 20)
    assert report["ok"] is False


def test_closing_twice_is_no_fault(data: Path) -> None:
    corpus = Corpus.open(data, HashingEmbedder())
    put(corpus, document("report"))
    corpus.close()
    corpus.close()


def test_a_spoilt_lexical_index_is_damage(corpus: Corpus, data: Path) -> None:
    put(corpus, document("report"))
    corpus.close()
    (data / "lexical" / "meta.json").write_text("{}")
    with Corpus.open(data, HashingEmbedder()) as opened, pytest.raises(CorpusDamaged):
        opened.search("report")


def test_reembedding_by_another_process_is_noticed_by_an_open_reader(
    corpus: Corpus, data: Path
) -> None:
    put(corpus, document("report"), "one two", "three four")
    assert corpus.search("three four", 1)[0].passage.text == "three four"
    with Corpus.open(data, HashingEmbedder("new", 96), any_model=True) as other:
        assert list(other.reembed())[-1] == (2, 2)
        assert other.search("three four", 1)[0].passage.text == "three four"
        assert other.health().ok
    with pytest.raises(ModelMismatch, match="new 1"):
        corpus.search("three four")


def test_reembedding_under_the_same_name_drops_the_vectors_that_readers_keep(
    corpus: Corpus, data: Path
) -> None:
    put(corpus, document("report"), "one two", "three four")
    assert corpus.search("three four", 1)
    with Corpus.open(data, HashingEmbedder(dimension=96), any_model=True) as other:
        list(other.reembed())
    again = Corpus.open(data, HashingEmbedder(dimension=96))
    assert again.search("three four", 1)[0].passage.text == "three four"
    assert again.health().ok
    again.close()
