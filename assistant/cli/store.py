"""Commands that keep the store and look into it: backup, restore, inspect."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import app
from assistant.cli.options import AsJson, Data
from assistant.cost.ledger_schema import SCHEMA_VERSION
from assistant.printing import print_lines
from assistant.settings import load_settings
from assistant.store_printing import (
    backup_json,
    restored_json,
    show_backup,
    show_report,
    show_restored,
)
from assistant.wiring import build_corpus
from corpus.backup import back_up
from corpus.backup_file import CATALOG, Database
from corpus.restoring import restore as restore_backup

__all__ = ["backup", "inspect", "restore"]

DATABASES = (CATALOG, Database("ledger.db", "SELECT version FROM ledger_schema", SCHEMA_VERSION))

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a ZIP file.")]


@app.command()
def backup(
    file: BackupFile,
    force: Annotated[bool, typer.Option("--force", help="Write over FILE if it exists.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write documents, conversations and costs to one file; the app may go on."""
    settings = load_settings(data=data)
    done = back_up(settings.data, file, datetime.now(UTC), DATABASES, force=force)
    if as_json:
        print_lines([backup_json(done)])
    else:
        show_backup(done)


@app.command()
def restore(
    file: BackupFile,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the store that is there, and keep it aside.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup in place of the data folder; exit 1 when doctor finds it not whole."""
    settings = load_settings(data=data)
    done = restore_backup(file, settings.data, datetime.now(UTC), DATABASES, replace=replace)
    if as_json:
        print_lines([restored_json(done)])
    else:
        show_restored(done)
    raise typer.Exit(0 if done.health.ok else 1)


@app.command()
def inspect(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT...", help="Id, file name or title; the id of a replaced one."
        ),
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what was read of documents: pages, tables, passages, warnings, versions."""
    with build_corpus(load_settings(data=data)) as corpus:
        reports = [corpus.report(corpus.find_kept(name).id) for name in names]
    if as_json:
        print_lines(report.as_json() for report in reports)
    else:
        for report in reports:
            show_report(report)
