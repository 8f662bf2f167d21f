"""Both indexes built anew from the catalog; the caller holds the write lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus.catalog import Catalog
from corpus.generation import Generation
from corpus.indexes import Indexes
from corpus.recovery import finish_interrupted, rebuild, rebuild_lexical, reconcile

__all__ = ["rebuild_indexes", "rebuilding", "renew_lexical"]


@contextmanager
def rebuilding(
    catalog: Catalog,
    generation: Generation,
    indexes: Indexes,
    anew: Callable[[Catalog, Indexes], None] = rebuild,
) -> Iterator[None]:
    """Change the catalog in the block, then rebuild; a failure leaves the generation odd."""
    indexes.start_writing()
    try:
        yield
        anew(catalog, indexes)
        finish_interrupted(catalog, generation, indexes)
    except BaseException:
        indexes.abandon()
        raise
    indexes.finish_writing()


def rebuild_indexes(catalog: Catalog, generation: Generation, indexes: Indexes) -> None:
    """Rebuild both indexes without embedding anything. Raises CorpusUnwritable."""
    with rebuilding(catalog, generation, indexes):
        pass


def renew_lexical(catalog: Catalog, generation: Generation, indexes: Indexes) -> None:
    """Rebuild a lexical index that an older version built. Raises CorpusUnwritable."""
    if indexes.lexical_outdated:
        # A writer that died left the vectors half-done too.
        anew = reconcile if catalog.generation() % 2 else rebuild_lexical
        with rebuilding(catalog, generation, indexes, anew):
            pass
