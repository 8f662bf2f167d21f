from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from corpus.candidates import Candidates
from corpus.catalog import Stamped
from corpus.lexical_entries import FoundLeaf
from corpus.models import Document, Statement
from corpus.query import understand
from corpus.ranking import FEATURES, Features, features, rank, shipped_weights
from corpus.shelf import Shelf
from corpus.standing import Standing, standings
from corpus.statement_pages import Showing
from corpus.wording import Spoken
from tests.corpus.making import document


def shelf_of(documents: Iterable[Document]) -> Shelf:
    return Shelf(tuple(Stamped(each, 0) for each in documents))


OLD = document("old", companies=("Meta",), form="10-K", fiscal_period="FY2023")
NEW = document(
    "new",
    companies=("Meta",),
    form="10-K/A",
    fiscal_period="FY2024",
    published=date(2025, 1, 30),
)
SHARED = document("shared", companies=("Amazon", "Meta"), published=date(2023, 1, 31))
OTHER = document("other", companies=("Amazon",))
NOBODY = document("nobody")
SHELF = shelf_of((OLD, NEW, SHARED, OTHER, NOBODY))
CASH_FLOW = frozenset({Statement.CASH_FLOW})


def standing_of(question: str, owner: Document) -> Standing:
    return standings(understand(question), SHELF)[owner.id]


@pytest.mark.parametrize(
    ("owner", "company", "other"),
    ((NEW, 1.0, 0.0), (SHARED, 0.5, 0.0), (OTHER, 0.0, 1.0), (NOBODY, 0.0, 0.0)),
)
def test_a_document_is_about_the_company_or_about_another(
    owner: Document, company: float, other: float
) -> None:
    standing = standing_of("What did Meta earn?", owner)
    assert (standing.company, standing.other_company) == (company, other)


def test_a_question_without_company_finds_nobody_wrong() -> None:
    assert standing_of("What did it earn?", OTHER).other_company == 0.0


def test_of_several_periods_the_last_one_tells_most() -> None:
    asked = "How did Meta's revenue change from FY2023 to FY2024?"
    old, new = standing_of(asked, OLD), standing_of(asked, NEW)
    assert (old.period, old.newest_period) == (1.0, 0.0)
    assert (new.period, new.newest_period) == (1.0, 1.0)


def test_an_amended_filing_has_the_form_asked_for() -> None:
    assert standing_of("What does the 10-K say?", NEW).form == 1.0
    assert standing_of("What does the 10-Q say?", NEW).form == 0.0


def test_age_counts_where_no_period_is_asked_for() -> None:
    assert standing_of("What did Meta earn?", NEW).recent == 1.0
    assert standing_of("What did Meta earn?", SHARED).recent == pytest.approx(1 / 3, abs=0.01)
    assert standing_of("What did Meta earn?", OLD).recent == 0.0
    assert standing_of("What did Meta earn in 2023?", NEW).recent == 0.0


def test_what_is_written_about_a_company_ranks_below_its_own_filings() -> None:
    news = document("news", companies=("Meta",), form="article")
    query = understand("What did Meta earn?")
    assert standings(query, shelf_of((NEW, news)))[news.id].second_hand == 1.0
    assert standings(query, shelf_of((NEW, news)))[NEW.id].second_hand == 0.0
    assert standings(query, shelf_of((OTHER, news)))[news.id].second_hand == 0.0, (
        "nothing better is here"
    )
    unasked = understand("What did the market earn?")
    assert standings(unasked, shelf_of((NEW, news)))[news.id].second_hand == 0.0


def leaf(name: str, owner: Document = NEW, showing: Showing = Showing()) -> FoundLeaf:  # noqa: B008
    return FoundLeaf(f"{owner.id}/{name}", owner.id, (f"{name}0", f"{name}1"), showing)


PROSE = leaf("prose")
TABLE = leaf("table", showing=Showing(CASH_FLOW, CASH_FLOW))
LIKE = leaf("like", showing=Showing(frozenset(), CASH_FLOW))
FOUND = Candidates(
    meaning={"prose0": 0.7, "prose1": 0.5, "table1": 0.4},
    words=Spoken({"prose1": 1.0}, {PROSE.id: 1.0, LIKE.id: 0.5}, {}),
    leaves={each.id: each for each in (PROSE, TABLE, LIKE)},
    on_leaves={"prose0": (PROSE.id,), "prose1": (PROSE.id,), "table1": (TABLE.id,)},
)


def test_a_leaf_is_as_near_as_its_nearest_passage() -> None:
    query = understand("What is said?")
    known = features(query, FOUND, standings(query, SHELF))
    assert known[PROSE.id].meaning == 0.0
    assert known[TABLE.id].meaning == pytest.approx(-0.3)
    assert known[LIKE.id].meaning == pytest.approx(-0.3), "no nearer than the last of the list"
    assert (known[PROSE.id].passage_words, known[PROSE.id].leaf_words) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("question", "named", "item", "like"),
    (
        ("Meta's FY2024 capex from the cash flow statement?", 1.0, 0.0, 1.0),
        ("What was Meta's capex in FY2024?", 0.0, 1.0, 1.0),
        ("Why did Meta's capex rise in FY2024?", 0.0, 0.0, 0.0),
        ("What capex does Meta expect for 2025?", 0.0, 0.0, 0.0),
        ("Who leads Meta?", 0.0, 0.0, 0.0),
    ),
)
def test_a_statement_counts_where_it_holds_the_answer(
    question: str, named: float, item: float, like: float
) -> None:
    query = understand(question)
    known = features(query, FOUND, standings(query, SHELF))
    found = known[TABLE.id]
    assert (found.named_statement, found.item_statement, found.like_statement) == (
        named, item, like,
    )  # fmt: skip
    assert known[LIKE.id].named_statement == known[LIKE.id].item_statement == 0.0
    assert known[LIKE.id].like_statement == like


def test_documents_that_are_not_admitted_are_not_ranked() -> None:
    query = understand("What is said?")
    assert features(query, FOUND, standings(query, shelf_of((OTHER,)))) == {}


def test_leaves_come_by_score_and_their_passages_by_nearness() -> None:
    query = understand("What is said?")
    known = features(query, FOUND, standings(query, SHELF))
    first, second = rank(known, FOUND, {"leaf_words": 2.0, "meaning": 1.0}, 2)
    assert (first.leaf, second.leaf) == (PROSE, LIKE)
    assert first.score == pytest.approx(2.0)
    assert first.passages == ("prose1", "prose0")


def test_a_weight_of_no_feature_is_a_mistake() -> None:
    query = understand("What is said?")
    known = features(query, FOUND, standings(query, SHELF))
    with pytest.raises(KeyError):
        rank(known, FOUND, {"luck": 1.0}, 2)


def test_the_shipped_weights_weigh_every_feature() -> None:
    weights = shipped_weights()
    assert set(weights) == set(FEATURES)
    against = {"other_company", "second_hand"}
    assert max(weights[name] for name in against) < 0
    assert min(weight for name, weight in weights.items() if name not in against) > 0


def test_each_feature_that_weighs_for_a_leaf_lifts_it() -> None:
    query = understand("What is said?")
    base = features(query, FOUND, standings(query, SHELF))[LIKE.id]

    def score(known: Features) -> float:
        return rank({LIKE.id: known}, FOUND, shipped_weights(), 1)[0].score

    for name, value in base._asdict().items():
        lifted = score(base._replace(**{name: value + 0.5})) - score(base)
        assert (lifted > 0) == (name not in {"other_company", "second_hand"}), name


def test_a_leaf_and_its_document_tell_all_features_in_order() -> None:
    assert Features._fields[-len(Standing._fields) :] == Standing._fields
