from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import MarkerFilter, check, claims, without_markers
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


def stated(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.cited) for claim in claims(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "One is 5 [1]. Two is 6 [2][1]\nThree.",
            [("One is 5", (1,)), ("Two is 6", (2, 1)), ("Three.", ())],
        ),
        ("It was 5. [1] Then 6.", [("It was 5.", (1,)), ("Then 6.", ())]),
        ("It was 5.\n[1]\nThen 6.", [("It was 5.", (1,)), ("Then 6.", ())]),
        ("It was 5. It was 6 [2].", [("It was 5.", ()), ("It was 6", (2,))]),
        ("他说5。[1] 然后是6。", [("他说5。", (1,)), ("然后是6。", ())]),
        ("A was 5 [1] and B 6 [2].", [("A was 5", (1,)), ("and B 6", (2,))]),
        ("A was 5 [1], up 6.", [("A was 5", (1,)), ("up 6.", (1,))]),
        ("Per [1], A was 5, while [2] says 6.", [("Per", (1,)), ("A was 5, while", (1,)),
                                               ("says 6.", (2,))]),
        ("[1] says 5. [2] says 6.", [("says 5.", (1,)), ("says 6.", (2,))]),
        ("He said “5.” [1] No.", [("He said “5.”", (1,)), ("No.", ())]),
        ("- A: 5 [1]\n- B: 6", [("- A: 5", (1,)), ("- B: 6", ())]),
        ("1. A, [1]\n2. B [2]", [("1. A,", (1,)), ("2. B", (2,))]),
        ("| A [1] | 5 | 6 [2] |", [("| A [1] | 5 | 6 [2] |", (1, 2))]),
        ("# Head\nA was 5 [1].", [("# Head", ()), ("A was 5", (1,))]),
        ("|---|---|", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_statement_cites_the_markers_in_it_and_right_behind_it(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        (
            "Per the 10-K [1]:\n- A: 5\n- B: 6 [2]\n- C: 7. It rose.",
            [(1,)] * 2 + [(2,)] + [(1,)] * 2,
        ),
        ("In short: [1]\n\n1. A\n2. B", [(1,), (1,), (1,)]),
        ("| | A [1] |\n|---|---|\n| Capex | 5 |\n| Cash | 6 [2] |", [(1,), (1,), (2,)]),
        ("Per the 10-K [1]:\n- A: 5\nAfter the list.\n- B: 6", [(1,), (1,), (), ()]),
        ("Cited [1].\n- A: 5", [(1,), ()]),
        ("Bare:\n- A: 5", [(), ()]),
    ],
)
def test_an_item_or_row_without_markers_rests_on_the_line_that_leads_in_to_it(
    text: str, cited: list[tuple[int, ...]]
) -> None:
    assert [claim.cited for claim in claims(text)] == cited


@given(text=st.text(alphabet="ab5 .:[]12|\n-", max_size=60))
def test_a_claim_knows_where_it_stands(text: str) -> None:
    found = claims(text)
    for claim in found:
        assert text[slice(*claim.span)] == claim.text
    assert all(left.span[1] <= right.span[0] for left, right in pairwise(found))


def test_markers_in_the_brackets_of_other_scripts_are_markers() -> None:
    checked = check("资本支出【1】【9】。", PACK)
    assert (checked.text, checked.dropped) == ("资本支出[1]。", 1)


def test_without_markers() -> None:
    assert without_markers("Ten [1], [2, 3] or so [4].") == "Ten, or so."


_PIECES = st.sampled_from(
    ["word", " ", "[", "]", "【1】", "1", "2", "9", ", ", "-", ".", "[1]", " [2, 9]"]
)
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
