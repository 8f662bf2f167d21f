"""Folders that change: what is new, changed and gone, by one call and by a process that watches."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.models import DocumentState
from corpus.store import Corpus
from ingest.outcome import Finished, Outcome, Status
from ingest.pipeline import ingest
from ingest.watching import FolderWatch
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
TEXT = "Harbor Mills rents {} accelerators an hour in the second hall of its Bergen site."
WATCH = """
import sys
from pathlib import Path
from corpus.store import Corpus
from ingest.console import run_watch
from tests.fakes import HashingEmbedder
with Corpus.open(Path(sys.argv[1]), HashingEmbedder()) as corpus:
    run_watch([sys.argv[2]], corpus, as_json=True)
"""


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    with Corpus.open(data, embedder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def followed(corpus: Corpus, folder: Path, *, dry_run: bool = False) -> list[Outcome]:
    events = ingest([str(folder)], corpus, dry_run=dry_run, follow=True)
    return [event.outcome for event in events if isinstance(event, Finished)]


def write(path: Path, number: int) -> Path:
    path.write_text(TEXT.format(number), encoding="utf-8")
    return path


def test_a_file_that_is_gone_leaves_the_search_and_stays_for_old_citations(
    corpus: Corpus, folder: Path
) -> None:
    gone = write(folder / "a.md", 1)
    write(folder / "b.md", 2)
    held, _ = followed(corpus, folder)
    cited = corpus.passages(held.document_id or "")[0]
    gone.unlink()
    kept, removed = followed(corpus, folder)
    assert (kept.status, removed.status) == (Status.UNCHANGED, Status.REMOVED)
    assert removed.input == str(gone.resolve())
    assert [document.name for document in corpus.documents()] == ["b.md"]
    assert corpus.passage(cited.id) == cited
    assert corpus.document(held.document_id or "").state is DocumentState.SUPERSEDED


def test_without_following_nothing_is_forgotten(corpus: Corpus, folder: Path) -> None:
    gone = write(folder / "a.md", 1)
    write(folder / "b.md", 2)
    list(ingest([str(folder)], corpus))
    gone.unlink()
    list(ingest([str(folder)], corpus))
    assert len(corpus.documents()) == 2


def test_a_moved_file_keeps_its_document(corpus: Corpus, folder: Path) -> None:
    old = write(folder / "a.md", 1)
    followed(corpus, folder)
    old.rename(folder / "b.md")
    duplicate, removed = followed(corpus, folder)
    assert (duplicate.status, removed.status) == (Status.DUPLICATE, Status.REMOVED)
    assert removed.reason == "gone from the folder; still held as b.md"
    (document,) = corpus.documents()
    assert [source.name for source in document.sources] == ["b.md"]


def test_an_empty_folder_is_taken_for_a_missing_drive(corpus: Corpus, folder: Path) -> None:
    path = write(folder / "a.md", 1)
    followed(corpus, folder)
    path.unlink()
    (outcome,) = followed(corpus, folder)
    assert outcome.status is Status.REFUSED
    assert "nothing was forgotten" in (outcome.reason or "")
    assert len(corpus.documents()) == 1


def test_a_file_of_a_folder_with_a_longer_name_is_not_gone(corpus: Corpus, tmp_path: Path) -> None:
    near, other = tmp_path / "in", tmp_path / "in-2"
    near.mkdir()
    other.mkdir()
    write(near / "a.md", 1)
    path = write(other / "b.md", 2)
    list(ingest([str(near), str(other)], corpus))
    path.unlink()
    assert [outcome.status for outcome in followed(corpus, near)] == [Status.UNCHANGED]


def test_a_dry_run_forgets_nothing(corpus: Corpus, folder: Path) -> None:
    gone = write(folder / "a.md", 1)
    write(folder / "b.md", 2)
    followed(corpus, folder)
    gone.unlink()
    assert [o.status for o in followed(corpus, folder, dry_run=True)][-1] is Status.REMOVED
    assert len(corpus.documents()) == 2


def test_changes_close_together_are_told_once(folder: Path) -> None:
    with FolderWatch([folder]) as watch:
        for number in range(5):
            write(folder / f"{number}.md", number)
        assert watch.wait(quiet=0.2, timeout=20)
        assert not watch.wait(quiet=0.2, timeout=0.5)


def test_reading_a_file_is_no_change(folder: Path) -> None:
    path = write(folder / "a.md", 1)
    with FolderWatch([folder]) as watch:
        path.read_bytes()
        assert not watch.wait(quiet=0.1, timeout=0.5)


def test_a_watching_process_follows_new_changed_and_removed_files(
    data: Path, folder: Path, corpus: Corpus
) -> None:
    write(folder / "kept.md", 0)
    command = [sys.executable, "-c", WATCH, str(data), str(folder)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        # A child that hangs must not hang the suite.
        alarm = threading.Timer(120, process.kill)
        alarm.start()
        assert process.stdout is not None
        told = iter(process.stdout)
        assert row(told) == ("kept.md", "added")
        path = write(folder / "new.md", 1)
        assert row(told) == ("new.md", "added")
        write(path, 22)
        assert row(told) == ("new.md", "updated")
        (folder / "empty.md").write_bytes(b"")
        assert row(told) == ("empty.md", "refused")
        path.unlink()
        assert row(told) == ("new.md", "removed")
        process.send_signal(signal.SIGINT)
        alarm.cancel()
    assert process.returncode == 0
    assert [document.name for document in corpus.documents()] == ["kept.md"]


def row(told: Iterator[str]) -> tuple[str, str]:
    outcome = json.loads(next(told))
    return Path(outcome["input"]).name, outcome["status"]
