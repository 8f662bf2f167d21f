"""What stands in the BM25 index: entries of passages and leaves, their fields and their words."""

from __future__ import annotations

from dataclasses import dataclass

import tantivy

from corpus.leaves import Leaf, leaf_ids
from corpus.models import Passage, Statement
from corpus.outlook import outlook
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = [
    "ANALYZER",
    "LEAF_FIELDS",
    "OUTLOOK_FIELDS",
    "PASSAGE_FIELDS",
    "Found",
    "FoundLeaf",
    "FoundPassage",
    "analyzer",
    "found",
    "leaf_entry",
    "passage_entry",
    "schema",
]

ANALYZER = "terms"
PASSAGE_FIELDS = {"text": 1.0, "header": 0.5}
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


def passage_entry(passage: Passage, words: str) -> tantivy.Document:
    """Return the entry of a passage; `words` are the terms of its text."""
    entry = tantivy.Document()
    entry.add_text("kind", "passage")
    entry.add_text("id", passage.id)
    entry.add_text("document", passage.document_id)
    for leaf_id in leaf_ids(passage):
        entry.add_text("on_leaf", leaf_id)
    entry.add_text("header", " ".join(terms(passage.header)))
    entry.add_text("text", words)
    entry.add_text("outlook", " ".join(terms(outlook(passage.text))))
    return entry


def leaf_entry(leaf: Leaf, words: str) -> tantivy.Document:
    """Return the entry of a leaf; `words` are the terms of its passages."""
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
    entry.add_text("leaf_text", words)
    return entry


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
    for field in (*PASSAGE_FIELDS, *LEAF_FIELDS, *OUTLOOK_FIELDS):
        builder.add_text_field(field, tokenizer_name=ANALYZER)
    return builder.build()


def _texts(entry: tantivy.Document, field: str) -> tuple[str, ...]:
    """Return all values of a stored field."""
    return tuple(str(value) for value in entry.get_all(field))


def analyzer() -> tantivy.TextAnalyzer:
    """Return what makes words of terms: their English stems."""
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return words.filter(tantivy.Filter.stemmer("english")).build()
