"""What one state of the lexical index says to a question: passages and leaves near in words, leaves
that show a statement asked for, and the rows on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corpus.forms import SECOND_HAND
from corpus.lexical import LexicalIndex, Scored
from corpus.lexical_entries import FoundLeaf
from corpus.lexical_queries import Wanted
from corpus.query import Intent, Query
from corpus.scopes import Extent, Scope
from corpus.terms import terms

__all__ = ["OVER_FETCH", "Spoken", "rows_on", "showing", "spoken"]

Asking = Callable[[Wanted, int, Sequence[str] | None], list[Scored]]
"""A method of the lexical index that scores passages or leaves."""
MANY = 100
"""Documents beyond which it is quicker to drop those of others after than to look for each."""
ROWS = 100
"""Passages looked at for one row; statements stand near their top."""
MOST_WORDS = 16
"""Words of a question that are looked for, its rarest: what else a long one says is common, takes
longest and tells least."""
FEWER_WORDS = 10
"""The same of all documents beside a company's own."""
OVER_FETCH = 4
"""Times more asked of an index where some of what it finds is dropped after; a choice of documents
with a lesser share of the passages is searched on its own."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """BM25 scores as shares of the best one in their list, 1 for the best, by id.

    `outlooks` are passages that give guidance, where the question asks for it.
    """

    passages: Mapping[str, float]
    leaves: Mapping[str, float]
    outlooks: Mapping[str, float]


def spoken(
    index: LexicalIndex, query: Query, chosen: Sequence[Scope], depth: int, whole: Extent
) -> Spoken:
    """Return up to `depth` passages and leaves of each choice that share words with a question."""
    beside = any(scope.company for scope in chosen)
    search = _Search(query, depth, whole, beside)
    return Spoken(
        search.shares(index.passages, chosen),
        search.shares(index.leaves, chosen),
        search.outlooks(index, chosen),
    )


@dataclass(frozen=True, slots=True)
class _Search:
    query: Query
    depth: int
    whole: Extent
    beside: bool

    def outlooks(self, index: LexicalIndex, chosen: Sequence[Scope]) -> dict[str, float]:
        """Return shares for guidance in the companies' own words, where they speak here at all."""
        if Intent.GUIDANCE not in self.query.intents:
            return {}
        own = tuple(scope for scope in map(_own_words, chosen) if scope.documents)
        # For which year guidance is given stands in the sentence, so all words are asked for.
        whole_words = replace(self.query, topic=self.query.terms)
        return replace(self, query=whole_words).shares(index.outlooks, own or chosen)

    def shares(self, ask: Asking, chosen: Sequence[Scope]) -> dict[str, float]:
        """Return shares of the best score, a company's own before those of all documents.

        Choices of one company are asked for the same words, so their scores compare.
        """
        merged: dict[str, float] = {}
        for _, about in groupby(chosen, key=lambda scope: scope.company):
            scores: dict[str, float] = {}
            for scope, within in _nested(tuple(about)):
                scores |= self._scores(ask, scope, within)
            merged |= _shares(scores)
        return merged

    def _scores(self, ask: Asking, scope: Scope, within: Sequence[Scope]) -> dict[str, float]:
        """Return the scores of the best of a choice and of the best of each choice within it."""
        limit = OVER_FETCH * self.depth if within else self.depth
        found = self._found(ask, scope, limit)
        best = found[: self.depth]
        for narrower in within:
            own = _among(found, narrower)
            if len(found) == limit and len(own) < self.depth / 2:
                own = self._found(ask, narrower, self.depth)
            best += own[: self.depth]
        return {entry.id: score for entry, score in best}

    def _found(self, ask: Asking, scope: Scope, limit: int) -> list[Scored]:
        wanted = _wanted(self.query, scope, self.beside)
        if scope.is_all(self.whole):
            return ask(wanted, limit, None)
        if len(scope.ids) > MANY and scope.passages * OVER_FETCH >= self.whole.passages:
            found = _among(ask(wanted, OVER_FETCH * self.depth, None), scope)
            if len(found) >= limit:
                return found[:limit]
        return ask(wanted, limit, scope.ids)


def showing(
    index: LexicalIndex, query: Query, chosen: Sequence[Scope], whole: Extent
) -> dict[str, FoundLeaf]:
    """Return the leaves that show a statement asked for, where the documents are narrowed."""
    filtered = [scope for scope in chosen if len(scope.documents) < max(whole.documents, 2)]
    narrowed = [scope for scope in chosen if scope.company] or chosen[1:] or filtered
    documents = {document_id for scope in narrowed for document_id in scope.ids}
    if not documents or not query.statements_asked:
        return {}
    return index.leaves_showing(query.statements_asked, sorted(documents))


def rows_on(index: LexicalIndex, query: Query, shown: Mapping[str, FoundLeaf]) -> dict[str, int]:
    """Return how many of the rows asked for a passage shows, of each leaf's passages the best."""
    documents = sorted({leaf.document_id for leaf in shown.values()})
    held: Counter[str] = Counter()
    for phrases in query.rows if documents else ():
        found = index.passages(Wanted((), (phrases,)), ROWS, documents)
        scores = {entry.id: score for entry, score in found}
        best = (max(leaf.members, key=lambda m: scores.get(m, 0.0)) for leaf in shown.values())
        held.update(passage_id for passage_id in set(best) if passage_id in scores)
    return dict(held)


def _nested(about: tuple[Scope, ...]) -> Iterator[tuple[Scope, tuple[Scope, ...]]]:
    """Yield choices to ask for, each with those within it that are read off its own list.

    The widest choice of a company holds the others.
    """
    widest = max(about, key=lambda scope: len(scope.ids))
    narrower = [scope for scope in about if scope is not widest]
    share = widest.passages / OVER_FETCH
    yield widest, tuple(scope for scope in narrower if scope.passages >= share)
    yield from ((scope, ()) for scope in narrower if scope.passages < share)


def _among(found: Sequence[Scored], scope: Scope) -> list[Scored]:
    held = frozenset(scope.ids)
    return [each for each in found if each[0].document_id in held]


def _own_words(scope: Scope) -> Scope:
    own = (s for s in scope.documents if s.document.form not in SECOND_HAND)
    return replace(scope, documents=tuple(own))


def _wanted(query: Query, scope: Scope, beside: bool) -> Wanted:
    """Return the words that tell among the documents of a choice.

    Within a company's documents its name says nothing, in all documents it says most; another
    company that the question names is a counterparty there. Beside a company's own documents all
    others are asked for the question's own words: its phrases lead to filings of everyone.
    """
    if scope.company is None and beside:
        return Wanted(query.terms, in_headers=False, rarest=FEWER_WORDS)
    if scope.company is None or not query.topic:
        return Wanted(query.terms, query.expansions, rarest=MOST_WORDS)
    others = [name for name in query.companies if name != scope.company]
    words = (*query.topic, *terms(" ".join(others)))
    return Wanted(words, query.expansions, rarest=MOST_WORDS)


def _shares(scores: Mapping[str, float]) -> dict[str, float]:
    best = max(scores.values(), default=0.0)
    return {key: score / best for key, score in scores.items()} if best else {}
