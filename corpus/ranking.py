"""Leaves in the order of a question: a weighted sum of what is known of each; pure.

The weights are few and learned by `python -m benchmarks.train_ranking`, which explains them; they
stand in ranking.toml.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul
from typing import NamedTuple

from corpus.candidates import Candidates
from corpus.lexical_entries import FoundLeaf
from corpus.models import Statement
from corpus.query import Query
from corpus.standing import Standing

__all__ = ["FEATURES", "Features", "RankedLeaf", "Weights", "features", "rank", "shipped_weights"]

Weights = Mapping[str, float]
"""Weight of each feature by its name; one that is left out weighs nothing."""


class Features(NamedTuple):
    """What is known of a leaf for a question.

    `meaning` is the cosine of its nearest passage less that of the nearest of all, so at most 0;
    the others are shares between 0 and 1. `named_statement`: it shows a statement that the question
    names; `item_statement`: one that holds an item asked for; `like_statement`: it shows the like.
    """

    meaning: float
    passage_words: float
    leaf_words: float
    outlook: float
    named_statement: float
    item_statement: float
    like_statement: float
    company: float
    other_company: float
    period: float
    newest_period: float
    form: float
    recent: float
    second_hand: float


FEATURES = Features._fields


@dataclass(frozen=True, slots=True)
class RankedLeaf:
    """A leaf with its score and its passages' ids, the best first."""

    leaf: FoundLeaf
    score: float
    features: Features
    passages: tuple[str, ...]


@cache
def shipped_weights() -> Weights:
    """Return the weights of ranking.toml."""
    text = files("corpus").joinpath("ranking.toml").read_text(encoding="utf-8")
    weights: dict[str, float] = tomllib.loads(text)["weights"]
    return weights


def features(
    query: Query, found: Candidates, standings: Mapping[str, Standing]
) -> dict[str, Features]:
    """Return what is known of each candidate leaf of the documents in `standings`."""
    meaning = _over_leaves(found.meaning, found.on_leaves)
    words = _over_leaves(found.words.passages, found.on_leaves)
    outlooks = _over_leaves(found.words.outlooks, found.on_leaves)
    asked = frozenset(query.statements_asked)
    nearest = max(found.meaning.values(), default=0.0)
    farthest = min(found.meaning.values(), default=0.0)
    return {
        leaf_id: Features(
            meaning.get(leaf_id, farthest) - nearest,
            words.get(leaf_id, 0.0),
            found.words.leaves.get(leaf_id, 0.0),
            outlooks.get(leaf_id, 0.0),
            *_shown(leaf, asked, query.names_statements),
            *standings[leaf.document_id],
        )
        for leaf_id, leaf in found.leaves.items()
        if leaf.document_id in standings
    }


def rank(
    known: Mapping[str, Features], found: Candidates, weights: Weights, limit: int
) -> tuple[RankedLeaf, ...]:
    """Return up to `limit` leaves, best first, ties by id.

    Raises KeyError for a weight of no feature.
    """
    by_place = dict.fromkeys(FEATURES, 0.0)
    for name, weight in weights.items():
        by_place[name] += weight
    summands = tuple(by_place.values())
    scores = {leaf_id: sum(map(mul, each, summands)) for leaf_id, each in known.items()}
    best = sorted(scores, key=lambda leaf_id: (-scores[leaf_id], leaf_id))[:limit]
    farthest = min(found.meaning.values(), default=0.0)
    return tuple(
        RankedLeaf(
            found.leaves[leaf_id],
            scores[leaf_id],
            known[leaf_id],
            _in_order(found.leaves[leaf_id], found, farthest),
        )
        for leaf_id in best
    )


def _shown(leaf: FoundLeaf, asked: frozenset[Statement], named: bool) -> tuple[float, float, float]:
    """Return whether it shows a statement named, one that holds an item, and the like of one."""
    if not asked:
        return 0.0, 0.0, 0.0
    own = float(not asked.isdisjoint(leaf.showing.primary))
    return own * named, own * (not named), float(not asked.isdisjoint(leaf.showing.alike))


def _over_leaves(
    scores: Mapping[str, float], on_leaves: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return the best score of each leaf's passages."""
    best: defaultdict[str, float] = defaultdict(lambda: float("-inf"))
    for passage_id, score in scores.items():
        for leaf_id in on_leaves.get(passage_id, ()):
            best[leaf_id] = max(best[leaf_id], score)
    return dict(best)


def _in_order(leaf: FoundLeaf, found: Candidates, farthest: float) -> tuple[str, ...]:
    """Return the leaf's passages by rows that they hold, nearness, then as they stand."""

    def worth(passage_id: str) -> tuple[int, float]:
        nearness = (
            found.meaning.get(passage_id, farthest)
            + found.words.passages.get(passage_id, 0.0)
            + found.words.outlooks.get(passage_id, 0.0)
        )
        return found.rows.get(passage_id, 0), nearness

    return tuple(sorted(leaf.members, key=worth, reverse=True))
