from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.embedded import embedded_text
from corpus.errors import ModelMismatch
from corpus.models import Document, Media, Passage, Source
from corpus.store import Corpus
from tests.fakes import HashingEmbedder

TEXTS = ("Servers last six years.", "Capital expenditures were $4.2 billion.", "Turbines hum.")


def fill(corpus: Corpus) -> None:
    source = Source("/a.md", "a.md", datetime(2026, 1, 1, tzinfo=UTC))
    document = Document("d" * 64, "A", Media.MARKDOWN, sources=(source,))
    passages = [
        Passage(f"d:{ordinal}", document.id, ordinal, text, "A")
        for ordinal, text in enumerate(TEXTS)
    ]
    vectors = corpus.embedder.embed_passages([embedded_text(p) for p in passages])
    with corpus.writing() as writer:
        writer.add(document, passages, vectors)


def test_another_model_takes_over_and_is_found_by(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        fill(corpus)
    other = HashingEmbedder("wider", 96)
    with pytest.raises(ModelMismatch, match="reembed"):
        Corpus.open(data, other)
    with Corpus.open(data, other, any_model=True) as corpus:
        assert list(corpus.reembed())[-1] == (3, 3)
        assert corpus.health().ok
    with Corpus.open(data, other) as corpus:
        (hit, *_) = corpus.search("How large were capital expenditures?", 1)
        assert hit.passage.text == TEXTS[1]
        assert corpus.health().ok


def test_an_empty_corpus_takes_another_model(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder("wider", 96), any_model=True) as corpus:
        assert list(corpus.reembed()) == []
        assert corpus.health().ok
