"""How rates are told: tables and lines for people, rows for programs."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.cost.price_card import PriceCard, Span, rates_by_kind
from assistant.cost.price_changes import ChangeKind, PriceChange
from assistant.cost.price_data import PriceData
from assistant.price_refresh import Listing, PricedModel, Refresh

__all__ = [
    "price_row",
    "provenance",
    "rate_words",
    "show_changes",
    "show_prices",
    "usd_per_mtok",
    "warnings",
]

UNKNOWN = "—"
PIPED_WIDTH = 400
KINDS = {"input_mtok": "input", "cache_read_mtok": "cached input", "output_mtok": "output"}
TOLD = {
    ChangeKind.SAME: "as before",
    ChangeKind.CHANGED: "changed",
    ChangeKind.NEW: "with a price at last",
    ChangeKind.LOST: "without a price from now on",
    ChangeKind.UNPRICED: "without a price as before",
}
UNITS = {"_mtok": "", "_kcount": " (per 1,000)"}


def show_prices(listing: Listing) -> None:
    """Print the rates of each model, in dollars per million tokens."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("model", "provider", *KINDS.values(), "source", "used by"):
        table.add_column(heading, overflow="fold")
    for model, card in listing.cards.items():
        cells = [rate_words(card, kind) for kind in KINDS] if card else [f"{UNKNOWN} no price"]
        cells += [""] * (len(KINDS) - len(cells))
        source = card.source if card else ""
        row = (model.model, model.provider, *cells, source, ", ".join(model.used_by))
        table.add_row(*map(Text, row))
    console = _console()
    console.print(table)
    console.print(Text(f"US dollars per million tokens, from {listing.version}."), soft_wrap=True)
    if listing.data:
        console.print(Text(provenance(listing.data)), soft_wrap=True)


def rate_words(card: PriceCard, kind: str) -> str:
    """Return the standard rate of a kind as people say it, "—" or "as input" where it has none.

    "$1.25"; "$1.25 up to 200,000 tokens, $2.50 beyond"; "$0.66 now; $1.32 at 01:00–04:00 UTC".
    """
    now, *others = [(_sizes(span, kind), span.hours) for span in card.spans]
    differing = [f"{words} at {', '.join(hours)} UTC" for words, hours in others if words != now[0]]
    return "; ".join([f"{now[0]} now", *differing]) if differing else now[0]


def _sizes(span: Span, kind: str) -> str:
    rates = [rate for rate in span.regime.rates if rate.kind == kind and rate.tier is None]
    if not rates:
        # Cached tokens without a rate of their own cost what others do.
        return "as input" if kind == "cache_read_mtok" else UNKNOWN
    *smaller, last = rates
    if not smaller:
        return usd_per_mtok(last.usd)
    steps = [
        f"{usd_per_mtok(rate.usd)} up to {larger.beyond:,}"
        for rate, larger in zip(smaller, rates[1:], strict=True)
    ]
    return ", ".join([f"{steps[0]} tokens", *steps[1:], f"{usd_per_mtok(last.usd)} beyond"])


def usd_per_mtok(rate: str | None) -> str:
    """Return a rate with every digit it has: "$10", "$2.50", "$0.022", "—" for None."""
    if rate is None:
        return UNKNOWN
    whole, _, fraction = rate.partition(".")
    fraction = fraction.rstrip("0")
    return f"${whole}.{fraction.ljust(2, '0')}" if fraction else f"${whole}"


def show_changes(refresh: Refresh) -> None:
    """Print what the fetched data changes for the models in use, and where it is from."""
    console = _console()
    console.print(Text(provenance(refresh.data)), soft_wrap=True)
    counts = dict.fromkeys(ChangeKind, 0)
    for model, change in refresh.changes.items():
        counts[change.kind] += 1
        if change.kind is ChangeKind.CHANGED or change.kind is ChangeKind.NEW:
            console.print(Text(_change_line(model, change)), soft_wrap=True)
    told = ", ".join(f"{count} {TOLD[kind]}" for kind, count in counts.items() if count)
    console.print(Text(f"Models in use: {told}."), soft_wrap=True)


def _change_line(model: PricedModel, change: PriceChange) -> str:
    heading = f"{model.model} ({model.provider}; {', '.join(model.used_by)})"
    if change.kind is ChangeKind.NEW and change.new:
        rates = [f"{words} {rate_words(change.new, kind)}" for kind, words in KINDS.items()]
        return f"{heading}: has a price now: {', '.join(rates)}"
    rates = [
        f"{_in_words(kind)} {usd_per_mtok(old)} → {usd_per_mtok(new)}"
        for kind, (old, new) in change.rates.items()
    ]
    return f"{heading}: {'; '.join(rates)}"


def _in_words(kind: str) -> str:
    """Return "flex input beyond 200,000 tokens" for "flex input_mtok beyond 200000 tokens"."""
    return " ".join(
        KINDS.get(word) or (f"{int(word):,}" if word.isdecimal() else _unit_in_words(word))
        for word in kind.split(" ")
    )


def _unit_in_words(word: str) -> str:
    for unit, words in UNITS.items():
        if word.endswith(unit):
            return word.removesuffix(unit).replace("_", " ") + words
    return word


def warnings(refresh: Refresh) -> list[str]:
    """Return a line for each model that has a price now and has none in the fetched data."""
    lost = [
        f"{model.model} ({model.provider}; {', '.join(model.used_by)}) has no price in this data "
        "and will cost —; enter its price under [[prices]] in the backends file."
        for model, change in refresh.changes.items()
        if change.kind is ChangeKind.LOST
    ]
    return [refresh.damaged, *lost] if refresh.damaged else lost


def provenance(data: PriceData) -> str:
    return (
        f"Fetched at {data.fetched_at:%Y-%m-%d %H:%M} UTC from {data.url}: {data.size:,} bytes, "
        f"sha256 {data.sha256}."
    )


def price_row(
    model: PricedModel, card: PriceCard | None, change: PriceChange | None = None
) -> Mapping[str, object]:
    """Return what `--json` prints: rates are decimal strings, null for an unpriced model."""
    changed = {kind: list(pair) for kind, pair in change.rates.items()} if change else {}
    return {
        "model": model.model,
        "provider": model.provider,
        "used_by": list(model.used_by),
        "rates": rates_by_kind(card) if card else None,
        "source": card.source if card else None,
        "version": card.version if card else None,
        "changed": changed or None,
    }


def _console() -> Console:
    # What is piped is for grep: no cell of it is cut or wrapped.
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
