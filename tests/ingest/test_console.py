"""Ingest at the terminal: JSON Lines, the table, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.store import Corpus
from ingest.console import run_ingest
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
FIELDS = [
    "input",
    "status",
    "reason",
    "document_id",
    "title",
    "company",
    "form",
    "fiscal_period",
    "published",
    "pages",
    "passages",
    "figures",
    "seconds",
    "warnings",
]


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    opened = Corpus.open(data, embedder)
    yield opened
    opened.close()


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.txt"
    path.write_text(
        "Welcome to Oracle's fourth quarter 2024 earnings call. Views as of today, June 11, 2024."
    )
    return path


def test_json_lines_hold_every_field(
    corpus: Corpus, call: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_ingest([str(call)], corpus, as_json=True) == 0
    out, err = capsys.readouterr()
    (row,) = map(json.loads, out.splitlines())
    assert list(row) == FIELDS
    assert row["status"] == "added"
    assert (row["company"], row["form"], row["fiscal_period"]) == (
        "Oracle",
        "earnings call",
        "FY2024Q4",
    )
    assert (row["published"], row["pages"], row["figures"]) == ("2024-06-11", None, 0)
    assert "1 input: 1 added; 1 passages" in err


def test_refused_inputs_make_exit_code_3(
    corpus: Corpus, call: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_ingest([str(call), "missing.txt"], corpus) == 3
    out, err = capsys.readouterr()
    assert "no such file" in " ".join(out.split())
    assert "1 added, 1 refused" in err


def test_skipped_files_are_no_failure(
    corpus: Corpus, call: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (call.parent / "manifest.jsonl").write_text("{}")
    assert run_ingest([str(call), str(call.parent / "none")], corpus) == 3
    folder = call.parent / "in"
    folder.mkdir()
    (folder / "manifest.jsonl").write_text("{}")
    assert run_ingest([str(folder)], corpus) == 0
    assert "1 skipped" in capsys.readouterr().err


def test_a_name_cannot_steer_the_terminal(
    corpus: Corpus, call: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = call.rename(call.with_name("a\x1b[2Jb.txt"))
    run_ingest([str(evil)], corpus)
    out, err = capsys.readouterr()
    assert "\x1b[2J" not in out + err


def test_a_dry_run_says_so(corpus: Corpus, call: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_ingest([str(call)], corpus, dry_run=True)
    assert "Dry run, nothing stored" in capsys.readouterr().err


def module(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_module_cannot_run_on_a_data_path_that_is_a_file(call: Path) -> None:
    done = module(str(call), "--data", str(call))
    assert done.returncode == 1
    assert str(call) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_module_without_inputs_is_a_usage_error() -> None:
    assert module().returncode == 2


def test_the_module_reports_a_dry_run_without_a_model(call: Path, tmp_path: Path) -> None:
    done = module(str(call), "--dry-run", "--json", LOADFACTOR_DATA=str(tmp_path / "d"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "added"
