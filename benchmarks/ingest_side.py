"""One side of `benchmarks.ingest`: answers each JSON list of paths with a line of what it took."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["main"]

Take = Callable[[list[str]], tuple[int, int]]
"""Takes files in; returns their pages and passages."""


def usual(folder: Path, _models: Path) -> Take:
    from benchmarks.usual import UsualStore, sentence_encoder

    store = UsualStore(folder, sentence_encoder())

    def take(paths: list[str]) -> tuple[int, int]:
        counts = [store.add(Path(path)) for path in paths]
        return sum(pages for pages, _ in counts), sum(chunks for _, chunks in counts)

    return take


def ours(folder: Path, models: Path) -> Take:
    from corpus.onnx_embedder import OnnxEmbedder
    from corpus.store import Corpus
    from ingest.outcome import Finished, Status
    from ingest.pipeline import ingest

    embedder = OnnxEmbedder(models)
    embedder.embed_query("warm")
    corpus = Corpus.open(folder, embedder)

    def take(paths: list[str]) -> tuple[int, int]:
        done = [e.outcome for e in ingest(paths, corpus) if isinstance(e, Finished)]
        assert all(outcome.status is Status.ADDED for outcome in done), done
        return sum(o.pages or 0 for o in done), sum(o.passages for o in done)

    # The first write loads chromadb, which the other side has loaded by now.
    folder.with_suffix(".md").write_text("A note to begin with.", encoding="utf-8")
    take([str(folder.with_suffix(".md"))])
    return take


def processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_mebibytes() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


def main() -> None:
    side, folder, models = sys.argv[1:]
    take = {"usual": usual, "ours": ours}[side](Path(folder), Path(models))
    for line in sys.stdin:
        paths = json.loads(line)
        if not paths:
            answer: dict[str, float] = {"mebibytes": peak_mebibytes()}
        else:
            wall, processor = time.perf_counter(), processor_seconds()
            pages, passages = take(paths)
            answer = {
                "pages": pages,
                "passages": passages,
                "seconds": time.perf_counter() - wall,
                "processor": processor_seconds() - processor,
            }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
