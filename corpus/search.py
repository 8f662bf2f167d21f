"""Question to ranked passages: candidates found, leaves ranked, passages read off them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.candidates import Candidates, Finder
from corpus.catalog import Catalog, ModelIdentity
from corpus.embedding import Embedder
from corpus.filtering import settle
from corpus.fiscal_calendars import with_ends
from corpus.generation import Generation
from corpus.identity import require_same_embedder
from corpus.indexes import Indexes
from corpus.lexicon import LexiconFiles
from corpus.models import Document, DocumentState, Filters, Hit
from corpus.query import Query, rewrite, understand
from corpus.ranking import Features, RankedLeaf, Weights, features, rank, shipped_weights
from corpus.reasons import reasons
from corpus.scopes import Extent, scopes, sides_of
from corpus.shelf import Shelf
from corpus.standing import settled, standings

__all__ = ["Library", "Searcher"]

NO_FILTERS = Filters()
DEPTH = 100
"""Least number of candidates asked of each list."""
STEP = 1.0
"""Score by which each further passage of a leaf stands behind the one before: the next page's best
passage tells more than this page's second, unless the page is far ahead."""


@dataclass(frozen=True, slots=True)
class Library:
    """The searched documents at one generation.

    `timed` are those that are `ready`, with ends of fiscal periods that others of the filer tell.
    """

    generation: int
    ready: Shelf
    timed: Shelf
    companies: tuple[str, ...]
    model: ModelIdentity | None
    extent: Extent

    @classmethod
    def load(cls, catalog: Catalog, generation: int) -> Library:
        ready = catalog.stamped(DocumentState.READY)
        names = {name for stamped in ready for name in stamped.document.companies}
        ends = with_ends([stamped.document for stamped in ready])
        timed = (replace(s, document=document) for s, document in zip(ready, ends, strict=True))
        extent = Extent(len(ready), sum(stamped.document.passages for stamped in ready))
        shelves = Shelf(ready), Shelf(tuple(timed))
        return cls(generation, *shelves, tuple(sorted(names)), catalog.model(), extent)

    def within(self, filters: Filters) -> Shelf:
        """Return the documents that the filters admit."""
        if filters == NO_FILTERS:
            return self.timed
        return Shelf(tuple(s for s in self.timed.stamped if filters.admit(s.document)))

    @property
    def documents(self) -> tuple[Document, ...]:
        """Documents by company, published, title; those without one come last."""
        return tuple(sorted(self.ready.documents.values(), key=_place))


@dataclass(frozen=True, slots=True)
class Considered:
    """A question's candidates before they are weighed."""

    library: Library
    query: Query
    shelf: Shelf
    found: Candidates
    features: Mapping[str, Features]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A passage in the order of the search, with the leaf that it was read off."""

    passage_id: str
    score: float
    leaf: RankedLeaf


class Searcher:
    """Finds passages; safe to share between threads."""

    def __init__(
        self,
        catalog: Catalog,
        generation: Generation,
        indexes: Indexes,
        embedder: Embedder,
        lexicon: LexiconFiles,
        weights: Weights | None = None,
    ) -> None:
        self._catalog = catalog
        self._generation = generation
        self._embedder = embedder
        self._lexicon = lexicon
        self._finder = Finder(catalog, indexes, embedder)
        self._weights = shipped_weights() if weights is None else weights
        self._library: Library | None = None
        self._fitting: Library | None = None

    def library(self) -> Library:
        """Return the library of this generation, read again only when it has moved."""
        now = self._generation.current()
        library = self._library
        if library is None or library.generation != now:
            library = self._library = Library.load(self._catalog, now)
        return library

    def whole(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """Return a follow-up made whole, by the names that the corpus and its analyst know."""
        aliases = self._lexicon.current().aliases
        return rewrite(question, history, self.library().companies, aliases)

    def settled(self, given: Filters) -> Filters:
        """Return filters in the words of the corpus, as `corpus.filtering.settle` does."""
        return settle(given, self.library().documents, self._lexicon.current().aliases)

    def search(self, question: str, k: int, filters: Filters) -> tuple[Hit, ...]:
        """Return up to `k` hits, best first. Raises CorpusError, ModelUnavailable."""
        if k < 1:
            return ()
        considered = self.consider(question, k, filters)
        if considered is None:
            return ()
        sides = sides_of(considered.query, considered.shelf)
        return self._hits(shared_out(self._placed(considered, sides, k), sides, k), considered)

    def _placed(
        self, considered: Considered, sides: Sequence[frozenset[str]], k: int
    ) -> list[_Placed]:
        """Return passages in order, `k` of them or more where there are so many."""
        known, found = considered.features, considered.found
        # A side of a comparison may begin far behind the others.
        limit = len(known) if len(sides) > 1 else 2 * k
        ranked = rank(known, found, self._weights, limit)
        placed = placed_in(ranked)
        if limit < len(known) and (len(placed) < k or placed[k - 1].score < ranked[-1].score):
            # Leaves of the same passages take few places: one left out could stand before these.
            placed = placed_in(rank(known, found, self._weights, len(known)))
        return placed

    def consider(self, question: str, k: int, filters: Filters) -> Considered | None:
        """Return the candidates for `k` hits and what is known of them; None where nothing is."""
        library = self._fitting_library()
        shelf = library.within(filters)
        if not shelf.stamped or not question.strip():
            return None
        words = self._lexicon.current()
        query = understand(
            question, library.companies, aliases=words.aliases, glossary=words.glossary
        )
        query = settled(query, shelf)
        found = self._finder.find(query, scopes(query, shelf), max(DEPTH, 2 * k), library.extent)
        owners = {leaf.document_id for leaf in found.leaves.values()}
        known = features(query, found, standings(query, shelf, owners))
        return Considered(library, query, shelf, found, known)

    def _fitting_library(self) -> Library:
        """Return the library; ModelMismatch when it was embedded anew with another model."""
        library = self.library()
        if library is not self._fitting and library.model is not None and library.ready.stamped:
            require_same_embedder(library.model, self._embedder)
            self._fitting = library
        return library

    def _hits(self, placed: Sequence[_Placed], considered: Considered) -> tuple[Hit, ...]:
        passages = self._catalog.passages_of([each.passage_id for each in placed])
        shown, timed = considered.library.ready.documents, considered.shelf.documents
        meaning, words = _ranks(considered.found.meaning), _ranks(considered.found.words.passages)
        present = [each for each in placed if each.passage_id in passages]
        return tuple(
            Hit(
                passage=passages[each.passage_id],
                document=shown[passages[each.passage_id].document_id],
                rank=number,
                score=each.score,
                dense_rank=meaning.get(each.passage_id),
                lexical_rank=words.get(each.passage_id),
                reasons=reasons(
                    considered.query,
                    timed[passages[each.passage_id].document_id],
                    passages[each.passage_id],
                    each.leaf.leaf.showing,
                ),
            )
            for number, each in enumerate(present, start=1)
        )


def placed_in(ranked: Sequence[RankedLeaf]) -> list[_Placed]:
    """Return the passages of ranked leaves, best first, each once."""
    placed: dict[str, _Placed] = {}
    for each in sorted(_all_placed(ranked), key=lambda each: -each.score):
        placed.setdefault(each.passage_id, each)
    return list(placed.values())


def _all_placed(ranked: Sequence[RankedLeaf]) -> Iterator[_Placed]:
    for leaf in ranked:
        for number, passage_id in enumerate(leaf.passages):
            yield _Placed(passage_id, leaf.score - number * STEP, leaf)


def shared_out(placed: Sequence[_Placed], sides: Sequence[frozenset[str]], k: int) -> list[_Placed]:
    """Return the first `k`, where each of several sides has a fair least share of the places.

    A comparison needs evidence on every side; a third of the places stays free with two of them.
    """
    least = k // (len(sides) + 1) if len(sides) > 1 else 0
    reserved = {
        each.passage_id
        for side in sides
        for each in [e for e in placed if e.leaf.leaf.document_id in side][:least]
    }
    free = [e.passage_id for e in placed if e.passage_id not in reserved]
    chosen = reserved | set(free[: max(0, k - len(reserved))])
    return [each for each in placed if each.passage_id in chosen][:k]


def _ranks(scores: Mapping[str, float]) -> dict[str, int]:
    """Return the rank of each id, 1 for the greatest score."""
    ordered = sorted(scores, key=lambda key: (-scores[key], key))
    return {key: number for number, key in enumerate(ordered, start=1)}


def _place(document: Document) -> tuple[bool, str, bool, str, str]:
    company, published = document.company, document.published
    return (
        company is None,
        company or "",
        published is None,
        published.isoformat() if published else "",
        document.title,
    )
