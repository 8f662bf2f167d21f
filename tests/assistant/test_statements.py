from __future__ import annotations

import pytest

from assistant.statements import is_english, is_unrelated, needs_citation, says_what_is_missing
from tests.assistant.packs import document, evidence

PACK = evidence(
    (document("Meta 10-Q", "Meta"), "We raised our outlook for purchases of property."),
    (document("Digest"), "Depreciation of servers will weigh on margins."),
)


def needs(text: str, *, figures: bool = False, english: bool = True) -> bool:
    return needs_citation(text, 0, len(text), figures=figures, english=english)


@pytest.mark.parametrize(
    "text",
    [
        "Its cloud business is losing customers.",
        "- Meta plans new data centers in Louisiana",
        "Management called demand strong across all regions.",
    ],
)
def test_a_statement_of_fact_needs_a_citation(text: str) -> None:
    assert needs(text)


@pytest.mark.parametrize(
    "text",
    [
        "Here is what the filings say.",
        "Meta's outlook for the years to come:",
        "## Capital expenditures of the three largest companies",
        "**Capital expenditures of the three largest companies**",
        "Capital expenditures of the three largest companies",
        "In summary, all of them are raising their spending.",
        "Both companies expect a further rise in spending.",
        "The documents do not say what comes after.",
        "No further information is given on networking.",
        "Would you like a comparison with the others?",
        "Let me know if a table would help.",
        "It rose.",
    ],
)
def test_what_leads_in_heads_sums_up_or_offers_more_needs_none(text: str) -> None:
    assert not needs(text)


def test_a_figure_needs_a_citation_but_not_where_it_is_said_to_be_missing() -> None:
    assert needs("In summary, they spent $5 billion.", figures=True)
    assert needs("| Meta | $5 billion |", figures=True)
    assert not needs("The evidence does not hold the $5 billion.", figures=True)


def test_rows_and_other_languages_are_judged_by_figures_only() -> None:
    assert not needs("| Company | Capital expenditures of the year |")
    assert not needs("Das ist deutlich mehr als im Jahr davor.", english=False)
    assert needs("Das sind $5 billion.", figures=True, english=False)


def test_english_is_known_by_its_small_words() -> None:
    assert is_english("Meta expects to spend more on servers in 2026.")
    assert not is_english("Meta erwartet für 2026 höhere Ausgaben als im Jahr davor.")
    assert not is_english("Meta预计2026年资本支出增长。")


def test_what_is_missing() -> None:
    assert says_what_is_missing("It doesn’t say.")
    assert not says_what_is_missing("It says so.")


@pytest.mark.parametrize(
    ("piece", "cited", "unrelated"),
    [
        ("Bananas are yellow fruits of the many islands", 1, True),
        ("Servers depreciate faster and weigh on margins", 1, True),
        ("The moon landing of Apollo was broadcast live", 1, True),
        ("Servers depreciate faster and weigh on margins", 2, False),
        ("Management lifted its capex guidance once more", 1, False),
        ("Facebook wants bigger halls everywhere soon", 1, False),
        ("Servers depreciate faster", 1, False),
        ("Bananen sind gelbe Früchte tropischer Inseln", 1, False),
    ],
)
def test_a_piece_is_unrelated_when_it_shares_no_word_with_what_it_cites(
    piece: str, cited: int, unrelated: bool
) -> None:
    assert is_unrelated(piece, PACK[cited - 1 : cited], PACK) is unrelated
