"""`python -m ingest INPUT...`: ingest without the rest of the product."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus.embedding import Embedder
from corpus.errors import LoadFactorError
from corpus.onnx_embedder import OnnxEmbedder
from corpus.sentence_embedder import SentenceEmbedder
from corpus.store import Corpus
from ingest.console import run_ingest

DEFAULT_DATA = Path("data")


def command(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, addresses, edgar:NVDA:10-K."),
    ],
    data: Annotated[
        Path, typer.Option(envvar="LOADFACTOR_DATA", help="Folder of the store.")
    ] = DEFAULT_DATA,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, store nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")] = False,
) -> None:
    """Read documents into the corpus; unchanged ones cost nothing."""
    corpus = Corpus.open(data, _embedder())
    try:
        contact = os.environ.get("LOADFACTOR_EDGAR_CONTACT")
        code = run_ingest(inputs, corpus, dry_run=dry_run, as_json=as_json, contact=contact)
    finally:
        corpus.close()
    raise typer.Exit(code)


def _embedder() -> Embedder:
    if model := os.environ.get("LOADFACTOR_EMBEDDING_MODEL"):
        return SentenceEmbedder(model)
    return OnnxEmbedder(Path(os.environ.get("LOADFACTOR_MODELS", DEFAULT_DATA / "models")))


def main() -> None:
    """Run; what could not run is told on standard error with exit code 1."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    try:
        app(prog_name="python -m ingest")
    except LoadFactorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
