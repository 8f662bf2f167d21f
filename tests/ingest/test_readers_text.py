import pytest

from corpus.errors import InputRefused
from ingest.blocks import Block, BlockKind
from ingest.limits import Limits
from ingest.readers.text import read_text


def read(text: str) -> tuple[Block, ...]:
    return read_text(text.encode(), Limits()).blocks


def test_key_lines_at_the_very_top_are_metadata() -> None:
    text = "TICKER: ABC\nFORM: 10-Q\nFILING_DATE: 2026-04-29\n\nItem 2. Discussion\nText: here.\n"
    reading = read_text(text.encode(), Limits())
    assert reading.metadata == {
        "header:ticker": "ABC",
        "header:form": "10-Q",
        "header:filing_date": "2026-04-29",
    }
    assert reading.blocks[0] == Block(BlockKind.HEADING, "Item 2. Discussion", level=2)
    assert reading.blocks[1].text == "Text: here."


def test_one_line_with_a_colon_is_no_metadata() -> None:
    reading = read_text(b"NOTE: read this.\n\nThe text follows here.\n", Limits())
    assert reading.metadata == {}
    assert reading.blocks[0].text == "NOTE: read this."


@pytest.mark.parametrize(
    ("line", "level", "text"),
    (
        ("PART II", 1, "PART II"),
        ("Item 7A. Market Risk", 2, "Item 7A. Market Risk"),
        ("Note 4 — Leases", 3, "Note 4 — Leases"),
        ("===== risk_factors =====", 1, "Risk factors"),
        ("LIQUIDITY AND CAPITAL RESOURCES", 3, "LIQUIDITY AND CAPITAL RESOURCES"),
        ("Results of Operations", 4, "Results of Operations"),
        ("5. Property and Equipment, Net", 3, "5. Property and Equipment, Net"),
    ),
)
def test_headings_are_known_by_their_shape(line: str, level: int, text: str) -> None:
    blocks = read(f"A sentence stands before it.\n\n{line}\n\nA sentence stands after it.\n")
    assert Block(BlockKind.HEADING, text, level=level) in blocks


@pytest.mark.parametrize(
    "line", ("Revenue grew by a tenth.", "Operator: Welcome, Everyone", "We sold 5, then 6")
)
def test_prose_is_no_heading(line: str) -> None:
    assert all(block.kind is BlockKind.PARAGRAPH for block in read(f"First here.\n\n{line}\n"))


def test_wrapped_lines_are_joined_and_full_stops_at_short_lines_part() -> None:
    words = (
        "capital expenditure for data centers and servers rose again in the quarter and will rise"
    )
    text = f"{words}\n{words}\n{words}\nmore.\n{words}\n{words}\nstill.\n"
    assert [block.text for block in read(text)] == [
        f"{words} {words} {words} more.",
        f"{words} {words} still.",
    ]


def test_a_paragraph_a_line_stays_so() -> None:
    sentence = (
        "This paragraph is a whole line of its own and it ends with a stop, as do all of them."
    )
    assert [block.text for block in read(f"{sentence}\n{sentence}\n{sentence}\n")] == [sentence] * 3


def test_a_transcript_on_one_line_stays_one_paragraph() -> None:
    text = "Good afternoon. Welcome to the call. " * 2_000
    assert [block.text for block in read(text)] == [text.strip()]


def test_rows_of_figures_become_a_table_with_its_scale_and_periods() -> None:
    text = """Purchases for the periods were as follows (in millions):
Year Ended December 31,
2023 2024 2025
Net income $ 30,425 $ 59,248 $ 77,670
Purchases of property and equipment (52,729) (82,999) (131,819)
Depreciation of property used in
operations and other 48,663 — 65,756
We expect more next year, for the demand of our customers keeps growing in all the regions.
"""
    table, prose = read(text)
    assert table == Block(
        BlockKind.TABLE,
        "Purchases for the periods were as follows (in millions):",
        rows=(
            ("", *["Year Ended December 31,"] * 3),
            ("", "2023", "2024", "2025"),
            ("Net income", "$30,425", "$59,248", "$77,670"),
            ("Purchases of property and equipment", "(52,729)", "(82,999)", "(131,819)"),
            ("Depreciation of property used in operations and other", "48,663", "—", "65,756"),
        ),
        heads=2,
    )
    assert prose.text.startswith("We expect more")


def test_a_row_that_does_not_fit_keeps_its_text_intact() -> None:
    text = "Revenue 10 20 30\nCosts 5 6 7\nMargin 48 %\nProfit 5 14 23\n"
    assert read(text)[0].rows[2] == ("Margin 48 %",)


def test_each_row_of_periods_begins_columns_of_its_own() -> None:
    text = (
        "December 31, 2024 2025\nLease assets $ 13,588 $ 15,221\nLife in use 7.8 years 7.6 years\n"
        "Allowance of customers of $ 944 56,535 69,905\n"
        "Year Ended June 30, 2023 2024 2025\nCash paid $ 3,173 $ 3,425 $ 3,370\nOther 1 2 3\n"
    )
    assert read(text)[0].rows == (
        ("", "December 31, 2024", "2025"),
        ("Lease assets", "$13,588", "$15,221"),
        ("Life in use", "7.8 years", "7.6 years"),
        ("Allowance of customers of $944", "56,535", "69,905"),
        ("", "Year Ended June 30, 2023", "2024", "2025"),
        ("Cash paid", "$3,173", "$3,425", "$3,370"),
        ("Other", "1", "2", "3"),
    )


def test_cells_one_a_line_are_put_side_by_side() -> None:
    text = (
        "Three Months Ended March 31,\n2026\n2025\nRevenue\n$\n55,909\n\n$\n41,902\n"
        "Costs and expenses\n\n29,009\n\n(20,137)\nMargin\n48 \n%\n52 \n%\n"
        "Net income was higher than a year ago.\n"
    )
    table, prose = read(text)
    assert table.rows == (
        ("", "Three Months Ended March 31,", "Three Months Ended March 31,"),
        ("", "2026", "2025"),
        ("Revenue", "$55,909", "$41,902"),
        ("Costs and expenses", "29,009", "(20,137)"),
        ("Margin", "48%", "52%"),
    )
    assert prose.text == "Net income was higher than a year ago."


def test_pipes_with_split_numbers_become_cells() -> None:
    text = (
        "| (In millions) | | | Three Months Ended | |\n|---|---|---|\n| | | 2025 | | | 2024 | |\n"
        "| Additions to property | | | ( 29,876 | ) | | | ( 15,804 | ) |\n"
        "| Net income | | $ | 38,458 | | $ | 24,108 | |\n"
    )
    assert read(text)[0].rows == (
        ("(In millions)", "Three Months Ended", "Three Months Ended"),
        ("", "2025", "2024"),
        ("Additions to property", "(29,876)", "(15,804)"),
        ("Net income", "$38,458", "$24,108"),
    )


def test_hidden_facts_page_numbers_and_running_heads_go() -> None:
    facts = "0000789019 us-gaap:DebtMember 2025-12-31 http://fasb.org/us-gaap/2025#Assets " * 20
    page = "PART I\nItem 2\n\nThe text of this page ends here.\n\n33\n\nTable of Contents\n\n"
    texts = [block.text for block in read(f"{facts}\n{page}{page}{page}")]
    assert texts == ["PART I", "Item 2", *["The text of this page ends here."] * 3]


@pytest.mark.parametrize("data", (b"", b" \n\n\t ", b"\xef\xbb\xbf", b"-----\n=====\n"))
def test_nothing_to_read_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused, match="no text"):
        read_text(data, Limits())


def test_text_beyond_the_cap_is_refused() -> None:
    with pytest.raises(InputRefused, match="more than 10 characters"):
        read_text(b"eleven char", Limits(characters=10))


def heads_of(text: str) -> tuple[tuple[str, ...], ...]:
    (table,) = (block for block in read(text) if block.kind is BlockKind.TABLE)
    return table.rows[: table.heads]


def test_heads_are_spread_over_the_columns_that_they_stand_for() -> None:
    text = (
        "Three Months Ended March 31,\n% change\nNine Months Ended March 31,\n% change\n"
        "2026\n2025\n2026\n2025\n(in millions, except percentages)\n"
        "Revenue\n$\n9\n$\n8\n13%\n$\n27\n$\n24\n13%\n"
        "Costs\n6\n5\n20%\n16\n14\n14%\n"
    )
    three, nine = "Three Months Ended March 31,", "Nine Months Ended March 31,"
    assert heads_of(text) == (
        ("(in millions, except percentages)", *[three] * 2, "% change", *[nine] * 2, "% change"),
        ("", "2026", "2025", "", "2026", "2025", ""),
    )


def test_a_period_cut_into_two_lines_is_one_head() -> None:
    text = (
        "Sales were (in millions):\n\nThree Months Ended\nMarch 31,\n2025\n2026\n"
        "North\n$\n92\n$\n104\nSouth\n33\n39\nTotal\n$\n125\n$\n143\n"
    )
    assert heads_of(text) == (("", *["Three Months Ended March 31,"] * 2), ("", "2025", "2026"))


def test_heads_that_do_not_fit_the_columns_are_not_counted() -> None:
    text = (
        "| | Under a year | Longer | Total |\n"
        "| (In millions) | Value | Loss | Value | Loss | Value |\n"
        "| Bonds | 5 | (1) | 6 | (2) | 11 | (3) |\n| Notes | 1 | (1) | 2 | (1) | 3 | (2) |\n"
    )
    assert heads_of(text) == ()


def test_a_row_of_pipes_with_a_blank_keeps_its_columns() -> None:
    text = (
        "| (In millions) | | 2025 | | 2024 | |\n|---|---|---|\n| Sales | | $ | 5 | | $ | 4 | |\n"
        "| Grants | | | | | | 3 | |\n| Total | | $ | 5 | | $ | 7 | |\n"
    )
    assert read(text)[0].rows[1:] == (
        ("Sales", "$5", "$4"),
        ("Grants", "", "3"),
        ("Total", "$5", "$7"),
    )


def test_a_label_that_a_dump_glued_to_its_values_is_parted() -> None:
    text = (
        "Year Ended\n2026 2025\nRevenue$215,938 $130,497\n"
        "Cost of revenue28.9 25.0\nLoss9,156 5,085\n"
    )
    assert [row[0] for row in read(text)[0].rows[2:]] == ["Revenue", "Cost of revenue", "Loss"]


@pytest.mark.parametrize(
    "line", ("The new Llama3.1 was released today.", "We use Web3.0 and IPv6.")
)
def test_names_with_numbers_stay_whole(line: str) -> None:
    assert read(line)[0].text == line


def test_years_of_maturity_are_labels() -> None:
    text = (
        "Due (in millions):\n\nRest of the year $ 1,544\n2026 441\n2027 427\n2028 261\n"
        "Thereafter 1,476\nTotal $ 4,149\n"
    )
    labels = [row[0] for block in read(text) for row in block.rows]
    assert labels == ["Rest of the year", "2026", "2027", "2028", "Thereafter", "Total"]
