from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from corpus.companies import canonical, find_companies


@pytest.mark.parametrize(
    ("given", "shown"),
    (
        ("AMAZON.COM, INC.", "Amazon"),
        ("AMAZON COM INC", "Amazon"),
        ("Meta Platforms, Inc.", "Meta"),
        ("Facebook, Inc.", "Meta"),
        ("GOOG", "Alphabet"),
        ("NVIDIA CORP", "NVIDIA"),
        ("THE COCA-COLA COMPANY", "Coca-Cola"),
        ("Square, Inc.", "Block"),
        ("ORACLE CORP /DE/", "Oracle"),
        ("Johnson and Johnson", "Johnson & Johnson"),
        ("Foo Holdings, Inc.", "Foo Holdings"),
        ("ACME WIDGETS CORP", "Acme Widgets"),
        ("BCD POWER CO", "BCD Power"),
        ("Zzyzx Co.", "Zzyzx"),
        ("  Two   Words  LLC ", "Two Words"),
    ),
)
def test_a_name_is_reduced_to_one_display_name(given: str, shown: str) -> None:
    assert canonical(given) == shown
    assert canonical(shown) == shown


@pytest.mark.parametrize(
    ("text", "companies"),
    (
        ("How does Meta's capex compare to Amazon and GOOGL?", ("Meta", "Amazon", "Alphabet")),
        ("AWS, Azure and Google Cloud", ("Amazon", "Microsoft", "Alphabet")),
        ("Amazon Web Services of Amazon", ("Amazon",)),
        ("meta capex and nvidia", ("Meta", "NVIDIA")),
        ("a meta analysis of Nvidia", ("NVIDIA",)),
        ("what is the target price of nvidia", ("NVIDIA",)),
        ("snow fell on the now closed site (NYSE: LOW)", ("Lowe's",)),
        ("$NOW and NOW", ("ServiceNow",)),
        ("J&J, AmEx and JPM", ("Johnson & Johnson", "American Express", "JPMorgan Chase")),
        ("pineapples and metadata in Intelligence", ()),
        ("Does Zorblax Power supply xAI?", ("Zorblax Power", "xAI")),
        ("General Mills's, American Express' and Lowe’s",
         ("General Mills", "American Express", "Lowe's")),
        ("AMEX, JnJ, Coke and Big Blue",
         ("American Express", "Johnson & Johnson", "Coca-Cola", "IBM")),
        ("GE Vernova", ("GE Vernova",)),
        ("cash & cash equivalents of the block, its target and a gap", ()),
        ("GM sold ZP", ("General Motors", "Zorblax Power")),
        ("", ()),
    ),
)  # fmt: skip
def test_companies_are_found_in_order_of_appearance(text: str, companies: tuple[str, ...]) -> None:
    assert find_companies(text, ("Zorblax Power",)) == companies


def test_every_entry_finds_itself_and_no_two_share_a_spelling() -> None:
    rows = tomllib.loads(files("corpus").joinpath("companies.toml").read_text("utf-8"))
    owner: dict[str, str] = {}
    for row in rows["companies"]:
        for field in ("legal", "aliases", "tickers", "marked"):
            for spelling in row.get(field, ()):
                assert canonical(spelling) == row["name"]
                assert owner.setdefault(spelling.lower(), row["name"]) == row["name"]
        for spelling in row.get("legal", ()):
            assert find_companies(f"Form 10-K of {spelling}")[:1] == (row["name"],), spelling


def test_initials_that_may_mean_something_else_are_no_company() -> None:
    known = ("General Mills", "Adamant Imports", "Zenith Parts", "Zorblax Power", "Qed Labs")
    assert find_companies("AI, ZP and QL", known) == ("Qed Labs",)
    assert find_companies("ql", known) == ()
    assert find_companies("GM", known) == ("General Motors",)


def test_an_ordinary_word_that_the_corpus_knows_as_a_name_needs_its_capital() -> None:
    assert find_companies("the mirth of Mirth", ("Mirth",)) == ("Mirth",)
    assert find_companies("What is the mirth about?", ("Mirth",)) == ()
    assert find_companies("what did mirth earn?", ("Mirth",)) == ("Mirth",)
    assert find_companies("Is a block of Block for sale?", ("Block",)) == ("Block",)
