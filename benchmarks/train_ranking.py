"""Learns the weights of the ranking from both question sets, and says how they fare unseen.

`python -m benchmarks.train_ranking [--write]` prints the weights and page@k or snippet@k twice:
with weights of all questions, and leave-one-company-out, where each company's questions are ranked
by weights that were learned from the others alone (the AI capex questions, which often concern
several, one by one). With --write the weights go to corpus/ranking.toml.

The model is a linear one over the features of `corpus.ranking`. It maximises the likelihood that a
leaf with the answer comes first (softmax over a question's candidates, listwise as in ListNet, Cao
et al. 2007), with a quadratic pull (STRENGTH) towards PRIOR: what an analyst would hold before
seeing any question, every match counts alike. Fourteen weights from a hundred questions stay near
it unless many questions agree, which is why a feature that few questions need is not lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.financebench import questions
from benchmarks.found import GoldPage, Piece, share, table
from benchmarks.material import (
    REPOSITORY,
    Asked,
    ai_capex,
    runtime_over,
    shared_folder,
    shared_store_inputs,
)
from corpus.leaves import leaf_ids
from corpus.models import Document, Filters, Hit
from corpus.ranking import FEATURES
from corpus.search import Searcher
from corpus.store import Corpus

__all__ = ["main"]

Numbers = NDArray[np.float64]

PRIOR = {"meaning": 12.5, "other_company": -1.0, "second_hand": -1.0}
"""Weights before any question is seen, 1 for the features that are left out: a match counts one, a
document of another company, and hearsay, as much against. A cosine spans about 0.2 among a
question's candidates, less than a twelfth of what the other features span."""
STRENGTH = 0.05
"""Pull towards the prior, per question and squared unit."""
SCALES = {"meaning": 0.2}
"""Spans that make features comparable for the pull, 1 for those that are left out."""
DEPTH = 60
CUTS = (1, 3, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class Learned:
    """A question's candidates: features of shape (leaves, features), and which hold a gold.

    `golds` counts the golds that are to be found, `fold` names who is left out with it.
    """

    set: str
    fold: str
    features: Numbers
    right: NDArray[np.bool_]
    golds: int


def material(corpus: Corpus) -> Iterator[Learned]:
    companies = {}
    path = shared_folder() / "financebench" / "questions.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        companies[row["financebench_id"]] = row["company"]
    for asked in questions():
        yield _learned(corpus, "page", asked, companies[asked.question.id])
    for case in ai_capex():
        if case.answerable:
            asked = Asked(case.question, case.golds)
            yield _learned(corpus, "snippet", asked, str(case.question.id))


def _learned(corpus: Corpus, name: str, asked: Asked, fold: str) -> Learned:
    searcher: Searcher = corpus._searcher
    considered = searcher.consider(asked.whole, DEPTH, Filters())
    assert considered is not None
    right = _leaves_with(asked, corpus)
    rows = [list(each) for each in considered.features.values()]
    held = [leaf_id in right for leaf_id in considered.features]
    return Learned(name, fold, np.array(rows), np.array(held), len(asked.golds))


def _leaves_with(asked: Asked, corpus: Corpus) -> set[str]:
    """Return the ids of the leaves that hold a gold."""
    found: set[str] = set()
    for gold in asked.golds:
        for document in corpus.documents():
            if gold.files & {source.name for source in document.sources}:
                if isinstance(gold, GoldPage):
                    found.add(f"{document.id}/p{gold.page}")
                else:
                    found |= set(_leaves_holding(gold, document, corpus))
    return found


def _leaves_holding(gold: object, document: Document, corpus: Corpus) -> Iterator[str]:
    for passage in corpus.passages(document.id):
        if gold.held_by(Piece.of_hit(Hit(passage, document, 1, 0.0))):  # type: ignore[attr-defined]
            yield from leaf_ids(passage)


def learn(rows: Sequence[Learned]) -> Numbers:
    """Return the weights, of shape (features,), in the order of FEATURES."""
    scales = np.array([SCALES.get(name, 1.0) for name in FEATURES])
    prior = np.array([PRIOR.get(name, 1.0) for name in FEATURES]) * scales
    taught = [row for row in rows if row.right.any()]

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        off = weights - prior
        value, slope = STRENGTH * off @ off / 2, STRENGTH * off
        for row in taught:
            features = row.features / scales
            scores = features @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            best = chances[row.right].sum()
            wanted = np.where(row.right, chances / best, 0.0)
            value -= np.log(best) / len(rows)
            slope = slope - features.T @ (wanted - chances) / len(rows)
        return float(value), slope

    found = minimize(loss, prior, jac=True, method="L-BFGS-B")
    learned: Numbers = found.x / scales
    return learned


def ranks(row: Learned, weights: Numbers) -> tuple[int, int]:
    """Return the rank of the first gold and of the last, beyond all where one is missing."""
    order = np.argsort(-(row.features @ weights), kind="stable")
    places = np.flatnonzero(row.right[order]) + 1
    beyond = len(order) + 1
    first = int(places.min()) if len(places) else beyond
    return first, int(places.max()) if len(places) >= row.golds else beyond


def report(name: str, rows: Sequence[Learned], weights: Sequence[Numbers]) -> Iterator[str]:
    found = [ranks(row, own) for row, own in zip(rows, weights, strict=True)]
    for kind in ("page", "snippet"):
        of_kind = [pair for pair, row in zip(found, rows, strict=True) if row.set == kind]
        yield f"\n{name}, {kind}s, {len(of_kind)} questions\n"
        yield from table(
            ("k", "any", "every"),
            (
                (k, share(a <= k for a, _ in of_kind), share(b <= k for _, b in of_kind))
                for k in CUTS
            ),
        )


def unseen(rows: Sequence[Learned]) -> list[Numbers]:
    """Return for each question the weights that were learned without its fold."""
    folds: Collection[str] = {row.fold for row in rows}
    by_fold = {fold: learn([row for row in rows if row.fold != fold]) for fold in folds}
    return [by_fold[row.fold] for row in rows]


def as_toml(weights: Numbers) -> Iterator[str]:
    yield "# Weights of the ranking, learned and explained by `python -m benchmarks.train_ranking`."
    yield "# What each feature is stands in corpus/ranking.py.\n"
    yield "[weights]"
    for name, weight in zip(FEATURES, weights, strict=True):
        yield f"{name} = {weight:.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    runtime = runtime_over(shared_store_inputs(), "all")
    rows = list(material(runtime.corpus))
    runtime.close()
    weights = learn(rows)
    text = "\n".join(as_toml(weights)) + "\n"
    lines = [text, *report("All questions", rows, [weights] * len(rows))]
    lines += report("Leave one company out", rows, unseen(rows))
    sys.stdout.write("\n".join(lines) + "\n")
    if given.write:
        (REPOSITORY / "corpus" / "ranking.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
