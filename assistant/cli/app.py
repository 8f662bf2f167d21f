"""The Typer app and how what cannot run is told."""

from __future__ import annotations

import sys

import typer

from corpus.errors import LoadFactorError

__all__ = ["INPUTS_REFUSED", "app", "main"]

INPUTS_REFUSED = 3
"""Exit code of a command that did what it could: some of its inputs were refused or failed."""

app = typer.Typer(
    help="Ask filings and articles about AI capex; every answer cited and metered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run a command; what could not run is told on standard error with exit code 1."""
    try:
        app()
    except LoadFactorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
