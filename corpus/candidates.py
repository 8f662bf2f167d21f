"""Candidates for a question: passages near in meaning, passages and leaves near in words, and the
leaves that show a statement asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, groupby

from corpus.catalog import Catalog
from corpus.embedding import Embedder, Vector
from corpus.exact import ExactSearch
from corpus.forms import SECOND_HAND
from corpus.indexes import Indexes
from corpus.lexical import LexicalIndex
from corpus.lexical_entries import FoundLeaf
from corpus.lexical_queries import Wanted
from corpus.query import Intent, Query
from corpus.scopes import Scope
from corpus.statement_pages import Showing
from corpus.terms import terms

__all__ = ["Candidates", "Finder"]

Asking = Callable[..., dict[str, float]]
"""A method of the lexical index that scores passages or leaves."""
EXACT_PASSAGES = 5_000
"""Among no more passages than this exact search is as quick as the index."""
ROWS = 100
"""Passages looked at for one row; statements stand near their top."""
OVER_FETCH = 4
"""Times more asked of the index where filters drop some of what it finds."""


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

    def find(self, query: Query, chosen: Sequence[Scope], depth: int, whole: int) -> Candidates:
        """Return up to `depth` candidates of each list; the corpus has `whole` documents.

        Raises ModelUnavailable, and CorpusDamaged when the lexical index cannot be read.
        """
        # The model and the words run beside each other; the meter knows its turn by this thread.
        spoken = self._beside.submit(self._spoken, query, chosen, (depth, whole))
        vector = self._embedder.embed_query(query.subject or query.text)
        meaning = _best(self._nearest(vector, depth, scope, whole) for scope in chosen)
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
        self, query: Query, chosen: Sequence[Scope], limits: tuple[int, int]
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        return (
            self._in_words(LexicalIndex.passages, query, chosen, limits),
            self._in_words(LexicalIndex.leaves, query, chosen, limits),
            self._outlooks(query, chosen, limits),
        )

    def _in_words(
        self, ask: Asking, query: Query, chosen: Sequence[Scope], limits: tuple[int, int]
    ) -> dict[str, float]:
        """Return shares of the best score, a company's own before those of all documents.

        Choices of one company are asked for the same words, so their scores compare.
        """
        depth, whole = limits
        merged: dict[str, float] = {}
        for _, about in groupby(chosen, key=lambda scope: scope.company):
            scores: dict[str, float] = {}
            for scope in about:
                wanted, among = _wanted(query, scope), _among(scope, whole)
                scores |= self._indexes.lexically(
                    partial(ask, wanted=wanted, limit=depth, documents=among)
                )
            merged |= _shares(scores)
        return merged

    def _outlooks(
        self, query: Query, chosen: Sequence[Scope], limits: tuple[int, int]
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

    def _showing(self, query: Query, chosen: Sequence[Scope], whole: int) -> dict[str, FoundLeaf]:
        """Return the leaves that show a statement asked for, where the documents are narrowed."""
        filtered = [scope for scope in chosen if len(scope.documents) < max(whole, 2)]
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
            scores = self._indexes.lexically(
                partial(LexicalIndex.passages, wanted=wanted, limit=ROWS, documents=documents)
            )
            best = (max(leaf.members, key=lambda m: scores.get(m, 0.0)) for leaf in shown.values())
            held.update(passage_id for passage_id in set(best) if passage_id in scores)
        return dict(held)

    def _nearest(self, vector: Vector, depth: int, scope: Scope, whole: int) -> Mapping[str, float]:
        if sum(s.document.passages for s in scope.documents) > EXACT_PASSAGES:
            found = self._indexed(vector, depth, scope, whole)
            if found is not None:
                return found
        return self._exact.nearest(vector, depth, scope.documents)

    def _indexed(
        self, vector: Vector, depth: int, scope: Scope, whole: int
    ) -> dict[str, float] | None:
        """Ask the vector index and filter after; None when that does not yield enough."""
        everything = len(scope.documents) == whole
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


def _among(scope: Scope, whole: int) -> list[str] | None:
    ids = [stamped.document.id for stamped in scope.documents]
    return None if len(ids) == whole else ids


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
