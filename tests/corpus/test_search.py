from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus import search as searching
from corpus.exact import ExactSearch
from corpus.models import Filters
from corpus.search import shared_out
from corpus.store import Corpus
from tests.corpus.making import document, passages, put, texts
from tests.fakes import HashingEmbedder

META = document(
    "meta",
    companies=("Meta",),
    form="10-K",
    fiscal_period="FY2024",
    published=date(2025, 1, 30),
)
META_NEW = document(
    "metanew",
    companies=("Meta",),
    form="10-Q",
    fiscal_period="FY2026Q1",
    published=date(2026, 4, 30),
)
AMAZON = document(
    "amazon", companies=("Amazon",), form="10-K", fiscal_period="FY2025", published=date(2026, 2, 6)
)
NOTE = document("note", form="note")
SENTENCE = "We expect capital expenditures of {} billion dollars"


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder()) as opened:
        put(opened, META, SENTENCE.format(60), "Servers last five years", header="Meta 10-K FY2024")
        put(opened, META_NEW, SENTENCE.format(130), "Debt was issued", header="Meta 10-Q FY2026Q1")
        put(opened, AMAZON, SENTENCE.format(200), "Leases expire", header="Amazon 10-K FY2025")
        put(opened, NOTE, "Power is short", *texts("note", 20))
        yield opened


def first(corpus: Corpus, question: str, filters: Filters = Filters()) -> str:  # noqa: B008
    return corpus.search(question, 5, filters)[0].document.title


@pytest.mark.parametrize(
    ("question", "title"),
    (
        ("What capital expenditures does Meta expect?", "About meta"),
        ("What capex does META expect in 2026?", "About metanew"),
        ("Facebook's capex according to the FY2024 10-K", "About meta"),
        ("capex plans of AWS", "About amazon"),
        ("Is power short?", "About note"),
    ),
)
def test_company_period_and_form_lead(corpus: Corpus, question: str, title: str) -> None:
    assert first(corpus, question).startswith(title)


@pytest.mark.parametrize(
    ("filters", "titles"),
    (
        (Filters(companies=("amazon",)), {"About amazon"}),
        (Filters(forms=("10-k",)), {"About amazon", "About meta"}),
        (Filters(periods=("FY2026Q1",)), {"About metanew"}),
        (Filters(since=date(2026, 3, 1)), {"About metanew"}),
        (Filters(documents=(NOTE.id,)), {"About note"}),
        (Filters(companies=("Nobody",)), set()),
    ),
)
def test_filters_confine(corpus: Corpus, filters: Filters, titles: set[str]) -> None:
    hits = corpus.search("capital expenditures of Meta", 30, filters)
    assert {hit.document.title for hit in hits} == titles


def test_every_company_of_a_comparison_has_its_share(corpus: Corpus) -> None:
    hits = corpus.search("Compare the capital expenditures of Meta and Amazon", 3)
    assert {hit.document.company for hit in hits} == {"Meta", "Amazon"}


def test_hits_are_ranked_and_say_why(corpus: Corpus) -> None:
    hits = corpus.search("Servers last five years", 4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].passage.text == "Servers last five years"
    assert (hits[0].dense_rank, hits[0].lexical_rank) == (1, 1)
    assert len({hit.passage.id for hit in hits}) == 4


@pytest.mark.parametrize(("question", "k"), (("", 5), ("  ", 5), ("capex", 0), ("capex", -1)))
def test_nothing_asked_nothing_found(corpus: Corpus, question: str, k: int) -> None:
    assert corpus.search(question, k) == ()


def test_an_empty_corpus_finds_nothing_and_embeds_nothing(data: Path) -> None:
    embedder = HashingEmbedder()
    with Corpus.open(data / "new", embedder) as corpus:
        assert corpus.search("capex") == ()
        assert embedder.batches == []
        assert not (data / "new" / "chroma").exists()


def test_the_index_and_exact_search_agree(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = corpus.search("Servers last five years", 1)
    monkeypatch.setattr(searching, "EXACT_PASSAGES", 0)
    monkeypatch.setattr(ExactSearch, "nearest", None)
    assert corpus.search("Servers last five years", 1) == exact


def test_a_filter_that_leaves_the_index_too_little_is_searched_exactly(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "EXACT_PASSAGES", 0)
    monkeypatch.setattr(searching, "OVER_FETCH", 0.02)
    hits = corpus.search("Leases expire", 1, Filters(companies=("Amazon",)))
    assert [hit.passage.text for hit in hits] == ["Leases expire"]


def test_shares_never_exceed_the_places() -> None:
    owners = {owner.id: owner for owner in (META, AMAZON, NOTE)}
    ranked = [*passages(META, *texts("m", 9)), *passages(AMAZON, "a", "b"), *passages(NOTE, "n")]
    kept = shared_out(ranked, owners, ("Meta", "Amazon"), 4)
    assert [owners[passage.document_id].company for passage in kept] == [
        "Meta", "Meta", "Meta", "Amazon",
    ]  # fmt: skip
    assert len(shared_out(ranked, owners, ("Meta", "Amazon"), 1)) == 1
    assert shared_out(ranked, owners, ("Meta",), 4) == ranked[:4]
