"""Whether the right page is found: the FinanceBench questions of ../shared over one shared store.

`python -m benchmarks.financebench [-v] [DATA]` searches the shared store (built in build/bench/all
when no DATA is given) and prints page@k, all@k, MRR@10 and doc@k: the share of questions with a
gold page (every gold page) among the first k distinct pages, and with the gold document among the
first k distinct documents. `benchmarks.retrieval` measures the usual pipeline beside it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.questions import Question
from assistant.settings import load_settings
from assistant.wiring import Runtime, build
from benchmarks.found import (
    GoldPage,
    Piece,
    Ranks,
    document_ranks,
    every_within,
    only_figure,
    page_ranks,
    reciprocal,
    share,
    table,
    within,
)
from benchmarks.material import Asked, runtime_over, shared_folder, shared_store_inputs

__all__ = ["CUTS", "DEPTH", "Found", "main", "questions", "report", "search_all"]

CUTS = (1, 3, 5, 10, 20)
DEPTH = 60
"""Passages asked for: enough for 20 distinct pages."""
EXTRACTED = "Information extraction"
"""How the set marks answers that a page prints; others are worked out."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ranks of a question's gold pages and documents."""

    asked: Asked
    pages: Ranks
    documents: Ranks
    seconds: float = 0.0

    @staticmethod
    def of(asked: Asked, pieces: Sequence[Piece], seconds: float = 0.0) -> Found:
        golds = [gold for gold in asked.golds if isinstance(gold, GoldPage)]
        return Found(asked, page_ranks(golds, pieces), document_ranks(asked.golds, pieces), seconds)


def questions() -> Iterator[Asked]:
    path = shared_folder() / "financebench" / "questions.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        golds = {(e["doc_name"], e["evidence_page_num"] + 1) for e in row["evidence"]}
        yield Asked(
            Question(row["financebench_id"], row["question"]),
            tuple(GoldPage(f"{name}.pdf", page) for name, page in sorted(golds)),
            only_figure(row["answer"]) if row["question_reasoning"] == EXTRACTED else None,
        )


def search_all(runtime: Runtime) -> list[Found]:
    return [_searched(asked, runtime) for asked in questions()]


def _searched(asked: Asked, runtime: Runtime) -> Found:
    started = time.perf_counter()
    hits = runtime.corpus.search(asked.whole, DEPTH)
    seconds = time.perf_counter() - started
    return Found.of(asked, [Piece.of_hit(hit) for hit in hits], seconds)


def report(found: Sequence[Found]) -> Iterator[str]:
    yield f"financebench: {len(found)} questions\n"
    yield from table(("k", "page@k", "all@k", "doc@k"), ((k, *shares(found, k)) for k in CUTS))
    seconds = statistics.median(row.seconds for row in found)
    yield f"\nMRR@10 {mean_reciprocal(found):.3f}; search median {seconds:.4f} s"


def shares(found: Sequence[Found], k: int) -> tuple[float, float, float]:
    """Return page@k, all@k and doc@k."""
    return (
        share(within(row.pages, k) for row in found),
        share(every_within(row.pages, k) for row in found),
        share(within(row.documents, k) for row in found),
    )


def mean_reciprocal(found: Sequence[Found]) -> float:
    """Return MRR@10 over pages."""
    return statistics.mean(reciprocal(row.pages, 10) for row in found)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "-v"]
    if arguments:
        runtime = build(load_settings(data=Path(arguments[0])))
    else:
        runtime = runtime_over(shared_store_inputs(), "all")
    found = search_all(runtime)
    runtime.close()
    sys.stdout.write("\n".join(report(found)) + "\n")
    if "-v" in sys.argv[1:]:
        for row in found:
            if not within(row.pages, 10):
                golds = ", ".join(map(str, row.asked.golds))
                sys.stdout.write(f"{row.pages} {golds} {row.asked.question.text}\n")


if __name__ == "__main__":
    main()
