from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import build_evidence
from corpus.models import PassageKind
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
