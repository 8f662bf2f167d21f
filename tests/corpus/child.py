"""A second process of the corpus tests: `python -m tests.corpus.child DATA COMMAND ...`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from corpus.catalog_changes import CatalogChanges
from corpus.embedding import Vectors
from corpus.lexical import LexicalIndex
from corpus.store import Corpus
from corpus.vectors import VectorIndex
from ingest.console import run_ingest
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def add(corpus: Corpus, count: str, *names: str) -> None:
    """Add a document of `count` passages under each name, a transaction each."""
    for name in names:
        put(corpus, document(name), *texts(name, int(count)))
        say(name)


def hold(corpus: Corpus, seconds: str) -> None:
    """Hold the write lock for a while."""
    with corpus.writing():
        say("held")
        time.sleep(float(seconds))


def die_before_the_bump(corpus: Corpus, name: str) -> None:
    """End without a word after the vector index took the passages."""
    whole = VectorIndex.upsert

    def last(index: VectorIndex, ids: list[str], rows: Vectors) -> None:
        whole(index, ids, rows)
        os._exit(9)

    VectorIndex.upsert = last  # type: ignore[assignment, method-assign]
    put(corpus, document(name), *texts(name, 40))


STEPS: dict[str, tuple[type, str]] = {
    "catalog": (CatalogChanges, "begin"),
    "lexical": (LexicalIndex, "commit"),
    "vectors": (VectorIndex, "upsert"),
    "ready": (CatalogChanges, "finish"),
}


def tell_steps() -> None:
    """Say ">step" before and "<step" after every step of a write."""
    for name, (owner, method) in STEPS.items():
        setattr(owner, method, told(name, getattr(owner, method)))


def told(name: str, whole: Callable[..., object]) -> Callable[..., object]:
    def step(*arguments: object) -> object:
        say(f">{name}")
        result = whole(*arguments)
        say(f"<{name}")
        return result

    return step


def ingest(corpus: Corpus, folder: str) -> None:
    """Ingest a folder, telling each step; ends with the code of the command."""
    tell_steps()
    sys.exit(run_ingest([folder], corpus))


def search(corpus: Corpus, question: str) -> None:
    """Answer the same question for every line on standard input."""
    for _ in sys.stdin:
        say(",".join(hit.document.title for hit in corpus.search(question, 3)))


COMMANDS: dict[str, Callable[..., None]] = {
    "add": add,
    "hold": hold,
    "die_before_the_bump": die_before_the_bump,
    "ingest": ingest,
    "search": search,
}

if __name__ == "__main__":
    wait = float(os.environ.get("CHILD_WAIT", "60"))
    with Corpus.open(Path(sys.argv[1]), HashingEmbedder(), wait=wait) as opened:
        COMMANDS[sys.argv[2]](opened, *sys.argv[3:])
