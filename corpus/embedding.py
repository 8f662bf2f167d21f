"""The Embedder protocol: text to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder", "Vector", "Vectors"]

Vector = NDArray[np.float32]
"""Shape (dimension,), L2 norm 1."""
Vectors = NDArray[np.float32]
"""Shape (n, dimension), each row of L2 norm 1."""


class Embedder(Protocol):
    """Turns texts into unit vectors; two implementations: ONNX MiniLM and sentence-transformers.

    `name` and `revision` identify the model in the catalog, `dimension` the vector length and
    `max_tokens` the word pieces that the model reads (special tokens included).
    """

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def embed_query(self, text: str) -> Vector:
        """Return one unit vector of shape (dimension,)."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension), in input order."""
        ...
