"""The check of the notes at the terminal: a line a finding, or an object a note."""

from __future__ import annotations

import json
import sys

from rich.console import Console
from rich.text import Text

from corpus.store import Corpus
from ingest.console import INPUTS_REFUSED
from ingest.note_corpus import CheckedNote, check_notes
from ingest.notes import Finding

__all__ = ["checked_json", "run_check_notes"]


def run_check_notes(corpus: Corpus, as_json: bool = False) -> int:
    """Check the notes of a corpus and print what is to be mended.

    Returns the exit code: 0, or 3 when a note is not in order. Raises CorpusError.
    """
    console = Console(highlight=False)
    wrong = notes = 0
    for checked in check_notes(corpus):
        notes += 1
        wrong += not checked.ok
        if as_json:
            sys.stdout.write(json.dumps(checked_json(checked), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            _show(console, checked)
    sys.stderr.write(f"{notes} notes with sources: {notes - wrong} in order, {wrong} to mend\n")
    return INPUTS_REFUSED if wrong else 0


def checked_json(checked: CheckedNote) -> dict[str, object]:
    """The object of `loadfactor documents --check-notes --json`."""
    return {
        "document": checked.document.name,
        "document_id": checked.document.id,
        "title": checked.document.title,
        "ok": checked.ok,
        "findings": [_finding_json(finding) for finding in checked.findings],
    }


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "line": finding.line,
        "kind": finding.kind.value,
        "what": finding.what,
        "remedy": finding.remedy,
        "fails": finding.fails,
    }


def _show(console: Console, checked: CheckedNote) -> None:
    told = "in order" if checked.ok else "to mend"
    console.print(Text(f"{checked.document.name}: {told}", style="bold"))
    for finding in checked.findings:
        console.print(
            Text(f"  {finding.line:>4}  {finding.kind}: {finding.what}", _style(finding)),
            soft_wrap=True,
        )
        console.print(Text(f"        {finding.remedy}", "dim"), soft_wrap=True)


def _style(finding: Finding) -> str:
    return "" if finding.fails else "dim"
