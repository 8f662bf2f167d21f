from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import build_evidence
from corpus.models import Passage, PassageKind, Reason, ReasonKind
from corpus.tokens import count_tokens
from tests.assistant.packs import document, hit, passage

META = document("Meta 10-K", "Meta", "10-K")
AMAZON = document("Amazon 10-K", "Amazon", "10-K")


def test_no_hits_make_no_evidence() -> None:
    assert build_evidence([]) == ()


def test_neighbours_merge_into_one_span_numbered_by_the_best_rank() -> None:
    one, two, three = (passage(META, f"Part {n}.", n, page=n + 1) for n in range(3))
    other = passage(AMAZON, "Elsewhere.", 0)
    pack = build_evidence(
        [hit(META, three, 2), hit(AMAZON, other, 1), hit(META, two, 4), hit(META, one, 3)]
    )
    assert [item.n for item in pack] == [1, 2]
    assert pack[0].text == "Elsewhere."
    assert pack[1].text == "Part 0.\nPart 1.\nPart 2."
    assert (pack[1].page, pack[1].page_last) == (1, 3)


def test_a_passage_stands_in_the_pack_once() -> None:
    found = passage(META, "Only once.", 0)
    assert [item.text for item in build_evidence([hit(META, found, 1), hit(META, found, 2)])] == [
        "Only once."
    ]


def test_same_ordinals_of_two_documents_do_not_merge() -> None:
    pack = build_evidence(
        [hit(META, passage(META, "A.", 4), 1), hit(AMAZON, passage(AMAZON, "B.", 5), 2)]
    )
    assert [item.text for item in pack] == ["A.", "B."]


def test_merged_rows_of_a_table_keep_one_head() -> None:
    head = "Cash flows (in millions)\nYear ended | 2025 | 2024"
    one = passage(META, f"{head}\nPurchases | 5 | 4", 7, kind=PassageKind.TABLE)
    two = passage(META, f"{head}\nDividends | 2 | 1", 8, kind=PassageKind.TABLE)
    (pack,) = build_evidence([hit(META, two, 1), hit(META, one, 2)])
    assert pack.text == f"{head}\nPurchases | 5 | 4\nDividends | 2 | 1"


def test_a_long_hit_is_passed_over_for_a_shorter_one_behind_it() -> None:
    short, long = passage(META, "Short text.", 0), passage(AMAZON, "word " * 500, 0)
    last = passage(META, "Another short text.", 9)
    pack = build_evidence([hit(META, short, 1), hit(AMAZON, long, 2), hit(META, last, 3)], 40)
    assert [item.text for item in pack] == ["Short text.", "Another short text."]


def test_passages_of_a_page_become_one_piece_in_the_order_of_the_page() -> None:
    pack = build_evidence(
        [
            hit(META, passage(META, "Below.", 9, page=4), 1),
            hit(AMAZON, passage(AMAZON, "Elsewhere.", 0, page=4), 2),
            hit(META, passage(META, "Next page.", 12, page=5), 3),
            hit(META, passage(META, "Above.", 5, page=4), 4),
        ]
    )
    assert [(item.n, item.text, item.page) for item in pack] == [
        (1, "Above.\n[…]\nBelow.", 4),
        (2, "Elsewhere.", 4),
        (3, "Next page.", 5),
    ]


def test_a_passage_over_two_pages_joins_what_is_on_either() -> None:
    (item,) = build_evidence(
        [
            hit(META, passage(META, "Four.", 2, page=4), 1),
            hit(META, passage(META, "Five.", 9, page=5), 2),
            hit(META, passage(META, "Both.", 5, page=4, page_last=5), 3),
        ]
    )
    assert (item.page, item.page_last) == (4, 5)
    assert item.text == "Four.\n[…]\nBoth.\n[…]\nFive."


HEAD = "Cash flows\nIn millions | 2025 | 2024"


def rows(text: str, ordinal: int, page: int | None = None) -> Passage:
    return passage(META, f"{HEAD}\n{text}", ordinal, kind=PassageKind.TABLE, page=page)


def test_rows_of_one_table_become_one_piece_where_there_are_no_pages() -> None:
    (item,) = build_evidence(
        [hit(META, rows("Debt | 1 | 2", 9), 1), hit(META, rows("Income | 3 | 4", 5), 2)]
    )
    assert item.text == f"{HEAD}\nIncome | 3 | 4\n…\nDebt | 1 | 2"


def test_a_table_goes_on_to_the_next_page_but_not_to_a_later_one() -> None:
    first, next_page, later = (rows(f"Row {p} | 1 | 2", 10 * p, p) for p in (3, 4, 40))
    pack = build_evidence([hit(META, first, 1), hit(META, later, 2), hit(META, next_page, 3)])
    assert [(item.page, item.page_last) for item in pack] == [(3, 4), (40, 40)]


def test_a_page_s_header_and_a_table_s_head_are_paid_once() -> None:
    header = "Meta · 10-K · FY2025 · Item 8. Financial Statements"
    found = [
        passage(META, f"{HEAD}\nRow {n} | 1 | 2", 3 * n, kind=PassageKind.TABLE, header=header)
        for n in range(3)
    ]
    hits = [hit(META, row, rank) for rank, row in enumerate(found, start=1)]
    (whole,) = build_evidence(hits)
    assert whole.tokens < sum(row.tokens for row in found) - count_tokens(header)
    assert build_evidence(hits, whole.tokens) == (whole,)
    (less,) = build_evidence(hits, whole.tokens - 1)
    assert [row.id for row in less.passages] == [row.id for row in found[:2]]


COMPANY, PERIOD = Reason(ReasonKind.COMPANY, "Meta"), Reason(ReasonKind.PERIOD, "FY2025")
CAPEX, DEBT = Reason(ReasonKind.ITEM, "capital expenditures"), Reason(ReasonKind.ITEM, "debt")
MEANING = Reason(ReasonKind.MEANING, "meaning")


def test_a_piece_has_each_reason_of_its_hits_once_by_kind_the_better_hit_s_first() -> None:
    pack = build_evidence(
        [
            hit(META, passage(META, "Above.", 5, page=4), 2, MEANING, DEBT, COMPANY),
            hit(META, passage(META, "Below.", 9, page=4), 1, PERIOD, CAPEX, COMPANY),
            hit(AMAZON, passage(AMAZON, "Elsewhere.", 0), 3),
        ]
    )
    assert pack[0].reasons == (COMPANY, PERIOD, CAPEX, DEBT)
    assert pack[1].reasons == ()


def test_no_word_of_a_piece_s_reasons_is_named_twice() -> None:
    def words(text: str) -> Reason:
        return Reason(ReasonKind.TERMS, text)

    def reasons(*each: Reason) -> tuple[Reason, ...]:
        hits = [
            hit(META, passage(META, str(rank), rank, page=4), rank, reason)
            for rank, reason in enumerate(each, start=1)
        ]
        (piece,) = build_evidence(hits)
        return piece.reasons

    assert reasons(words("lease, debt"), words("rate, lease")) == (words("lease, debt, rate"),)
    assert reasons(words("capital, outlook"), CAPEX) == (CAPEX, words("outlook"))
    assert reasons(words("expenditures, capital"), CAPEX) == (CAPEX,)
    assert reasons(MEANING, words("lease")) == (words("lease"),)
    assert reasons(MEANING, COMPANY) == (COMPANY, MEANING)


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(1, 40)), max_size=12, unique_by=lambda r: r[0]
    ),
    st.integers(0, 120),
)
def test_the_budget_holds_and_tokens_are_those_of_header_and_text(
    rows: list[tuple[int, int]], budget: int
) -> None:
    hits = [
        hit(META, passage(META, "capital " * size, ordinal, header="Meta 10-K"), rank)
        for rank, (ordinal, size) in enumerate(rows, start=1)
    ]
    pack = build_evidence(hits, budget)
    assert sum(item.tokens for item in pack) <= budget
    for item in pack:
        assert item.tokens == count_tokens(item.header) + count_tokens(item.text)
    assert [item.n for item in pack] == list(range(1, len(pack) + 1))


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 4), st.integers(1, 40)),
        max_size=12,
        unique_by=lambda r: r[0],
    ),
    st.integers(0, 150),
)
def test_no_page_stands_twice_and_what_was_left_out_would_not_have_fitted(
    places: list[tuple[int, int, int]], budget: int
) -> None:
    """However long the worse ones are that were taken: each was asked after the better ones."""
    hits = [
        hit(META, passage(META, "capital " * size, 40 * page + ordinal, page=page), rank)
        for rank, (ordinal, page, size) in enumerate(places, start=1)
    ]
    pack = build_evidence(hits, budget)
    pages = [page for item in pack for page in range(item.page or 0, (item.page_last or 0) + 1)]
    assert len(pages) == len(set(pages))
    taken = {found.id for item in pack for found in item.passages}
    for left_out in (one for one in hits if one.passage.id not in taken):
        better = [one for one in hits if one.rank < left_out.rank and one.passage.id in taken]
        without = build_evidence([*better, left_out], 10_000)
        assert sum(item.tokens for item in without) > budget
