"""Filters as people give them, against documents that are held."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.aliases import Aliases
from corpus.errors import DocumentNotFound
from corpus.filtering import admitted, describe, held_forms, require_some, settle
from corpus.models import Document, Filters
from tests.corpus.making import document


def held(key: str, **facts: object) -> Document:
    return document(key, **facts)


ANNUAL = held(
    "annual",
    companies=("Johnson & Johnson",),
    form="10-K",
    fiscal_period="FY2024",
    published=date(2025, 2, 13),
)
AMENDED = held("amended", companies=("Amazon",), form="10-K/A", fiscal_period="FY2024")
QUARTER = held(
    "quarter",
    companies=("Amazon",),
    form="10-Q",
    fiscal_period="FY2026Q1",
    published=date(2026, 4, 30),
)
OLD = held("old", companies=("Amazon",), form="10-Q", fiscal_period="FY2019Q3")
CALL = held("call", companies=("Meta", "Amazon"), form="earnings call", fiscal_period="FY2025Q4")
HELD = (ANNUAL, AMENDED, QUARTER, OLD, CALL)


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        (Filters(companies=("jnj",)), Filters(companies=("Johnson & Johnson",))),
        (Filters(companies=("AMZN", "amazon.com, inc.")), Filters(companies=("Amazon",))),
        (Filters(forms=("10q", "Earnings Call")), Filters(forms=("10-Q", "earnings call"))),
        (Filters(forms=("10-k",)), Filters(forms=("10-K",))),
        (Filters(periods=("2024", "Q1 FY26")), Filters(periods=("FY2024", "FY2026Q1"))),
        (Filters(documents=("About call", CALL.id[:8])), Filters(documents=(CALL.id,))),
        (Filters(), Filters()),
    ],
)
def test_names_are_settled_in_the_words_of_the_corpus(given: Filters, settled: Filters) -> None:
    assert settle(given, HELD) == settled


def test_a_company_may_be_given_by_an_analyst_s_own_nickname() -> None:
    aliases = Aliases((("The Everything Store", "Amazon"),))
    given = Filters(companies=("the everything store",))
    assert settle(given, HELD, aliases).companies == ("Amazon",)
    with pytest.raises(DocumentNotFound):
        settle(given, HELD)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Filters(companies=("Amazn",)), "company 'Amazn'. Close to it: Amazon."),
        (Filters(companies=("Johnson",)), "Close to it: Johnson & Johnson."),
        (Filters(companies=("Oracle",)), "It holds: Amazon, Johnson & Johnson, Meta."),
        (Filters(forms=("10-X",)), "form '10-X'. Close to it: 10-"),
        (Filters(forms=("S-1",)), "It holds: 10-K, 10-K/A, 10-Q, earnings call."),
        (Filters(periods=("FY2025Q3",)), "Close to it: FY2025Q4, FY2026Q1, FY2019Q3."),
        (Filters(periods=("FY2031",)), "fiscal period 'FY2031'. Close to it: FY2024, "),
        (Filters(periods=("lately",)), "spelled FY2025 or FY2026Q2"),
        (Filters(documents=("About cal",)), "Did you mean 'About call'"),
    ],
)
def test_what_no_document_has_is_told_with_what_comes_close(given: Filters, said: str) -> None:
    with pytest.raises(DocumentNotFound) as refused:
        settle(given, HELD)
    assert said in str(refused.value)


def test_an_unknown_name_beside_a_known_one_is_told_too() -> None:
    with pytest.raises(DocumentNotFound, match="'Amazn'"):
        settle(Filters(companies=("Meta", "Amazn")), HELD)


def test_filters_that_leave_nothing_together_name_the_one_to_give_up() -> None:
    given = Filters(companies=("Amazon",), forms=("10-Q",), periods=("FY2024",))
    with pytest.raises(DocumentNotFound) as refused:
        settle(given, HELD)
    assert str(refused.value) == (
        "No document is within the filters: Amazon · 10-Q · FY2024. "
        "Without “FY2024” there would be 2 documents."
    )


def test_a_corpus_without_documents_needs_no_filter_to_be_asked() -> None:
    require_some(Filters(), ())
    with pytest.raises(DocumentNotFound, match="since 2026-01-01"):
        require_some(Filters(since=date(2026, 1, 1)), ())


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (None, None, HELD),
        (date(2026, 4, 30), None, (QUARTER,)),
        (None, date(2025, 2, 13), (ANNUAL,)),
        (None, date(2025, 2, 12), ()),
        (date(2025, 2, 13), date(2026, 4, 30), (ANNUAL, QUARTER)),
        (date(2026, 5, 1), date(2026, 5, 2), ()),
    ],
)
def test_dates_bound_on_both_sides_and_an_unknown_one_is_on_neither(
    since: date | None, until: date | None, left: tuple[Document, ...]
) -> None:
    assert admitted(Filters(since=since, until=until), HELD) == left


def test_a_form_that_only_an_amendment_has_can_be_named() -> None:
    assert held_forms((AMENDED,)) == ("10-K", "10-K/A")


def test_filters_are_said_as_readers_say_them() -> None:
    filters = Filters(
        companies=("Amazon", "Meta"),
        since=date(2026, 1, 1),
        until=date(2026, 6, 30),
        documents=(CALL.id,),
    )
    said = ("Amazon or Meta", "since 2026-01-01", "until 2026-06-30", "About call")
    assert describe(filters, HELD) == said
    assert describe(Filters(documents=(CALL.id, OLD.id)), HELD) == ("2 documents",)
    assert describe(Filters(documents=("gone",)), HELD) == ("a removed document",)
