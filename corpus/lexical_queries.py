"""Words and phrases as queries of the BM25 index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur

from corpus.lexical_entries import PAIRS, pairs

__all__ = ["Wanted", "all_of", "any_of", "words_query"]

FEW = 16
"""So many values are found sooner one by one than by a walk through all that a field holds."""
EXPANSION_WEIGHT = 0.5
"""A word of the glossary counts half of a word of the question."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that are looked for: each by itself, and of each group of phrases the best.

    `in_headers` tells whether a passage's header, which names its document, is looked through too.
    Of the words only the `rarest` so many are looked for, where this is given.
    """

    words: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], ...], ...] = ()
    in_headers: bool = True
    rarest: int | None = None


def words_query(
    schema: tantivy.Schema,
    stemming: tantivy.TextAnalyzer,
    wanted: Wanted,
    fields: Mapping[str, float],
    held: Callable[[str], int],
) -> tantivy.Query | None:
    """Return what finds any of the words in the weighted `fields`; None when there is no word.

    A field without pairs is looked through for the words only: a header repeats. `held` tells how
    many passages hold a stem.
    """
    stems = tuple(stemming.analyze(" ".join(wanted.words)))
    if wanted.rarest is not None and len(stems) > wanted.rarest:
        found = [stem for stem in dict.fromkeys(stems) if held(stem)]
        stems = tuple(sorted(found, key=held)[: wanted.rarest])
    groups = [_distinct(stemming, group) for group in wanted.groups]
    clauses = [
        (Occur.Should, clause)
        for field, weight in fields.items()
        for clause in _clauses(schema, (field, weight), stems, groups)
    ]
    return tantivy.Query.boolean_query(clauses) if clauses else None


def any_of(schema: tantivy.Schema, field: str, values: Iterable[str]) -> tantivy.Query:
    """Return what finds entries with any of the values."""
    wanted = list(values)
    if len(wanted) > FEW:
        return tantivy.Query.term_set_query(schema, field, wanted)
    each = (tantivy.Query.term_query(schema, field, value) for value in wanted)
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in each])


def all_of(*queries: tantivy.Query) -> tantivy.Query:
    """Return what finds the entries that every query finds."""
    return tantivy.Query.boolean_query([(Occur.Must, query) for query in queries])


def _clauses(
    schema: tantivy.Schema,
    weighted: tuple[str, float],
    stems: Sequence[str],
    groups: Sequence[Sequence[tuple[str, ...]]],
) -> Iterator[tantivy.Query]:
    field, weight = weighted
    for word in stems:
        yield _word(schema, field, word, weight)
    for group in groups if field in PAIRS else ():
        # The best phrase of a group speaks for it: a passage is no better for saying the same
        # thing in three ways.
        phrases = [_phrase(schema, field, words, weight * EXPANSION_WEIGHT) for words in group]
        yield tantivy.Query.disjunction_max_query(phrases)


def _phrase(
    schema: tantivy.Schema, field: str, words: Sequence[str], weight: float
) -> tantivy.Query:
    """Return what finds all pairs of a phrase, which counts as one word however long it is."""
    if len(words) == 1:
        return _word(schema, field, words[0], weight)
    joined = list(pairs(words))
    return all_of(*(_word(schema, PAIRS[field], pair, weight / len(joined)) for pair in joined))


def _word(schema: tantivy.Schema, field: str, word: str, weight: float) -> tantivy.Query:
    return tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, word), weight)


def _distinct(
    stemming: tantivy.TextAnalyzer, group: Iterable[Sequence[str]]
) -> list[tuple[str, ...]]:
    phrases = dict.fromkeys(tuple(stemming.analyze(" ".join(phrase))) for phrase in group)
    return [words for words in phrases if words]
