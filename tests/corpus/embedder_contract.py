"""The contract of every embedder; `python -m tests.corpus.embedder_contract FILE` runs it on
sentence-transformers with the bundled weights and saves its vectors of TEXTS."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from corpus.embedding import Embedder
from corpus.sentence_embedder import SentenceEmbedder
from corpus.tokens import bundled_model_path

TEXTS = (
    "We anticipate capital expenditures of $125 billion to $145 billion in 2026.",
    "Effective January 2025 the estimated useful life of servers is 5.5 years.",
    "The weather was mild.",
    "Remaining performance obligations were $392 billion.",
    "GPU utilization",
    "Long " + "depreciation of data center equipment under finance leases " * 80,
)

Check = Callable[[Embedder], None]


def one_row_a_text_in_order(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    assert together.shape == (len(TEXTS), embedder.dimension)
    assert together.dtype == np.float32
    for row, text in zip(together, TEXTS, strict=True):
        # Padding and batch order move 8-bit activations a little.
        assert row @ embedder.embed_passages([text])[0] > 0.98


def unit_length(embedder: Embedder) -> None:
    lengths = np.linalg.norm(embedder.embed_passages(TEXTS), axis=1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


def a_query_is_one_vector(embedder: Embedder) -> None:
    vector = embedder.embed_query("What does Meta expect to spend?")
    assert vector.shape == (embedder.dimension,)
    assert abs(float(np.linalg.norm(vector)) - 1.0) < 1e-5


def the_same_text_gives_the_same_vector(embedder: Embedder) -> None:
    np.testing.assert_array_equal(embedder.embed_query("capex"), embedder.embed_query("capex"))


def the_nearest_is_the_one_meant(embedder: Embedder) -> None:
    query = embedder.embed_query("estimated useful life of servers in years")
    assert int(np.argmax(embedder.embed_passages(TEXTS[:5]) @ query)) == 1


def no_text_no_row(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def the_model_is_named(embedder: Embedder) -> None:
    assert embedder.name
    assert embedder.revision
    assert embedder.max_tokens > 0


CHECKS: tuple[Check, ...] = (
    one_row_a_text_in_order,
    unit_length,
    a_query_is_one_vector,
    the_same_text_gives_the_same_vector,
    the_nearest_is_the_one_meant,
    no_text_no_row,
    the_model_is_named,
)

if __name__ == "__main__":
    bundled = SentenceEmbedder(str(bundled_model_path()))
    for check in CHECKS:
        check(bundled)
    np.save(sys.argv[1], bundled.embed_passages(TEXTS))
