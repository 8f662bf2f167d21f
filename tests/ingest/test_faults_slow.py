"""Files that are small and were read for minutes: each is read, or told apart, within seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.readers import Limits, read_document

FILING = (
    "<html><body><p>SECURITIES AND EXCHANGE COMMISSION</p><p>FORM 10-K</p>{body}"
    "<p>The end.</p></body></html>"
)


def read(folder: Path, text: str, media: Media) -> Reading:
    path = folder / "hostile"
    path.write_text(text)
    return read_document(path, media, Limits(seconds=15))


def tables(reading: Reading) -> list[Block]:
    return [block for block in reading.blocks if block.kind is BlockKind.TABLE]


def test_figures_without_labels_are_read_as_text(tmp_path: Path) -> None:
    reading = read(tmp_path, "Figures follow.\n" + "12 34\n" * 170_000, Media.TEXT)
    assert tables(reading) == []
    assert reading.blocks[0].text.endswith("12 34")


def test_a_table_is_found_behind_figures_without_labels(tmp_path: Path) -> None:
    text = "12 34\n" * 170_000 + "Rent 56 78\nSales 90 12\n"
    (table,) = tables(read(tmp_path, text, Media.TEXT))
    assert table.rows[-2:] == (("Rent", "56", "78"), ("Sales", "90", "12"))


def test_empty_lines_after_cells_one_a_line_are_skipped(tmp_path: Path) -> None:
    text = "Rent\n$\n12\n14\n" * 8 + "\n" * 400_000 + "The end stands here."
    reading = read(tmp_path, text, Media.TEXT)
    (table,) = tables(reading)
    assert table.rows == (("Rent", "$12", "14"),) * 8
    assert reading.blocks[-1].text == "The end stands here."


def test_a_page_table_of_two_thousand_columns_is_read(tmp_path: Path) -> None:
    rows = [
        "".join(f"<td>{row}{column}.5</td>" for column in range(1_000, 3_000)) for row in range(60)
    ]
    body = "".join(f"<tr><td>Row {number}</td>{cells}</tr>" for number, cells in enumerate(rows))
    (table,) = tables(read(tmp_path, FILING.format(body=f"<table>{body}</table>"), Media.HTML))
    assert {len(row) for row in table.rows} == {2_001}
    assert table.rows[59][:2] == ("Row 59", "591000.5")
    assert table.rows[59][2_000] == "592999.5"


def test_a_page_table_of_sixty_thousand_rows_is_read(tmp_path: Path) -> None:
    body = "".join(f"<tr><td>Row {n}</td><td>{n}.5</td><td>{n}.7</td></tr>" for n in range(60_000))
    (table,) = tables(read(tmp_path, FILING.format(body=f"<table>{body}</table>"), Media.HTML))
    assert table.rows[59_999] == ("Row 59999", "59999.5", "59999.7")


@pytest.mark.parametrize("opener", ["[", "[[", "![["])
def test_brackets_that_nothing_closes_stay_text(tmp_path: Path, opener: str) -> None:
    reading = read(tmp_path, f"See [[Meta]].\n\n{opener * 100_000}", Media.MARKDOWN)
    assert [block.text for block in reading.blocks] == ["See Meta.", opener * 100_000]


@pytest.mark.parametrize("unsure", [False, True])
def test_forty_thousand_words_in_white_are_told(tmp_path: Path, unsure: bool) -> None:
    named = " class=a" if unsure else ""
    body = f"<p>Shown <span{named} style='color:#fff'>unseen</span></p>" * 40_000
    reading = read(tmp_path, FILING.format(body=body), Media.HTML)
    assert reading.warnings[0].startswith("240000 characters in white")
    assert reading.blocks[2].text == ("Shown unseen" if unsure else "Shown")
