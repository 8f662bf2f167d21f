"""Each part of the search on its own: a question that only that part answers rightly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus import search
from corpus.models import Document, Filters, PassageKind, ReasonKind
from corpus.store import Corpus
from tests.corpus.making import document, passages, put, texts
from tests.fakes import HashingEmbedder


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder()) as opened:
        yield opened


def filed(company: str, period: str, **facts: object) -> Document:
    return document(
        f"{company}{period}{facts}", companies=(company,), fiscal_period=period, **facts
    )


def put_pages(corpus: Corpus, owner: Document, *pages: tuple[str, ...]) -> None:
    """Add a document; each page is its passages."""
    contents = [text for page in pages for text in page]
    numbers = [number for number, page in enumerate(pages, start=1) for _ in page]
    spans = [
        replace(
            span,
            page=number,
            page_last=number,
            kind=PassageKind.TABLE if " | 1" in span.text else PassageKind.PROSE,
        )
        for span, number in zip(passages(owner, *contents), numbers, strict=True)
    ]
    with corpus.writing() as writer:
        writer.add(owner, spans, HashingEmbedder().embed_passages([span.text for span in spans]))


def test_a_side_with_little_keeps_its_share_of_a_comparison(corpus: Corpus) -> None:
    told = "Amazon's capital expenditures in 2024 were large, page {} of many"
    for year in range(8):
        many = [(told.format(f"{year} {page}"),) for page in range(20)]
        put_pages(corpus, filed("Amazon", "FY2024", title=f"Amazon {year}"), *many)
    put(corpus, filed("Meta", "FY2022"), "Servers", "Capital", "Leases")
    hits = corpus.search("Compare the capital expenditures of Amazon and Meta in 2024", 9)
    assert sum(hit.document.company == "Meta" for hit in hits) == 3


def test_a_call_is_of_the_quarter_that_the_filer_s_year_tells(corpus: Corpus) -> None:
    put(
        corpus, filed("Microsoft", "FY2025", period_end=date(2025, 6, 30)), "Azure grew in the year"
    )
    for quarter in ("FY2025Q2", "FY2025Q3", "FY2025Q4"):
        put(corpus, filed("Microsoft", quarter, form="earnings call"), "Azure grew in the quarter")
    (hit,) = corpus.search("How did Microsoft's Azure do in the March 2025 quarter?", 1)
    assert hit.document.fiscal_period == "FY2025Q3"
    assert hit.document.period_end is None, "a document shows only what it states"


def test_where_no_report_is_on_the_day_that_on_the_year_tells(corpus: Corpus) -> None:
    for year in ("FY2021", "FY2022", "FY2023"):
        put(corpus, filed("Pfizer", year), "Debt was issued and repaid")
    assert corpus.search("Pfizer's debt as of May 3, 2022", 1)[0].document.fiscal_period == "FY2022"


def test_guidance_is_found_in_what_a_company_says_of_the_future(corpus: Corpus) -> None:
    owner = filed("Meta", "FY2025Q4", form="earnings call")
    past = "Capex guidance capex: Meta's capex of $70 billion was within the guidance for 2025"
    ahead = "We expect capex of $130 billion in 2026, the CFO said, after much else on hiring"
    put_pages(corpus, owner, (past,), (ahead,))
    hits = corpus.search("What capex does Meta expect for 2026?", 2)
    assert hits[0].passage.text == ahead


def test_a_counterparty_is_a_word_of_the_company_s_filings(corpus: Corpus) -> None:
    owner = filed("CoreWeave", "FY2025Q1", form="10-Q")
    other = [(f"Share of revenue came from customer {n}, and revenue share",) for n in range(6)]
    put_pages(corpus, owner, *other, ("Share of revenue came from Microsoft",))
    asked = "What share of CoreWeave's revenue came from Microsoft?"
    assert "Microsoft" in corpus.search(asked, 1)[0].passage.text


def test_the_next_page_s_best_stands_before_a_page_s_second(corpus: Corpus) -> None:
    near = "Warranty reserve accruals at the plant"
    put_pages(corpus, filed("Ford", "FY2024"), (near, "It is old"), (near, "It is wide"), ("Pay",))
    hits = corpus.search("Ford's warranty reserve accruals at the plant", 3)
    assert [hit.passage.page for hit in hits][:2] in ([1, 2], [2, 1])


def test_a_statement_is_named_among_the_reasons(corpus: Corpus) -> None:
    rows = (
        "Net cash provided by operating activities",
        "Net cash used in investing activities",
        "Net cash used in financing activities",
        "Depreciation and amortization",
        "Capital expenditures",
        "Deferred income taxes",
    )
    table = "\n".join(f"{row} | 1 | 2" for row in rows)
    put_pages(corpus, filed("Meta", "FY2024"), ("Letter",), (table,))
    hits = corpus.search("What were Meta's capital expenditures in FY2024?", 2)
    (shown,) = [hit for hit in hits if hit.passage.page == 2]
    assert (ReasonKind.STATEMENT, "cash flow statement") in [
        (reason.kind, reason.text) for reason in shown.reasons
    ]


def test_a_company_known_from_a_header_alone_is_searched_with_all_words(corpus: Corpus) -> None:
    told = "Purchases of property and equipment were 5 billion"
    ours = (told, "Staff rose", *texts("x", 4))
    put(corpus, document("x"), *ours, header="Meta Platforms report 2024")
    theirs = ("Capex of Acme is big and what is Acme's capex", "Staff fell", *texts("y", 4))
    put(corpus, document("y"), *theirs, header="Acme report 2024")
    assert corpus.search("What is Meta's capex?", 3)[0].passage.text == told


def test_a_period_of_one_shared_document_leaves_each_company_its_own(corpus: Corpus) -> None:
    told = "Purchases of property and equipment {}"
    both = document("both", companies=("Meta", "Amazon"), fiscal_period="FY2025", form="article")
    put(corpus, both, "Data centers grow at both")
    put(corpus, filed("Meta", "FY2024", form="10-K"), told.format("rose"))
    put(corpus, filed("Amazon", "FY2024", form="10-K"), told.format("fell"))
    hits = corpus.search("Compare the capex of Meta and Amazon in FY2025", 8)
    ranks = {hit.passage.text: hit.lexical_rank for hit in hits}
    assert ranks[told.format("rose")] is not None
    assert ranks[told.format("fell")] is not None


def test_passages_over_many_pages_fill_all_places(corpus: Corpus) -> None:
    owner = filed("Meta", "FY2024")
    spans = [
        replace(span, page=5 * number + 1, page_last=5 * number + 5)
        for number, span in enumerate(passages(owner, *(f"Servers, slide {n}" for n in range(30))))
    ]
    with corpus.writing() as writer:
        writer.add(owner, spans, HashingEmbedder().embed_passages([span.text for span in spans]))
    assert len(corpus.search("servers", 10)) == 10


def test_a_period_that_a_company_s_list_hardly_holds_is_asked_for_itself(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "DEPTH", 4)
    many = [f"Servers and servers and servers {number}" for number in range(160)]
    put(corpus, filed("Meta", "FY2025"), *many)
    put(corpus, filed("Meta", "FY2023"), *(f"A word on servers, {n}" for n in range(60)))
    considered = corpus._searcher.consider("What did Meta say of servers in FY2023?", 2, Filters())
    assert considered is not None
    spoken = [considered.shelf.documents[leaf.document_id].fiscal_period
              for leaf_id, leaf in considered.found.leaves.items()
              if leaf_id in considered.found.words.leaves]  # fmt: skip
    assert spoken.count("FY2023") == 4
