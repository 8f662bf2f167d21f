from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.figures import verify
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
