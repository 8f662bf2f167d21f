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
