"""An embedder whose work is in the ledger: a row a batch or question, in seconds of our machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assistant.cost.errors import LedgerError
from assistant.cost.meter import Meter, Work
from corpus.embedding import Embedder, Vector, Vectors
from corpus.tokens import count_tokens

__all__ = ["MeteredEmbedder", "on_behalf_of"]

BACKEND = "embedder"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Cause:
    conversation: str = "corpus"
    turn: str = "corpus"
    user: str = "local"


CORPUS = _Cause()
_cause: ContextVar[_Cause] = ContextVar("cause", default=CORPUS)


@contextmanager
def on_behalf_of(conversation: str, turn: str, user: str) -> Iterator[None]:
    """Count what is embedded inside for this turn; outside of it, for the corpus."""
    token = _cause.set(_Cause(conversation, turn, user))
    try:
        yield
    finally:
        _cause.reset(token)


class MeteredEmbedder:
    """The embedder `inner`, metered; an hour of it costs `hourly_usd`, None where nobody has said.

    Rows are written by a thread of their own, so that no search waits for the ledger; what cannot
    be written is logged. `close` waits for what is still to be written.
    """

    def __init__(
        self,
        inner: Embedder,
        meter: Meter,
        hourly_usd: Decimal | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._inner = inner
        self._meter = meter
        self._hourly = hourly_usd
        self._clock = clock
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedding-meter")

    def close(self) -> None:
        self._writer.shutdown()

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def revision(self) -> str:
        return self._inner.revision

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    @property
    def max_tokens(self) -> int:
        return self._inner.max_tokens

    def embed_query(self, text: str) -> Vector:
        """Return one unit vector of shape (dimension,). Raises ModelUnavailable."""
        began = self._clock()
        vector = self._inner.embed_query(text)
        self._record([text], self._clock() - began)
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension). Raises ModelUnavailable."""
        began = self._clock()
        vectors = self._inner.embed_passages(texts)
        if texts:
            self._record(texts, self._clock() - began)
        return vectors

    def _record(self, texts: Sequence[str], seconds: float) -> None:
        self._writer.submit(self._write, tuple(texts), seconds, _cause.get(), self._meter.now())

    def _write(self, texts: Sequence[str], seconds: float, cause: _Cause, ended: datetime) -> None:
        work = Work(
            backend=BACKEND,
            model=f"{self.name} {self.revision}",
            tokens=sum(min(count_tokens(text), self.max_tokens) for text in texts),
            seconds=seconds,
            hourly_usd=self._hourly,
            ended=ended,
        )
        try:
            self._meter.record(work, cause.conversation, cause.turn, cause.user)
        except LedgerError as error:
            log.warning("%d texts were embedded and not metered: %s", len(texts), error)
