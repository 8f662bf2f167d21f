"""Ingest against the usual pipeline: pages a second, end to end, and the peak of memory.

`python -m benchmarks.ingest [--every N] [--keep FOLDER] [FILE...]` takes the PDFs of the shared set
(every Nth of them) into two fresh stores, five files in turns, so that both meet the same noise of
the machine. Usual: pypdf page by page, RecursiveCharacterTextSplitter 1000/200, the same MiniLM in
fp32 through sentence-transformers, a Chroma collection. Ours: `ingest.pipeline.ingest` as it ships.
Starting a process and loading a model is not counted on either side. With --keep the stores stay in
FOLDER/usual and FOLDER/ours, which have to be absent.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.material import REPOSITORY, shared_folder

__all__ = ["main"]

SIDES = ("usual", "ours")
TURN = 5
"""Files of one turn."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Files taken in: wall seconds, processor seconds of the process and its children."""

    pages: int
    passages: int
    seconds: float
    processor: float


@dataclass(slots=True)
class Worker:
    """One pipeline in a process of its own, told file by file."""

    process: subprocess.Popen[str]

    def take(self, paths: list[Path]) -> Taken:
        answer = self._answer(list(map(str, paths)))
        return Taken(
            int(answer["pages"]), int(answer["passages"]), answer["seconds"], answer["processor"]
        )

    def peak(self) -> float:
        """Return the highest resident memory of the process or of a child of it, in MiB."""
        return float(self._answer([])["mebibytes"])

    def _answer(self, paths: list[str]) -> dict[str, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(paths) + "\n")
        self.process.stdin.flush()
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def worker(side: str, folder: Path) -> Iterator[Worker]:
    models = os.environ.get("LOADFACTOR_MODELS", str(REPOSITORY / "data" / "models"))
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ingest_side", side, str(folder), models],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Worker(process)
        assert process.stdin is not None
        process.stdin.close()


def measure(files: list[Path], keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as passing:
        compare(files, keep or Path(passing))


def compare(files: list[Path], folder: Path) -> None:
    taken: dict[str, list[Taken]] = {side: [] for side in SIDES}
    with (
        worker("usual", new_folder(folder / "usual")) as usual,
        worker("ours", new_folder(folder / "ours")) as ours,
    ):
        for start in range(0, len(files), TURN):
            turn = files[start : start + TURN]
            pair = (usual.take(turn), ours.take(turn))
            for side, result in zip(SIDES, pair, strict=True):
                taken[side].append(result)
            say(
                f"{turn[0].stem} to {turn[-1].stem}: {pair[1].pages} pages, usual "
                f"{pair[0].seconds:.1f} s, ours {pair[1].seconds:.1f} s, "
                f"ratio {pair[0].seconds / pair[1].seconds:.1f}"
            )
        peaks = {"usual": usual.peak(), "ours": ours.peak()}
    report(taken, peaks)


def new_folder(folder: Path) -> Path:
    if folder.exists():
        sys.exit(f"{folder} exists: a fresh store is what is measured. Remove it first.")
    return folder.absolute()


def report(taken: dict[str, list[Taken]], peaks: dict[str, float]) -> None:
    say("\n| | pages | passages | seconds | processor seconds | pages a second | peak MiB |")
    say("|---|---|---|---|---|---|---|")
    rates = {}
    for side in SIDES:
        rows = taken[side]
        pages, seconds = sum(row.pages for row in rows), sum(row.seconds for row in rows)
        rates[side] = pages / seconds
        say(
            f"| {side} | {pages} | {sum(row.passages for row in rows)} | {seconds:.1f} | "
            f"{sum(row.processor for row in rows):.1f} | {rates[side]:.2f} | {peaks[side]:.0f} |"
        )
    say(f"\nours to usual: {rates['ours'] / rates['usual']:.2f} times the pages a second")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    files = given.files or sorted((shared_folder() / "financebench" / "pdfs").glob("*.pdf"))
    measure([path.resolve() for path in files[:: given.every]], given.keep)


if __name__ == "__main__":
    main()
