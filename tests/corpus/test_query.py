from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.aliases import Aliases
from corpus.glossary import expand, shipped
from corpus.line_items import Glossary, LineItem
from corpus.models import Statement
from corpus.periods import Period
from corpus.query import Intent, understand
from corpus.terms import content_terms, terms


@pytest.mark.parametrize(
    ("text", "found"),
    (
        ("$37.6 billion", ["$37.6", "37.6", "billion"]),
        ("up 9.4%", ["up", "9.4%", "9.4"]),
        ("1,234 of $1,234.5", ["1234", "of", "$1234.5", "1234.5"]),
        ("10-K, 10K and 8-k", ["10-k", "10-k", "and", "8-k"]),
        ("FY26 FY2026 Q2FY24", ["fy2026", "2026", "fy2026", "2026", "fy2024", "2024", "q2"]),
        ("H100s U.S. R&D AT&T", ["h100s", "us", "r&d", "at&t"]),
        ("data-center gpt-4", ["data", "center", "gpt-4", "gpt", "4"]),
        ("Meta’s don't", ["meta", "dont"]),
        ("— … ()", []),
    ),
)
def test_figures_forms_and_periods_stay_whole(text: str, found: list[str]) -> None:
    assert terms(text) == found


@given(st.text())
def test_terms_hold_no_space_and_are_lower_case(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(letter.isspace() for letter in term)


def test_stopwords_do_not_count() -> None:
    assert content_terms("What was the capex of the company for the year?") == ("capex", "year")


def test_the_glossary_says_the_same_in_other_words() -> None:
    [group] = expand(terms("How much capex in 2025?"))
    phrases = {" ".join(phrase) for phrase in group}
    assert {"capital expenditures", "purchases of property and equipment"} <= phrases
    assert "capex" not in phrases
    [group] = expand(terms("cost of revenue"))
    assert ("net", "sales") not in group
    assert expand(terms("weather")) == ()


def test_a_question_is_understood() -> None:
    query = understand("What does Acme Power's 10-K for FY2025 say of capex?", ("Acme Power",))
    assert query.companies == ("Acme Power",)
    assert query.periods == (Period(2025, fiscal=True),)
    assert query.forms == ("10-K",)
    assert query.items == ("capital expenditures",)
    assert query.statements == (Statement.CASH_FLOW,)
    assert not query.names_statements
    assert query.intents == {Intent.LOOK_UP}
    assert not query.newest
    assert understand("the last earnings call").forms == ("earnings call",)
    assert understand("Where in a 10-K do I find capex?").forms == ()
    assert understand("Has Acme Power filed a 10-K?", ("Acme Power",)).forms == ("10-K",)
    assert understand("Does any 10-K mention cranes?").forms == ("10-K",)


def test_the_topic_holds_no_company_and_no_period() -> None:
    question = (
        "How did General Mills's and Coke's net sales in fiscal 2021 grow from the prior year?"
    )
    query = understand(question)
    assert query.companies == ("General Mills", "Coca-Cola")
    assert query.topic == ("net", "sales", "grow")
    assert {"general", "2021", "fiscal"} <= set(query.terms)


def test_a_former_name_is_no_topic() -> None:
    query = understand("What was Acme (formerly known as Roadrunner Traps) worth?", ("Acme",))
    assert query.topic == ("worth",)


def test_a_statement_named_in_an_instruction_leads_but_its_words_do_not_steer() -> None:
    query = understand("What was Acme's revenue in 2022? Use the balance sheet only.", ("Acme",))
    assert query.subject == "What was Acme's revenue in 2022?"
    assert query.statements == (Statement.BALANCE_SHEET,)
    assert query.names_statements
    assert "sheet" not in query.terms
    assert not any(("balance", "sheet") in group for group in query.expansions)


def test_a_ratio_leads_to_what_it_is_computed_of() -> None:
    query = understand("What is Acme's return on equity for FY2022?", ("Acme",))
    assert query.items == ("return on equity",)
    assert query.statements == (Statement.INCOME, Statement.BALANCE_SHEET)
    phrases = {" ".join(phrase) for group in query.expansions for phrase in group}
    assert {"net earnings", "stockholders equity", "roe"} <= phrases


def test_a_ratio_of_ratios_leads_to_the_lines_of_all() -> None:
    query = understand("How long is Acme's cash conversion cycle?", ("Acme",))
    phrases = {" ".join(phrase) for group in query.expansions for phrase in group}
    assert {"accounts payable", "inventories", "cost of goods sold", "revenues"} <= phrases
    assert set(query.statements) == {Statement.BALANCE_SHEET, Statement.INCOME}


@pytest.mark.parametrize(
    ("question", "newest"),
    (
        ("What is Acme's latest revenue guidance?", True),
        ("What did management say last quarter?", True),
        ("How have margins moved over the last three years?", True),
        ("What is Acme's outlook for next year?", True),
        ("How did Q2 FY2024 compare with the last quarter?", False),
        ("What were current assets in FY2022?", False),
        ("What was revenue in FY2022?", False),
    ),
)
def test_the_newest_is_asked_for(question: str, newest: bool) -> None:
    assert understand(question).newest is newest


def test_what_was_forecast_as_of_a_year_stands_in_what_was_filed_for_it() -> None:
    query = understand("As of FY2021, what does Acme expect to spend on clean-up in 2026?")
    assert query.periods == (Period(2021, fiscal=True),)
    query = understand("What does Acme expect to spend on clean-up in 2026?")
    assert query.periods == (Period(2026),)


@pytest.mark.parametrize(
    ("question", "years"),
    (
        ("What of its debt falls due in 2027, as of December 31, 2022?", [2022]),
        ("What was debt as of the end of fiscal 2022 and 2023?", [2022, 2023]),
        ("As of Q1 2023, why was the outlook for 2023 raised?", [2023, 2023]),
    ),
)
def test_what_is_known_as_of_a_period_stands_in_no_later_document(
    question: str, years: list[int]
) -> None:
    assert [period.year for period in understand(question).periods] == years


def test_an_analysts_words_are_understood() -> None:
    item = LineItem("anvil margin", (("anvil", "margin"),), (Statement.INCOME,))
    glossary = Glossary((*shipped().items, item), shipped().groups, shipped().statements)
    aliases = Aliases((("the coyote people", "Acme"),))
    query = understand(
        "What is the anvil margin of the coyote people?", aliases=aliases, glossary=glossary
    )
    assert query.companies == ("Acme",)
    assert query.items == ("anvil margin",)
    assert understand("What is the anvil margin?").items == ()


@given(st.text(max_size=80))
def test_whatever_is_asked_has_a_subject(text: str) -> None:
    query = understand(text)
    assert bool(query.subject) is bool(text.strip())
    assert query.intents
    assert set(query.topic) <= set(query.terms) or not query.companies


@pytest.mark.parametrize(
    ("question", "asked"),
    (
        ("What was Meta's capex in FY2024?", True),
        ("Why did Meta's capex rise in FY2024?", False),
        ("What capex does Meta expect for 2026?", False),
        ("Why did capex rise, going by the cash flow statement?", True),
        ("What share of CoreWeave's revenue came from Microsoft?", False),
        ("How much of NVIDIA's revenue came from its largest customer?", False),
        ("What was NVIDIA's revenue from sales of chips in 2024?", True),
        ("How much of NVIDIA's net income was attributable to others?", True),
        ("Compare the revenue of CoreWeave and Microsoft in 2024", True),
    ),
)
def test_a_statement_is_asked_where_it_gives_the_answer(question: str, asked: bool) -> None:
    assert bool(understand(question).statements_asked) == asked


def test_a_ratio_needs_the_rows_that_it_is_computed_of() -> None:
    rows = understand("What was the current ratio?").rows
    assert [("current", "assets") in phrases for phrases in rows] == [True, False]
    assert ("current", "liabilities") in rows[1]
    assert ("capex",) in understand("What was capex?").rows[0], "the question's own word too"
