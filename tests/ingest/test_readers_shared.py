"""Real filings, calls and notes keep what an analyst would quote from them."""

import re
from pathlib import Path

import pytest

from ingest.blocks import Block, BlockKind, Reading
from ingest.readers import HEAD_BYTES, detect, read_document

pytestmark = pytest.mark.shared


def read(path: Path) -> Reading:
    return read_document(path, detect(path.read_bytes()[:HEAD_BYTES], path.name))


def rows_called(reading: Reading, label: str) -> list[tuple[str, ...]]:
    rows = (row for block in reading.blocks for row in block.rows)
    return [row for row in rows if row[0].startswith(label)]


def holds(blocks: tuple[Block, ...], text: str) -> bool:
    return any(text in re.sub(r"\s+", " ", block.text) for block in blocks)


def test_a_pdf_filing_page_by_page(shared: Path) -> None:
    reading = read(shared / "docs" / "AMZN_10-K_FY2025.pdf")
    page = tuple(block for block in reading.blocks if block.page == 41)
    assert holds(page, "Cash capital expenditures were $77.7 billion, and $128.3 billion in 2024")
    assert not holds(reading.blocks[20:], "https://www.sec.gov/Archives/edgar/data/1018724/0001018")
    assert ("Purchases of property and equipment", "(52,729)", "(82,999)", "(131,819)") in (
        rows_called(reading, "Purchases of property")
    )
    assert reading.pages == 127


def test_an_inline_xbrl_filing(shared: Path) -> None:
    reading = read(shared / "docs" / "META_10-K_FY2024.html")
    text = "which resulted in an increase in their estimated useful life to 5.5 years"
    assert holds(reading.blocks, text)
    assert reading.metadata["dei:DocumentType"] == "10-K"
    assert reading.metadata["dei:EntityRegistrantName"] == "Meta Platforms, Inc."
    purchases = ("Purchases of property and equipment", "(37,256)", "(27,045)", "(31,186)")
    assert purchases in rows_called(reading, "Purchases of property")
    assert not holds(reading.blocks, "us-gaap:")


@pytest.mark.parametrize(
    ("name", "row"),
    (
        (
            "MSFT_10-Q_FY26Q2_2026-01-28.txt",
            ("Additions to property and equipment", "(29,876)", "(15,804)", "(49,270)", "(30,727)"),
        ),
        (
            "MSFT_10-Q_MDA_2026-04-29.txt",
            ("Revenue", "$82,886", "$70,066", "18%", "$241,832", "$205,283", "18%"),
        ),
        (
            "CRWV_10-Q_2025Q1.txt",
            ("Technology equipment", "$10,746,445", "$9,146,575"),
        ),
        (
            "NVDA_10-Q_Q3FY2024_oct2023.pdf",
            ("Revenue", "$18,120", "$5,931", "$38,819", "$20,923"),
        ),
        (
            "ORCL_10-Q_Q1FY2025.html",
            ("Property, plant and equipment, net", "23,094", "21,536"),
        ),
    ),
)
def test_tables_of_every_kind_of_dump(shared: Path, name: str, row: tuple[str, ...]) -> None:
    assert row in rows_called(read(shared / "docs" / name), row[0])


def test_every_format_yields_text_and_no_invisible_character(shared: Path) -> None:
    invisible = re.compile(r"[\0-\x08\u200b-\u200f\u202a-\u202e\ufeff\ufffe\ud800-\udfff]")
    for name in ("INTC_Q3-2025_call.pdf", "AMZN_10-K_FY2024.html", "GOOGL_call_2025Q3.md"):
        reading = read(shared / "docs" / name)
        assert len(reading.blocks) > 50
        assert not any(invisible.search(block.text) for block in reading.blocks)
        assert all(block.rows for block in reading.blocks if block.kind is BlockKind.TABLE)
