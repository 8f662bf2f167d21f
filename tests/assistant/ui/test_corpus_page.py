"""The corpus page, run without a browser."""

from __future__ import annotations

import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from assistant.settings import load_settings
from assistant.wiring import Runtime
from tests.assistant.ui.conftest import REPOSITORY, app
from tests.assistant.ui.test_chat_page import html


def open_corpus() -> AppTest:
    page = app().run()
    page.switch_page("assistant/ui/pages/corpus_page.py").run()
    assert not page.exception
    return page


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader[0].upload(name, content, "text/plain")
    next(button for button in page.button if button.label == "Add to the corpus").click().run()
    assert not page.exception
    return page


def test_an_empty_corpus_says_what_to_add(product: Runtime) -> None:
    page = open_corpus()
    assert "The corpus is empty" in page.info[0].value
    assert "No documents yet" in html(page)


def test_documents_are_listed_with_totals(zephyr: Runtime) -> None:
    page = open_corpus()
    assert "1 document · 1 company · 1 passage" in html(page)
    assert list(page.dataframe[0].value["Title"]) == ["Zephyr annual report"]


@pytest.mark.parametrize(("typed", "rows"), [("zephyr 10-k", 1), ("FY2025", 1), ("amazon", 0)])
def test_the_filter_needs_every_word(zephyr: Runtime, typed: str, rows: int) -> None:
    page = open_corpus()
    page.text_input(key="filter").set_value(typed).run()
    assert len(page.dataframe) == rows


def test_an_upload_is_added_and_told(product: Runtime) -> None:
    text = (
        b"Brontide Power annual letter\n\nBrontide Power spent $41 million on turbines in 2025.\n"
    )
    page = upload(open_corpus(), "letter.txt", text)
    assert "lf-added" in html(page)
    assert "letter.txt" in html(page)
    assert len(product.corpus.documents()) == 1


def test_fault_31_a_hostile_name_is_only_a_name(product: Runtime) -> None:
    page = upload(open_corpus(), "../../<img src=x onerror=alert(1)>.txt", b"Brontide spent $41.\n")
    assert "<img" not in html(page)
    stored = product.corpus.documents()[0]
    assert "/" not in stored.name
    assert not (product.settings.data.parent.parent / stored.name).exists()


def test_fault_32_what_cannot_be_read_is_refused_with_its_reason(product: Runtime) -> None:
    page = upload(open_corpus(), "binary.txt", bytes(range(256)) * 8)
    assert "lf-refused" in html(page)
    assert product.corpus.documents() == ()


def test_the_server_and_the_app_share_one_upload_limit() -> None:
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] == load_settings({}).upload_limit_mb
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"
