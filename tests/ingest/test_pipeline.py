"""The pipeline on real files, child readers and a real store; only the embedder is a fake."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import CorpusUnwritable
from corpus.models import DocumentState
from corpus.store import Corpus
from ingest.outcome import Event, Finished, Found, Outcome, Progress, Status
from ingest.pipeline import ingest
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
TEXT = "Harbor Mills rents {} accelerators an hour in the second hall of its Bergen site."


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    opened = Corpus.open(data, embedder)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def outcomes(events: Iterator[Event]) -> list[Outcome]:
    return [event.outcome for event in events if isinstance(event, Finished)]


def taken(corpus: Corpus, *inputs: Path, dry_run: bool = False) -> list[Outcome]:
    return outcomes(ingest([str(path) for path in inputs], corpus, dry_run=dry_run))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_becomes_a_document_that_is_found(corpus: Corpus, folder: Path) -> None:
    path = write(folder / "note.md", "# GPU rents\n\n" + TEXT.format(512))
    events = list(ingest([str(folder)], corpus))
    assert events[0] == Found(1)
    assert events[1:-1] == [Progress("note.md", None, 1, 0), Progress("note.md", None, 1, 1)]
    (outcome,) = outcomes(iter(events))
    assert (outcome.status, outcome.title, outcome.form) == (Status.ADDED, "GPU rents", "note")
    assert outcome.seconds > 0
    (document,) = corpus.documents()
    assert (document.id, document.passages) == (outcome.document_id, 1)
    assert document.sources[0].location == str(path.resolve())
    hits = corpus.search("accelerators in Bergen")
    assert hits[0].document.id == document.id
    assert "512 accelerators" in hits[0].passage.text
    original = corpus.data / "originals" / f"{document.id}.md"
    assert original.read_bytes() == path.read_bytes()


def test_the_batch_goes_on_after_a_refused_file(corpus: Corpus, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 cut short")
    write(folder / "b.txt", TEXT.format(1))
    missing = folder / "missing.txt"
    found = taken(corpus, missing, folder)
    assert [o.status for o in found] == [Status.REFUSED, Status.REFUSED, Status.ADDED]
    assert found[0].reason == "no such file or folder"
    assert len(corpus.documents()) == 1


def test_named_outright_an_unsupported_type_is_refused(corpus: Corpus, folder: Path) -> None:
    path = write(folder / "manifest.jsonl", "{}")
    assert [o.status for o in taken(corpus, folder)] == [Status.SKIPPED]
    assert [o.status for o in taken(corpus, path)] == [Status.REFUSED]


def test_a_dry_run_writes_nothing(corpus: Corpus, folder: Path, embedder: HashingEmbedder) -> None:
    write(folder / "a.txt", TEXT.format(1))
    before = sorted(corpus.data.rglob("*"))
    (outcome,) = taken(corpus, folder, dry_run=True)
    assert (outcome.status, outcome.passages) == (Status.ADDED, 1)
    assert sorted(corpus.data.rglob("*")) == before
    assert corpus.documents() == ()
    assert embedder.batches == []


def test_a_paywall_notice_is_refused(corpus: Corpus, folder: Path) -> None:
    write(
        folder / "a.txt", "Subscribe to unlock this article\n\nThen $75 per month. Cancel anytime."
    )
    (outcome,) = taken(corpus, folder)
    assert outcome.status is Status.REFUSED
    assert "only a paywall notice" in (outcome.reason or "")


def test_a_blank_file_is_refused(corpus: Corpus, folder: Path) -> None:
    write(folder / "a.txt", "\n \n")
    (outcome,) = taken(corpus, folder)
    assert outcome.status is Status.REFUSED


def test_fault_11_ten_thousand_passages_in_one_file(
    corpus: Corpus, folder: Path, embedder: HashingEmbedder
) -> None:
    loads = (" ".join(str((n + 5_000) * k % 99_991) for k in range(1, 61)) for n in range(10_000))
    write(folder / "a.txt", "\n\n".join(f"Lot {n} holds {load}." for n, load in enumerate(loads)))
    (outcome,) = taken(corpus, folder)
    assert (outcome.status, outcome.passages) == (Status.ADDED, 10_000)
    assert max(map(len, embedder.batches)) <= 64
    stored = corpus.passages(outcome.document_id or "")
    assert len(stored) == 10_000
    assert corpus.search(stored[7_321].text)[0].passage == stored[7_321]
    assert corpus.health().ok


def test_fault_12_a_document_shrinks_on_re_ingest(corpus: Corpus, folder: Path) -> None:
    long = "\n\n".join(TEXT.format(n) + " " + "It pays. " * 60 for n in range(9))
    path = write(folder / "a.txt", long)
    (first,) = taken(corpus, path)
    old = corpus.passages(first.document_id or "")
    assert len(old) == 9
    write(path, "The Bergen site of Harbor Mills was sold.")
    (second,) = taken(corpus, path)
    assert (second.status, second.passages) == (Status.UPDATED, 1)
    assert [d.id for d in corpus.documents()] == [second.document_id]
    hits = corpus.search("accelerators an hour in the second hall", k=20)
    assert {hit.document.id for hit in hits} <= {second.document_id}
    assert corpus.document(first.document_id or "").state is DocumentState.SUPERSEDED
    assert corpus.passage(old[-1].id) == old[-1]


def test_an_earlier_content_comes_back(corpus: Corpus, folder: Path) -> None:
    path = write(folder / "a.txt", TEXT.format(1))
    (first,) = taken(corpus, path)
    write(path, TEXT.format(22))
    taken(corpus, path)
    write(path, TEXT.format(1))
    (again,) = taken(corpus, path)
    assert (again.status, again.document_id) == (Status.UPDATED, first.document_id)
    assert [d.id for d in corpus.documents()] == [first.document_id]
    assert corpus.search("accelerators")[0].document.id == first.document_id


def test_fault_13_the_same_content_under_two_names(
    corpus: Corpus, folder: Path, embedder: HashingEmbedder
) -> None:
    write(folder / "a.txt", TEXT.format(1))
    write(folder / "b.txt", TEXT.format(1))
    first, second = taken(corpus, folder)
    assert (first.status, second.status) == (Status.ADDED, Status.DUPLICATE)
    assert second.reason == "same content as a.txt"
    assert first.document_id == second.document_id
    (document,) = corpus.documents()
    assert [source.name for source in document.sources] == ["a.txt", "b.txt"]
    assert len(embedder.batches) == 1


def test_fault_14_unchanged_files_are_not_read_again(
    corpus: Corpus,
    folder: Path,
    embedder: HashingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        write(folder / f"{number}.txt", TEXT.format(number))
    taken(corpus, folder)
    batches, generation = list(embedder.batches), corpus.generation()

    def never(self: Path) -> bytes:
        raise AssertionError(f"{self} was read")

    monkeypatch.setattr(Path, "read_bytes", never)
    assert {o.status for o in taken(corpus, folder)} == {Status.UNCHANGED}
    assert (embedder.batches, corpus.generation()) == (batches, generation)


def test_what_an_older_splitter_cut_is_cut_anew(
    corpus: Corpus, folder: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder / "a.txt", TEXT.format(1))
    taken(corpus, path)
    monkeypatch.setattr("ingest.intake.SPLITTER", "sentences-and-rows/next")
    (outcome,) = taken(corpus, path)
    assert (outcome.status, outcome.reason) == (
        Status.UPDATED,
        "cut into passages anew by this version",
    )
    (document,) = corpus.documents()
    assert document.splitter == "sentences-and-rows/next"
    assert [o.status for o in taken(corpus, path)] == [Status.UNCHANGED]


def test_a_missing_original_comes_back_with_its_file(
    corpus: Corpus, folder: Path, embedder: HashingEmbedder
) -> None:
    path = write(folder / "a.txt", TEXT.format(1))
    taken(corpus, path)
    (original,) = (corpus.data / "originals").iterdir()
    original.unlink()
    assert len(corpus.health().originals_missing) == 1
    assert [o.status for o in taken(corpus, path)] == [Status.UNCHANGED]
    assert original.read_bytes() == path.read_bytes()
    assert corpus.health().originals_missing == ()
    assert len(embedder.batches) == 1


def test_the_tables_of_a_document_are_counted(corpus: Corpus, folder: Path) -> None:
    write(folder / "a.md", "# Halls\n\nTwo.\n\n| hall | cost |\n|---|---|\n| one | $4 |\n")
    taken(corpus, folder)
    assert [document.tables for document in corpus.documents()] == [1]


def test_a_touched_file_is_hashed_once_and_then_known_again(
    corpus: Corpus, folder: Path, embedder: HashingEmbedder
) -> None:
    path = write(folder / "a.txt", TEXT.format(1))
    taken(corpus, path)
    os.utime(path, ns=(1, 1))
    assert [o.status for o in taken(corpus, path)] == [Status.UNCHANGED]
    known = corpus.source(str(path.resolve()))
    assert known is not None
    assert known[0].modified_ns == 1
    assert len(embedder.batches) == 1


def test_an_unchanged_run_loads_no_engine_and_starts_no_child(
    corpus: Corpus, folder: Path, data: Path
) -> None:
    write(folder / "a.txt", TEXT.format(1))
    taken(corpus, folder)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from corpus.store import Corpus\n"
        "from ingest.console import run_ingest\n"
        "from tests.fakes import HashingEmbedder\n"
        "def watch(event, _):\n"
        "    assert event not in {'subprocess.Popen', 'os.posix_spawn', 'os.fork'}, event\n"
        "sys.addaudithook(watch)\n"
        "corpus = Corpus.open(Path(sys.argv[1]), HashingEmbedder())\n"
        "run_ingest([sys.argv[2]], corpus, as_json=True)\n"
        "print([m for m in ('chromadb', 'onnxruntime', 'torch') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(data), str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"status": "unchanged"' in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_fault_16_originals_that_cannot_be_written_leave_the_store_intact(
    corpus: Corpus, folder: Path
) -> None:
    taken(corpus, write(folder / "a.txt", TEXT.format(1)))
    originals = corpus.data / "originals"
    originals.rename(corpus.data / "elsewhere")
    originals.write_text("a file in the way")
    with pytest.raises(CorpusUnwritable, match=r"originals.*--data"):
        taken(corpus, write(folder / "b.txt", TEXT.format(22)))
    assert [d.name for d in corpus.documents()] == ["a.txt"]
    assert corpus.health().ok


def test_fault_16_a_full_disk_stops_the_batch_and_a_rerun_completes(
    corpus: Corpus, folder: Path, data: Path, embedder: HashingEmbedder
) -> None:
    taken(corpus, write(folder / "a.txt", TEXT.format(1)))
    write(folder / "b.txt", "\n\n".join(TEXT.format(n) for n in range(3_000)))
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from corpus.errors import CorpusUnwritable\n"
        "from corpus.store import Corpus\n"
        "from ingest.console import run_ingest\n"
        "from tests.fakes import HashingEmbedder\n"
        "corpus = Corpus.open(Path(sys.argv[1]), HashingEmbedder())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try:\n"
        "    run_ingest([sys.argv[2]], corpus)\n"
        "except CorpusUnwritable as error:\n"
        "    print('unwritable:', error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(data), str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "unwritable: " in done.stdout
    assert corpus.health().ok
    assert [d.name for d in corpus.documents()] == ["a.txt"]
    assert [o.status for o in taken(corpus, folder)] == [Status.UNCHANGED, Status.ADDED]
    assert corpus.health().ok


def test_fault_23_a_binary_named_txt_is_refused(corpus: Corpus, folder: Path) -> None:
    (folder / "a.txt").write_bytes(bytes(range(256)) * 40)
    (outcome,) = taken(corpus, folder)
    assert outcome.status is Status.REFUSED
    assert "binary content" in (outcome.reason or "")
    assert corpus.documents() == ()


def test_a_file_that_changes_while_it_is_read_is_refused(
    corpus: Corpus, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder / "a.txt", TEXT.format(1))
    read = Path.read_bytes

    def read_then_change(self: Path) -> bytes:
        content = read(self)
        write(self, "Something else altogether.")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_then_change)
    (outcome,) = taken(corpus, path)
    assert outcome.reason == "changed while it was read: ingest it again"


def test_a_rehearsal_tells_what_the_real_run_would(corpus: Corpus, folder: Path) -> None:
    for name in ("a.md", "b.md"):
        write(folder / name, TEXT.format(512))
    rehearsed = taken(corpus, folder, dry_run=True)
    real = taken(corpus, folder)
    assert [o.status for o in rehearsed] == [o.status for o in real]
    assert rehearsed[1].reason == real[1].reason == "same content as a.md"
