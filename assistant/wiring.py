"""The composition root: settings become objects; the only place that builds the graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.answer_cache import AnswerCache
from assistant.archive import Archive
from assistant.archive_answers import KeptAnswers
from assistant.archive_feedback import Feedback
from assistant.backends.registry import Registry
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.price_data import load_price_data
from assistant.cost.prices import Prices
from assistant.embedding_meter import MeteredEmbedder
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
    cache: AnswerCache | None = None

    @property
    def feedback(self) -> Feedback:
        return Feedback(self.meter.ledger)

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.corpus.close()
        if isinstance(self.corpus.embedder, MeteredEmbedder):
            self.corpus.embedder.close()
        self.meter.ledger.close()


def build(settings: Settings, *, any_model: bool = False) -> Runtime:
    """Build the graph; what a dead process left open in the ledger is settled.

    With `any_model` the corpus may hold vectors of another model than the configured one.
    Raises CorpusError or ConfigurationError.
    """
    ledger = Ledger(settings.data / "ledger.db")
    ledger.settle_stale(_now())
    prices = Prices(settings.overlays, load_price_data(settings.data))
    meter = Meter(ledger, prices, _now, settings.zone, settings.budgets)
    embedder = MeteredEmbedder(_embedder(settings), meter, settings.embedding_hourly_usd)
    corpus = Corpus.open(settings.data, embedder, any_model=any_model)
    archive = Archive(ledger, corpus)
    archive.interrupt_stale(_now())
    return Runtime(
        settings=settings,
        corpus=corpus,
        meter=meter,
        prices=prices,
        backends=Registry(settings.backends, local_only=settings.local_only),
        archive=archive,
        cache=_cache(settings, ledger, corpus),
    )


def build_corpus(settings: Settings) -> Corpus:
    """Open the corpus alone, to look after it; what it embeds is not metered."""
    return Corpus.open(settings.data, _embedder(settings))


def _cache(settings: Settings, ledger: Ledger, corpus: Corpus) -> AnswerCache | None:
    if not settings.answer_cache:
        return None
    return AnswerCache(KeptAnswers(ledger), corpus.generation)


def _embedder(settings: Settings) -> Embedder:
    if settings.embedding_model:
        return SentenceEmbedder(settings.embedding_model)
    return OnnxEmbedder(settings.models)


def _now() -> datetime:
    return datetime.now(UTC)
