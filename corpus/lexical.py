"""The BM25 index over passages: derived from the catalog; the only importer of `tantivy`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import tantivy
from tantivy import Occur

from corpus.faults import translated
from corpus.models import Passage
from corpus.query import Query
from corpus.terms import terms

__all__ = ["LexicalIndex"]

WHAT = "lexical index"
HEAP_BYTES = 50_000_000
ANALYZER = "terms"
FIELDS = {"text": 1.0, "header": 0.5}
"""Weight of each field: the header repeats over a document, so that it tells less."""
EXPANSION_WEIGHT = 0.5
"""A word of the glossary counts half of a word of the question."""


class LexicalIndex:
    """One open index on a folder; methods raise CorpusDamaged for whatever tantivy raises.

    Readers see the last commit after `reload`, whichever process made it.
    """

    def __init__(self, folder: Path, create: bool = True) -> None:
        self._folder = folder
        self._schema = _schema()
        self._analyzer = _analyzer()
        self._writer: tantivy.IndexWriter | None = None
        with translated(WHAT, folder):
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            elif not folder.is_dir() or not tantivy.Index.exists(str(folder)):
                raise FileNotFoundError(f"no index in {folder}")
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._index.register_tokenizer(ANALYZER, self._analyzer)

    def replace(self, document_id: str, passages: Sequence[Passage]) -> None:
        """Let the index hold exactly these passages of a document, from the next commit on."""
        with translated(WHAT, self._folder, writing=True):
            writer = self._writing()
            writer.delete_documents_by_term("document", document_id)
            for passage in passages:
                writer.add_document(self._entry(passage))

    def delete(self, document_id: str) -> None:
        self.replace(document_id, ())

    def commit(self) -> None:
        with translated(WHAT, self._folder, writing=True):
            self._writing().commit()
            self._index.reload()

    def reload(self) -> None:
        with translated(WHAT, self._folder):
            self._index.reload()

    def search(self, query: Query, limit: int, documents: Sequence[str] | None = None) -> list[str]:
        """Return up to `limit` passage ids, best first, among `documents` (default: all)."""
        clauses = [(Occur.Should, clause) for clause in self._clauses(query)]
        if not clauses:
            return []
        with translated(WHAT, self._folder):
            wanted = tantivy.Query.boolean_query(clauses)
            if documents is not None:
                chosen = tantivy.Query.term_set_query(self._schema, "document", list(documents))
                within = tantivy.Query.const_score_query(chosen, 0.0)
                wanted = tantivy.Query.boolean_query([(Occur.Must, within), (Occur.Must, wanted)])
            return self._ids(wanted, limit)

    def ids(self) -> dict[str, str]:
        """Return the document id of every passage id in the index."""
        with translated(WHAT, self._folder):
            searcher = self._index.searcher()
            if searcher.num_docs == 0:
                return {}
            hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits
            entries = (searcher.doc(address) for _, address in hits)
            return {str(e.get_first("id")): str(e.get_first("document")) for e in entries}

    def close(self) -> None:
        """End the writer: what is not committed is gone, merges are waited for."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with translated(WHAT, self._folder, writing=True):
                writer.wait_merging_threads()

    @staticmethod
    def erase(folder: Path) -> None:
        """Delete the index's files."""
        shutil.rmtree(folder, ignore_errors=True)

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(HEAP_BYTES, 1)
        return self._writer

    def _ids(self, query: tantivy.Query, limit: int) -> list[str]:
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        return [str(searcher.doc(address).get_first("id")) for _, address in hits]

    def _entry(self, passage: Passage) -> tantivy.Document:
        entry = tantivy.Document()
        entry.add_text("id", passage.id)
        entry.add_text("document", passage.document_id)
        entry.add_text("header", " ".join(terms(passage.header)))
        entry.add_text("text", " ".join(terms(passage.text)))
        return entry

    def _clauses(self, query: Query) -> Iterator[tantivy.Query]:
        """Yield a weighted clause for each term and glossary group of the question and field."""
        for field, weight in FIELDS.items():
            for word in self._stems(query.terms):
                yield self._clause(field, (word,), weight)
            for group in query.expansions:
                # The best phrase of a group speaks for it: a passage is no better for saying
                # the same thing in three ways.
                phrases = dict.fromkeys(tuple(self._stems(phrase)) for phrase in group)
                clauses = [self._phrase(field, stems, weight) for stems in phrases]
                yield tantivy.Query.disjunction_max_query(clauses)

    def _phrase(self, field: str, words: Sequence[str], weight: float) -> tantivy.Query:
        """Return a clause of an expansion; a phrase of many words counts as one word."""
        return self._clause(field, words, weight * EXPANSION_WEIGHT / len(words))

    def _clause(self, field: str, words: Sequence[str], weight: float) -> tantivy.Query:
        if len(words) == 1:
            clause = tantivy.Query.term_query(self._schema, field, words[0])
        else:
            clause = tantivy.Query.phrase_query(self._schema, field, list(words))
        return tantivy.Query.boost_query(clause, weight)

    def _stems(self, words: Iterable[str]) -> list[str]:
        return self._analyzer.analyze(" ".join(words))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in ("id", "document"):
        builder.add_text_field(field, stored=True, tokenizer_name="raw", index_option="basic")
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=ANALYZER)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return words.filter(tantivy.Filter.stemmer("english")).build()
