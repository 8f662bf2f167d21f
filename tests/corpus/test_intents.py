"""What a question wants."""

from __future__ import annotations

import pytest

from corpus.query import Intent, understand

PLAIN = frozenset({Intent.LOOK_UP})


@pytest.mark.parametrize(
    ("question", "intents"),
    (
        ("What was Nike's inventory in FY2023?", PLAIN),
        ("Which share of CoreWeave's revenue came from Microsoft?", PLAIN),
        ("How much did Meta pay CoreWeave in 2025?", PLAIN),
        ("What is Meta's provision for expected credit losses?", PLAIN),
        ("Did more than 10% of sales come from one customer in 2022?", PLAIN),
        ("Are net sales larger than at Target?", {Intent.COMPARE}),
        ("What were Nike's and Lululemon's net sales in FY2024?", {Intent.COMPARE}),
        ("How do Boeing's deliveries compare with Airbus?", {Intent.COMPARE}),
        ("Was Nike's debt in 2023 higher than in 2022?", {Intent.COMPARE}),
        ("Was net debt higher in Q1 or in Q2?", {Intent.COMPARE}),
        ("How has Boeing's debt changed since 2019?", {Intent.TREND}),
        ("What was Nike's revenue from FY2020 to FY2023?", {Intent.TREND}),
        ("Is Nike's gross margin improving?", {Intent.TREND}),
        ("What was the reason for Nike's loss?", {Intent.WHY}),
        ("What drove Nike's costs in FY2023?", {Intent.WHY}),
        ("Which factors led to the impairment?", {Intent.WHY}),
        ("What does Boeing expect to deliver in 2026?", {Intent.GUIDANCE}),
        ("What is Nike's capex target for 2026?", {Intent.GUIDANCE}),
        ("What is Nike's outlook for FY2026?", {Intent.GUIDANCE}),
        ("What is free cash flow?", {Intent.DEFINITION}),
        ("What does Netflix mean by paid memberships?", {Intent.DEFINITION}),
        ("What does “constant currency” mean in Nike's report?", {Intent.DEFINITION}),
        ("How is adjusted EBITDA defined?", {Intent.DEFINITION}),
        ("What is Nike's free cash flow?", PLAIN),
        ("Why did Boeing cut its guidance?", {Intent.WHY, Intent.GUIDANCE}),
    ),
)
def test_the_intent_is_understood(question: str, intents: frozenset[Intent]) -> None:
    assert understand(question).intents == intents


def test_how_to_answer_is_no_intent() -> None:
    question = "What was Nike's revenue in 2023? If it is not disclosed, say so and explain why."
    assert understand(question).intents == PLAIN
