from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import MarkerFilter, check, claims
from assistant.evidence import build_evidence
from tests.assistant.packs import document, evidence, hit, passage

META = document("Meta 10-Q", "Meta", "10-Q")
PACK = evidence(
    (META, "Revenue rose 33%. We expect capex of $125 billion to $145 billion in 2026. Ads grew."),
    (document("Note"), "Some say $200 billion.\nPurchases | 2025: 131,819"),
)


@pytest.mark.parametrize(
    ("text", "clean", "dropped"),
    [
        ("Capex grows [1].", "Capex grows [1].", 0),
        ("Capex grows [1][2].", "Capex grows [1][2].", 0),
        ("Capex grows [1, 2].", "Capex grows [1][2].", 0),
        ("Capex grows [1-3].", "Capex grows [1][2].", 1),
        ("Capex grows [9].", "Capex grows.", 1),
        ("Capex grows [1, 9] fast [ 7 ].", "Capex grows [1] fast.", 2),
        ("See [a], [], [1a] and [0.5].", "See [a], [], [1a] and [0.5].", 0),
    ],
)
def test_markers_are_normalised_and_unknown_ones_removed(
    text: str, clean: str, dropped: int
) -> None:
    checked = check(text, PACK)
    assert (checked.text, checked.dropped) == (clean, dropped)


def test_fault_52_a_citation_of_evidence_never_given_is_removed_and_counted() -> None:
    checked = check("Capex is $9 trillion [7].", PACK)
    assert checked.citations == ()
    assert checked.dropped == 1
    assert "[7]" not in checked.text


def test_the_quote_is_the_sentence_that_holds_the_claim_word_for_word() -> None:
    (citation,) = check("Meta plans $125 billion to $145 billion for 2026 [1].", PACK).citations
    assert citation.quote == "We expect capex of $125 billion to $145 billion in 2026."
    assert citation.quote in citation.passage.text


def test_the_quote_names_the_merged_passage_that_holds_it() -> None:
    one = passage(META, "Cash was $5 billion.", 0, page=3)
    two = passage(META, "Debt was $7 billion.", 1, page=4)
    pack = build_evidence([hit(META, one, 1), hit(META, two, 2)])
    (citation,) = check("Debt of $7 billion [1].", pack).citations
    assert (citation.passage, citation.page) == (two, 4)


def test_each_evidence_is_cited_once_in_order_of_first_use() -> None:
    checked = check("B [2]. A [1]. Again [2].", PACK)
    assert [citation.n for citation in checked.citations] == [2, 1]


def test_claims_pair_text_with_the_markers_that_follow_it() -> None:
    assert pieces("One is 5 [1]. Two is 6 [2][1]\nThree.") == [
        ("One is 5", (1,)),
        ("Two is 6", (2, 1)),
        ("Three.", ()),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was 5. [1] Then 6.", [("It was 5.", (1,)), ("Then 6.", ())]),
        (
            "In 2025 [1], it was 5. Later 6.",
            [("In 2025", (1,)), ("it was 5.", (1,)), ("Later 6.", ())],
        ),
        ("A spent 5 [1] and B spent 6 [2].", [("A spent 5", (1,)), ("and B spent 6", (2,))]),
        ("It was 5. It was 6 [2].", [("It was 5. It was 6", (2,))]),
        ("| A [1] | 5 |", [("| A", (1,)), ("| 5 |", (1,))]),
        ("- A: 5 [1]\n- B: 6", [("- A: 5", (1,)), ("- B: 6", ())]),
        ("He said “5.” [1] No.", [("He said “5.”", (1,)), ("No.", ())]),
    ],
)
def test_what_stands_in_a_sentence_is_covered_by_its_markers(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert pieces(text) == expected


@given(text=st.text(alphabet="ab5 .[]12|\n", max_size=40))
def test_a_claim_knows_where_it_stands(text: str) -> None:
    for claim in claims(text):
        assert text[slice(*claim.span)] == claim.text


def pieces(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.cited) for claim in claims(text)]


_PIECES = st.sampled_from(["word", " ", "[", "]", "1", "2", "9", ", ", "-", ".", "[1]", " [2, 9]"])
TEXTS = st.lists(_PIECES, max_size=20).map("".join)


@given(text=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=8))
def test_streamed_in_any_pieces_the_text_is_the_same(text: str, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    markers = MarkerFilter({1, 2})
    shown = "".join(markers.feed(text[a:b]) for a, b in pairwise(bounds))
    shown += markers.close()
    whole = MarkerFilter({1, 2})
    assert shown == whole.feed(text) + whole.close()
    assert markers.dropped == whole.dropped


@given(text=TEXTS)
def test_what_was_shown_is_never_taken_back(text: str) -> None:
    whole = MarkerFilter({1, 2})
    final = whole.feed(text) + whole.close()
    markers, shown = MarkerFilter({1, 2}), ""
    for character in text:
        shown += markers.feed(character)
        assert final.startswith(shown)


def test_half_a_marker_is_held_until_it_is_whole() -> None:
    markers = MarkerFilter({1})
    pieces = [markers.feed(piece) for piece in ("Yes ", "[", "1", "]", ".")]
    assert pieces == ["Yes", "", "", " [1]", "."]
    assert markers.close() == ""
