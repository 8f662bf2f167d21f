"""The evaluation material and a store built from it, kept between runs in build/bench."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from assistant.questions import Question, pair_turns
from assistant.settings import load_settings
from assistant.wiring import Runtime, build
from benchmarks.found import Gold, GoldSnippet
from corpus.query import rewrite
from ingest.outcome import Finished
from ingest.pipeline import ingest

__all__ = ["Asked", "Case", "ai_capex", "runtime_over", "shared_folder", "shared_store_inputs"]

REPOSITORY = Path(__file__).parents[1]
STORE = REPOSITORY / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what must be found for it.

    `figure` is its answer where that is one figure that the gold passage prints, else None.
    """

    question: Question
    golds: tuple[Gold, ...]
    figure: Decimal | None = None

    @property
    def whole(self) -> str:
        """The question as it is searched: a follow-up with what it leaves to the turns before."""
        turns = [(turn.question, turn.answer) for turn in self.question.history]
        return rewrite(self.question.text, turns)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of cases/ai_capex.jsonl."""

    question: Question
    kind: str
    answerable: bool
    must_contain: tuple[str, ...]
    golds: tuple[GoldSnippet, ...]
    answer: str


def shared_folder() -> Path:
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        sys.exit("The evaluation material (../shared) is absent: nothing to measure.")
    return folder


def shared_store_inputs() -> list[Path]:
    """Return what the shared store of both question sets is built from."""
    folder = shared_folder()
    notes = REPOSITORY / "corpus" / "notes"
    return [folder / "financebench" / "pdfs", folder / "docs", notes]


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
            GoldSnippet(frozenset([gold["file"], *gold["also_in"]]), gold["snippet"])
            for gold in golds
        ),
        answer=str(row["answer"]),
    )
