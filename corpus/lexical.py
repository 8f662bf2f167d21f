"""The BM25 index over passages and leaves: derived from the catalog; only importer of `tantivy`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from corpus.faults import translated
from corpus.leaves import leaves_of
from corpus.lexical_entries import (
    LEAF_FIELDS,
    OUTLOOK_FIELDS,
    PASSAGE_FIELDS,
    TEXT_FIELDS,
    Found,
    FoundLeaf,
    FoundPassage,
    Words,
    found,
    leaf_entry,
    passage_entry,
    schema,
    stemmer,
)
from corpus.lexical_queries import Wanted, all_of, any_of, words_query
from corpus.models import Passage, Statement

__all__ = ["LAYOUT_FILE", "LexicalIndex", "Scored"]

WHAT = "lexical index"
LAYOUT = "4"
"""Version of the entries; an index of another layout is built anew from the catalog."""
LAYOUT_FILE = "layout"
HEAP_BYTES = 50_000_000

KEPT = 200_000
"""Entries that are remembered of one state of the index."""

Scored = tuple[Found, float]


@dataclass(slots=True)
class _State:
    """The index as of one commit; reading an entry's stored fields costs more than finding it."""

    searcher: tantivy.Searcher
    _read: dict[tuple[int, int], Found] = field(default_factory=dict)
    _named: dict[str, Found] = field(default_factory=dict)
    _held: dict[str, int] = field(default_factory=dict)

    def entry(self, address: tantivy.DocAddress) -> Found:
        place = (address.segment_ord, address.doc)
        known = self._read.get(place)
        if known is None:
            if len(self._read) > KEPT:
                self._read, self._named = {}, {}
            known = self._read[place] = found(self.searcher.doc(address))
            self._named[known.id] = known
        return known

    def held(self, stem: str) -> int:
        """Return how many passages hold a stem."""
        known = self._held.get(stem)
        if known is None:
            known = self._held[stem] = self.searcher.doc_freq("text", stem)
        return known

    def named(self, key: str) -> Found | None:
        """Return the entry of that id if it was read before."""
        return self._named.get(key)


class LexicalIndex:
    """One open index on a folder; methods raise CorpusDamaged for whatever tantivy raises.

    Readers see the last commit after `reload`, whichever process made it.
    """

    def __init__(self, folder: Path, create: bool = True) -> None:
        self._folder = folder
        self._schema = schema()
        self._stemmer = stemmer()
        self._writer: tantivy.IndexWriter | None = None
        with translated(WHAT, folder):
            if create and not self.outdated(folder):
                folder.mkdir(parents=True, exist_ok=True)
            elif not folder.is_dir() or not tantivy.Index.exists(str(folder)):
                raise FileNotFoundError(f"no index in {folder}")
            elif self.outdated(folder):
                raise ValueError("an older version built it")
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._state = _State(self._index.searcher())

    def replace(self, document_id: str, passages: Sequence[Passage]) -> None:
        """Let the index hold exactly these passages of a document, from the next commit on."""
        with translated(WHAT, self._folder, writing=True):
            writer = self._writing()
            writer.delete_documents_by_term("document", document_id)
            words = {passage.id: Words.of(passage, self._stemmer) for passage in passages}
            for passage in passages:
                writer.add_document(passage_entry(passage, words[passage.id]))
            for leaf in leaves_of(passages):
                held = [words[passage.id] for passage in leaf.passages]
                writer.add_document(leaf_entry(leaf, held))

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
    ) -> list[Scored]:
        """Return up to `limit` passages with their BM25 scores, best first, among `documents`."""
        fields = PASSAGE_FIELDS if wanted.in_headers else TEXT_FIELDS
        return self._found(wanted, fields, limit, documents)

    def outlooks(
        self, wanted: Wanted, limit: int, documents: Sequence[str] | None = None
    ) -> list[Scored]:
        """Return up to `limit` passages with the BM25 scores of what they say of the future."""
        return self._found(wanted, OUTLOOK_FIELDS, limit, documents)

    def leaves(
        self, wanted: Wanted, limit: int, documents: Sequence[str] | None = None
    ) -> list[Scored]:
        """Return up to `limit` leaves with their BM25 scores, best first, among `documents`."""
        return self._found(wanted, LEAF_FIELDS, limit, documents)

    def leaves_called(self, ids: Iterable[str]) -> dict[str, FoundLeaf]:
        """Return the leaves of those ids that are here."""
        entries = self._known("leaf", set(ids))
        return {each.id: each for each in entries if isinstance(each, FoundLeaf)}

    def leaves_holding(self, passage_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the leaves that hold each passage."""
        entries = self._known("id", set(passage_ids))
        return {each.id: each.leaves for each in entries if isinstance(each, FoundPassage)}

    def leaves_showing(
        self, statements: Iterable[Statement], documents: Sequence[str]
    ) -> dict[str, FoundLeaf]:
        """Return the leaves of `documents` that show one of the statements as their own."""
        shown = self._any_of("shows", [statement.value for statement in statements])
        wanted = all_of(shown, self._any_of("document", documents))
        with translated(WHAT, self._folder):
            entries = self._entries(self._state, wanted, None)
            return {each.id: each for each, _ in entries if isinstance(each, FoundLeaf)}

    def ids(self) -> dict[str, str]:
        """Return the document id of every passage id in the index."""
        passages = tantivy.Query.term_query(self._schema, "kind", "passage")
        with translated(WHAT, self._folder):
            entries = self._entries(self._state, passages, None)
            return {each.id: each.document_id for each, _ in entries}

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

    def _known(self, field: str, wanted: set[str]) -> list[Found]:
        """Return the entries that hold one of the `wanted` ids in `field`."""
        with translated(WHAT, self._folder):
            state = self._state
            known = [each for key in wanted if (each := state.named(key)) is not None]
            missing = wanted.difference(each.id for each in known)
            if missing:
                asked = self._any_of(field, missing)
                known += [each for each, _ in self._entries(state, asked, len(missing))]
            return known

    def _reload(self) -> None:
        self._index.reload()
        self._state = _State(self._index.searcher())

    def _found(
        self,
        wanted: Wanted,
        fields: dict[str, float],
        limit: int,
        documents: Sequence[str] | None,
    ) -> list[Scored]:
        with translated(WHAT, self._folder):
            state = self._state
            query = words_query(self._schema, self._stemmer, wanted, fields, state.held)
            if query is None:
                return []
            if documents is not None:
                within = tantivy.Query.const_score_query(self._any_of("document", documents), 0.0)
                query = all_of(within, query)
            return list(self._entries(state, query, limit))

    @staticmethod
    def _entries(state: _State, query: tantivy.Query, limit: int | None) -> Iterator[Scored]:
        most = state.searcher.num_docs if limit is None else limit
        if most:
            for score, address in state.searcher.search(query, most, count=False).hits:
                yield state.entry(address), score

    def _any_of(self, field: str, values: Iterable[str]) -> tantivy.Query:
        return any_of(self._schema, field, values)
