"""A running product on an empty data directory, with a chat model that says what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.backends.backend import Backend
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.prices import Prices
from assistant.settings import load_settings
from assistant.ui import resources
from assistant.wiring import Runtime
from corpus.models import Document, Passage
from corpus.store import Corpus
from tests.assistant.ui.values import document, passage
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[3]
FACT = "In fiscal 2025 Zephyr spent $5 billion on property and equipment."
REPLY = "Zephyr spent **$5 billion** on property and equipment [1]."


def backend(*replies: str) -> Backend:
    """A backend billed as gpt-5 that gives the replies in turn."""
    chat = FakeListChatModel(responses=list(replies))
    return Backend("offline", "Scripted", "openai", "gpt-5", chat, local=False)


def add(corpus: Corpus, document: Document, passages: tuple[Passage, ...]) -> None:
    vectors = corpus.embedder.embed_passages([item.indexed_text for item in passages])
    with corpus.writing() as writer:
        writer.add(document, passages, vectors)


@pytest.fixture
def product(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    corpus = Corpus.open(data, HashingEmbedder())
    settings = load_settings()
    prices = Prices(settings.overlays)
    ledger = Ledger(data / "ledger.db")
    built = Runtime(
        settings=replace(settings, data=data),
        corpus=corpus,
        meter=Meter(ledger, prices, lambda: datetime.now(UTC), settings.zone),
        prices=prices,
        backends={"offline": backend(REPLY)},
    )
    monkeypatch.setattr(wiring, "build", lambda settings: built)
    _forget()
    yield built
    _forget()
    ledger.close()
    corpus.close()


@pytest.fixture
def zephyr(product: Runtime) -> Runtime:
    """The product with one document that knows one fact."""
    report = document()
    add(product.corpus, report, (passage(report, FACT),))
    return product


def app() -> AppTest:
    return AppTest.from_file(str(REPOSITORY / "streamlit_app.py"), default_timeout=30)


def _forget() -> None:
    resources.runtime.clear()
    resources.conversations.clear()
