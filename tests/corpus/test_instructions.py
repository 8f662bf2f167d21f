"""What a question says of how to answer does not steer the search."""

from __future__ import annotations

import pytest

from corpus.query import understand

ASKED = "What was Acme's gross profit in 2022?"


@pytest.mark.parametrize(
    "instruction",
    (
        "Answer in thousands of euros.",
        "Please respond in French.",
        "Round your result to three decimals.",
        "Provide a brief response.",
        "Please give me a one-sentence answer only.",
        "Show all your calculations.",
        "Explain your reasoning.",
        "Base your response on the figures in the income statement.",
        "Only rely on the information in the statement of operations.",
        "Use the income statement.",
        "Refer to the tables in the annual report.",
        "Cite the page numbers.",
        "You are a seasoned portfolio manager.",
        "Assume you are an auditor.",
        "Act as a credit analyst.",
        "Be concise.",
        "Don't guess.",
        "Do not use outside knowledge.",
        "Keep it short.",
        "Think step by step.",
        "If gross profit does not apply to this business, say so and explain why.",
        "If it is not disclosed, then just answer zero.",
        "Format as a table.",
        "I'm a student of finance.",
        "Thank you!",
    ),
)
def test_a_sentence_that_says_how_is_left_out(instruction: str) -> None:
    assert understand(f"{ASKED} {instruction}").subject == ASKED
    assert understand(f"{instruction} {ASKED}").subject == ASKED


@pytest.mark.parametrize(
    ("question", "subject"),
    (
        ("Using the cash flow statement, what was capex?", "what was capex?"),
        ("By looking only at the balance sheet, how large is debt?", "how large is debt?"),
        ("As a sell-side analyst, how large is debt?", "how large is debt?"),
        ("In two sentences, why did sales fall?", "why did sales fall?"),
        ("Help me with the following question: why did sales fall?", "why did sales fall?"),
        ("What was capex (in USD billions)?", "What was capex?"),
        ("What was capex (rounded to the nearest million)?", "What was capex?"),
        ("What was capex, in millions of US dollars?", "What was capex?"),
        ("What was the margin to two decimal places?", "What was the margin?"),
        ("Why did sales fall, citing the pages?", "Why did sales fall"),
        ("How large is debt, and don't round?", "How large is debt?"),
        ("Find, in USD thousands, the debt.", "Find the debt."),
        ("What are the risks, in three bullets?", "What are the risks?"),
    ),
)
def test_an_introduction_or_a_unit_is_left_out(question: str, subject: str) -> None:
    assert understand(question).subject.rstrip("?") == subject.rstrip("?")


@pytest.mark.parametrize(
    "question",
    (
        "What is the burn ratio? It is defined as: operating loss / average cash.",
        "What is the burn ratio? Define burn ratio as operating loss divided by cash.",
        "According to its 10-K for FY2023, how large is debt?",
        "Give me Boeing's backlog for 2023.",
        "Provide a breakdown of revenue by segment.",
        "Calculate the current ratio for FY2022.",
        "Explain why margins fell.",
        "If we exclude fuel, how did costs per seat change?",
        "Which notes rank first, and in what currency are they?",
        "Assume a tax rate of 21%. What is NOPAT?",
        "Does the guide to 2024 include tariffs?",
    ),
)
def test_what_is_asked_stays(question: str) -> None:
    assert understand(question).subject == question


@pytest.mark.parametrize("question", ("Answer in USD millions.", "Be brief.", "?", "Why?"))
def test_a_question_that_only_says_how_is_its_own_subject(question: str) -> None:
    assert understand(question).subject == question
