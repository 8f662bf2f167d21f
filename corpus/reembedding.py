"""All passages embedded anew, after a change of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from corpus.catalog import Catalog, ModelIdentity
from corpus.catalog_changes import CatalogChanges
from corpus.embedding import Embedder, Vectors
from corpus.models import Passage
from corpus.recovery import KEPT

__all__ = ["batched", "exchange_vectors", "kept_passages"]

BATCH = 64


def kept_passages(catalog: Catalog) -> tuple[Passage, ...]:
    """Return the passages of all documents that the indexes hold, in a stable order."""
    documents = sorted(stamped.document.id for stamped in catalog.stamped(*KEPT))
    return tuple(p for document_id in documents for p in catalog.passages(document_id))


def batched(passages: Sequence[Passage]) -> Iterator[Sequence[Passage]]:
    for start in range(0, len(passages), BATCH):
        yield passages[start : start + BATCH]


def exchange_vectors(
    catalog: Catalog, embedder: Embedder, passages: Sequence[Passage], batches: Sequence[Vectors]
) -> None:
    """Store the new vectors and the name of their model in one transaction."""
    model = ModelIdentity(embedder.name, embedder.revision, embedder.dimension)
    rows = np.concatenate(batches) if batches else np.zeros((0, model.dimension), np.float32)
    CatalogChanges(catalog).replace_vectors(model, [p.id for p in passages], rows)
