"""The corpus as others see it: open, read, search, write, examine, repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from corpus.amendments import amendments_of
from corpus.catalog import Catalog
from corpus.catalog_versions import versions_of
from corpus.embedded import embedded_text
from corpus.embedding import Embedder, Vectors
from corpus.errors import CorpusDamaged, CorpusUnwritable, DocumentNotFound
from corpus.finding import find_by_id, find_document
from corpus.generation import Generation
from corpus.health import Health, examine
from corpus.identity import require_same_embedder
from corpus.indexes import Indexes
from corpus.lexicon import LexiconFiles
from corpus.models import Document, Filters, Hit, Passage, Source
from corpus.reembedding import batched, exchange_vectors, kept_passages
from corpus.report import Report, report_on
from corpus.search import Searcher
from corpus.upkeep import rebuild_indexes, rebuilding, renew_lexical
from corpus.write_lock import LOCK_FILE, WAIT_SECONDS, WriteLock
from corpus.writer import Writer

__all__ = ["Corpus", "Health", "Writer"]

NO_FILTERS = Filters()


class Corpus:
    """One data folder; safe to share between threads, and with other processes on the same folder.

    Reading methods raise CorpusError.
    """

    def __init__(self, data: Path, embedder: Embedder, catalog: Catalog, wait: float) -> None:
        self.data = data
        self.embedder = embedder
        self._catalog = catalog
        self._lock = WriteLock(data / LOCK_FILE, wait)
        self._generation = Generation(catalog, data / "generation")
        self._indexes = Indexes(data, catalog, self._generation, self._lock)
        self._searcher = Searcher(
            catalog, self._generation, self._indexes, embedder, LexiconFiles(data)
        )

    @classmethod
    def open(
        cls,
        data: Path,
        embedder: Embedder,
        *,
        wait: float = WAIT_SECONDS,
        any_model: bool = False,
    ) -> Self:
        """Open or create the corpus in `data`; a writer waits up to `wait` seconds for another.

        `any_model` admits a corpus of another model, to be embedded anew before anything else.
        Raises CorpusUnwritable, ModelMismatch, and CorpusError for a newer schema.
        """
        data = data.absolute()
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusUnwritable(
                f"The data folder {data} cannot be made: {error.strerror or error}. "
                "Choose another with --data or LOADFACTOR_DATA."
            ) from error
        catalog = Catalog.open(data / "catalog.db")
        held = catalog.model()
        corpus = cls(data, embedder, catalog, wait)
        try:
            if held is not None and not any_model and catalog.passage_count():
                require_same_embedder(held, embedder)
            corpus._renew_if_free()
        except BaseException:
            corpus.close()
            raise
        return corpus

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the indexes and the database; queries in flight are waited for."""
        self._indexes.close()
        self._catalog.close()

    def generation(self) -> int:
        """Return a number that moves with every change of the corpus; odd while one is made."""
        return self._generation.current()

    def documents(self) -> tuple[Document, ...]:
        """Return the searched documents by company, published and title."""
        return self._searcher.library().documents

    def document(self, document_id: str) -> Document:
        """Return a document in any state. Raises DocumentNotFound."""
        document = self._catalog.document(document_id)
        if document is None:
            raise DocumentNotFound(
                f"No document has the id {document_id}. `loadfactor documents` lists what there is."
            )
        return document

    def find(self, name: str) -> Document:
        """Return the searched document of an id, id prefix, file name, location or title.

        Raises DocumentNotFound, naming close matches.
        """
        return find_document(name, self.documents())

    def find_kept(self, name: str) -> Document:
        """Return what `find` does, else one kept for citations of old answers, by its id.

        Raises DocumentNotFound, naming close matches.
        """
        try:
            return self.find(name)
        except DocumentNotFound:
            found = find_by_id(name, [s.document for s in self._catalog.stamped()])
            if found is None:
                raise
            return found

    def amendments_of(self, document_id: str) -> tuple[Document, ...]:
        """Return the searched amendments of a filing, the latest first.

        Raises DocumentNotFound.
        """
        return amendments_of(self.document(document_id), self.documents())

    def report(self, document_id: str) -> Report:
        """Return what is held of a document in any state. Raises DocumentNotFound."""
        document = self.document(document_id)
        return report_on(
            document,
            self.passages(document_id),
            versions_of(self._catalog, document_id),
            self._catalog.document(document.amends) if document.amends else None,
            self.amendments_of(document_id),
        )

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage of a document in any state: citations of old answers still open."""
        return self._catalog.passage(passage_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Return the passages of a document in order."""
        return self._catalog.passages(document_id)

    def source(self, location: str) -> tuple[Source, Document] | None:
        """Return what a location holds now, None when it is not known."""
        found = self._catalog.source(location)
        return (found[0], self.document(found[1])) if found else None

    def whole(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """Return a question with what a follow-up leaves to the earlier turns put in.

        `history` holds pairs of question and answer, the oldest first.
        """
        return self._searcher.whole(question, history)

    def settled(self, given: Filters) -> Filters:
        """Return filters in the words of the documents here, as `corpus.filtering.settle` does."""
        return self._searcher.settled(given)

    def search(self, question: str, k: int = 10, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """Return up to `k` hits, best first.

        Raises ModelUnavailable, and CorpusDamaged when the lexical index cannot be read.
        """
        try:
            return self._searcher.search(question, k, filters)
        except CorpusDamaged:
            if not self._indexes.lexical_outdated:
                raise
            # Whoever held the lock when this was opened was no writer of today's layout.
            self._renew_if_free()
            return self._searcher.search(question, k, filters)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the write lock; what a writer that died left is finished first.

        Raises CorpusBusy after the wait, CorpusUnwritable.
        """
        with self._lock.held():
            renew_lexical(self._catalog, self._generation, self._indexes)
            writer = Writer(
                self._catalog,
                self._generation,
                self._indexes,
                (self.embedder.name, self.embedder.revision),
            )
            try:
                writer.recover()
                yield writer
            finally:
                writer.close()

    def health(self, splitter: str | None = None) -> Health:
        """Compare the catalog with both indexes and look every stored vector up by itself.

        With the name of today's `splitter` the documents that another one cut are named.
        Raises CorpusBusy after the wait.
        """
        with self._lock.held():
            return examine(self._catalog, self._indexes, self.data, splitter)

    def repair(self, splitter: str | None = None) -> Health:
        """Rebuild both indexes from the catalog, without embedding; return the health after.

        Raises CorpusBusy after the wait, CorpusUnwritable.
        """
        with self._lock.held():
            rebuild_indexes(self._catalog, self._generation, self._indexes)
            return examine(self._catalog, self._indexes, self.data, splitter)

    def reembed(self) -> Iterator[tuple[int, int]]:
        """Embed every passage with this corpus's embedder; yield (passages done, of how many).

        The old vectors stand until all new ones are there. Raises CorpusBusy after the wait,
        CorpusUnwritable, ModelUnavailable.
        """
        with self._lock.held():
            passages = kept_passages(self._catalog)
            batches: list[Vectors] = []
            for batch in batched(passages):
                batches.append(self.embedder.embed_passages([embedded_text(p) for p in batch]))
                yield sum(map(len, batches)), len(passages)
            with rebuilding(self._catalog, self._generation, self._indexes):
                exchange_vectors(self._catalog, self.embedder, passages, batches)

    def _renew_if_free(self) -> None:
        """Bring the lexical index to today's layout."""
        if self._indexes.lexical_outdated:
            with self._lock.held_if_free() as free:
                if free:
                    renew_lexical(self._catalog, self._generation, self._indexes)
