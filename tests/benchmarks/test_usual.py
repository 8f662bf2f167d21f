"""The usual pipeline that ours is measured against, and both stores grown tenfold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fpdf import FPDF

from benchmarks import usual
from benchmarks.sides import Usual, fitting, timed
from benchmarks.ten_times import COPIES, COSINE, Copy, grown_ours, grown_usual, turned
from benchmarks.usual import UsualStore, build, files_of, read
from corpus.store import Corpus
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    (place / "note.md").write_text("Amazon spent much on servers in 2025. " * 60)
    (place / "page.html").write_text(
        "<html><style>p {}</style><p>Meta leases</p><!-- no --><p>power</p></html>"
    )
    (place / "manifest.jsonl").write_text("{}")
    pdf = FPDF()
    pdf.set_font("helvetica")
    for text in ("first page on capex", "second page on debt"):
        pdf.add_page()
        pdf.write(text=text)
    pdf.output(str(place / "report.pdf"))
    return place


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UsualStore]:
    opened = UsualStore(tmp_path / "usual", HashingEmbedder().embed_passages)
    yield opened
    opened.close()


def test_its_loaders_read_a_pdf_by_page_and_the_rest_whole(folder: Path) -> None:
    assert [path.name for path in files_of([folder])] == ["note.md", "page.html", "report.pdf"]
    assert list(read(folder / "report.pdf")) == [
        (1, "first page on capex"),
        (2, "second page on debt"),
    ]
    assert list(read(folder / "page.html")) == [(None, "Meta leasespower")]


def test_chunks_are_of_1000_characters_at_most_and_found_with_their_page(
    folder: Path, store: UsualStore
) -> None:
    build(store, [folder])
    assert {filed.file: filed.chunks for filed in store.files()} == {
        "note.md": 3,
        "page.html": 1,
        "report.pdf": 2,
    }
    best = store.search("second page on debt", 6)
    assert (best[0].source, best[0].page) == ("report.pdf", 2)
    assert {chunk.page for chunk in best if chunk.source == "note.md"} == {None}
    assert max(len(chunk.text) for chunk in best) <= 1000


def test_a_build_that_was_stopped_goes_on(
    folder: Path, store: UsualStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = usual.read

    def stopped(path: Path) -> Any:
        if path.name == "report.pdf":
            raise KeyboardInterrupt
        return whole(path)

    monkeypatch.setattr(usual, "read", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(store, [folder])
    assert [filed.file for filed in store.files()] == ["note.md", "page.html"]
    read_again: list[str] = []

    def noted(path: Path) -> Any:
        read_again.append(path.name)
        return whole(path)

    monkeypatch.setattr(usual, "read", noted)
    build(store, [folder])
    assert read_again == ["report.pdf"]


def test_a_file_taken_in_twice_is_there_once(folder: Path, store: UsualStore) -> None:
    store.add(folder / "note.md")
    store.add(folder / "note.md")
    assert len(store.search("Amazon", 10)) == 3


def test_the_usual_pack_is_of_the_first_chunks_that_fit() -> None:
    pieces = [usual.Chunk("a", None, word).piece(tokens) for word, tokens in (("x", 5), ("y", 4))]
    more = [*pieces, usual.Chunk("a", None, "z").piece(2)]
    assert [piece.text for piece in fitting(more, 8)] == ["x", "z"]


def test_every_side_is_timed_as_often(folder: Path, store: UsualStore) -> None:
    store.add(folder / "note.md")
    times = timed([Usual(store), Usual(store, "again")], ["Amazon?", "Meta?"])
    assert [(t.side, len(t.seconds)) for t in times] == [("usual", 6), ("again", 6)]


def test_copies_are_other_filings() -> None:
    assert len(set(COPIES)) == 9
    later = Copy(1, 10)
    assert later.name("Meta Platforms") == "Nfub Qmbugpsnt"
    assert later.text("META and Meta's 10-K of 2024, 12024 units", ["Meta"]) == (
        "NFUB and Nfub's 10-K of 2014, 12024 units"
    )
    assert Copy(0, 10).text("Meta in 2024", ["Meta"]) == "Meta in 2014"
    assert later.date(date(2024, 2, 29)) == date(2014, 2, 28)


def test_copied_vectors_are_near_and_no_twins() -> None:
    vectors = HashingEmbedder(dimension=384).embed_passages(texts("a", 20))
    rows = turned(vectors, "seed")
    assert np.allclose((rows * vectors).sum(axis=1), COSINE, atol=1e-5)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.array_equal(rows, turned(vectors, "seed"))
    assert not np.allclose(rows, turned(vectors, "other"))


def test_our_store_grows_tenfold_and_once(data: Path, tmp_path: Path) -> None:
    meta = document("meta", companies=("Meta",), form="10-K", fiscal_period="FY2024")
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, meta, "Meta spent 60 billion in 2024", header="Meta 10-K FY2024")
        grown_ours(corpus, tmp_path / "big").close()
        with grown_ours(corpus, tmp_path / "big") as big:
            documents = big.documents()
            found = big.search("How much did Nfub spend in 2014?", 10)
            assert big.health().ok
    assert len(documents) == len({each.id for each in documents}) == 10
    assert {each.fiscal_period for each in documents} == {"FY2024", "FY2014"}
    assert len({each.company for each in documents}) == 5
    assert found[0].passage.text == "Nfub spent 60 billion in 2014"
    assert found[0].document.company == "Nfub"


def test_the_usual_store_grows_tenfold_and_once(
    folder: Path, store: UsualStore, tmp_path: Path
) -> None:
    store.add(folder / "note.md")
    amazon = document("note", "/in/note.md", companies=("Amazon",))
    grown_usual(store, [amazon], tmp_path / "big").close()
    big = grown_usual(store, [amazon], tmp_path / "big")
    found = big.search("Amazon servers 2025", 60)
    big.close()
    assert len(found) == 30
    copied = " ".join(chunk.text for chunk in found if chunk.source == "x1-10-note.md")
    assert "Bnbapo spent much on servers in 2015." in copied
    assert "Amazon" not in copied
