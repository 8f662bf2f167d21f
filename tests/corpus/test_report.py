"""What is told of one document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.catalog_versions import Versions
from corpus.errors import DocumentNotFound
from corpus.models import DocumentState, Passage, PassageKind
from corpus.report import Report, report_on
from corpus.store import Corpus
from tests.corpus.making import document, put, source, texts
from tests.fakes import HashingEmbedder


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder(), wait=5) as opened:
        yield opened


def passage(
    ordinal: int, page: int, last: int, characters: int, kind: PassageKind = PassageKind.PROSE
) -> Passage:
    text = "x" * characters
    return Passage(f"p{ordinal}", "d", ordinal, text, "", (), kind, page, last, characters // 4)


def about(*passages: Passage, pages: int | None = 5) -> Report:
    owner = document("paged", pages=pages, tables=3)
    return report_on(owner, passages, Versions())


def test_text_is_counted_by_page_and_pages_without_are_named() -> None:
    report = about(passage(0, 1, 1, 400), passage(1, 1, 2, 200), passage(2, 4, 4, 80))
    assert report.coverage is not None
    assert report.coverage.characters == (500, 100, 0, 80, 0)
    assert report.coverage.without_text == (3, 5)
    assert report.coverage.share == pytest.approx(0.6)
    assert report.characters == 680


def test_passages_are_counted_by_kind_and_size() -> None:
    report = about(
        passage(0, 1, 1, 40), passage(1, 1, 1, 80, PassageKind.TABLE), passage(2, 1, 1, 800)
    )
    assert (report.prose, report.tables, report.document.tables) == (2, 1, 3)
    assert (report.tokens_median, report.tokens_most) == (20, 200)


def test_samples_are_the_first_the_middle_the_last_and_a_table() -> None:
    kinds = [PassageKind.PROSE, PassageKind.TABLE, *[PassageKind.PROSE] * 5]
    report = about(*(passage(n, 1, 1, 40, kind) for n, kind in enumerate(kinds)))
    shown = [(sample.place, sample.passage.ordinal) for sample in report.samples]
    assert shown == [("first", 0), ("middle", 3), ("last", 6), ("table", 1)]


@pytest.mark.parametrize(("count", "places"), ((0, []), (1, ["first"]), (2, ["first", "middle"])))
def test_few_passages_are_shown_once(count: int, places: list[str]) -> None:
    report = about(*(passage(n, 1, 1, 40) for n in range(count)))
    assert [sample.place for sample in report.samples] == places


def test_a_format_without_pages_has_no_coverage() -> None:
    assert about(pages=None).coverage is None


def test_versions_are_told_both_ways(corpus: Corpus) -> None:
    owners = [document(name, "/in/report.txt") for name in ("one", "two", "three")]
    for owner in owners:
        put(corpus, owner)
    first, middle, last = (corpus.report(owner.id) for owner in owners)
    assert [v.document_id for v in first.versions.replaced_by] == [owners[1].id, owners[2].id]
    assert first.versions.replaced == ()
    assert [v.document_id for v in middle.versions.replaced] == [owners[0].id]
    assert [v.document_id for v in middle.versions.replaced_by] == [owners[2].id]
    assert [v.document_id for v in last.versions.replaced] == [owners[0].id, owners[1].id]
    assert last.versions.replaced[0].state is DocumentState.SUPERSEDED
    assert last.versions.replaced[0].location == "/in/report.txt"
    other = put(corpus, document("elsewhere"))
    assert corpus.report(other.id).versions == Versions()


def test_a_content_that_came_back_replaced_what_stood_there_meanwhile(corpus: Corpus) -> None:
    one, two = document("one", "/in/report.txt"), document("two", "/in/report.txt")
    for owner in (one, two, one):
        put(corpus, owner)
    assert [v.document_id for v in corpus.report(one.id).versions.replaced] == [two.id]
    assert [v.document_id for v in corpus.report(two.id).versions.replaced_by] == [one.id]


def test_a_replaced_document_is_found_by_its_id(corpus: Corpus) -> None:
    old = put(corpus, document("old", "/in/report.txt"))
    new = put(corpus, document("new", "/in/report.txt"))
    assert corpus.find_kept("report.txt").id == new.id
    assert corpus.find_kept(old.id).id == old.id
    assert corpus.find_kept(old.id[:8]).id == old.id
    with pytest.raises(DocumentNotFound):
        corpus.find_kept(old.id[:5])
    with pytest.raises(DocumentNotFound, match="loadfactor documents"):
        corpus.find_kept("nothing at all")


def test_the_report_is_json(corpus: Corpus) -> None:
    facts: dict[str, object] = {"companies": ("Zephyr",), "fiscal_period": "FY2025"}
    original = put(corpus, document("original", form="10-K", **facts))
    amendment = document("amendment", form="10-K/A", published=date(2026, 3, 1), **facts)
    put(corpus, replace(amendment, warnings=("2 pages without text",), sources=(source("/in/a"),)))
    told = json.loads(json.dumps(corpus.report(original.id).as_json()))
    assert told["amended_by"] == [amendment.id]
    assert told["amends"] is None
    told = json.loads(json.dumps(corpus.report(amendment.id).as_json()))
    assert told["amends"] == original.id
    assert told["warnings"] == ["2 pages without text"]
    assert told["sources"][0] == {
        "location": "/in/a",
        "name": "a",
        "added": "2026-01-02T00:00:00+00:00",
        "size": 10,
    }
    assert told["passages"] == {"prose": 5, "table": 0}
    assert [sample["place"] for sample in told["samples"]] == ["first", "middle", "last"]


def test_doctor_names_missing_originals_and_outdated_cuts_without_failing(
    corpus: Corpus, data: Path
) -> None:
    kept = put(corpus, document("kept", splitter="rows/2"))
    lost = put(corpus, document("lost", splitter="rows/1"))
    (data / "originals").mkdir()
    (data / "originals" / f"{kept.id}.txt").write_text("kept")
    assert corpus.health().outdated == ()
    health = corpus.health("rows/2")
    assert health.ok
    assert (health.originals_missing, health.outdated) == ((lost.id,), (lost.id,))
    said = "\n".join(health.lines())
    assert "1 originals are missing" in said
    assert "1 documents were cut by an older version" in said
    told = health.as_json()
    assert (told["originals_missing"], told["originals_missing_count"]) == ([lost.id], 1)
    assert (told["outdated"], told["outdated_count"]) == ([lost.id], 1)
    assert corpus.repair("rows/2").outdated == (lost.id,)


def test_an_outdated_document_that_was_replaced_is_not_named(corpus: Corpus) -> None:
    put(corpus, document("old", "/in/a.txt", splitter="rows/1"))
    put(corpus, document("new", "/in/a.txt", splitter="rows/2"), *texts("new", 2))
    assert corpus.health("rows/2").outdated == ()


def test_a_report_needs_a_document(corpus: Corpus) -> None:
    with pytest.raises(DocumentNotFound):
        corpus.report("0" * 64)
