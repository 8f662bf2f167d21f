"""The splitter's promises: size, coverage, order, pages, headings and tables."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.models import PassageKind
from corpus.tokens import count_tokens
from ingest.blocks import Block, BlockKind
from ingest.passages import split

DOCUMENT = "0123456789abcdef" * 4
CONTEXT = ("Harbor Mills", "10-K", "FY2024", "2025-02-20")

SENTENCES = st.lists(
    st.sampled_from(
        ["Revenue", "grew", "U.S.", "cost;", "5.5%", "to", "$3.4", "billion,", "margin", "Inc."]
    ),
    min_size=1,
    max_size=120,
).map(lambda words: " ".join(words) + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=8).map(" ".join)
BLOCKS = st.lists(
    st.one_of(
        st.builds(
            lambda text, level: Block(BlockKind.HEADING, text, level),
            st.sampled_from(["Item 1. Business", "Risk", "Results of operations " * 20]),
            st.integers(1, 6),
        ),
        st.builds(lambda text: Block(BlockKind.PARAGRAPH, text), PARAGRAPHS),
    ),
    max_size=12,
)
TABLES = st.lists(
    st.tuples(
        st.text(alphabet="abc ", min_size=1, max_size=60),
        st.integers(0, 9999).map(str),
        st.integers(0, 9999).map(str),
    ),
    min_size=1,
    max_size=80,
)


def paragraph(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, text, page=page)


def heading(text: str, level: int = 1) -> Block:
    return Block(BlockKind.HEADING, text, level)


def words_of(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=60, deadline=None)
@given(BLOCKS)
def test_passages_fit_cover_everything_and_keep_the_order(blocks: list[Block]) -> None:
    passages = split(blocks, DOCUMENT, CONTEXT)
    assert all(count_tokens(f"{p.header}\n{p.text}") + 2 <= 256 for p in passages)
    assert all(p.tokens == count_tokens(f"{p.header}\n{p.text}") for p in passages)
    assert words_of("".join(p.text for p in passages)) == words_of("".join(b.text for b in blocks))


@settings(max_examples=30, deadline=None)
@given(BLOCKS)
def test_splitting_is_deterministic_and_numbers_from_0(blocks: list[Block]) -> None:
    passages = split(blocks, DOCUMENT, CONTEXT)
    assert passages == split(blocks, DOCUMENT, CONTEXT)
    assert [p.id for p in passages] == [
        f"0123456789abcdef:{number:05d}" for number in range(len(passages))
    ]


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_every_row_of_a_table_stands_under_the_heads(rows: list[tuple[str, ...]]) -> None:
    table = Block(BlockKind.TABLE, "Segment revenue", rows=(("", "2023", "2024"), *rows))
    passages = split([table], DOCUMENT, CONTEXT)
    assert all(p.kind is PassageKind.TABLE for p in passages)
    assert all(p.text.startswith("Segment revenue\n2023 | 2024\n") for p in passages)
    assert all(count_tokens(f"{p.header}\n{p.text}") + 2 <= 256 for p in passages)
    found = Counter(line for p in passages for line in p.text.split("\n")[2:])
    expected = Counter(
        " | ".join(" ".join(cell.split()) for cell in row if cell.strip()) for row in rows
    )
    assert found == expected


def test_any_limit_of_an_embedder_is_kept() -> None:
    text = " ".join(f"Sentence {n} speaks of capacity." for n in range(200))
    for limit in (96, 256, 512):
        passages = split([paragraph(text)], DOCUMENT, CONTEXT, max_tokens=limit)
        assert all(p.tokens + 2 <= limit for p in passages)


def test_prose_is_packed_from_whole_sentences() -> None:
    text = " ".join(
        f"The unit cost of line {n} fell by 5.{n}% in the U.S. market." for n in range(90)
    )
    passages = split([paragraph(text)], DOCUMENT, CONTEXT)
    assert all(p.text.endswith("market.") and p.text.startswith("The unit") for p in passages)
    assert all(p.tokens > 150 for p in passages[:-1])


def test_a_part_begins_a_passage_once_there_is_enough() -> None:
    enough = paragraph("Capacity grew in every region that we serve. " * 8)
    passages = split([heading("Part I"), enough, heading("Part II"), enough], DOCUMENT, CONTEXT)
    assert [p.text.partition("\n")[0] for p in passages] == ["Part I", "Part II"]


def test_headings_wait_for_their_text_and_stand_in_the_header_after() -> None:
    long = paragraph("Capacity grew in every region that we serve. " * 60)
    first, *rest = split([heading("Liquidity"), long], DOCUMENT, CONTEXT)
    assert first.text.startswith("Liquidity\nCapacity grew")
    assert first.headings == ("Liquidity",)
    assert rest
    assert all(p.header == "Harbor Mills · 10-K · FY2024 · 2025-02-20 · Liquidity" for p in rest)


def test_a_long_path_is_trimmed_in_its_middle() -> None:
    path = (
        "Part II",
        *(f"A long title of subsection number {n} indeed" for n in range(5)),
        "Leases",
    )
    blocks = [heading(title, level) for level, title in enumerate(path, 1)]
    passages = split([*blocks, paragraph("Rent rose. " * 200)], DOCUMENT, CONTEXT)
    assert count_tokens(passages[-1].header) <= 60
    assert "· Part II ·" in passages[-1].header
    assert passages[-1].header.endswith("· Leases")


def test_pages_are_spanned_and_a_new_page_begins_a_passage() -> None:
    page = "Capacity grew in every region that we serve. " * 12
    passages = split([paragraph(page, 3), paragraph(page, 4)], DOCUMENT, CONTEXT)
    assert [(p.page, p.page_last) for p in passages] == [(3, 3), (4, 4)]


def test_a_sentence_that_runs_over_the_page_stays_together() -> None:
    before = "Capacity grew in every region. " * 12 + "It cost us"
    passages = split([paragraph(before, 3), paragraph("far more.", 4)], DOCUMENT, CONTEXT)
    assert passages[-1].text.endswith("It cost us\nfar more.")
    assert (passages[-1].page, passages[-1].page_last) == (3, 4)


def test_a_table_takes_its_heading_and_introduction_along() -> None:
    rows = (("(in millions)",), ("", "2023", "2024"), ("Rent", "$5", "$6"))
    blocks = [
        paragraph("The accompanying notes belong to these statements."),
        heading("Leases"),
        paragraph("Rent by year was as follows:"),
        Block(BlockKind.TABLE, "", rows=rows),
    ]
    prose, table = split(blocks, DOCUMENT, CONTEXT)
    assert prose.text == "The accompanying notes belong to these statements."
    assert table.text == (
        "Leases\nRent by year was as follows:\n(in millions) | 2023 | 2024\nRent | $5 | $6"
    )
    assert table.headings == ("Leases",)


def test_a_group_of_rows_repeats_the_label_that_it_stands_under() -> None:
    rows = [("", "2023", "2024"), ("Current assets:",)]
    rows += [(f"Receivable from customer number {n}", "1,000", "2,000") for n in range(40)]
    rows += [("Liabilities:",), ("Debt", "5", "6")]
    passages = split([Block(BlockKind.TABLE, "", rows=tuple(rows))], DOCUMENT, CONTEXT)
    assert len(passages) > 2
    for passage in passages[:-1]:
        assert passage.text.startswith("2023 | 2024\nCurrent assets:\nReceivable")
        assert not passage.text.endswith("Liabilities:")
    assert passages[-1].text.endswith("Liabilities:\nDebt | 5 | 6")


def test_a_table_of_words_is_headed_by_its_first_row() -> None:
    rows = (("Service", "Customer"), ("Training", "Labs"), ("Inference", "Shops"))
    (passage,) = split([Block(BlockKind.TABLE, "", rows=rows)], DOCUMENT, ())
    assert passage.text == "Service | Customer\nTraining | Labs\nInference | Shops"
    assert passage.header == ""


def test_nothing_makes_no_passage() -> None:
    empty = [Block(BlockKind.TABLE, "", rows=()), paragraph("  ")]
    assert split(empty, DOCUMENT, CONTEXT) == ()
