"""Both indexes built anew from the catalog; the caller holds the write lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from corpus.catalog import Catalog
from corpus.generation import Generation
from corpus.indexes import Indexes
from corpus.recovery import finish_interrupted, rebuild

__all__ = ["rebuild_indexes", "rebuilding"]


@contextmanager
def rebuilding(catalog: Catalog, generation: Generation, indexes: Indexes) -> Iterator[None]:
    """Change the catalog in the block, then rebuild; a failure leaves the generation odd."""
    indexes.start_writing()
    try:
        yield
        rebuild(catalog, indexes)
        finish_interrupted(catalog, generation, indexes)
    except BaseException:
        indexes.abandon()
        raise
    indexes.finish_writing()


def rebuild_indexes(catalog: Catalog, generation: Generation, indexes: Indexes) -> None:
    """Rebuild both indexes without embedding anything. Raises CorpusUnwritable."""
    with rebuilding(catalog, generation, indexes):
        pass
