"""Amended filings: marked, searched beside the original, found by its form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.amendments import amended_document, amendments_of
from corpus.forms import base_form, is_amendment
from corpus.models import Document, Filters
from corpus.store import Corpus
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder


def filing(name: str, form: str = "10-K", **facts: object) -> Document:
    told: dict[str, object] = {
        "companies": ("Zephyr",),
        "form": form,
        "fiscal_period": "FY2025",
        "published": date(2026, 2, 1),
    }
    return document(name, **(told | facts))


ORIGINAL = filing("original")
FIRST = filing("first", "10-K/A", published=date(2026, 3, 1))
SECOND = filing("second", "10-K/A", published=date(2026, 4, 1))


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder(), wait=5) as opened:
        yield opened


@pytest.mark.parametrize(
    ("form", "base", "amended"),
    (("10-K/A", "10-K", True), ("10-K", "10-K", False), ("note", "note", False), (None,) * 3),
)
def test_forms(form: str | None, base: str | None, amended: bool | None) -> None:
    assert base_form(form) == base
    assert is_amendment(form) == bool(amended)


@pytest.mark.parametrize(
    "other",
    (
        filing("another filer", companies=("Harbor",)),
        filing("nobody's", companies=()),
        filing("another year", fiscal_period="FY2024"),
        filing("no year", fiscal_period=None),
        filing("another form", "10-Q"),
        SECOND,
    ),
    ids=lambda other: other.title,
)
def test_another_report_is_not_the_one_amended(other: Document) -> None:
    assert amended_document(FIRST, [other]) is None
    assert amended_document(FIRST, [other, ORIGINAL]) == ORIGINAL


def test_current_reports_are_told_apart_by_the_day_that_they_are_on() -> None:
    days = [date(2026, 5, 1), date(2026, 5, 20)]
    early, late = (filing(str(day), "8-K", period_end=day) for day in days)
    amendment = filing("amendment", "8-K/A", period_end=days[1])
    assert amended_document(amendment, [early, late]) == late
    assert amended_document(filing("undated", "8-K/A"), [early, late]) is None


def test_of_several_originals_the_latest_is_amended() -> None:
    again = filing("again", published=date(2026, 2, 3))
    undated = filing("undated", published=None)
    assert amended_document(FIRST, [undated, again, ORIGINAL]) == again


def test_amendments_come_the_latest_first() -> None:
    assert amendments_of(ORIGINAL, [FIRST, ORIGINAL, SECOND]) == (SECOND, FIRST)
    assert amendments_of(FIRST, [FIRST, ORIGINAL, SECOND]) == ()


@pytest.mark.parametrize("order", ((ORIGINAL, FIRST, SECOND), (SECOND, FIRST, ORIGINAL)))
def test_whichever_came_first_the_amended_one_is_marked(
    corpus: Corpus, order: tuple[Document, ...]
) -> None:
    for owner in order:
        put(corpus, owner, *texts(owner.title, 3))
    marks = {found.id: found.amends for found in corpus.documents()}
    assert marks == {ORIGINAL.id: None, FIRST.id: ORIGINAL.id, SECOND.id: ORIGINAL.id}
    amendments = corpus.amendments_of(ORIGINAL.id)
    assert [found.id for found in amendments] == [SECOND.id, FIRST.id]
    hits = corpus.search("About original About first About second", 20)
    assert {hit.document.id for hit in hits} == set(marks), "all of them stay searchable"
    assert corpus.health().ok


def test_the_mark_follows_what_becomes_of_the_original(corpus: Corpus) -> None:
    put(corpus, filing("original", published=date(2026, 2, 1)))
    put(corpus, FIRST)
    # The same place holds a corrected file.
    corrected = document(
        "corrected",
        "/in/original.txt",
        companies=("Zephyr",),
        form="10-K",
        fiscal_period="FY2025",
    )
    put(corpus, corrected)
    assert corpus.document(FIRST.id).amends == corrected.id
    with corpus.writing() as writer:
        writer.remove(corrected.id)
    assert corpus.document(FIRST.id).amends is None
    put(corpus, filing("another copy"))
    assert corpus.document(FIRST.id).amends == filing("another copy").id


def test_a_superseded_amendment_keeps_its_mark_while_the_original_is_there(corpus: Corpus) -> None:
    put(corpus, ORIGINAL)
    put(corpus, FIRST)
    with corpus.writing() as writer:
        writer.supersede(FIRST.id)
    assert corpus.document(FIRST.id).amends == ORIGINAL.id
    assert corpus.amendments_of(ORIGINAL.id) == ()
    with corpus.writing() as writer:
        writer.remove(ORIGINAL.id)
    assert corpus.document(FIRST.id).amends is None


def test_a_form_finds_its_amendments_and_an_amended_form_only_them(corpus: Corpus) -> None:
    for owner in (ORIGINAL, FIRST, filing("quarter", "10-Q")):
        put(corpus, owner, *texts("same", 3))
    found = {
        form: {
            hit.document.form for hit in corpus.search("same passage", 20, Filters(forms=(form,)))
        }
        for form in ("10-K", "10-k/a", "10-Q")
    }
    assert found == {"10-K": {"10-K", "10-K/A"}, "10-k/a": {"10-K/A"}, "10-Q": {"10-Q"}}
