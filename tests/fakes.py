"""Fakes that stand in for a vendor in tests: deterministic, recording, never networked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from corpus.embedding import Vector, Vectors

__all__ = ["HashingEmbedder"]


class HashingEmbedder:
    """Bag-of-words vectors by feature hashing: texts that share words are near each other.

    Records every batch in `batches`, so that a test can tell that nothing was embedded again.
    """

    revision = "1"
    max_tokens = 256

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.batches: list[tuple[str, ...]] = []

    def embed_query(self, text: str) -> Vector:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = blake2b(word.encode(), digest_size=8).digest()
            vector[int.from_bytes(digest) % self.dimension] += 1.0
        vector[0] += 1e-3
        return vector / np.float32(np.linalg.norm(vector))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(tuple(texts))
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self.embed_query(text) for text in texts])
