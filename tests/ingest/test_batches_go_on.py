"""What must not end, deafen or mislead a batch: odd folders, vanished files, interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.store import Corpus
from ingest import intake
from ingest.limits import Limits
from ingest.outcome import Finished, Outcome, Status
from ingest.pipeline import ingest
from ingest.preparing import Refusals
from ingest.readers.process import run_module
from tests.fakes import HashingEmbedder
from tests.ingest.test_pipeline_web import PAGE, URL
from tests.servers.internet import Internet
from tests.servers.loopback import LoopbackServer, Reply

TEXT = "Harbor Mills rents {} accelerators an hour in the second hall of its Bergen site."


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder()) as opened:
        yield opened


def taken(corpus: Corpus, *inputs: object, **k: object) -> list[Outcome]:
    events = ingest([str(i) for i in inputs], corpus, **k)  # type: ignore[arg-type]
    return [e.outcome for e in events if isinstance(e, Finished)]


def write(path: Path, number: int) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(TEXT.format(number), encoding="utf-8")
    return path


def test_the_data_folder_within_a_folder_is_no_input(corpus: Corpus, data: Path) -> None:
    path = write(data.parent / "in.md", 1)
    for _ in range(2):
        outcomes = taken(corpus, data.parent)
    assert [o.status for o in outcomes] == [Status.UNCHANGED]
    write(data.parent / "other.md", 2)
    path.unlink()
    taken(corpus, data.parent, follow=True)
    assert [d.name for d in corpus.documents()] == ["other.md"]


def test_of_the_data_folder_only_a_file_of_ones_own_is_taken(corpus: Corpus, data: Path) -> None:
    own = write(data / "own.md", 1)
    assert [o.status for o in taken(corpus, own)] == [Status.ADDED]
    (kept,) = (data / "originals").iterdir()
    for inside in (data, kept, kept.parent):
        assert [o.status for o in taken(corpus, inside)] == [Status.REFUSED]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_folder_that_is_not_named_in_utf_8_is_refused_and_the_batch_goes_on(
    corpus: Corpus, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/caf\xe9"))
    try:
        write(odd / "a.md", 1)
    except OSError:
        pytest.skip("the file system takes UTF-8 only")
    write(tmp_path / "in" / "b.md", 2)
    assert {o.status for o in taken(corpus, tmp_path / "in")} == {Status.ADDED, Status.REFUSED}


def test_content_that_moved_to_another_address_in_the_same_batch_is_kept(corpus: Corpus) -> None:
    archive = URL.replace("capacity", "archive")
    with LoopbackServer() as server:
        internet = Internet()
        internet.put("news.example", int(server.address.rpartition(":")[2]))
        for number in (1, 2, 1):
            server.queue(Reply((PAGE.format(number).encode(),), content_type="text/html"))
        taken(corpus, URL, fetcher=internet.fetcher())
        outcomes = taken(corpus, URL, archive, fetcher=internet.fetcher())
    assert [o.status for o in outcomes] == [Status.UPDATED, Status.ADDED]


SWAP = """
import sys
from pathlib import Path
from corpus.store import Corpus
from ingest import intake
from ingest.limits import Limits
from ingest import console
from tests.fakes import HashingEmbedder
console._LOOK_AGAIN_SECONDS = 1.0
with Corpus.open(Path(sys.argv[1]), HashingEmbedder()) as corpus:
    console.run_watch([sys.argv[2]], corpus, as_json=True)
"""


def test_a_folder_that_takes_the_place_of_the_followed_one_is_followed(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "a.md", 1)
    with subprocess.Popen(
        [sys.executable, "-c", SWAP, str(data), str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "a.md" in process.stdout.readline()
        folder.rename(tmp_path / "old")
        assert "no such file" in process.stdout.readline()
        write(folder / "a.md", 1)
        write(folder / "b.md", 2)
        assert "b.md" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def test_what_was_refused_is_not_read_again_while_it_is_the_same(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "empty.md"
    path.write_text("\n")
    refusals: Refusals = {}
    read: list[str] = []
    real = run_module

    def counted(module: str, arguments: Sequence[str], limits: Limits, what: str) -> bytes:
        read.append(module)
        return real(module, arguments, limits, what)

    monkeypatch.setattr(intake, "run_module", counted)
    for _ in range(2):
        (outcome,) = taken(corpus, tmp_path / "in", refusals=refusals)
        assert outcome.status is Status.REFUSED
    assert len(read) == 1
    write(path, 3)
    assert [o.status for o in taken(corpus, tmp_path / "in", refusals=refusals)] == [Status.ADDED]


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_what_cannot_be_looked_at_is_not_gone(corpus: Corpus, tmp_path: Path) -> None:
    write(tmp_path / "in" / "sub" / "a.md", 1)
    write(tmp_path / "in" / "b.md", 2)
    taken(corpus, tmp_path / "in")
    # A name that is too long cannot be looked at by anyone, root included.
    from ingest.vanished import _is_gone

    assert not _is_gone(tmp_path / ("n" * 300))
    assert _is_gone(tmp_path / "absent")
