"""What stands in the BM25 index: entries of passages and leaves, their fields and their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import tantivy

from corpus.leaves import Leaf, leaf_ids
from corpus.models import Passage, Statement
from corpus.outlook import outlook
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = [
    "LEAF_FIELDS",
    "OUTLOOK_FIELDS",
    "PAIRS",
    "PASSAGE_FIELDS",
    "TEXT_FIELDS",
    "Found",
    "FoundLeaf",
    "FoundPassage",
    "Words",
    "found",
    "leaf_entry",
    "pairs",
    "passage_entry",
    "schema",
    "stemmer",
]

PAIRS = {"text": "text_pairs", "leaf_text": "leaf_pairs", "outlook": "outlook_pairs"}
"""Fields for pairs of neighbouring words: a phrase is found by them without reading positions, at a
fifth of the time. One of three words or more is taken to stand where all its pairs do."""
TEXT_FIELDS = {"text": 1.0}
PASSAGE_FIELDS = TEXT_FIELDS | {"header": 0.5}
"""Weight of each field: the header repeats over a document, so that it tells less."""
LEAF_FIELDS = {"leaf_text": 1.0}
OUTLOOK_FIELDS = {"outlook": 1.0}
"""Guidance has words of its own: a passage's sentences that look ahead and hold a figure."""
_KEYS = ("kind", "id", "leaf", "document", "on_leaf", "member", "shows", "alike")


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage as the index knows it; `leaves` are the ids of those that hold it."""

    id: str
    document_id: str
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundLeaf:
    """A leaf as the index knows it; `members` are the ids of its passages in order."""

    id: str
    document_id: str
    members: tuple[str, ...]
    showing: Showing


Found = FoundPassage | FoundLeaf


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a passage as the index holds them: stems of its text, header and outlook."""

    text: tuple[str, ...]
    header: tuple[str, ...]
    outlook: tuple[str, ...]

    @classmethod
    def of(cls, passage: Passage, stemming: tantivy.TextAnalyzer) -> Words:
        parts = (passage.text, passage.header, outlook(passage.text))
        return cls(*(tuple(stemming.analyze(" ".join(terms(part)))) for part in parts))


def passage_entry(passage: Passage, words: Words) -> tantivy.Document:
    """Return the entry of a passage."""
    entry = tantivy.Document()
    entry.add_text("kind", "passage")
    entry.add_text("id", passage.id)
    entry.add_text("document", passage.document_id)
    for leaf_id in leaf_ids(passage):
        entry.add_text("on_leaf", leaf_id)
    entry.add_text("header", " ".join(words.header))
    _add_words(entry, "text", [words.text])
    _add_words(entry, "outlook", [words.outlook])
    return entry


def leaf_entry(leaf: Leaf, words: Sequence[Words]) -> tantivy.Document:
    """Return the entry of a leaf; `words` are those of its passages."""
    entry = tantivy.Document()
    entry.add_text("kind", "leaf")
    entry.add_text("leaf", leaf.id)
    entry.add_text("document", leaf.document_id)
    for passage in leaf.passages:
        entry.add_text("member", passage.id)
    for statement in sorted(leaf.showing.primary):
        entry.add_text("shows", statement.value)
    for statement in sorted(leaf.showing.alike):
        entry.add_text("alike", statement.value)
    _add_words(entry, "leaf_text", [each.text for each in words])
    return entry


def _add_words(entry: tantivy.Document, field: str, texts: Sequence[Sequence[str]]) -> None:
    entry.add_text(field, " ".join(chain.from_iterable(texts)))
    entry.add_text(PAIRS[field], " ".join(pairs(tuple(chain.from_iterable(texts)))))


def pairs(stems: Sequence[str]) -> Iterator[str]:
    """Yield each pair of neighbouring words as one word."""
    return (f"{first}_{second}" for first, second in pairwise(stems))


def found(entry: tantivy.Document) -> Found:
    """Return what an entry was made of."""
    document_id = str(entry.get_first("document"))
    if entry.get_first("kind") == "passage":
        return FoundPassage(str(entry.get_first("id")), document_id, _texts(entry, "on_leaf"))
    showing = Showing(
        frozenset(map(Statement, _texts(entry, "shows"))),
        frozenset(map(Statement, _texts(entry, "alike"))),
    )
    return FoundLeaf(str(entry.get_first("leaf")), document_id, _texts(entry, "member"), showing)


def schema() -> tantivy.Schema:
    """Return the fields of every entry."""
    builder = tantivy.SchemaBuilder()
    for field in _KEYS:
        builder.add_text_field(field, stored=True, tokenizer_name="raw", index_option="basic")
    for field in (*PASSAGE_FIELDS, *LEAF_FIELDS, *OUTLOOK_FIELDS, *PAIRS.values()):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def stemmer() -> tantivy.TextAnalyzer:
    """Return what makes words of terms: their English stems."""
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return words.filter(tantivy.Filter.stemmer("english")).build()


def _texts(entry: tantivy.Document, field: str) -> tuple[str, ...]:
    """Return all values of a stored field."""
    return tuple(str(value) for value in entry.get_all(field))
