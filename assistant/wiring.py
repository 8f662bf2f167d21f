"""The composition root: settings become objects; the only place that builds the graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.archive import Archive
from assistant.backends.registry import Registry
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.prices import Prices
from assistant.settings import Settings
from corpus.embedding import Embedder
from corpus.onnx_embedder import OnnxEmbedder
from corpus.sentence_embedder import SentenceEmbedder
from corpus.store import Corpus

__all__ = ["Runtime", "build", "build_corpus"]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The running product: one a process."""

    settings: Settings
    corpus: Corpus
    meter: Meter
    prices: Prices
    backends: Registry
    archive: Archive

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.corpus.close()
        self.meter.ledger.close()


def build(settings: Settings) -> Runtime:
    """Build the graph; what a dead process left open in the ledger is settled.

    Raises CorpusError or ConfigurationError.
    """
    corpus = build_corpus(settings)
    ledger = Ledger(settings.data / "ledger.db")
    ledger.settle_stale(_now())
    archive = Archive(ledger, corpus)
    archive.interrupt_stale(_now())
    prices = Prices(settings.overlays)
    return Runtime(
        settings=settings,
        corpus=corpus,
        meter=Meter(ledger, prices, _now, settings.zone),
        prices=prices,
        backends=Registry(settings.backends, local_only=settings.local_only),
        archive=archive,
    )


def build_corpus(settings: Settings, *, any_model: bool = False) -> Corpus:
    """Open the corpus with the configured embedder; loads no model yet."""
    return Corpus.open(settings.data, _embedder(settings), any_model=any_model)


def _embedder(settings: Settings) -> Embedder:
    if settings.embedding_model:
        return SentenceEmbedder(settings.embedding_model)
    return OnnxEmbedder(settings.models)


def _now() -> datetime:
    return datetime.now(UTC)
