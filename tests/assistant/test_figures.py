from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures import read_figures, verify
from tests.assistant.packs import document, evidence

TABLE = """Cash flows (in millions)
Year ended | 2025 | 2024
Purchases of property | $ (131,819) | (82,999)"""
PACK = evidence(
    (
        document("Filing"),
        "Capex was $37.64 billion, up 9.4%, over 5.5 years at $2.35 per GPU-hour.",
    ),
    (document("Report"), TABLE),
)


@pytest.mark.parametrize(
    ("claim", "verified"),
    [
        ("Capex was $37.64 billion [1].", True),
        ("Capex was $37.6 billion [1].", True),
        ("Capex was $37.7 billion [1].", False),
        ("Capex was $40 billion [1].", False),
        ("Capex was $37.64 million [1].", False),
        ("Capex was €37.64 billion [1].", False),
        ("It rose 9.4% [1].", True),
        ("It rose 9.4 percent [1].", True),
        ("It rose 9% [1].", False),
        ("It takes 5.5 years [1].", True),
        ("It costs $2.35 an hour [1].", True),
        ("It earns $2.35 per share [1].", False),
        ("Purchases were $131,819 million [2].", True),
        ("Purchases were $131.8 billion [2].", True),
        ("Purchases were $131.8 billion [1].", False),
        ("Purchases were $131.8 billion.", False),
    ],
)
def test_a_figure_is_verified_by_the_evidence_that_its_sentence_cites(
    claim: str, verified: bool
) -> None:
    (figure,) = verify(claim, PACK)
    assert figure.verified is verified


def test_a_figure_names_the_evidence_that_holds_it() -> None:
    (figure,) = verify("Purchases were $131.8 billion [1][2].", PACK)
    assert (figure.n, figure.value, figure.unit) == (2, Decimal(131_800_000_000), "USD")
    (unsupported,) = verify("It was $5 billion [1][2].", PACK)
    assert (unsupported.n, unsupported.verified) == (1, False)
    (uncited,) = verify("It was $5 billion.", PACK)
    assert uncited.n is None


MIXED = """Selected data (in millions, except per share amounts)
 | 2025 | 2024
Revenue | $ 281,724 | 245,122
Weighted average shares outstanding, basic | 7,433 | 7,431
Employees | 228,000 | 228,000
Effective tax rate | 18 | 18
Earnings per share:
Diluted | 13.64 | 11.80
Square footage stands below and is not money of any kind.
Area | 15,665 | 15,001"""


@pytest.mark.parametrize(
    ("claim", "verified"),
    [
        ("Revenue was $281,724 million [1].", True),
        ("There were $7,433 million of them [1].", False),
        ("It was $228,000 million [1].", False),
        ("The rate was $18 million [1].", False),
        ("It earned $13.64 million [1].", False),
        ("The area cost $15,665 [1].", False),
        ("The area cost $15,665 million [1].", False),
    ],
)
def test_a_count_in_a_table_of_money_supports_no_money(claim: str, verified: bool) -> None:
    (figure,) = verify(claim, evidence((document("Data"), MIXED)))
    assert figure.verified is verified


def test_a_compound_number_word_is_one_number() -> None:
    pack = evidence((document("Letter"), "The share rose to thirty-five percent."))
    (right,) = verify("It rose to thirty-five percent [1].", pack)
    assert (right.value, right.verified) == (Decimal(35), True)
    (wrong,) = verify("It rose to 5 percent [1].", pack)
    assert not wrong.verified


STATED = evidence(
    (
        document("Filing"),
        "We expect $125 billion to $145 billion. Spending was $37.6 billion, up 9.4%, or 4.5x. "
        "Margins fell 50 basis points. The loss was $(1,234) million. Tokens cost RMB 3.",
    ),
    (document("Report"), TABLE),
)


@pytest.mark.parametrize(
    "answer",
    [
        "It expects **$125 billion** to **$145** billion [1].",
        "It expects $125–145 billion [1].",
        "It expects between $125 and $145 billion [1].",
        "It expects US$125B-US$145B [1].",
        "Spending was $37,600 million, or 37.6B [1].",
        "Spending was $37.6 Billion, $37.6BN, $37.6+ billion or 37.6 BILLION dollars [1].",
        "It rose 9.4 %, 9,4 %, 9.4 Percent or 9.4％ [1].",
        "It rose 4.5× and fell 50bps [1].",
        "The loss was $1,234 million [1].",
        "| Capex | $ (131,819) million | [2] |",
        "Amounts (in millions) [2]\n| Capex | 131,819 | 82,999 | [2] |",
        "- Capex: $131.8 billion in 2025 ($83.0 billion in 2024) [2]",
        "Spending was $37.6 billion [1], purchases $131.8 billion [2].",
        "According to [2], purchases were $131.8 billion, while [1] has $37.6 billion.",
        "Purchases, per the report [2]:\n- 2025: $131.8 billion\n- 2024: $83.0 billion",
        "资本支出为$37.6 billion，增长9.4%。[1]",
        "Die Ausgaben lagen am 28. Januar 2026 bei $37.6 billion (+9,4 %) [1].",
        "Tokens cost ¥3 [1].",
    ],
)
def test_a_figure_that_the_evidence_states_is_verified_however_it_is_written(answer: str) -> None:
    figures = verify(answer, STATED)
    assert figures
    assert [figure for figure in figures if not figure.verified] == []


@pytest.mark.parametrize(
    "answer",
    [
        "It expects $125–155 billion [1].",
        "It expects **$125** million [1].",
        "It rose 9.4 percentage points [1].",
        "Tokens cost €3 [1].",
        "资本支出为$38.6 billion。[1]",
        "Spending was $37.6 billion [2], purchases $131.8 billion [1].",
        "Spending was $37.6 billion. It rose 9.4% [1].",
    ],
)
def test_a_figure_that_the_cited_evidence_does_not_state_is_not(answer: str) -> None:
    assert not all(figure.verified for figure in verify(answer, STATED))


@pytest.mark.parametrize(
    "answer",
    [
        "10. Meta [1]\n  11) Amazon [1]\n- 12. Both [1]",
        "On 28 January 2026, le 28 janvier 2026, am 28. Januar 2026, 28 de enero de 2026 [1].",
        "On January 28–29, in Q1'26 at 9:30, see pages 41-42 [1].",
        "2026年1月28日，第10页。[1]",
    ],
)
def test_items_dates_and_pages_are_no_figures(answer: str) -> None:
    assert verify(answer, STATED) == ()


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ("It was **$37.6** billion [1].", "$37.6** billion"),
        ("资本支出为$37.6 billion。[1]", "$37.6 billion"),
        ("It was $37.6 billion[1].", "$37.6 billion"),
    ],
)
def test_a_figure_says_where_it_stands_in_the_answer(answer: str, written: str) -> None:
    (figure,) = verify(answer, STATED)
    assert answer[slice(*figure.span)] == written
    assert figure.text == "$37.6 billion"


@given(text=st.text(alphabet="ab5.,$% *[]1\n|-資×+\u200b", max_size=50))
def test_any_text_is_read_and_figures_lie_within(text: str) -> None:
    for figure in read_figures(text):
        assert 0 <= figure.span[0] < figure.span[1] <= len(text)
