"""What a backend reads of several passages: no row without its head, nothing left out unmarked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence_text import continues, joined
from corpus.models import Passage, PassageKind
from tests.assistant.packs import document, passage

REPORT = document("Zephyr 10-K", "Zephyr", "10-K")
HEAD = "Statement of Cash Flows\n(in millions) | 2025 | 2024"
SECTION = ("Item 8", "Cash flows")


def rows(text: str, ordinal: int, headings: tuple[str, ...] = SECTION) -> Passage:
    return passage(REPORT, text, ordinal, kind=PassageKind.TABLE, page=60, headings=headings)


def prose(text: str, ordinal: int, *headings: str) -> Passage:
    return passage(REPORT, text, ordinal, page=60, headings=headings)


def test_neighbouring_rows_keep_one_head_and_one_label() -> None:
    left = rows(f"{HEAD}\nInvesting activities\nPurchases | (5) | (4)", 7)
    right = rows(f"{HEAD}\nInvesting activities\nSales | 3 | 2\nFinancing activities", 8)
    assert joined([left, right]) == (
        f"{HEAD}\nInvesting activities\nPurchases | (5) | (4)\nSales | 3 | 2\nFinancing activities"
    )


def test_a_label_that_does_not_hold_any_more_is_said_again() -> None:
    left = rows(f"{HEAD}\nInvesting\nPurchases | (5) | (4)\nFinancing\nDebt | 1 | 1", 7)
    right = rows(f"{HEAD}\nInvesting\nSales | 3 | 2", 8)
    assert joined([left, right]).endswith("Financing\nDebt | 1 | 1\nInvesting\nSales | 3 | 2")


def test_rows_left_out_are_marked_and_what_follows_stands_under_its_label() -> None:
    left = rows(f"{HEAD}\nOperating activities\nNet income | 9 | 8", 7)
    right = rows(f"{HEAD}\nOperating activities\nInventories | (2) | (1)", 9)
    assert joined([left, right]) == (
        f"{HEAD}\nOperating activities\nNet income | 9 | 8\n"
        "…\nOperating activities\nInventories | (2) | (1)"
    )


def test_another_table_of_the_page_keeps_its_own_head() -> None:
    left = rows(f"{HEAD}\nPurchases | (5) | (4)", 7)
    other = "Statement of Income\n(in thousands) | 2025 | 2024\nSales | 7,000 | 6,000"
    assert joined([left, rows(other, 9)]) == f"{left.text}\n[…]\n{other}"


def test_of_the_same_title_but_other_columns_is_another_table() -> None:
    left = rows(f"{HEAD}\nPurchases | (5) | (4)", 7)
    other = rows("Statement of Cash Flows\n(in thousands) | 2023 | 2022\nPurchases | 1 | 2", 9)
    assert not continues(left, other)
    assert joined([left, other]).endswith(f"[…]\n{other.text}")


def test_columns_without_a_caption_do_not_make_one_table_of_two() -> None:
    left = rows("(in millions) | 2025 | 2024\nCloud | 5 | 4", 7)
    other = rows("(in millions) | 2025 | 2024\nAmericas | 5 | 4", 9)
    assert not continues(left, other)
    assert joined([left, other]) == f"{left.text}\n[…]\n{other.text}"
    assert joined([left, rows(other.text, 8)]).count("2025") == 1


def test_tables_of_two_sections_are_two() -> None:
    left = rows(f"{HEAD}\nPurchases | (5) | (4)", 7)
    assert not continues(left, rows(f"{HEAD}\nSales | 5 | 4", 9, ("Item 8", "Parent company")))


def test_prose_left_out_is_marked_and_another_section_is_named() -> None:
    one, two = prose("Sales rose.", 1, "MD&A", "Sales"), prose("Costs fell.", 5, "MD&A", "Costs")
    assert joined([one, two]) == "Sales rose.\n[…] Costs\nCosts fell."
    headed = prose("Costs\nThey fell.", 5, "MD&A", "Costs")
    assert joined([one, headed]) == "Sales rose.\n[…]\nCosts\nThey fell."
    assert joined([one, prose("More.", 9, "MD&A", "Sales")]) == "Sales rose.\n[…]\nMore."


def test_a_table_below_prose_keeps_its_head() -> None:
    table = rows(f"{HEAD}\nPurchases | (5) | (4)", 8)
    assert joined([prose("As follows:", 7), table]) == f"As follows:\n{table.text}"


def test_a_table_without_column_heads_keeps_one_caption() -> None:
    left = rows("Properties\nOwned\nOslo | office", 7)
    right = rows("Properties\nOwned\nRome | plant", 8)
    assert joined([left, right]) == "Properties\nOwned\nOslo | office\nRome | plant"


def test_passages_whose_text_is_gone_leave_no_mark() -> None:
    assert joined([prose("", 0), prose("Still here.", 57), prose("", 2)]) == "Still here."
    assert joined([prose("", 0), prose("", 1)]) == ""


LABELS = st.sampled_from(["", "Operating", "Investing", "Financing"])
BODY = st.lists(
    st.tuples(LABELS, st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=3
).map(lambda found: found[:1] + [("", *row[1:]) for row in found[1:]])


@given(st.dictionaries(st.integers(0, 9), BODY, min_size=1, max_size=6))
def test_every_row_stands_once_under_its_own_label(
    groups: dict[int, list[tuple[str, int, int]]],
) -> None:
    """Labels are followed through the text as its reader would."""
    passages, wanted = [], []
    for ordinal, body in sorted(groups.items()):
        label = body[0][0]
        names = [f"Row {ordinal}.{place} | {a} | {b}" for place, (_, a, b) in enumerate(body)]
        lines = [HEAD, *([label] if label else []), *names]
        passages.append(rows("\n".join(lines), ordinal))
        wanted += [(name, label) for name in names if label]
    text = joined(passages)
    assert text.startswith(HEAD)
    assert text.count(HEAD) == 1
    found, label = [], ""
    for line in text.removeprefix(HEAD).splitlines():
        if line and line != "…" and "|" not in line:
            label = line
        elif line and line != "…":
            found.append((line, label))
    assert [row for row in wanted if row in found] == wanted
    assert len(found) == sum(len(body) for body in groups.values())
