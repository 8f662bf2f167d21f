"""Candidates for a question: passages near in meaning, passages and leaves near in words, and the
leaves that show a statement asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

from corpus.catalog import Catalog, Stamped
from corpus.embedding import Embedder, Vector
from corpus.exact import ExactSearch
from corpus.indexes import Indexes
from corpus.lexical import LexicalIndex
from corpus.lexical_entries import FoundLeaf
from corpus.query import Query
from corpus.scopes import Extent, Scope
from corpus.statement_pages import Showing
from corpus.wording import OVER_FETCH, Spoken, rows_on, showing, spoken

__all__ = ["Candidates", "Finder"]

BESIDE = ThreadPoolExecutor(thread_name_prefix="words")
"""Threads of this process for what is said in words, for every corpus that is open."""
EXACT_PASSAGES = 5_000
"""Among no more passages than this exact search is as quick as the index."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the lists brought.

    `meaning` is the cosine of passages with the question, `words` what they share with it.
    `on_leaves` names the leaves of a passage. `rows` counts the rows asked for that a passage of a
    statement shows, of its leaf's passages the best.
    """

    meaning: Mapping[str, float]
    words: Spoken
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

    def find(self, query: Query, chosen: Sequence[Scope], depth: int, whole: Extent) -> Candidates:
        """Return up to `depth` candidates of each list; `whole` is all that the corpus holds.

        Raises ModelUnavailable, and CorpusDamaged when the lexical index cannot be read.
        """
        # The model and the words run beside each other; the meter knows its turn by this thread.
        said = BESIDE.submit(
            self._indexes.lexically, lambda index: spoken(index, query, chosen, depth, whole)
        )
        vector = self._embedder.embed_query(query.subject or query.text)
        meaning = _best(self._nearest(vector, depth, chosen, whole))
        words = said.result()

        def with_leaves(index: LexicalIndex) -> Candidates:
            shown = showing(index, query, chosen, whole)
            on_leaves = index.leaves_holding({*meaning, *words.passages, *words.outlooks})
            alone = self._alone([each for each in meaning if each not in on_leaves])
            called = index.leaves_called(chain(words.leaves, *on_leaves.values()))
            return Candidates(
                meaning,
                words,
                leaves=called | shown | alone,
                on_leaves=on_leaves | {passage_id: (passage_id,) for passage_id in alone},
                rows=rows_on(index, query, shown),
            )

        return self._indexes.lexically(with_leaves)

    def _alone(self, lacking: Sequence[str]) -> dict[str, FoundLeaf]:
        """Return passages that the lexical index lacks, as while it is rebuilt: each is a leaf."""
        owners = self._catalog.documents_of(lacking) if lacking else {}
        return {p: FoundLeaf(p, owner, (p,), Showing()) for p, owner in owners.items()}

    def _nearest(
        self, vector: Vector, depth: int, chosen: Sequence[Scope], whole: Extent
    ) -> list[Mapping[str, float]]:
        """Return the nearest of each choice, from the index where that is quicker and enough."""
        lists: list[Mapping[str, float]] = []
        left: list[tuple[Stamped, ...]] = []
        for scope in chosen:
            large = EXACT_PASSAGES < scope.passages >= whole.passages / OVER_FETCH
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
        everything = scope.is_all(whole)
        found = self._indexes.nearest(vector, depth if everything else OVER_FETCH * depth)
        if found is None or everything:
            return found
        wanted = frozenset(scope.ids)
        owner = self._catalog.documents_of(list(found))
        within = {key: score for key, score in found.items() if owner.get(key) in wanted}
        return within if len(within) >= depth else None


def _best(lists: Iterable[Mapping[str, float]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for scores in lists:
        for key, score in scores.items():
            # The index and exact search differ by less than this; what they find must not.
            merged[key] = max(round(score, 4), merged.get(key, -1.0))
    return merged
