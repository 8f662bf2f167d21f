"""A store that was exchanged while a process opened it, and amendments among many filers."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus import amendments, restoring
from corpus.backup import back_up
from corpus.models import Document
from corpus.store import Corpus
from tests.corpus.making import document, put
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
OPENS = """
import sys
from pathlib import Path
from corpus.errors import CorpusBusy
from corpus.store import Corpus
from tests.corpus.making import document, put
from tests.fakes import HashingEmbedder
print("opening", flush=True)
try:
    with Corpus.open(Path(sys.argv[1]), HashingEmbedder()) as corpus:
        put(corpus, document("latest"))
except CorpusBusy as error:
    print(error)
"""


def test_who_opens_a_store_during_a_restore_does_not_write_into_the_restored_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"))
        back_up(data, tmp_path / "b.zip", datetime.now(UTC))
        put(corpus, document("later"))
    place, opening = restoring._put_in_place, []

    def while_another_opens(work: Path, at: Path, now: datetime) -> Path | None:
        command = [sys.executable, "-c", OPENS, str(data)]
        other = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        opening.append(other)
        assert other.stdout is not None and other.stdout.readline() == "opening\n"
        time.sleep(2)
        return place(work, at, now)

    monkeypatch.setattr(restoring, "_put_in_place", while_another_opens)
    restoring.restore(tmp_path / "b.zip", data, datetime.now(UTC), replace=True)
    assert "restored" in opening[0].communicate()[0]
    with Corpus.open(data, HashingEmbedder()) as corpus:
        assert corpus.health().ok
        assert [found.title for found in corpus.documents()] == ["About kept"]


def test_a_change_compares_an_amendment_with_filings_of_its_filer_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Document] = []
    real = amendments._amends

    def counted(amendment: Document, original: Document) -> bool:
        compared.append(original)
        return real(amendment, original)

    monkeypatch.setattr(amendments, "_amends", counted)
    facts = {"form": "10-K", "fiscal_period": "FY2025"}
    with Corpus.open(data, HashingEmbedder()) as corpus, corpus.writing() as writer:
        for number in range(8):
            put(writer, document(f"{number}", companies=(f"Company {number}",), **facts))
        compared.clear()
        put(writer, document("a", companies=("Company 1",), **facts | {"form": "10-K/A"}))
    assert {found.company for found in compared} == {"Company 1"}
