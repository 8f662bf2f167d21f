"""Question to ranked passages: dense and lexical lists over several choices, fused by rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.catalog import Catalog, ModelIdentity, Stamped
from corpus.embedding import Embedder, Vector
from corpus.exact import ExactSearch
from corpus.generation import Generation
from corpus.identity import require_same_embedder
from corpus.indexes import Indexes
from corpus.models import Document, DocumentState, Filters, Hit, Passage
from corpus.query import Query, understand
from corpus.scopes import Scope, scopes

__all__ = ["Library", "Searcher"]

RANK_CONSTANT = 20
"""k of reciprocal rank fusion, 1 / (k + rank): 60 suits long lists, a smaller one short lists."""
DEPTH = 60
"""Least number of passages asked of each list."""
EXACT_PASSAGES = 5_000
"""Among no more passages than this exact search is as quick as the index."""
CANDIDATES = 4
"""Passages considered for each place: a share for every company has to be among them."""
OVER_FETCH = 4
"""Times more asked of the index where filters drop some of what it finds."""


@dataclass(frozen=True, slots=True)
class Library:
    """The searched documents at one generation."""

    generation: int
    ready: tuple[Stamped, ...]
    companies: tuple[str, ...]
    model: ModelIdentity | None

    @classmethod
    def load(cls, catalog: Catalog, generation: int) -> Library:
        ready = catalog.stamped(DocumentState.READY)
        names = {name for stamped in ready for name in stamped.document.companies}
        return cls(generation, ready, tuple(sorted(names)), catalog.model())

    @property
    def documents(self) -> tuple[Document, ...]:
        """Documents by company, published, title; those without one come last."""
        return tuple(sorted((stamped.document for stamped in self.ready), key=_shelf))


@dataclass(frozen=True, slots=True)
class _Ballot:
    """One ranked list of passage ids and the weight of its votes."""

    ids: Sequence[str]
    weight: float


class Searcher:
    """Finds passages; safe to share between threads."""

    def __init__(
        self, catalog: Catalog, generation: Generation, indexes: Indexes, embedder: Embedder
    ) -> None:
        self._catalog = catalog
        self._generation = generation
        self._indexes = indexes
        self._embedder = embedder
        self._exact = ExactSearch(catalog)
        self._library: Library | None = None
        self._fitting: Library | None = None

    def library(self) -> Library:
        """Return the documents of this generation, read again only when it has moved."""
        now = self._generation.current()
        library = self._library
        if library is None or library.generation != now:
            library = self._library = Library.load(self._catalog, now)
        return library

    def search(self, question: str, k: int, filters: Filters) -> tuple[Hit, ...]:
        """Return up to `k` hits, best first. Raises CorpusError, ModelUnavailable."""
        library = self._fitting_library()
        admitted = [stamped for stamped in library.ready if filters.admit(stamped.document)]
        if not admitted or k < 1 or not question.strip():
            return ()
        query = understand(question, library.companies)
        chosen = scopes(query, admitted)
        vector = self._embedder.embed_query(question)
        depth = max(DEPTH, 2 * k)
        dense = [self._dense(vector, depth, scope, library) for scope in chosen]
        lexical = [self._lexical(query, depth, scope, library) for scope in chosen]
        ballots = [
            _Ballot(ids, scope.weight)
            for scope, *pair in zip(chosen, dense, lexical, strict=True)
            for ids in pair
        ]
        return self._hits(fuse(ballots), k, admitted, chosen, (dense, lexical))

    def _fitting_library(self) -> Library:
        """Return the library; ModelMismatch when it was embedded anew with another model."""
        library = self.library()
        if library is not self._fitting and library.model is not None and library.ready:
            require_same_embedder(library.model, self._embedder)
            self._fitting = library
        return library

    def _dense(self, vector: Vector, depth: int, scope: Scope, library: Library) -> list[str]:
        if _size(scope.documents) > EXACT_PASSAGES:
            found = self._indexed(vector, depth, scope, library)
            if found is not None:
                return found
        return self._exact.nearest(vector, depth, scope.documents)

    def _indexed(
        self, vector: Vector, depth: int, scope: Scope, library: Library
    ) -> list[str] | None:
        """Ask the vector index and filter after; None when that does not yield enough."""
        whole = len(scope.documents) == len(library.ready)
        ids = self._indexes.nearest(vector, depth if whole else OVER_FETCH * depth)
        if ids is None or whole:
            return ids
        wanted = {stamped.document.id for stamped in scope.documents}
        owner = self._catalog.documents_of(ids)
        within = [passage_id for passage_id in ids if owner.get(passage_id) in wanted]
        return within[:depth] if len(within) >= depth else None

    def _lexical(self, query: Query, depth: int, scope: Scope, library: Library) -> list[str]:
        whole = len(scope.documents) == len(library.ready)
        among = None if whole else [stamped.document.id for stamped in scope.documents]
        return self._indexes.matching(query, depth, among)

    def _hits(
        self,
        scores: Mapping[str, float],
        k: int,
        admitted: Sequence[Stamped],
        chosen: Sequence[Scope],
        lists: tuple[list[list[str]], list[list[str]]],
    ) -> tuple[Hit, ...]:
        documents = {stamped.document.id: stamped.document for stamped in admitted}
        passages = self._catalog.passages_of(list(scores)[: CANDIDATES * k])
        ranked = [p for p in map(passages.get, scores) if p and p.document_id in documents]
        companies = tuple(dict.fromkeys(scope.company for scope in chosen if scope.company))
        kept = shared_out(ranked, documents, companies, k)
        dense, lexical = (_ranks(ids) for ids in lists)
        return tuple(
            Hit(
                passage=passage,
                document=documents[passage.document_id],
                rank=rank,
                score=scores[passage.id],
                dense_rank=dense.get(passage.id),
                lexical_rank=lexical.get(passage.id),
            )
            for rank, passage in enumerate(kept, start=1)
        )


def fuse(ballots: Iterable[_Ballot]) -> dict[str, float]:
    """Return reciprocal rank scores by passage id, best first, ties by id."""
    scores: defaultdict[str, float] = defaultdict(float)
    for ballot in ballots:
        for rank, passage_id in enumerate(ballot.ids, start=1):
            scores[passage_id] += ballot.weight / (RANK_CONSTANT + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def shared_out(
    ranked: Sequence[Passage],
    documents: Mapping[str, Document],
    companies: Sequence[str],
    k: int,
) -> list[Passage]:
    """Return the first `k`, where each of several companies has a fair least share of the places.

    A comparison needs evidence on every side; a third of the places stays free with two companies.
    """
    least = k // (len(companies) + 1) if len(companies) > 1 else 0
    reserved = {
        passage.id
        for company in companies
        for passage in [p for p in ranked if company in documents[p.document_id].companies][:least]
    }
    free = [p.id for p in ranked if p.id not in reserved][: max(0, k - len(reserved))]
    chosen = reserved | set(free)
    return [passage for passage in ranked if passage.id in chosen][:k]


def _ranks(lists: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the rank of each id in the first, widest list that holds it."""
    ranks: dict[str, int] = {}
    for ids in lists:
        for rank, passage_id in enumerate(ids, start=1):
            ranks.setdefault(passage_id, rank)
    return ranks


def _size(documents: Iterable[Stamped]) -> int:
    return sum(stamped.document.passages for stamped in documents)


def _shelf(document: Document) -> tuple[bool, str, bool, str, str]:
    company, published = document.company, document.published
    return (
        company is None,
        company or "",
        published is None,
        published.isoformat() if published else "",
        document.title,
    )
