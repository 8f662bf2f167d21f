"""Evidence that merges passages of several pages: what is listed of it and what its panel shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.wiring import Runtime
from corpus.models import Media
from tests.assistant.ui.conftest import FACT, add, app
from tests.assistant.ui.test_chat_page import ask, html, press
from tests.assistant.ui.values import document, passage

REPORT = document(passages=2, media=Media.HTML)
ABOVE = "Property and equipment of Zephyr in fiscal 2025 are kept in the hangar."


@pytest.fixture
def spans(product: Runtime) -> Runtime:
    """The product with a document whose two neighbouring passages become one piece."""
    first = replace(passage(REPORT, ABOVE), headings=("Hangars",), page=3, page_last=3)
    second = replace(
        passage(REPORT, FACT),
        id=f"{REPORT.id}-1",
        ordinal=1,
        headings=("Spending",),
        page=4,
        page_last=4,
    )
    add(product.corpus, REPORT, (first, second))
    return product


def test_a_cited_piece_is_listed_at_the_passage_that_is_cited(spans: Runtime) -> None:
    listed = html(ask(app().run())).partition('<div class="lf-evidence">')[2]
    assert "Spending" in listed
    assert "Hangars" not in listed.partition("lf-preview")[0]
    assert "age 4" in listed and "3–4" not in listed


def test_the_panel_shows_the_whole_piece_what_is_cited_first(spans: Runtime) -> None:
    shown = html(press(ask(app().run()), "cite-")).rpartition('<span class="lf-fact">')[2]
    assert shown.index("<mark>") < shown.index(ABOVE)


def test_a_removed_document_is_told_once_in_the_panel(spans: Runtime) -> None:
    page = ask(app().run())
    with spans.corpus.writing() as writer:
        writer.remove(REPORT.id)
    press(page, "cite-")
    assert len(page.info) == 1
