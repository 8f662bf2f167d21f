from __future__ import annotations

import tomllib

import numpy as np
import pytest

from benchmarks.train_ranking import PRIOR, Learned, as_toml, learn, ranks, unseen
from corpus.ranking import FEATURES

WORDS, PERIOD = FEATURES.index("leaf_words"), FEATURES.index("period")


def question(fold: str, telling: int, seed: int) -> Learned:
    """Ten leaves of which the first is right; one feature tells it, another is noise."""
    noise = np.random.default_rng(seed)
    features = np.zeros((10, len(FEATURES)))
    features[:, WORDS if telling == PERIOD else PERIOD] = noise.random(10)
    features[0, telling] = 1.0
    right = np.zeros(10, dtype=np.bool_)
    right[0] = True
    return Learned("page", fold, features, right, 1)


def test_what_tells_the_right_leaf_gains_weight_and_noise_loses_it() -> None:
    weights = learn([question(str(n), WORDS, n) for n in range(30)])
    assert weights[WORDS] > 2.0
    assert weights[PERIOD] < 1.0


def test_what_no_question_needs_keeps_its_prior() -> None:
    weights = learn([question(str(n), WORDS, n) for n in range(30)])
    for name in ("recent", "other_company"):
        assert weights[FEATURES.index(name)] == pytest.approx(PRIOR.get(name, 1.0), abs=0.01)


def test_a_question_is_ranked_by_weights_that_others_taught() -> None:
    rows = [question("a", PERIOD, 0), *(question("b", WORDS, n) for n in range(1, 20))]
    apart = unseen(rows)
    assert not np.allclose(apart[0], apart[1])
    assert np.allclose(apart[0], learn(rows[1:]))


def test_ranks_are_of_the_first_gold_and_of_the_last() -> None:
    row = question("a", WORDS, 0)
    weights = np.array([float(name == "leaf_words") for name in FEATURES])
    assert ranks(row, weights) == (1, 1)
    short = Learned("page", "a", row.features, row.right, 2)
    assert ranks(short, weights) == (1, 11), "one gold is not among the candidates"


def test_the_file_is_one_that_the_search_reads() -> None:
    weights = tomllib.loads("\n".join(as_toml(np.ones(len(FEATURES)))))["weights"]
    assert tuple(weights) == FEATURES
