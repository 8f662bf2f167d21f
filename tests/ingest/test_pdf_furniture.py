"""What is printed around a page's text goes; what only looks like it stays."""

from __future__ import annotations

from ingest.readers.pdf_furniture import without_furniture
from ingest.readers.pdf_lines import PageLine

TEXTS = ("Turbines came late.", "Halls were built.", "Leases ran on.", "Rents fell.", "It ended.")


def page(*texts: str) -> list[PageLine]:
    return [PageLine(text) for text in texts]


def test_page_numbers_and_running_heads_go() -> None:
    pages = [page("Zephyr annual report", text, str(n)) for n, text in enumerate(TEXTS, start=2)]
    kept = without_furniture(pages)
    assert [[line.text for line in one] for one in kept[1:]] == [[text] for text in TEXTS[1:]]


def test_a_year_over_the_first_table_of_a_page_is_no_page_number() -> None:
    pages = [page("Zephyr annual report", text, str(n)) for n, text in enumerate(TEXTS, start=2)]
    pages[2] = page("2020", "Turbines Halls Total", "Net sales $ 5 $ 6 $ 11", "4")
    kept = without_furniture(pages)
    assert [line.text for line in kept[2]] == [
        "2020",
        "Turbines Halls Total",
        "Net sales $ 5 $ 6 $ 11",
    ]
