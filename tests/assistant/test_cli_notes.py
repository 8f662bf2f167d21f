"""`loadfactor documents --check-notes`, on a real store."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from assistant.cli import app
from corpus.onnx_embedder import OnnxEmbedder
from tests.ingest.test_note_corpus import FILING, FILLER, NOTE


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_notes_are_checked_with_exit_code_3_for_findings(
    tmp_path: Path, onnx: OnnxEmbedder
) -> None:
    onnx.embed_query("warm")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "letter.md").write_text(FILING, encoding="utf-8")
    note = folder / "northwind.md"
    note.write_text(NOTE.format(figure="$4.2 billion", filler=FILLER), encoding="utf-8")
    run("ingest", folder, "--json")
    right = run("documents", "--check-notes", "--json")
    assert right.exit_code == 0
    (row,) = (json.loads(line) for line in right.stdout.splitlines())
    assert (row["document"], row["ok"], row["findings"]) == ("northwind.md", True, [])

    note.write_text(NOTE.format(figure="$42 billion", filler=FILLER), encoding="utf-8")
    run("ingest", folder, "--json")
    wrong = run("documents", "--check-notes")
    assert wrong.exit_code == 3
    assert "northwind.md: to mend" in wrong.stdout and "$42 billion" in wrong.stdout
