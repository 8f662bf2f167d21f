from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus import candidates as searching
from corpus import search, wording
from corpus.exact import ExactSearch
from corpus.indexes import Indexes
from corpus.lexical import LexicalIndex, Scored
from corpus.models import Filters, PassageKind, ReasonKind
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
    monkeypatch.setattr(searching, "OVER_FETCH", 100)
    monkeypatch.setattr(Indexes, "nearest", lambda *_: {"an id of another document": 1.0})
    hits = corpus.search("Leases expire", 1, Filters(companies=("Amazon",)))
    assert [hit.passage.text for hit in hits] == ["Leases expire"]


def test_a_small_share_of_the_corpus_is_searched_exactly(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "EXACT_PASSAGES", 0)
    monkeypatch.setattr(searching, "OVER_FETCH", 1)
    monkeypatch.setattr(Indexes, "nearest", None)
    hits = corpus.search("Leases expire", 1, Filters(companies=("Amazon",)))
    assert [hit.passage.text for hit in hits] == ["Leases expire"]


@pytest.mark.parametrize(("over_fetch", "asked"), ((4, 2), (1, 3)))
def test_a_period_is_read_off_its_company_s_list_unless_its_share_is_small(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, over_fetch: int, asked: int
) -> None:
    question = "What were Meta's capital expenditures in FY2024?"
    before = corpus.search(question, 5)
    asks: list[object] = []
    leaves = LexicalIndex.leaves

    def counted(index: LexicalIndex, *asking: Any) -> list[Scored]:
        asks.append(asking)
        return leaves(index, *asking)

    monkeypatch.setattr(wording, "OVER_FETCH", over_fetch)
    monkeypatch.setattr(LexicalIndex, "leaves", counted)
    assert corpus.search(question, 5) == before
    assert len(asks) == asked


def test_of_many_words_the_rarest_are_looked_for(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "MOST_WORDS", 1)
    hits = corpus.search("Which passage is short of power?", 30)
    spoken = [hit.passage.text for hit in hits if hit.lexical_rank is not None]
    assert spoken == ["Power is short"]


@pytest.mark.parametrize("depth", (1, 100))
def test_a_wide_choice_is_asked_for_with_all_others(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    monkeypatch.setattr(search, "DEPTH", depth)
    filters = Filters(companies=("Meta", "Amazon"))
    before = corpus.search("What capital expenditures are expected?", 1, filters)
    monkeypatch.setattr(wording, "MANY", 0)
    assert corpus.search("What capital expenditures are expected?", 1, filters) == before


def test_every_period_of_a_comparison_has_its_share(corpus: Corpus) -> None:
    hits = corpus.search("capital expenditures of Meta in FY2024 and in Q1 2026", 3)
    assert {hit.document.title for hit in hits} >= {"About meta", "About metanew"}


def test_one_place_is_one_hit(corpus: Corpus) -> None:
    assert len(corpus.search("Compare the capital expenditures of Meta and Amazon", 1)) == 1


def test_hits_name_what_they_match(corpus: Corpus) -> None:
    (hit, *_) = corpus.search("What capital expenditures does Amazon expect in FY2025?", 3)
    assert [(reason.kind, reason.text) for reason in hit.reasons] == [
        (ReasonKind.COMPANY, "Amazon"),
        (ReasonKind.PERIOD, "FY2025"),
        (ReasonKind.ITEM, "capital expenditures"),
        (ReasonKind.TERMS, "expect"),
    ]


def test_a_hit_without_a_common_word_is_there_for_its_meaning(corpus: Corpus) -> None:
    (hit,) = corpus.search("electricity", 1)
    assert [reason.kind for reason in hit.reasons] == [ReasonKind.MEANING]


def test_the_statement_asked_for_comes_first(data: Path) -> None:
    rows = (
        "Net cash provided by operating activities",
        "Net cash used in investing activities",
        "Net cash used in financing activities",
        "Depreciation and amortization",
        "Additions to plant and equipment",
        "Deferred income taxes",
    )
    owner = document("filer", companies=("Meta",), form="10-K", fiscal_period="FY2024")
    told = [f"Our capital expenditures matter to the cash flow {n}." for n in range(9)]
    table = "\n".join(("Cash flow statement", *(f"{row} | 1 | 2" for row in rows)))
    contents = [*told, table, *texts("rest", 9)]
    spans = [
        replace(
            passage,
            page=number + 1,
            page_last=number + 1,
            kind=PassageKind.TABLE if " | 1" in passage.text else PassageKind.PROSE,
        )
        for number, passage in enumerate(passages(owner, *contents))
    ]
    with Corpus.open(data / "statements", HashingEmbedder()) as corpus:
        with corpus.writing() as writer:
            writer.add(owner, spans, HashingEmbedder().embed_passages([p.text for p in spans]))
        asked = "What was Meta's FY2024 capex according to the cash flow statement?"
        assert corpus.search(asked, 1)[0].passage.page == 10


def test_of_a_statement_the_passages_with_the_rows_asked_for_come_first(data: Path) -> None:
    assets = ("Cash and cash equivalents", "Total current assets", "Goodwill", "Total assets")
    owed = (
        "Accounts payable",
        "Total current liabilities",
        "Total liabilities",
        "Retained earnings",
    )
    owner = document("owner", companies=("Meta",), form="10-K", fiscal_period="FY2024")
    noise = "The balance sheet of Meta for FY2024 and its current ratio, the current ratio."
    contents = [noise, *("\n".join(f"{row} | 1 | 2" for row in rows) for rows in (assets, owed))]
    spans = [
        replace(
            span, page=1, page_last=1, kind=PassageKind.TABLE if " | 1" in span.text else span.kind
        )
        for span in passages(owner, *contents)
    ]
    with Corpus.open(data / "rows", HashingEmbedder()) as corpus:
        with corpus.writing() as writer:
            writer.add(owner, spans, HashingEmbedder().embed_passages([p.text for p in spans]))
        hits = corpus.search("What was Meta's current ratio in FY2024?", 3)
        assert {hit.passage.ordinal for hit in hits[:2]} == {1, 2}


def test_an_index_of_an_older_layout_is_renewed_when_the_corpus_is_opened(data: Path) -> None:
    with Corpus.open(data / "old", HashingEmbedder()) as corpus:
        put(corpus, META, "Servers last five years")
    (data / "old" / "lexical" / "layout").unlink()
    with Corpus.open(data / "old", HashingEmbedder()) as corpus:
        assert corpus.search("servers", 1)[0].lexical_rank == 1
        assert corpus.health().ok


def test_a_follow_up_is_made_whole_by_the_names_that_the_corpus_knows(corpus: Corpus) -> None:
    put(corpus, document("z", companies=("Zorblax",)), "Zorblax sold lamps")
    turns = [("What was Boeing's revenue in FY2022?", ""), ("What was Zorblax's in FY2022?", "")]
    assert corpus.whole("And in FY2021?", turns) == "And in FY2021? (Zorblax revenue)"
    assert corpus.whole("What was Zorblax's revenue?", []) == "What was Zorblax's revenue?"
