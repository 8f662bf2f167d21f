"""What may change a corpus, one document at a time; obtained from Corpus.writing()."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from corpus.catalog import Catalog, ModelIdentity
from corpus.catalog_changes import CatalogChanges
from corpus.embedding import Vectors
from corpus.errors import DocumentNotFound
from corpus.generation import Generation
from corpus.identity import require_same_model
from corpus.indexes import Indexes
from corpus.models import Document, DocumentState, Passage, Source
from corpus.recovery import finish_interrupted, reconcile

__all__ = ["Writer"]


class Writer:
    """Holds the write lock. Methods raise CorpusUnwritable or CorpusDamaged.

    A method that fails half-way leaves the generation odd, and the next writer recovers.
    """

    def __init__(
        self, catalog: Catalog, generation: Generation, indexes: Indexes, model: tuple[str, str]
    ) -> None:
        self._catalog = catalog
        self._changes = CatalogChanges(catalog)
        self._generation = generation
        self._indexes = indexes
        self._model = model
        self._at_work = False

    def add(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Store a document with its passages and their vectors; READY at the end.

        `vectors` has the shape (len(passages), dimension). Its sources' locations hold this
        document from now on: another that they held before is superseded. Doing it again changes
        nothing. Raises ModelMismatch when the vectors are of another length than the corpus's.
        """
        _check(document, passages, vectors)
        model = self._fitting_model(vectors)
        with self._operation():
            self._accept(model)
            if self._holds(document, passages):
                left = self._changes.describe(document, self._generation.after())
            else:
                self._start()
                self._store(document, passages, vectors)
                left = self._changes.finish(document.id, self._generation.after())
            self._drop(left)

    def add_source(self, document_id: str, source: Source) -> None:
        """Note another place of the same content, or newer facts of a place.

        What the location held before is superseded, unless it has another place.
        """
        self._require(document_id)
        with self._operation():
            after = self._generation.after()
            self._drop(self._changes.add_source(document_id, source, after))

    def detach(self, location: str) -> None:
        """Forget a location; a document without any other is superseded."""
        with self._operation():
            self._drop(self._changes.detach(location, self._generation.after()))

    def supersede(self, document_id: str) -> None:
        """Take a document out of search; its passages stay for citations of old answers."""
        self._require(document_id)
        with self._operation():
            self._drop(self._changes.supersede(document_id, self._generation.after()))

    def remove(self, document_id: str) -> Document:
        """Delete a document from catalog and indexes, and return what it was."""
        document = self._require(document_id)
        passages = [passage.id for passage in self._catalog.passages(document_id)]
        with self._operation():
            self._start()
            self._changes.remove(document_id, self._generation.after())
            if document.state is not DocumentState.SUPERSEDED:
                self._drop_passages(document_id, passages)
        return document

    def recover(self) -> None:
        """Finish what a writer that died left half-done; nothing is embedded."""
        if self._catalog.generation() % 2:
            with self._operation():
                self._start()

    def close(self) -> None:
        """End the work, if there was any: the generation becomes even."""
        if self._at_work:
            self._at_work = False
            self._indexes.finish_writing()

    def _store(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        ids = [passage.id for passage in passages]
        old = {passage.id for passage in self._catalog.passages(document.id)} - set(ids)
        self._changes.begin(document, passages, vectors)
        self._indexes.lexical().replace(document.id, passages)
        self._indexes.lexical().commit()
        self._indexes.vectors().delete(sorted(old))
        self._indexes.vectors().upsert(ids, vectors)

    def _drop(self, documents: Sequence[str]) -> None:
        """Take superseded documents out of both indexes."""
        for document_id in documents:
            self._start()
            ids = [passage.id for passage in self._catalog.passages(document_id)]
            self._drop_passages(document_id, ids)

    def _drop_passages(self, document_id: str, passages: Sequence[str]) -> None:
        self._indexes.lexical().delete(document_id)
        self._indexes.lexical().commit()
        self._indexes.vectors().delete(passages)

    def _holds(self, document: Document, passages: Sequence[Passage]) -> bool:
        stored = self._catalog.document(document.id)
        ready = stored is not None and stored.state is DocumentState.READY
        return ready and self._catalog.passages(document.id) == tuple(passages)

    def _fitting_model(self, vectors: Vectors) -> ModelIdentity:
        """Return the model of the vectors; ModelMismatch when the corpus has those of another."""
        given = ModelIdentity(*self._model, dimension=vectors.shape[1])
        if self._catalog.passage_ids(DocumentState.READY, DocumentState.INDEXING):
            require_same_model(self._catalog.model(), given)
        return given

    def _accept(self, model: ModelIdentity) -> None:
        """Record the model of an empty corpus; an index of another dimension takes no vectors."""
        if self._catalog.model() != model:
            self._start()
            self._indexes.erase_vectors()
            self._changes.set_model(model)

    def _require(self, document_id: str) -> Document:
        document = self._catalog.document(document_id)
        if document is None:
            raise DocumentNotFound(f"No document has the id {document_id}.")
        return document

    def _start(self) -> None:
        """Go to work on the indexes; an odd generation before that means a work left half-done."""
        if self._at_work:
            return
        half_done = self._catalog.generation() % 2
        self._indexes.start_writing()
        self._at_work = True
        if half_done:
            reconcile(self._catalog, self._indexes)
            finish_interrupted(self._catalog, self._generation, self._indexes)

    @contextmanager
    def _operation(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._at_work:
                self._at_work = False
                self._indexes.abandon()
            raise
        self._generation.publish()


def _check(document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
    if vectors.ndim != 2 or len(vectors) != len(passages):
        raise ValueError(f"{len(passages)} passages, but vectors of shape {vectors.shape}")
    if not document.sources:
        raise ValueError(f"document {document.id} has no source")
    if any(passage.document_id != document.id for passage in passages):
        raise ValueError(f"a passage is not of document {document.id}")
