"""The BM25 index over passages and leaves: derived from the catalog; only importer of `tantivy`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import tantivy

from corpus.faults import translated
from corpus.leaves import leaves_of
from corpus.lexical_entries import (
    ANALYZER,
    LEAF_FIELDS,
    OUTLOOK_FIELDS,
    PASSAGE_FIELDS,
    FoundLeaf,
    analyzer,
    found_leaf,
    leaf_entry,
    passage_entry,
    schema,
    texts_of,
)
from corpus.lexical_queries import Wanted, all_of, any_of, words_query
from corpus.models import Passage, Statement
from corpus.terms import terms

__all__ = ["LAYOUT_FILE", "LexicalIndex"]

WHAT = "lexical index"
LAYOUT = "3"
"""Version of the entries; an index of another layout is built anew from the catalog."""
LAYOUT_FILE = "layout"
HEAP_BYTES = 50_000_000

KEPT = 200_000
"""Entries that are remembered of one state of the index."""

T = TypeVar("T")


class LexicalIndex:
    """One open index on a folder; methods raise CorpusDamaged for whatever tantivy raises.

    Readers see the last commit after `reload`, whichever process made it.
    """

    def __init__(self, folder: Path, create: bool = True) -> None:
        self._folder = folder
        self._schema = schema()
        self._analyzer = analyzer()
        self._writer: tantivy.IndexWriter | None = None
        self._seen_leaves: dict[str, FoundLeaf] = {}
        self._seen_passages: dict[str, tuple[str, ...]] = {}
        with translated(WHAT, folder):
            if create and not self.outdated(folder):
                folder.mkdir(parents=True, exist_ok=True)
            elif not folder.is_dir() or not tantivy.Index.exists(str(folder)):
                raise FileNotFoundError(f"no index in {folder}")
            elif self.outdated(folder):
                raise ValueError("an older version built it")
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._index.register_tokenizer(ANALYZER, self._analyzer)

    def replace(self, document_id: str, passages: Sequence[Passage]) -> None:
        """Let the index hold exactly these passages of a document, from the next commit on."""
        with translated(WHAT, self._folder, writing=True):
            writer = self._writing()
            writer.delete_documents_by_term("document", document_id)
            words = {passage.id: " ".join(terms(passage.text)) for passage in passages}
            for passage in passages:
                writer.add_document(passage_entry(passage, words[passage.id]))
            for leaf in leaves_of(passages):
                text = " ".join(words[passage.id] for passage in leaf.passages)
                writer.add_document(leaf_entry(leaf, text))

    def delete(self, document_id: str) -> None:
        self.replace(document_id, ())

    def commit(self) -> None:
        with translated(WHAT, self._folder, writing=True):
            self._writing().commit()
            # Only now: an index that was built half is an outdated one, and is built anew.
            (self._folder / LAYOUT_FILE).write_text(LAYOUT, encoding="ascii")
            self._reload()

    def reload(self) -> None:
        with translated(WHAT, self._folder):
            self._reload()

    def passages(
        self, wanted: Wanted, limit: int, documents: Sequence[str] | None = None
    ) -> dict[str, float]:
        """Return the BM25 score of up to `limit` passage ids, best first, among `documents`."""
        found = self._found(wanted, PASSAGE_FIELDS, limit, documents)
        return {str(entry.get_first("id")): score for entry, score in found}

    def outlooks(
        self, wanted: Wanted, limit: int, documents: Sequence[str] | None = None
    ) -> dict[str, float]:
        """Return the BM25 score of up to `limit` passage ids for what they say of the future."""
        found = self._found(wanted, OUTLOOK_FIELDS, limit, documents)
        return {str(entry.get_first("id")): score for entry, score in found}

    def leaves(
        self, wanted: Wanted, limit: int, documents: Sequence[str] | None = None
    ) -> dict[str, float]:
        """Return the BM25 score of up to `limit` leaf ids, best first, among `documents`."""
        found = self._found(wanted, LEAF_FIELDS, limit, documents)
        return {str(entry.get_first("leaf")): score for entry, score in found}

    def leaves_called(self, ids: Iterable[str]) -> dict[str, FoundLeaf]:
        """Return the leaves of those ids that are here."""
        return self._known(self._seen_leaves, set(ids), self._read_leaves)

    def leaves_holding(self, passage_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the leaves that hold each passage."""
        return self._known(self._seen_passages, set(passage_ids), self._read_passages)

    def leaves_showing(
        self, statements: Iterable[Statement], documents: Sequence[str]
    ) -> dict[str, FoundLeaf]:
        """Return the leaves of `documents` that show one of the statements as their own."""
        shown = self._any_of("shows", [statement.value for statement in statements])
        wanted = all_of(shown, self._any_of("document", documents))
        return {leaf.id: leaf for leaf in self._leaves(wanted)}

    def ids(self) -> dict[str, str]:
        """Return the document id of every passage id in the index."""
        passages = tantivy.Query.term_query(self._schema, "kind", "passage")
        with translated(WHAT, self._folder):
            entries = (entry for entry, _ in self._entries(passages, None))
            return {str(e.get_first("id")): str(e.get_first("document")) for e in entries}

    def close(self) -> None:
        """End the writer: what is not committed is gone, merges are waited for."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with translated(WHAT, self._folder, writing=True):
                writer.wait_merging_threads()

    @staticmethod
    def outdated(folder: Path) -> bool:
        """Tell whether the folder holds an index of another layout than today's."""
        layout = folder / LAYOUT_FILE
        if not folder.is_dir() or not tantivy.Index.exists(str(folder)):
            return False
        return not layout.is_file() or layout.read_bytes() != LAYOUT.encode("ascii")

    @staticmethod
    def erase(folder: Path) -> None:
        """Delete the index's files."""
        shutil.rmtree(folder, ignore_errors=True)

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        return self._writer

    def _known(
        self, seen: dict[str, T], wanted: set[str], read: Callable[[set[str]], dict[str, T]]
    ) -> dict[str, T]:
        """Return what `seen` holds of `wanted`, after reading what it lacks."""
        known = {key: value for key in wanted if (value := seen.get(key)) is not None}
        missing = wanted - known.keys()
        if missing:
            found = read(missing)
            if len(seen) > KEPT:
                seen.clear()
            seen |= found
            known |= found
        return known

    def _read_leaves(self, ids: set[str]) -> dict[str, FoundLeaf]:
        return {leaf.id: leaf for leaf in self._leaves(self._any_of("leaf", ids))}

    def _read_passages(self, ids: set[str]) -> dict[str, tuple[str, ...]]:
        with translated(WHAT, self._folder):
            entries = (entry for entry, _ in self._entries(self._any_of("id", ids), None))
            return {str(e.get_first("id")): texts_of(e, "on_leaf") for e in entries}

    def _leaves(self, wanted: tantivy.Query) -> Iterator[FoundLeaf]:
        with translated(WHAT, self._folder):
            for entry, _ in self._entries(wanted, None):
                if entry.get_first("kind") == "leaf":
                    yield found_leaf(entry)

    def _reload(self) -> None:
        self._index.reload()
        self._seen_leaves, self._seen_passages = {}, {}

    def _found(
        self,
        wanted: Wanted,
        fields: dict[str, float],
        limit: int,
        documents: Sequence[str] | None,
    ) -> list[tuple[tantivy.Document, float]]:
        with translated(WHAT, self._folder):
            query = words_query(self._schema, self._analyzer, wanted, fields)
            if query is None:
                return []
            if documents is not None:
                within = tantivy.Query.const_score_query(self._any_of("document", documents), 0.0)
                query = all_of(within, query)
            return list(self._entries(query, limit))

    def _entries(
        self, query: tantivy.Query, limit: int | None
    ) -> Iterator[tuple[tantivy.Document, float]]:
        searcher = self._index.searcher()
        most = searcher.num_docs if limit is None else limit
        if most:
            for score, address in searcher.search(query, most, count=False).hits:
                yield searcher.doc(address), score

    def _any_of(self, field: str, values: Iterable[str]) -> tantivy.Query:
        return any_of(self._schema, field, values)
