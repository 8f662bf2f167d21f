"""The open handles on both indexes of one corpus, kept current with the generation.

A reader opens the vector index only while nobody writes: chromadb's first query on a client may
write, and two writers lose rows. Until then, and whenever the index fails, the caller searches the
catalog's own vectors, which is slower on a large corpus and never wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from corpus.catalog import Catalog
from corpus.embedding import Vector
from corpus.errors import CorpusDamaged, CorpusUnwritable
from corpus.gate import Gate
from corpus.generation import Generation
from corpus.lexical import LexicalIndex
from corpus.vectors import VectorIndex
from corpus.write_lock import WriteLock

__all__ = ["Indexes"]

T = TypeVar("T")


class Indexes:
    """Handles on data/chroma and data/lexical; safe to share between threads."""

    def __init__(
        self, data: Path, catalog: Catalog, generation: Generation, lock: WriteLock
    ) -> None:
        self._vector_folder = data / "chroma"
        self._lexical_folder = data / "lexical"
        self._catalog = catalog
        self._generation = generation
        self._lock = lock
        self._gate = Gate()
        self._vectors: VectorIndex | None = None
        self._vectors_at: int | None = None
        self._failed_at: int | None = None
        self._lexical: LexicalIndex | None = None
        self._lexical_at: int | None = None
        self._opening = Lock()
        self._writing = False

    def nearest(self, vector: Vector, limit: int) -> dict[str, float] | None:
        """Return the cosine of passages, nearest first; None when the index cannot be asked now.

        A stale handle that fails is reopened and asked once more.
        """
        for _ in range(2):
            if not self._current():
                return None
            with self._gate.reading():
                index = self._vectors
                try:
                    if index is not None:
                        return index.nearest(vector, limit)
                except (CorpusDamaged, CorpusUnwritable):
                    self._vectors_at = None
        return None

    def lexically(self, ask: Callable[[LexicalIndex], T]) -> T:
        """Return what `ask` gets from the lexical index.

        A stale handle that fails is reopened and asked once more; then CorpusDamaged is raised.
        """
        try:
            return ask(self._lexical_for_reading())
        except CorpusDamaged:
            with self._opening:
                self._lexical = None
            return ask(self._lexical_for_reading())

    def start_writing(self) -> None:
        """Begin a writer's work under the lock: no stale handle, then the generation goes odd."""
        before = self._catalog.generation()
        if self._vectors_at != before:
            self._drop_vectors()
        if self._lexical_at != before:
            self._close_lexical()
        self._generation.start()
        self._writing = True

    def finish_writing(self) -> None:
        """End a writer's work whose every change is in catalog and indexes."""
        if self._lexical is not None:
            self._lexical.close()
        self._writing = False
        self._vectors_at = self._lexical_at = self._generation.finish()
        self._failed_at = None

    def abandon(self) -> None:
        """Leave a work that failed half-way: the generation stays odd, the next writer recovers."""
        self._writing = False
        self.close()

    def vectors(self) -> VectorIndex:
        """Return the handle for a writer; opens it where there is none."""
        return self._vectors or self._open_vectors()

    def lexical(self) -> LexicalIndex:
        """Return the handle for a writer; opens it where there is none."""
        return self._lexical or self._open_lexical()

    def vectors_for_examining(self) -> VectorIndex:
        """Return a fresh handle under the lock; CorpusDamaged when there is no index."""
        if not self._vector_folder.is_dir():
            raise CorpusDamaged(
                f"There is no vector index at {self._vector_folder}. Run `loadfactor doctor "
                "--repair`: it rebuilds the index from the catalog without embedding anything."
            )
        return self._open_vectors()

    def lexical_for_examining(self) -> LexicalIndex:
        """Return a fresh handle under the lock; CorpusDamaged when there is no index."""
        return LexicalIndex(self._lexical_folder, create=False)

    @property
    def unbuilt(self) -> bool:
        """Tell whether neither index was ever built, as in an empty corpus."""
        return not self._vector_folder.exists() and not self._lexical_folder.exists()

    @property
    def lexical_outdated(self) -> bool:
        """Tell whether an older version built the lexical index, so that it cannot be asked."""
        return LexicalIndex.outdated(self._lexical_folder)

    def erase_vectors(self) -> VectorIndex:
        """Delete the vector index and return an empty one."""
        with self._gate.changing():
            self._close_vectors()
            VectorIndex.erase(self._vector_folder)
        return self._open_vectors()

    def erase_lexical(self) -> LexicalIndex:
        """Delete the lexical index and return an empty one."""
        self._close_lexical()
        LexicalIndex.erase(self._lexical_folder)
        return self._open_lexical()

    def _open_lexical(self) -> LexicalIndex:
        self._close_lexical()
        index = LexicalIndex(self._lexical_folder)
        with self._opening:
            self._lexical = index
        return index

    def close(self) -> None:
        """Release both indexes; queries in flight are waited for."""
        self._drop_vectors()
        self._close_lexical()

    def _current(self) -> bool:
        """Tell whether the vector index may be asked, after reopening it if that is possible."""
        now = self._generation.current()
        if self._vectors is not None and (self._writing or self._vectors_at == now):
            return True
        if now % 2 or now == self._failed_at:
            return False
        with self._lock.held_if_free() as free:
            return free and self._open_for_reading()

    def _open_for_reading(self) -> bool:
        now = self._catalog.generation()
        if now % 2:
            return False
        try:
            index = self._open_vectors()
            healthy = self._complete(index)
        except (CorpusDamaged, CorpusUnwritable):
            # chromadb may have to write before it can read.
            healthy = False
        self._vectors_at = now if healthy else None
        self._failed_at = None if healthy else now
        return healthy

    def _complete(self, index: VectorIndex) -> bool:
        """Tell whether every passage is there; the query makes chromadb settle its log now."""
        count, model = self._catalog.passage_count(), self._catalog.model()
        if index.count() != count or model is None:
            return False
        anything = np.full(model.dimension, model.dimension**-0.5, dtype=np.float32)
        return len(index.nearest(anything, 1)) == min(1, count)

    def _open_vectors(self) -> VectorIndex:
        with self._gate.changing():
            self._close_vectors()
            index = self._vectors = VectorIndex(self._vector_folder)
        return index

    def _drop_vectors(self) -> None:
        with self._gate.changing():
            self._close_vectors()

    def _close_vectors(self) -> None:
        index, self._vectors, self._vectors_at = self._vectors, None, None
        if index is not None:
            index.close()

    def _close_lexical(self) -> None:
        with self._opening:
            index, self._lexical, self._lexical_at = self._lexical, None, None
        if index is not None:
            index.close()

    def _lexical_for_reading(self) -> LexicalIndex:
        now = self._generation.current()
        with self._opening:
            if self._lexical is None:
                self._lexical = LexicalIndex(self._lexical_folder, create=False)
            elif self._lexical_at != now and not self._writing:
                self._lexical.reload()
            self._lexical_at = now
            return self._lexical
