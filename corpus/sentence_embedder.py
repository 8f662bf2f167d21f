"""Any sentence-transformers model by name or folder; the only importer of `sentence_transformers`.

The import takes seconds and half a gigabyte, so it waits for the first text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from corpus.embedding import Vector, Vectors
from corpus.errors import ModelUnavailable

__all__ = ["SentenceEmbedder"]

SMALL_BYTES = 1_000_000


class SentenceEmbedder:
    """A sentence-transformers model, named as on Hugging Face or given as a folder.

    `dimension` and `max_tokens` are the model's own, hence they load it.
    """

    def __init__(self, model: str) -> None:
        self._model_name = model

    @property
    def name(self) -> str:
        folder = Path(self._model_name)
        return folder.name if folder.is_dir() else self._model_name

    @property
    def revision(self) -> str:
        """The digest of a folder's weights and settings, else "main" of a name."""
        folder = Path(self._model_name)
        return _digest(folder) if folder.is_dir() else "main"

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return int(self._model.max_seq_length)

    def embed_query(self, text: str) -> Vector:
        """Return one unit vector of shape (dimension,). Raises ModelUnavailable."""
        vector: Vector = self._encode(self._model.encode_query, [text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), dimension). Raises ModelUnavailable."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._encode(self._model.encode_document, list(texts))

    def _encode(self, encode: Any, texts: list[str]) -> Vectors:
        vectors = encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(self._model_name)
        except (ImportError, OSError, ValueError) as error:
            raise ModelUnavailable(
                f"The embedding model {self._model_name!r} cannot be loaded: {error}. "
                "Give a name that sentence-transformers knows or a folder that holds a model, "
                "or leave the setting empty for the bundled model."
            ) from error


def _digest(folder: Path) -> str:
    """Hash names and sizes of all files and the contents of the small ones, quick to ask."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder)} {size}\n".encode())
        if size < SMALL_BYTES:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
