"""The command that shows prices, fetches newer ones, and goes back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from assistant.cli.app import app
from assistant.cli.options import AsJson, Data
from assistant.cost.price_data import (
    PRICES_FILE,
    bundled_version,
    remove_price_data,
    store_price_data,
)
from assistant.price_printing import price_row, show_changes, show_prices, warnings
from assistant.price_refresh import list_prices, prepare_refresh
from assistant.printing import print_lines
from assistant.settings import Settings, load_settings

__all__ = ["prices"]


@app.command()
def prices(
    update: Annotated[
        bool, typer.Option("--update", help="Fetch newer prices; nothing else ever does.")
    ] = False,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE_OR_URL", help="Fetch them from here instead."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what an update changes, store nothing.")
    ] = False,
    bundled: Annotated[
        bool, typer.Option("--bundled", help="Go back to the prices that came with the program.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what each model in use costs, and from where that is known."""
    if bundled and update:
        raise typer.BadParameter("give --update or --bundled, not both")
    if (source is not None or dry_run) and not update:
        raise typer.BadParameter("--from and --dry-run belong to --update")
    settings = load_settings(data=data)
    if update:
        refresh_prices(settings, source, dry_run=dry_run, as_json=as_json)
    elif bundled:
        go_back(settings)
    else:
        show(settings, as_json=as_json)


def show(settings: Settings, *, as_json: bool) -> None:
    listing = list_prices(settings, datetime.now(UTC))
    if as_json:
        print_lines(price_row(model, card) for model, card in listing.cards.items())
    else:
        show_prices(listing)


def refresh_prices(settings: Settings, source: str | None, *, dry_run: bool, as_json: bool) -> None:
    refresh = prepare_refresh(settings, source, datetime.now(UTC))
    if as_json:
        print_lines(price_row(m, change.new, change) for m, change in refresh.changes.items())
    else:
        show_changes(refresh)
    for line in warnings(refresh):
        tell(f"! {line}")
    if dry_run:
        tell("Nothing was stored.")
        return
    store_price_data(settings.data, refresh.data)
    tell(
        f"Stored in {settings.data / PRICES_FILE}; in force for what is started from now on. "
        f"`loadfactor prices --bundled` goes back to {bundled_version()}."
    )


def go_back(settings: Settings) -> None:
    removed = remove_price_data(settings.data)
    before = "in force again" if removed else "in force; no others were stored"
    tell(f"The prices of {bundled_version()} are {before}.")


def tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
