"""The commands as other programs call them: real store, real embedder, real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from corpus.onnx_embedder import OnnxEmbedder

REPORT = """---
title: Northwind capital plan
companies: [Northwind]
form: note
as_of: 2026-03-01
---
# Outlook

Northwind expects capital expenditures of $4.2 billion to $4.8 billion in 2026.
The company spent $3.1 billion in 2025, mostly on turbines for its data centers.
"""
LETTER = """# Harbor letter

Harbor Lines extended the useful life of its cranes from 20 to 25 years in 2025.
"""


@pytest.fixture
def folder(tmp_path: Path, onnx: OnnxEmbedder) -> Path:
    """A folder of two documents; `onnx` has made the model's export beforehand."""
    onnx.embed_query("warm")
    folder = tmp_path / "filings"
    folder.mkdir()
    (folder / "northwind.md").write_text(REPORT, encoding="utf-8")
    (folder / "harbor.md").write_text(LETTER, encoding="utf-8")
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_ingest_reports_every_input_and_its_exit_code(folder: Path) -> None:
    first = run("ingest", folder, "--json")
    assert first.exit_code == 0
    added = rows(first)
    assert [Path(row["input"]).name for row in added] == ["harbor.md", "northwind.md"]
    assert [row["status"] for row in added] == ["added", "added"]
    northwind = added[1]
    assert (northwind["company"], northwind["form"]) == ("Northwind", "note")
    assert northwind["passages"] >= 1 and northwind["figures"] == 0
    again = run("ingest", folder, folder / "absent.pdf", "--json")
    assert again.exit_code == 3
    assert [row["status"] for row in rows(again)] == ["unchanged", "unchanged", "refused"]
    assert "absent.pdf" in rows(again)[2]["input"] and rows(again)[2]["reason"]


def test_only_folders_are_watched(folder: Path) -> None:
    refused = run("ingest", folder, folder / "harbor.md", "--watch")
    assert refused.exit_code == 2
    assert run("ingest", folder, "--watch", "--dry-run").exit_code == 2


def test_search_and_ask_keep_their_contract(folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--json")
    question = "What capital expenditures does Northwind expect in 2026?"
    (hits,) = rows(run("search", question, "-k", "1", "--json"))
    assert set(hits) == {"id", "question", "hits"}
    (hit,) = hits["hits"]
    assert (hit["rank"], hit["document"], hit["page"]) == (1, "northwind.md", None)
    assert "$4.2 billion" in hit["text"]
    assert all(isinstance(reason, str) for reason in hit["why"])

    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"id": "q1", "question": question}) + "\n", encoding="utf-8")
    result = run("ask", "--questions", file, "--json")
    assert result.exit_code == 0
    (answer,) = rows(result)
    assert answer["id"] == "q1" and answer["answered"] is True
    assert "$4.2 billion" in answer["answer"]
    assert {cited["document"] for cited in answer["citations"]} == {"northwind.md"}
    figures = {figure["value"]: figure for figure in answer["figures"]}
    assert figures["4200000000"]["unit"] == "USD" and figures["4200000000"]["verified"]
    assert answer["cost"] == {"usd": None, "source": "local", "attempts": 1}
    assert answer["supported"] is True and answer["flags"] == []
    assert set(answer["evidence"][0]) == {"n", "document", "page", "page_last", "text", "why"}
    assert answer["sent_to"] == "this machine"
    (step,) = answer["route"]
    assert (step["backend"], step["reason"], step["outcome"]) == ("offline", "chosen", "answered")
    assert answer["usage"]["source"] == "estimated" and answer["usage"]["input_tokens"] > 0
    assert set(answer["seconds"]) == {"search", "first_token", "total"}


def test_an_empty_corpus_is_answered_by_a_refusal(onnx: OnnxEmbedder) -> None:
    result = run("ask", "What does Northwind spend?", "--json")
    (answer,) = rows(result)
    assert result.exit_code == 0
    assert answer["answered"] is False and answer["citations"] == []


def test_documents_remove_and_doctor(folder: Path) -> None:
    run("ingest", folder, "--json")
    assert {row["document"] for row in rows(run("documents", "--json"))} == {
        "harbor.md",
        "northwind.md",
    }
    assert "northwind.md" in run("documents").stdout
    originals = Path(os.environ["LOADFACTOR_DATA"]) / "originals"
    assert len(list(originals.iterdir())) == 2
    removed = run("remove", "harbor.md", "harbor.md", "--json")
    assert [row["status"] for row in rows(removed)] == ["removed"]
    assert len(list(originals.iterdir())) == 1
    assert [row["document"] for row in rows(run("documents", "--json"))] == ["northwind.md"]
    (health,) = rows(run("doctor", "--json"))
    assert health["ok"] is True
    assert run("doctor", "--repair").exit_code == 0


def test_people_read_answers_too(folder: Path) -> None:
    run("ingest", folder, "--json")
    shown = run("ask", "What capital expenditures does Northwind expect in 2026?").stdout
    assert "$4.2 billion" in shown and "repriced, not run" in shown and "≈" in shown
    assert "cranes" in run("search", "useful life of cranes").stdout


def test_wrong_use_is_told_apart_from_failure(folder: Path) -> None:
    assert run("ask").exit_code == 2
    assert run("ask", " ").exit_code == 2
    assert run("search", "x", "--questions", "y.jsonl").exit_code == 2
    assert run("search", "x", "-k", "0").exit_code == 2
    command = [sys.executable, "-m", "assistant.cli", "remove", "nothing-of-that-name"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 1
    assert "nothing-of-that-name" in done.stderr and "Traceback" not in done.stderr
