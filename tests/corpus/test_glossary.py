"""The glossary that we ship, and what an analyst adds to it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.glossary import expand, load_glossary, shipped
from corpus.models import Statement
from corpus.query import understand
from corpus.terms import terms


def test_no_group_repeats_a_phrase_and_no_phrase_names_two_items() -> None:
    content = tomllib.loads(files("corpus").joinpath("glossary.toml").read_text("utf-8"))
    for group in content["topics"]["groups"]:
        assert len(group) >= 2
        assert len({tuple(terms(phrase)) for phrase in group}) == len(group), group
    owner: dict[tuple[str, ...], str] = {}
    for item in shipped().items:
        for phrase in item.phrases:
            assert owner.setdefault(phrase, item.name) == item.name


def test_every_item_finds_itself_and_a_ratio_its_statements() -> None:
    glossary = shipped()
    for item in glossary.items:
        for phrase in item.phrases:
            assert glossary.items_of(glossary.spans(phrase)) == (item,), phrase
        assert bool(item.components) <= bool(glossary.statements_showing(item)), item.name


@pytest.mark.parametrize(
    ("question", "items", "statements"),
    (
        ("How much inventory is on the shelves?", ("inventories",), [Statement.BALANCE_SHEET]),
        ("What were gross margins?", ("gross margin",), [Statement.INCOME]),
        ("What is the DSO?", ("days sales outstanding",),
         [Statement.BALANCE_SHEET, Statement.INCOME]),
        ("EBITDA margin of the year", ("EBITDA margin",),
         [Statement.INCOME, Statement.CASH_FLOW]),
        ("free cash flow", ("free cash flow",), [Statement.CASH_FLOW]),
        ("cost of sales", ("cost of revenue",), [Statement.INCOME]),
        ("gain on the sale of a plant", (), []),
        ("Which debt securities are listed?", (), []),
        ("What does the P&L say of taxes?", (), [Statement.INCOME]),
        ("total in the statement of financial condition", (), [Statement.BALANCE_SHEET]),
        ("off-balance sheet arrangements", (), []),
    ),
)  # fmt: skip
def test_items_lead_to_statements(
    question: str, items: tuple[str, ...], statements: list[Statement]
) -> None:
    query = understand(question)
    assert query.items == items
    assert list(query.statements) == statements


@pytest.mark.parametrize(
    ("asked", "found"),
    (
        ("In which geographies does it operate?", "geographic areas"),
        ("Which businesses were acquired in an acquisition?", "business combination"),
        ("Is it spinning off a unit?", "separation"),
        ("What is listed on a national securities exchange?", "title of each class"),
        ("How much goes to retirees?", "expected benefit payments"),
        ("Which derivatives does it hold?", "notional amount"),
        ("What is the revolver?", "revolving credit agreement"),
        ("What happened at the AGM?", "broker non votes"),
        ("How many stores are there?", "stores at end of period"),
        ("Any lawsuits?", "legal proceedings"),
        ("How many employees?", "headcount"),
    ),
)
def test_what_readers_ask_for_is_found_in_the_words_of_filings(asked: str, found: str) -> None:
    phrases = {" ".join(phrase) for group in expand(terms(asked)) for phrase in group}
    assert found in phrases


def test_a_file_adds_items_phrases_and_topics(tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(
        """
        [[items]]
        name = "anvil margin"
        phrases = ["anvil profitability"]
        of = ["revenue", "cost of revenue"]
        [[items]]
        name = "revenue"
        phrases = ["anvil takings"]
        [topics]
        groups = [["rocket skates", "jet footwear"]]
        [statements]
        "income statement" = ["statement of anvils"]
        """
    )
    glossary = load_glossary(path)
    query = understand("anvil profitability and anvil takings", glossary=glossary)
    assert query.items == ("anvil margin", "revenue")
    assert query.statements == (Statement.INCOME,)
    query = understand("rocket skates of the statement of anvils", glossary=glossary)
    assert (("jet", "footwear"),) in query.expansions
    assert query.names_statements
    assert understand("net sales", glossary=glossary).items == ("revenue",)


def test_an_absent_file_adds_nothing(tmp_path: Path) -> None:
    assert load_glossary(tmp_path / "glossary.toml") is shipped()


@pytest.mark.parametrize(
    ("content", "told"),
    (
        ("[[items]]\nname = x", "line 2"),
        ("words = []", "'words' is not known here"),
        ("items = 3", "items are no list of tables"),
        ("[[items]]\nphrases = ['a']", "item 1 .no name. has no name"),
        ("[[items]]\nname = 'a b'\nphrase = ['c']", "item 1 .a b. has no field 'phrase'"),
        ("[[items]]\nname = 'a b'\nphrases = 'c'", "phrases is no list"),
        ("[[items]]\nname = 'a b'\nstatements = ['till roll']", "'till roll' is no statement"),
        ("[[items]]\nname = 'a b'\nof = ['c d']", "a b is of 'c d', which is no item"),
        ("[[items]]\nname = 'a b'\nof = ['a b']", "a b is computed of itself"),
        ("[topics]\ngroups = [['one']]", "group 1 has one phrase"),
        ("[topics]\ngroups = [['one', 2]]", "group 1 has no list of phrases"),
        ("topics = 1", "topics is no table"),
        ("[topics]\nsets = []", "topics hold groups only"),
    ),
)
def test_a_malformed_file_is_refused_with_a_remedy(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(content)
    with pytest.raises(CorpusError, match=rf"glossary\.toml: .*{told}.*To mend it, "):
        load_glossary(path)
