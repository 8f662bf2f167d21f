"""Commands that look after the corpus: ingest, documents, remove, search, doctor, reembed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant import printing
from assistant.cli.app import app
from assistant.cli.options import (
    AsJson,
    Companies,
    Data,
    Documents,
    File,
    Forms,
    Periods,
    Since,
    Text,
    Until,
    asked,
    filters_of,
)
from assistant.inquiry import whole_in
from assistant.reports import document_json, removed_json, search_json
from assistant.settings import load_settings
from assistant.wiring import build, build_corpus
from corpus.amendments import amendments_of
from corpus.store import Corpus
from ingest.console import run_ingest, run_watch
from ingest.note_console import run_check_notes
from ingest.originals import remove_document
from ingest.passages import SPLITTER

__all__ = ["doctor", "documents", "ingest", "reembed", "remove", "search"]


@app.command()
def ingest(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, addresses, edgar:NVDA:10-K."),
    ],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, store nothing.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow folders: new, changed and removed files.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read documents into the corpus; unchanged ones cost nothing."""
    if watch:
        require_folders(inputs, dry_run)
    with build(load_settings(data=data)) as runtime:
        if watch:
            run_watch(inputs, runtime.corpus, as_json=as_json)
            return
        code = run_ingest(
            inputs,
            runtime.corpus,
            dry_run=dry_run,
            as_json=as_json,
            contact=runtime.settings.edgar_contact,
        )
    raise typer.Exit(code)


@app.command()
def documents(
    data: Data = None,
    check_notes: Annotated[
        bool,
        typer.Option(
            "--check-notes", help="Check the notes against their sources; exit 3 for findings."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the documents of the corpus."""
    with opened(data) as corpus:
        if check_notes:
            raise typer.Exit(run_check_notes(corpus, as_json))
        listed = corpus.documents()
    amended = [document for document in listed if document.amends is not None]
    amended_by = [amendments_of(document, amended) for document in listed]
    if as_json:
        printing.print_lines(map(document_json, listed, amended_by))
    else:
        printing.show_documents(listed, amended_by)


@app.command()
def remove(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT...", help="Id, file name or title; the id of a replaced one."
        ),
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Remove documents from search and from citations, old ones included."""
    with build(load_settings(data=data)) as runtime:
        found = dict.fromkeys(runtime.corpus.find_kept(name).id for name in names)
        cited = [runtime.archive.citations_of(document_id) for document_id in found]
        removed = [remove_document(runtime.corpus, document_id) for document_id in found]
    if as_json:
        printing.print_lines(map(removed_json, removed, cited))
    else:
        printing.show_removed(removed, cited)


@app.command()
def search(
    question: Text = None,
    questions: File = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    company: Companies = None,
    form: Forms = None,
    period: Periods = None,
    since: Since = None,
    until: Until = None,
    document: Documents = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to a question."""
    given = filters_of(company, form, period, since, until, document)
    items = asked(question, questions)
    with build(load_settings(data=data)) as runtime:
        filters = runtime.corpus.settled(given)
        for item in items:
            whole = whole_in(runtime.corpus, item.text, item.history)
            hits = runtime.corpus.search(whole, k, filters)
            if as_json:
                printing.print_lines([search_json(item.id, item.text, hits)])
            else:
                printing.show_hits(item.text, hits)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild both indexes from the catalog.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Check that every passage is found by both indexes; exit 1 when one is not."""
    with opened(data) as corpus:
        health = corpus.repair(SPLITTER) if repair else corpus.health(SPLITTER)
    if as_json:
        printing.print_lines([health.as_json()])
    else:
        printing.show_health(health)
    raise typer.Exit(0 if health.ok else 1)


@app.command()
def reembed(data: Data = None) -> None:
    """Embed every passage anew, after a change of the embedding model."""
    with build(load_settings(data=data), any_model=True) as runtime:
        for done, total in runtime.corpus.reembed():
            sys.stderr.write(f"\r{done} of {total} passages")
    sys.stderr.write("\nThe corpus is embedded with the configured model.\n")


def require_folders(inputs: list[str], dry_run: bool) -> None:
    """Raise a usage error unless all inputs are folders that can be followed for real."""
    others = [given for given in inputs if not Path(given).expanduser().is_dir()]
    if others:
        raise typer.BadParameter(f"--watch follows folders; no folder: {', '.join(others)}")
    if dry_run:
        raise typer.BadParameter("--watch keeps the corpus as the folders are: no --dry-run")


def opened(data: Path | None) -> Corpus:
    return build_corpus(load_settings(data=data))
