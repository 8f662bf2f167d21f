from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.leaves import STRETCH, leaf_ids, leaves_of
from corpus.models import Passage, PassageKind, Statement
from corpus.outlook import outlook
from corpus.statement_pages import shown_rows
from tests.corpus.making import document, passages

FILING = document("filing")
BALANCE = (
    "Cash and cash equivalents",
    "Total current assets",
    "Goodwill",
    "Total assets",
    "Accounts payable",
    "Total current liabilities",
    "Total liabilities",
    "Retained earnings",
    "Total stockholders’ equity",
)


def table(labels: tuple[str, ...], *headings: str, page: int = 1, title: str = "") -> Passage:
    rows = "\n".join(f"{label} | 12 | 34" for label in labels)
    passage = passages(FILING, f"{title}\n{rows}")[0]
    return replace(
        passage,
        id=f"{FILING.id}:{page}",
        ordinal=page,
        kind=PassageKind.TABLE,
        headings=headings,
        page=page,
        page_last=page,
    )


def on_pages(*spans: tuple[int, int]) -> tuple[Passage, ...]:
    made = passages(FILING, *("text" for _ in spans))
    return tuple(
        replace(passage, page=first, page_last=last)
        for passage, (first, last) in zip(made, spans, strict=True)
    )


def test_a_page_is_a_leaf_and_a_passage_over_a_break_is_on_both() -> None:
    spans = on_pages((1, 1), (1, 2), (2, 2), (4, 4))
    leaves = leaves_of(spans)
    assert [leaf.id.removeprefix(FILING.id) for leaf in leaves] == ["/p1", "/p2", "/p4"]
    assert [[p.ordinal for p in leaf.passages] for leaf in leaves] == [[0, 1], [1, 2], [3]]
    assert leaf_ids(spans[1]) == (f"{FILING.id}/p1", f"{FILING.id}/p2")


def test_without_pages_a_leaf_is_a_stretch_of_passages() -> None:
    spans = passages(FILING, *("text" for _ in range(STRETCH + 1)))
    leaves = leaves_of(spans)
    assert [len(leaf.passages) for leaf in leaves] == [STRETCH, 1]
    assert {leaf_id for span in spans for leaf_id in leaf_ids(span)} == {x.id for x in leaves}


def test_nothing_has_no_leaves() -> None:
    assert leaves_of(()) == ()


def test_a_statement_is_told_by_its_rows() -> None:
    shares = shown_rows([table(BALANCE)])
    assert shares[Statement.BALANCE_SHEET] >= 0.7
    assert shares[Statement.INCOME] == shares[Statement.CASH_FLOW] == 0.0


def test_prose_that_names_the_rows_shows_no_statement() -> None:
    spoken = passages(FILING, "Total assets, total liabilities and total equity | rose.")
    assert set(shown_rows(spoken).values()) == {0.0}


def test_the_filing_s_own_statement_is_primary_and_a_parent_s_is_alike() -> None:
    parent = table(BALANCE, "Parent company: condensed balance sheets", page=9)
    own = table(BALANCE[1:], "Consolidated balance sheets", page=5)
    first, second = leaves_of((own, parent))
    assert first.showing.primary == {Statement.BALANCE_SHEET}
    assert second.showing.primary == frozenset()
    assert second.showing.alike == {Statement.BALANCE_SHEET}


def test_a_few_rows_of_a_statement_do_not_show_it() -> None:
    (leaf,) = leaves_of((table(BALANCE[:3], "Selected data"),))
    assert leaf.showing.primary == leaf.showing.alike == frozenset()


def test_a_title_alone_shows_nothing() -> None:
    contents = replace(passages(FILING, "Consolidated Balance Sheets | 45")[0], page=2, page_last=2)
    (leaf,) = leaves_of((contents,))
    assert not leaf.showing.alike


@pytest.mark.parametrize(
    ("text", "ahead"),
    (
        ("We expect capex of $40 billion. It rained.", "We expect capex of $40 billion."),
        ("Capex was $20 billion. We expect growth.", ""),
        ("Outlook: margins of 30% to 32%.", "Outlook: margins of 30% to 32%."),
        ("Full-year spending will be in the range of 5 to 6 billion euros.",) * 2,
        ("", ""),
    ),
)
def test_the_outlook_is_what_looks_ahead_with_a_figure(text: str, ahead: str) -> None:
    assert outlook(text).strip() == ahead
