"""Uploads: the name is a label, size and type are checked before anything is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.store import Corpus
from ingest import intake
from ingest.outcome import Finished, Found, Outcome, Status
from ingest.uploads import clean_name, ingest_upload
from tests.fakes import HashingEmbedder

TEXT = b"Harbor Mills rents accelerators by the hour in Bergen."


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    opened = Corpus.open(data, embedder)
    yield opened
    opened.close()


def uploaded(corpus: Corpus, name: str, content: bytes, limit_mb: int = 1) -> Outcome:
    first, *_, last = ingest_upload(name, content, corpus, limit_mb)
    assert first == Found(1)
    assert isinstance(last, Finished)
    return last.outcome


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\ann\\10-K.txt", "10-K.txt"),
        ("a\0b\n.txt", "a b .txt"),
        (".hidden.txt", "hidden.txt"),
        ("..", "upload"),
        ("", "upload"),
        ("x" * 1_000 + ".txt", "x" * 116 + ".txt"),
        ("‮fdp.txt", "fdp.txt"),
    ],
)
def test_fault_31_names_are_only_labels(corpus: Corpus, name: str, label: str) -> None:
    assert clean_name(name) == label
    outcome = uploaded(corpus, name, TEXT)
    assert (outcome.status, outcome.input) == (Status.ADDED, f"upload:{label}")
    (document,) = corpus.documents()
    assert document.name == label
    stored = [path.name for path in (corpus.data / "originals").iterdir()]
    assert stored == [f"{document.id}.txt"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"x" * (2 * 1024**2), "2.0 MiB is over the limit of 1 MiB: split the file"),
        ("a.pdf", b"GIF89a not a report", "holds no PDF"),
        ("a.txt", bytes(range(256)) * 9, "binary content"),
        ("a.xlsx", b"plain words", "named .xlsx but holds no workbook"),
        ("a.docx", b"PK\x03\x04 and no more", "a damaged zip archive"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "save it as .docx"),
        ("a.key", b"plain words", "unsupported type .key"),
        ("a.txt", b"", "empty file"),
    ],
)
def test_fault_32_size_and_type_are_refused_before_parsing(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, reason: str
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a reader was started")

    monkeypatch.setattr(intake, "run_module", never)
    outcome = uploaded(corpus, name, content)
    assert outcome.status is Status.REFUSED
    assert reason in (outcome.reason or "")
    assert not (corpus.data / "originals").exists()


def test_the_same_upload_is_unchanged_and_a_new_one_replaces_it(corpus: Corpus) -> None:
    assert uploaded(corpus, "a.txt", TEXT).status is Status.ADDED
    assert uploaded(corpus, "a.txt", TEXT).status is Status.UNCHANGED
    assert uploaded(corpus, "b.txt", TEXT).status is Status.DUPLICATE
    changed = uploaded(corpus, "a.txt", TEXT + b" No more.")
    assert changed.status is Status.UPDATED
    assert {d.name for d in corpus.documents()} == {"a.txt", "b.txt"}
