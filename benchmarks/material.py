"""The evaluation material and a store built from it, kept between runs in build/bench."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from assistant.questions import Question, pair_turns
from assistant.settings import load_settings
from assistant.wiring import Runtime, build
from corpus.models import Hit
from ingest.outcome import Finished
from ingest.pipeline import ingest

__all__ = ["Case", "Gold", "ai_capex", "overlaps", "runtime_over", "shared_folder"]

REPOSITORY = Path(__file__).parents[1]
STORE = REPOSITORY / "build" / "bench"
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Gold:
    files: frozenset[str]
    snippet: str


@dataclass(frozen=True, slots=True)
class Case:
    """One row of cases/ai_capex.jsonl."""

    question: Question
    kind: str
    answerable: bool
    must_contain: tuple[str, ...]
    golds: tuple[Gold, ...]


def shared_folder() -> Path:
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        sys.exit("The evaluation material (../shared) is absent: nothing to measure.")
    return folder


def runtime_over(inputs: Iterable[Path], name: str) -> Runtime:
    """Return the product over a store of `inputs`; only what changed is ingested again."""
    runtime = build(load_settings(data=STORE / name))
    started = time.perf_counter()
    outcomes = [
        event.outcome
        for event in ingest([str(path) for path in inputs], runtime.corpus)
        if isinstance(event, Finished)
    ]
    counts = Counter(outcome.status.value for outcome in outcomes)
    seconds = time.perf_counter() - started
    sys.stdout.write(f"store {name}: {dict(counts)}, {seconds:.1f} s\n")
    return runtime


def ai_capex() -> tuple[Case, ...]:
    path = shared_folder() / "cases" / "ai_capex.jsonl"
    return tuple(_case(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def _case(row: dict[str, object]) -> Case:
    golds = row["gold"]
    assert isinstance(golds, list)
    history = row["history"]
    assert isinstance(history, list)
    must = row["must_contain"]
    assert isinstance(must, list)
    return Case(
        question=Question(str(row["id"]), str(row["question"]), pair_turns(history)),
        kind=str(row["type"]),
        answerable=bool(row["answerable"]),
        must_contain=tuple(must),
        golds=tuple(
            Gold(frozenset([gold["file"], *gold["also_in"]]), gold["snippet"]) for gold in golds
        ),
    )


def overlaps(gold: Gold, hit: Hit) -> bool:
    """Tell whether the hit's document is the gold's and holds half of the snippet's words in a row.

    White space, quotes, dashes and table bars do not count.
    """
    if not any(source.name in gold.files for source in hit.document.sources):
        return False
    snippet, text = _words(gold.snippet), _words(hit.passage.text)
    match = SequenceMatcher(None, snippet, text, autojunk=False).find_longest_match()
    return match.size >= HALF * len(snippet)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
