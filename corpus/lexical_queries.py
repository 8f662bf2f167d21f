"""Words and phrases as queries of the BM25 index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur

__all__ = ["Wanted", "all_of", "any_of", "words_query"]

BARE = frozenset({"header"})
"""Fields that are looked through for the question's own words only: a header repeats."""
EXPANSION_WEIGHT = 0.5
"""A word of the glossary counts half of a word of the question."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that are looked for: each by itself, and of each group of phrases the best."""

    words: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], ...], ...] = ()


def words_query(
    schema: tantivy.Schema,
    analyzer: tantivy.TextAnalyzer,
    wanted: Wanted,
    fields: Mapping[str, float],
) -> tantivy.Query | None:
    """Return what finds any of the words in the weighted `fields`; None when there is no word."""
    stems = tuple(_stems(analyzer, wanted.words))
    groups = [_distinct(analyzer, group) for group in wanted.groups]
    clauses = [
        (Occur.Should, clause)
        for field, weight in fields.items()
        for clause in _clauses(schema, (field, weight), stems, groups)
    ]
    return tantivy.Query.boolean_query(clauses) if clauses else None


def any_of(schema: tantivy.Schema, field: str, values: Iterable[str]) -> tantivy.Query:
    """Return what finds entries with any of the values."""
    return tantivy.Query.term_set_query(schema, field, list(values))


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
        yield _clause(schema, field, (word,), weight)
    for group in groups if field not in BARE else ():
        # The best phrase of a group speaks for it: a passage is no better for saying the same
        # thing in three ways. A phrase of many words counts as one word.
        yield tantivy.Query.disjunction_max_query(
            [
                _clause(schema, field, words, weight * EXPANSION_WEIGHT / len(words))
                for words in group
            ]
        )


def _clause(
    schema: tantivy.Schema, field: str, words: Sequence[str], weight: float
) -> tantivy.Query:
    if len(words) == 1:
        clause = tantivy.Query.term_query(schema, field, words[0])
    else:
        clause = tantivy.Query.phrase_query(schema, field, list(words))
    return tantivy.Query.boost_query(clause, weight)


def _distinct(
    analyzer: tantivy.TextAnalyzer, group: Iterable[Sequence[str]]
) -> list[tuple[str, ...]]:
    phrases = dict.fromkeys(tuple(_stems(analyzer, phrase)) for phrase in group)
    return [words for words in phrases if words]


def _stems(analyzer: tantivy.TextAnalyzer, words: Iterable[str]) -> list[str]:
    return list(analyzer.analyze(" ".join(words)))
