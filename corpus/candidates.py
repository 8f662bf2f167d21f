"""Candidates for a question: passages near in meaning, passages and leaves near in words, and the
leaves that show a statement asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, groupby

from corpus.catalog import Catalog, Stamped
from corpus.embedding import Embedder, Vector
from corpus.exact import ExactSearch
from corpus.forms import SECOND_HAND
from corpus.indexes import Indexes
from corpus.lexical import LexicalIndex, Scored
from corpus.lexical_entries import FoundLeaf
from corpus.lexical_queries import Wanted
from corpus.query import Intent, Query
from corpus.scopes import Scope
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = ["Candidates", "Extent", "Finder"]

Asking = Callable[..., list[Scored]]
"""A method of the lexical index that scores passages or leaves."""
EXACT_PASSAGES = 5_000
"""Among no more passages than this exact search is as quick as the index."""
ROWS = 100
"""Passages looked at for one row; statements stand near their top."""
OVER_FETCH = 4
"""Times more asked of an index where some of what it finds is dropped after; a choice of documents
with a lesser share of the passages is searched on its own."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much the corpus holds."""

    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the lists brought.

    `meaning` is the cosine of passages with the question. `passage_words`, `outlooks` (where it
    asks for guidance) and `leaf_words` are BM25 scores as shares of the best one in their list, 1
    for the best. `on_leaves` names the leaves of a passage. `rows` counts the rows asked for that
    a passage of a statement shows, of its leaf's passages the best.
    """

    meaning: Mapping[str, float]
    passage_words: Mapping[str, float]
    outlooks: Mapping[str, float]
    leaf_words: Mapping[str, float]
    leaves: Mapping[str, FoundLeaf]
    on_leaves: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int] = field(default_factory=dict)


class Finder:
    """Asks every index about every choice of documents; safe to share between threads."""

    def __init__(self, catalog: Catalog, indexes: Indexes, embedder: Embedder) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._embedder = embedder
        self._exact = ExactSearch(catalog)
        self._beside = ThreadPoolExecutor(thread_name_prefix="words")

    def close(self) -> None:
        """Let the thread for the words end; nothing is searched after."""
        self._beside.shutdown()

    def find(self, query: Query, chosen: Sequence[Scope], depth: int, whole: Extent) -> Candidates:
        """Return up to `depth` candidates of each list; `whole` is all that the corpus holds.

        Raises ModelUnavailable, and CorpusDamaged when the lexical index cannot be read.
        """
        # The model and the words run beside each other; the meter knows its turn by this thread.
        spoken = self._beside.submit(self._spoken, query, chosen, (depth, whole))
        vector = self._embedder.embed_query(query.subject or query.text)
        meaning = _best(self._nearest(vector, depth, chosen, whole))
        words, leaf_words, outlooks = spoken.result()
        on_leaves = self._indexes.lexically(
            lambda index: index.leaves_holding({*meaning, *words, *outlooks})
        )
        shown = self._showing(query, chosen, whole)
        alone = self._alone([p for p in meaning if p not in on_leaves])
        leaves = self._leaves((leaf_words, *on_leaves.values())) | shown | alone
        on_leaves |= {passage_id: (passage_id,) for passage_id in alone}
        rows = self._rows(query, shown)
        return Candidates(meaning, words, outlooks, leaf_words, leaves, on_leaves, rows)

    def _spoken(
        self, query: Query, chosen: Sequence[Scope], limits: tuple[int, Extent]
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        return (
            self._in_words(LexicalIndex.passages, query, chosen, limits),
            self._in_words(LexicalIndex.leaves, query, chosen, limits),
            self._outlooks(query, chosen, limits),
        )

    def _in_words(
        self, ask: Asking, query: Query, chosen: Sequence[Scope], limits: tuple[int, Extent]
    ) -> dict[str, float]:
        """Return shares of the best score, a company's own before those of all documents.

        Choices of one company are asked for the same words, so their scores compare.
        """
        merged: dict[str, float] = {}
        for _, about in groupby(chosen, key=lambda scope: scope.company):
            scores: dict[str, float] = {}
            for asked, within in _nested(tuple(about)):
                scores |= self._scores(ask, query, (asked, within), limits)
            merged |= _shares(scores)
        return merged

    def _scores(
        self,
        ask: Asking,
        query: Query,
        choice: tuple[Scope, Sequence[Scope]],
        limits: tuple[int, Extent],
    ) -> dict[str, float]:
        """Return the scores of the best of a choice and of the best of each choice within it."""
        (scope, within), (depth, whole) = choice, limits
        limit = OVER_FETCH * depth if within else depth
        wanted, among = _wanted(query, scope), _among(scope, whole)
        found = self._indexes.lexically(partial(ask, wanted=wanted, limit=limit, documents=among))
        best = found[:depth]
        for narrower in within:
            ids = {stamped.document.id for stamped in narrower.documents}
            best += [each for each in found if each[0].document_id in ids][:depth]
        return {entry.id: score for entry, score in best}

    def _outlooks(
        self, query: Query, chosen: Sequence[Scope], limits: tuple[int, Extent]
    ) -> dict[str, float]:
        """Return shares for guidance in the companies' own words, where they speak here at all."""
        if Intent.GUIDANCE not in query.intents:
            return {}
        own = tuple(scope for scope in map(_own_words, chosen) if scope.documents)
        # For which year guidance is given stands in the sentence, so all words are asked for.
        whole_words = replace(query, topic=query.terms)
        return self._in_words(LexicalIndex.outlooks, whole_words, own or chosen, limits)

    def _alone(self, lacking: Sequence[str]) -> dict[str, FoundLeaf]:
        """Return passages that the lexical index lacks, as while it is rebuilt: each is a leaf."""
        owners = self._catalog.documents_of(lacking) if lacking else {}
        return {p: FoundLeaf(p, owner, (p,), Showing()) for p, owner in owners.items()}

    def _leaves(self, ids: Iterable[Iterable[str]]) -> dict[str, FoundLeaf]:
        wanted = set(chain.from_iterable(ids))
        return self._indexes.lexically(lambda index: index.leaves_called(wanted))

    def _showing(
        self, query: Query, chosen: Sequence[Scope], whole: Extent
    ) -> dict[str, FoundLeaf]:
        """Return the leaves that show a statement asked for, where the documents are narrowed."""
        filtered = [scope for scope in chosen if len(scope.documents) < max(whole.documents, 2)]
        narrowed = [scope for scope in chosen if scope.company] or chosen[1:] or filtered
        documents = {s.document.id for scope in narrowed for s in scope.documents}
        if not documents or not query.statements_asked:
            return {}
        return self._indexes.lexically(
            lambda index: index.leaves_showing(query.statements_asked, sorted(documents))
        )

    def _rows(self, query: Query, shown: Mapping[str, FoundLeaf]) -> dict[str, int]:
        documents = sorted({leaf.document_id for leaf in shown.values()})
        held: Counter[str] = Counter()
        for phrases in query.rows if documents else ():
            wanted = Wanted((), (phrases,))
            found = self._indexes.lexically(
                partial(LexicalIndex.passages, wanted=wanted, limit=ROWS, documents=documents)
            )
            scores = {entry.id: score for entry, score in found}
            best = (max(leaf.members, key=lambda m: scores.get(m, 0.0)) for leaf in shown.values())
            held.update(passage_id for passage_id in set(best) if passage_id in scores)
        return dict(held)

    def _nearest(
        self, vector: Vector, depth: int, chosen: Sequence[Scope], whole: Extent
    ) -> list[Mapping[str, float]]:
        """Return the nearest of each choice, from the index where that is quicker and enough."""
        lists: list[Mapping[str, float]] = []
        left: list[tuple[Stamped, ...]] = []
        for scope in chosen:
            large = EXACT_PASSAGES < _passages(scope) >= whole.passages / OVER_FETCH
            found = self._indexed(vector, depth, scope, whole) if large else None
            if found is None:
                left.append(scope.documents)
            else:
                lists.append(found)
        return [*lists, *self._exact.nearest(vector, depth, left)] if left else lists

    def _indexed(
        self, vector: Vector, depth: int, scope: Scope, whole: Extent
    ) -> dict[str, float] | None:
        """Ask the vector index and filter after; None when that does not yield enough."""
        everything = len(scope.documents) == whole.documents
        found = self._indexes.nearest(vector, depth if everything else OVER_FETCH * depth)
        if found is None or everything:
            return found
        wanted = {stamped.document.id for stamped in scope.documents}
        owner = self._catalog.documents_of(list(found))
        within = {key: score for key, score in found.items() if owner.get(key) in wanted}
        return within if len(within) >= depth else None


def _own_words(scope: Scope) -> Scope:
    own = (s for s in scope.documents if s.document.form not in SECOND_HAND)
    return replace(scope, documents=tuple(own))


def _wanted(query: Query, scope: Scope) -> Wanted:
    """Within a company's documents its name says nothing, in all documents it says most.

    Another company that the question names is a counterparty there.
    """
    if scope.company is None or not query.topic:
        return Wanted(query.terms, query.expansions)
    others = [name for name in query.companies if name != scope.company]
    return Wanted((*query.topic, *terms(" ".join(others))), query.expansions)


def _nested(about: tuple[Scope, ...]) -> Iterator[tuple[Scope, tuple[Scope, ...]]]:
    """Yield choices to ask for, each with those within it that are read off its own list.

    The first choice of a company holds the others.
    """
    widest, *narrower = about
    share = _passages(widest) / OVER_FETCH
    yield widest, tuple(scope for scope in narrower if _passages(scope) >= share)
    yield from ((scope, ()) for scope in narrower if _passages(scope) < share)


def _passages(scope: Scope) -> int:
    return sum(stamped.document.passages for stamped in scope.documents)


def _among(scope: Scope, whole: Extent) -> list[str] | None:
    ids = [stamped.document.id for stamped in scope.documents]
    return None if len(ids) == whole.documents else ids


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    best = max(scores.values(), default=0.0)
    return {key: score / best for key, score in scores.items()} if best else {}


def _best(lists: Iterable[Mapping[str, float]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for scores in lists:
        for key, score in scores.items():
            # The index and exact search differ by less than this; what they find must not.
            merged[key] = max(round(score, 4), merged.get(key, -1.0))
    return merged
