"""Whether the right page is found: the FinanceBench questions of ../shared over one shared store.

`python -m benchmarks.financebench [-v] [DATA]` searches a store that holds ../shared/financebench
and ../shared/docs (built in build/bench/all when no DATA is given) and prints page@k, all@k, MRR@10
and doc@k: the share of questions with a gold page (every gold page) among the first k distinct
pages, and with the gold document among the first k distinct documents.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from assistant.settings import load_settings
from assistant.wiring import Runtime, build
from benchmarks.material import runtime_over, shared_folder
from corpus.models import Hit

__all__ = ["Asked", "Found", "main", "questions", "search_all"]

CUTS = (1, 3, 5, 10, 20)
DEPTH = 60
"""Passages asked for: enough for 20 distinct pages."""

Page = tuple[str, int]
"""Document name without suffix, and 1-based page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its gold pages."""

    id: str
    text: str
    golds: frozenset[Page]


@dataclass(frozen=True, slots=True)
class Found:
    """The distinct pages and documents of a search, best first."""

    asked: Asked
    pages: tuple[Page, ...]
    documents: tuple[str, ...]
    seconds: float

    def first(self) -> int | None:
        ranks = [rank for rank, page in enumerate(self.pages, start=1) if page in self.asked.golds]
        return min(ranks, default=None)

    def has_page(self, k: int) -> bool:
        return bool(self.asked.golds & set(self.pages[:k]))

    def has_all(self, k: int) -> bool:
        return self.asked.golds <= set(self.pages[:k])

    def has_document(self, k: int) -> bool:
        return bool({name for name, _ in self.asked.golds} & set(self.documents[:k]))


def questions() -> Iterator[Asked]:
    path = shared_folder() / "financebench" / "questions.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        golds = {(e["doc_name"], e["evidence_page_num"] + 1) for e in row["evidence"]}
        yield Asked(row["financebench_id"], row["question"], frozenset(golds))


def search_all(runtime: Runtime) -> list[Found]:
    return [_searched(asked, runtime) for asked in questions()]


def _searched(asked: Asked, runtime: Runtime) -> Found:
    started = time.perf_counter()
    hits = runtime.corpus.search(asked.text, DEPTH)
    seconds = time.perf_counter() - started
    pages = dict.fromkeys(page for hit in hits for page in _pages(hit))
    documents = dict.fromkeys(PurePath(hit.document.name).stem for hit in hits)
    return Found(asked, tuple(pages), tuple(documents), seconds)


def _pages(hit: Hit) -> Iterator[Page]:
    first, last = hit.passage.page, hit.passage.page_last
    if first is not None and last is not None:
        for page in range(first, last + 1):
            yield PurePath(hit.document.name).stem, page


def report(found: Sequence[Found]) -> Iterator[str]:
    yield f"financebench: {len(found)} questions\n"
    yield "| k | page@k | all@k | doc@k |\n|---|---|---|---|"
    for k in CUTS:
        page = _share(row.has_page(k) for row in found)
        every = _share(row.has_all(k) for row in found)
        document = _share(row.has_document(k) for row in found)
        yield f"| {k} | {page:.2f} | {every:.2f} | {document:.2f} |"
    ranks = [row.first() for row in found]
    reciprocal = statistics.mean(1 / rank if rank and rank <= 10 else 0.0 for rank in ranks)
    seconds = statistics.median(row.seconds for row in found)
    yield f"\nMRR@10 {reciprocal:.3f}; search median {seconds:.4f} s"


def _share(flags: Iterator[bool]) -> float:
    return statistics.mean(map(float, flags))


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "-v"]
    if arguments:
        runtime = build(load_settings(data=Path(arguments[0])))
    else:
        folder = shared_folder()
        runtime = runtime_over([folder / "financebench" / "pdfs", folder / "docs"], "all")
    found = search_all(runtime)
    runtime.close()
    sys.stdout.write("\n".join(report(found)) + "\n")
    if "-v" in sys.argv[1:]:
        for row in found:
            if not row.has_page(10):
                sys.stdout.write(f"{row.first()} {sorted(row.asked.golds)} {row.asked.text}\n")


if __name__ == "__main__":
    main()
