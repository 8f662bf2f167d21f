"""The commands that keep the store and look into it, as other programs call them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from typer.testing import CliRunner, Result

from assistant.cli import app
from corpus.errors import BackupRefused, CorpusError, DocumentNotFound
from corpus.onnx_embedder import OnnxEmbedder
from ingest.originals import original_path
from ingest.readers import page_picture

QUESTION = "What does Northwind expect to spend in 2026?"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def note(path: Path, capex: str) -> Path:
    path.write_text(
        f"# Northwind plan\n\nNorthwind expects capital expenditures of {capex} in 2026.\n",
        encoding="utf-8",
    )
    return path


def pdf(path: Path, *pages: str) -> Path:
    paper = FPDF()
    paper.set_font("Helvetica", size=12)
    for text in pages:
        paper.add_page()
        if text:
            paper.multi_cell(0, 8, text)
    paper.output(str(path))
    return path


@pytest.fixture
def store(tmp_path: Path, onnx: OnnxEmbedder) -> Path:
    """A store of one note, asked one question; `onnx` has made the model's export beforehand."""
    onnx.embed_query("warm")
    assert run("ingest", note(tmp_path / "plan.md", "$4.2 billion")).exit_code == 0
    assert run("ask", QUESTION, "--backend", "offline").exit_code == 0
    return tmp_path / "data"


def attempts(data: Path) -> int:
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        [[count]] = ledger.execute("SELECT count(*) FROM attempts WHERE purpose = 'answer'")
    return int(count)


def test_a_store_is_backed_up_and_restored(store: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "kept.zip", attempts(store)
    assert before > 0
    (told,) = rows(run("backup", file, "--json"))
    assert set(told) == {"file", "bytes", "created", "product", "schemas", "files", "originals"}
    assert (told["file"], told["bytes"]) == (str(file), file.stat().st_size)
    assert set(told["schemas"]) == {"catalog.db", "ledger.db"}
    assert told["originals"] == 1
    shutil.rmtree(store)
    result = run("restore", file, "--json")
    assert result.exit_code == 0
    (told,) = rows(result)
    assert set(told) == {"data", "created", "files", "kept_aside", "health"}
    assert (told["data"], told["kept_aside"]) == (str(store), None)
    assert (told["health"]["documents"], told["health"]["ok"]) == (1, True)
    assert told["health"]["originals_missing"] == []
    assert attempts(store) == before
    (hits,) = rows(run("search", QUESTION, "--json"))
    assert "$4.2 billion" in hits["hits"][0]["text"]


def test_a_store_is_replaced_and_kept_aside_in_words(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.zip"
    assert "1 of them originals" in run("backup", file).stdout
    refused = run("backup", file)
    assert isinstance(refused.exception, CorpusError) and "--force" in str(refused.exception)
    assert run("backup", file, "--force").exit_code == 0
    refused = run("restore", file)
    assert isinstance(refused.exception, CorpusError) and "--replace" in str(refused.exception)
    done = run("restore", file, "--replace")
    assert done.exit_code == 0
    assert "1 documents" in done.stdout
    (aside,) = tmp_path.glob("data.before-*")
    assert str(aside) in done.stdout


def test_a_ledger_of_a_newer_version_is_refused(store: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store / "ledger.db")) as ledger:
        ledger.execute("UPDATE ledger_schema SET version = 1000")
        ledger.commit()
    assert run("backup", tmp_path / "kept.zip").exit_code == 0
    refused = run("restore", tmp_path / "kept.zip", "--data", tmp_path / "other")
    assert isinstance(refused.exception, BackupRefused)
    assert "ledger.db has version 1000" in str(refused.exception)
    assert not (tmp_path / "other").exists()


def test_inspect_tells_of_pages_tables_and_versions(store: Path, tmp_path: Path) -> None:
    text = " ".join(f"Northwind leases hall {n} in Bergen for {n} years." for n in range(30))
    path = pdf(tmp_path / "plan.pdf", text, "", text.replace("Bergen", "Oslo"))
    run("ingest", path)
    (told,) = rows(run("inspect", "plan.pdf", "--json"))
    assert told["pages"] == 3
    assert told["coverage"]["pages_without_text"] == [2]
    assert told["coverage"]["share"] == pytest.approx(0.6667)
    assert len(told["coverage"]["characters_by_page"]) == 3
    assert told["samples"][0]["place"] == "first"
    said = run("inspect", "plan.pdf").stdout
    assert "3, 67% with text; none on 2" in said
    assert "Bergen" in said


def test_inspect_takes_several_documents_and_one_that_was_replaced(
    store: Path, tmp_path: Path
) -> None:
    (old,) = rows(run("documents", "--json"))
    run("ingest", note(tmp_path / "plan.md", "$5.5 billion"))
    new, before = rows(run("inspect", "plan.md", old["document_id"], "--json"))
    assert (new["state"], before["state"]) == ("ready", "superseded")
    assert [version["document_id"] for version in new["replaced"]] == [old["document_id"]]
    assert [version["document_id"] for version in before["replaced_by"]] == [new["document_id"]]
    said = run("inspect", old["document_id"][:8]).stdout
    assert "replaced by" in said and "$4.2 billion" in said
    assert isinstance(run("inspect", "plan.docx").exception, DocumentNotFound)


def test_fault_12_page_pictures_of_a_replaced_pdf_can_still_be_made(
    store: Path, tmp_path: Path
) -> None:
    path = pdf(tmp_path / "hall.pdf", "Northwind leases two halls in Bergen.")
    (old,) = rows(run("ingest", path, "--json"))
    pdf(path, "Northwind leases nine halls in Oslo.")
    (new,) = rows(run("ingest", path, "--json"))
    assert new["status"] == "updated" and new["document_id"] != old["document_id"]
    (told,) = rows(run("inspect", old["document_id"], "--json"))
    assert "Bergen" in told["samples"][0]["text"]
    kept = original_path(store, old["document_id"], told["media"])
    assert page_picture(kept, 1, "Bergen").startswith(b"\x89PNG")


def test_documents_tells_of_amended_filings(store: Path, tmp_path: Path) -> None:
    for name, form in (("original", "10-K"), ("amendment", "10-K/A")):
        path = tmp_path / f"{name}.md"
        facts = f"company: Zephyr\nform: {form}\nfiscal_period: FY2025"
        path.write_text(f"---\n{facts}\n---\n# {name}\n\nZephyr flies ({name}).\n")
        assert run("ingest", path).exit_code == 0
    told = {row["document"]: row for row in rows(run("documents", "--json"))}
    original, amendment = told["original.md"], told["amendment.md"]
    assert (original["amends"], amendment["amends"]) == (None, original["document_id"])
    assert original["amended_by"] == [amendment["document_id"]]
    assert amendment["amended_by"] == told["plan.md"]["amended_by"] == []
    said = run("documents").stdout
    assert f"by {amendment['document_id'][:8]}" in said
    assert f"amends {original['document_id'][:8]}" in said


def test_doctor_names_a_missing_original_and_an_old_cut(store: Path) -> None:
    (original,) = (store / "originals").iterdir()
    original.unlink()
    with closing(sqlite3.connect(store / "catalog.db")) as catalog:
        catalog.execute("UPDATE documents SET splitter = 'earlier/1'")
        catalog.commit()
    result = run("doctor", "--json")
    assert result.exit_code == 0, "reported, no failure"
    (told,) = rows(result)
    assert (told["originals_missing_count"], told["outdated_count"]) == (1, 1)
    assert "were cut by an older version" in run("doctor").stdout
