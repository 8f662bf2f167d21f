"""A running product on an empty data directory, with a chat model that says what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.archive import Archive
from assistant.backends.entry import BackendEntry, Kind, Locality
from assistant.backends.registry import Registry
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.prices import Prices
from assistant.settings import load_settings
from assistant.ui import resources
from assistant.wiring import Runtime
from corpus.embedded import embedded_text
from corpus.models import Document, Passage
from corpus.store import Corpus
from tests.assistant.ui.values import document, passage
from tests.fakes import HashingEmbedder, ScriptedChat

REPOSITORY = Path(__file__).parents[3]
FACT = "In fiscal 2025 Zephyr spent $5 billion on property and equipment."
CHATS: dict[str, ScriptedChat] = {}
REPLY = "Zephyr spent **$5 billion** on property and equipment [1]."


def scripted(*replies: object, name: str = "offline", label: str = "Scripted") -> BackendEntry:
    """An entry outside, billed as gpt-5, that gives the replies in turn."""
    CHATS[name] = ScriptedChat(replies=list(replies))
    return BackendEntry(
        name,
        label,
        Kind.COMPATIBLE,
        "openai",
        "gpt-5",
        f"https://{name}.example.com/v1",
        locality=Locality.OUTSIDE,
    )


def registry(*entries: BackendEntry) -> Registry:
    """The backends of these entries, each with the chat model that `scripted` made for it."""
    return Registry(entries, {}, make=lambda entry, key: CHATS[entry.name])


def use(monkeypatch: pytest.MonkeyPatch, product: Runtime, *entries: BackendEntry) -> None:
    """Let the product have these backends and no others."""
    changed = replace(product, backends=registry(*entries))
    monkeypatch.setattr(wiring, "build", lambda settings: changed)
    _forget()


def add(corpus: Corpus, document: Document, passages: tuple[Passage, ...]) -> None:
    vectors = corpus.embedder.embed_passages([embedded_text(item) for item in passages])
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
        backends=registry(scripted(REPLY)),
        archive=Archive(ledger, corpus),
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
