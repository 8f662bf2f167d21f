"""What each part of the ranking adds: the search measured again without it.

A part is a group of features of `corpus.ranking`; without it they weigh nothing, the other weights
stand as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from benchmarks.financebench import DEPTH, Found, mean_reciprocal, shares
from benchmarks.found import Piece, share, snippet_ranks, table, within
from benchmarks.material import Asked
from corpus.catalog import Catalog
from corpus.generation import Generation
from corpus.indexes import Indexes
from corpus.lexicon import LexiconFiles
from corpus.models import Filters
from corpus.ranking import Weights, shipped_weights
from corpus.search import Searcher
from corpus.store import Corpus
from corpus.write_lock import LOCK_FILE, WAIT_SECONDS, WriteLock

__all__ = ["PARTS", "ablation", "weighable", "without"]

PARTS = {
    "meaning (dense)": ("meaning",),
    "words of passages (BM25)": ("passage_words",),
    "words of pages (BM25)": ("leaf_words",),
    "statements": ("named_statement", "item_statement", "like_statement"),
    "outlook": ("outlook",),
    "company": ("company", "other_company"),
    "period": ("period", "newest_period"),
    "form": ("form",),
    "recency": ("recent",),
    "filings over hearsay": ("second_hand",),
}
"""Names for a reader, and the features that each stands for; every feature is in one."""
NO_FILTERS = Filters()


def without(weights: Weights, part: str) -> Weights:
    """Return the weights with those of a part at nothing."""
    return {name: 0.0 if name in PARTS[part] else weight for name, weight in weights.items()}


def ablation(corpus: Corpus, filings: Sequence[Asked], capex: Sequence[Asked]) -> Iterator[str]:
    """Yield a table of both sets: the whole ranking, then without each part."""
    weights = shipped_weights()
    kinds = {"everything": weights} | {f"without {part}": without(weights, part) for part in PARTS}
    yield "\n### What each part adds\n"
    heads = ("ranking", "page@5", "page@10", "all@10", "MRR@10", "snippet@5", "snippet@10")
    with weighable(corpus) as weighed:
        rows = ((name, *_measured(weighed(kind), filings, capex)) for name, kind in kinds.items())
        yield from table(heads, rows)


@contextmanager
def weighable(corpus: Corpus) -> Iterator[Callable[[Weights], Searcher]]:
    """Open the corpus's folder for searches with weights of one's own."""
    catalog = Catalog.open(corpus.data / "catalog.db")
    generation = Generation(catalog, corpus.data / "generation")
    lock = WriteLock(corpus.data / LOCK_FILE, WAIT_SECONDS)
    indexes = Indexes(corpus.data, catalog, generation, lock)
    lexicon = LexiconFiles(corpus.data)
    try:
        yield partial(Searcher, catalog, generation, indexes, corpus.embedder, lexicon)
    finally:
        indexes.close()
        catalog.close()


def _measured(
    searcher: Searcher, filings: Sequence[Asked], capex: Sequence[Asked]
) -> Iterator[object]:
    found = [Found.of(asked, _pieces(searcher, asked)) for asked in filings]
    yield shares(found, 5)[0]
    yield from shares(found, 10)[:2]
    yield f"{mean_reciprocal(found):.3f}"
    ranks = [snippet_ranks(asked.golds, _pieces(searcher, asked)) for asked in capex]
    for k in (5, 10):
        yield share(within(each, k) for each in ranks)


def _pieces(searcher: Searcher, asked: Asked) -> list[Piece]:
    return [Piece.of_hit(hit) for hit in searcher.search(asked.whole, DEPTH, NO_FILTERS)]
