"""Exact nearest vectors among some documents, straight from the catalog.

As quick as an index for a narrow choice, and right whatever state the index is in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from corpus.catalog import Catalog, Stamped
from corpus.embedding import Vector, Vectors

__all__ = ["ExactSearch"]

KEPT_BYTES = 256 * 1024**2
"""Memory for vectors of recently searched documents: 170,000 passages of MiniLM."""

Block = tuple[tuple[str, ...], Vectors]


class ExactSearch:
    """Keeps the vectors of documents searched lately; safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._blocks: OrderedDict[tuple[str, int], Block] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def nearest(
        self, vector: Vector, limit: int, choices: Sequence[Sequence[Stamped]]
    ) -> list[dict[str, float]]:
        """Return the cosine of up to `limit` passages of each choice of documents, nearest first.

        Choices overlap; a document's cosines are taken once.
        """
        scored: dict[str, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
        for stamped in chain.from_iterable(choices):
            if stamped.document.id not in scored:
                ids, rows = self._block(stamped)
                scored[stamped.document.id] = ids, rows @ vector
        return [_nearest([scored[s.document.id] for s in among], limit) for among in choices]

    def _block(self, stamped: Stamped) -> Block:
        key = (stamped.document.id, stamped.stamp)
        with self._lock:
            if key in self._blocks:
                self._blocks.move_to_end(key)
                return self._blocks[key]
        block = self._catalog.vectors(stamped.document.id)
        with self._lock:
            self._keep(key, block)
        return block

    def _keep(self, key: tuple[str, int], block: Block) -> None:
        if key not in self._blocks:
            self._blocks[key] = block
            self._bytes += block[1].nbytes
        while self._bytes > KEPT_BYTES and len(self._blocks) > 1:
            _, dropped = self._blocks.popitem(last=False)
            self._bytes -= dropped[1].nbytes


def _nearest(
    scored: Sequence[tuple[tuple[str, ...], NDArray[np.float32]]], limit: int
) -> dict[str, float]:
    ids = [passage_id for block_ids, _ in scored for passage_id in block_ids]
    if not ids:
        return {}
    scores = np.concatenate([cosines for _, cosines in scored])
    return {ids[index]: float(scores[index]) for index in _largest(scores, limit)}


def _largest(scores: NDArray[np.float32], limit: int) -> list[int]:
    """Return the indices of the largest scores, largest first, ties by position."""
    few = min(limit, len(scores))
    candidates = np.argpartition(-scores, few - 1)[:few]
    order = np.lexsort((candidates, -scores[candidates]))
    return [int(index) for index in candidates[order]]
