"""The Chroma index of passage vectors: derived from the catalog; the only importer of `chromadb`.

chromadb takes a second to import, so it waits until an index is opened.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from corpus.embedding import Vector, Vectors
from corpus.faults import translated

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import HNSWConfiguration

__all__ = ["BATCH", "VectorIndex"]

BATCH = 5_461
"""Records in one call: chromadb's own limit on SQLite."""
WHAT = "vector index"
COLLECTION = "passages"
GRAPH: HNSWConfiguration = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 200,
    "num_threads": 1,
}
"""Wider than the default: deleting and inserting leaves rows unreachable in a thin graph. Rows that
two threads insert at once may each miss the other, so that one of them is never found."""
LOOKUPS = 500
TWINS = (1, 10, 100, 1_000)
SAME = 1e-4
"""Cosine distance under which two vectors are copies of one another."""


class VectorIndex:
    """One open client on a folder; methods raise CorpusDamaged for whatever Chroma raises.

    A client sees other processes' writes wrongly or not at all: whoever holds one closes it and
    opens another when the generation has moved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with translated(WHAT, folder):
            self._client: Client | None = _client(folder)
            self._collection: Any = self._client.get_or_create_collection(
                COLLECTION,
                configuration={"hnsw": GRAPH},
                embedding_function=None,
            )

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        with translated(WHAT, self._folder, writing=True):
            for start in range(0, len(ids), BATCH):
                self._collection.upsert(
                    ids=list(ids[start : start + BATCH]), embeddings=vectors[start : start + BATCH]
                )

    def delete(self, ids: Sequence[str]) -> None:
        with translated(WHAT, self._folder, writing=True):
            for start in range(0, len(ids), BATCH):
                self._collection.delete(ids=list(ids[start : start + BATCH]))

    def count(self) -> int:
        with translated(WHAT, self._folder):
            return int(self._collection.count())

    def ids(self) -> frozenset[str]:
        with translated(WHAT, self._folder):
            return frozenset(self._collection.get(include=[])["ids"])

    def nearest(self, vector: Vector, limit: int) -> dict[str, float]:
        """Return the cosine of up to `limit` passages, nearest first."""
        with translated(WHAT, self._folder):
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return {passage_id: 1.0 - float(distance) for passage_id, distance in pairs}

    def unreachable(self, ids: Sequence[str], vectors: Vectors) -> tuple[str, ...]:
        """Return the ids that a search for their own vector does not find at no distance.

        Copies of a vector crowd each other out, so those not met among copies are looked for
        deeper; when even a thousand are copies, which of them is met says nothing.
        """
        lost: list[int] = []
        undecided = list(range(len(ids)))
        for depth in TWINS:
            verdicts = dict(self._verdicts(undecided, ids, vectors, depth))
            lost += [index for index, met in verdicts.items() if met is False]
            undecided = [index for index, met in verdicts.items() if met is None]
        return tuple(ids[index] for index in sorted(lost))

    def _verdicts(
        self, wanted: Sequence[int], ids: Sequence[str], vectors: Vectors, depth: int
    ) -> Iterator[tuple[int, bool | None]]:
        """Yield whether each row is met by its own vector, None when copies hide the answer."""
        for start in range(0, len(wanted), LOOKUPS):
            part = list(wanted[start : start + LOOKUPS])
            with translated(WHAT, self._folder):
                found = self._collection.query(
                    query_embeddings=vectors[part], n_results=depth, include=["distances"]
                )
            for index, near, distances in zip(part, found["ids"], found["distances"], strict=True):
                copies = {key for key, far in zip(near, distances, strict=True) if far < SAME}
                hidden = len(copies) == depth
                yield index, True if ids[index] in copies else None if hidden else False

    def close(self) -> None:
        """Release the client; without the collection of cycles its memory stays."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()
        del client
        gc.collect()

    @staticmethod
    def erase(folder: Path) -> None:
        """Delete the index's files; every client of this process on them is closed before."""
        shutil.rmtree(folder, ignore_errors=True)


def _client(folder: Path) -> Client:
    """Open a client that shares nothing with others of this process.

    chromadb keeps one system for all clients on a path; it is forgotten before and after, so that
    closing one client never stops another's.
    """
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    SharedSystemClient.clear_system_cache()
    try:
        client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
    finally:
        SharedSystemClient.clear_system_cache()
    return cast("Client", client)
