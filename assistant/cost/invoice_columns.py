"""Which column of a provider's export means what, told from the names in its header.

Formats differ between providers and change without notice. A column is therefore recognised by
its meaning, through a table of names seen in exports; case, spaces, underscores and other signs
are ignored. A format's name is a hint for the reader, not a promise that the file follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "CURRENCIES",
    "MEANINGS",
    "Columns",
    "Format",
    "currency_of",
    "is_total",
    "missing",
    "recognise",
]

MEANINGS: Mapping[str, tuple[str, ...]] = {
    "day": (
        *("usage date utc", "usage date", "usage start date", "utc date", "charge period start"),
        *("start time", "start time iso", "starting at", "bucket start time", "start date"),
        *("period start", "date", "day", "created at", "created", "timestamp", "datetime", "time"),
        *("usage month", "month"),
    ),
    "end": (
        *("usage end date", "charge period end", "end time", "end time iso", "ending at"),
        *("bucket end time", "end date", "period end"),
    ),
    "model": ("model permaslug", "model id", "model name", "model version", "model"),
    "line_item": (
        *("line item", "sku description", "charge description", "description", "item", "sku"),
        *("meter name", "product", "service description", "cost type"),
    ),
    "amount": (
        # The unrounded and net amounts stand before the rounded and gross ones beside them.
        *("unrounded subtotal", "unrounded cost", "subtotal", "amount value", "cost total"),
        *("total cost", "billed cost", "net cost", "cost in billing currency", "usage cost"),
        *("cost usd", "cost in", "cost", "amount usd", "amount", "total amount", "spend"),
        *("charges", "charge", "total"),
    ),
    "currency": (
        *("amount currency", "cost currency", "billing currency", "currency code", "currency"),
    ),
    "kind": ("token type", "token kind", "usage type"),
    "quantity": ("quantity", "usage amount", "usage quantity", "consumed quantity"),
    "input_tokens": ("input tokens", "prompt tokens", "tokens prompt"),
    "output_tokens": ("output tokens", "completion tokens", "tokens completion"),
    "requests": ("requests", "num model requests", "num requests", "request count"),
}
"""Names of a column by meaning, the best first."""

CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys(("$", "us$", "usd", "$usd", "usd$"), "USD"),
    **{"€": "EUR", "£": "GBP", "¥": "JPY or CNY", "₹": "INR", "₩": "KRW", "rmb": "CNY"},
    **{
        code.casefold(): code
        for code in (
            *("EUR", "GBP", "CNY", "JPY", "CHF", "CAD", "AUD", "NZD", "INR", "KRW", "BRL"),
            *("SGD", "HKD", "TWD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "MXN", "ZAR"),
            *("ILS", "TRY", "AED", "SAR", "THB", "IDR", "MYR", "PHP", "VND", "UAH", "RUB"),
        )
    },
}
"""Currency signs and codes as they stand beside amounts and in headers, in lower case."""

TOTAL = re.compile(
    r"(?:(?:grand|invoice|billing|overall|monthly|daily|net|gross)\s+)*(?:sub[\s-]?)?totals?"
    r"(?:\s+(?:amount|cost|costs|charges?|due|usd|usage|spend|\(usd\)|\(\$\)))*"
    r"(?:\s+(?:for|of|in)\s.*)?\s*:?",
    re.IGNORECASE,
)

WITH_CURRENCY = re.compile(r"(.+?)[\s_(\[]+([^\s_()\[\]]+)[)\]]?\s*")


@dataclass(frozen=True, slots=True)
class Format:
    """A known export: its name, the ledger's name of its provider, the columns that mark it.

    `amount` names the amount's column where its name alone would not tell.
    """

    name: str
    provider: str | None
    marks: frozenset[str]
    amount: str | None = None


FORMATS = (
    Format("OpenAI cost export", "openai", frozenset({"amountvalue", "amountcurrency"})),
    Format("Anthropic cost report", "anthropic", frozenset({"usagedateutc", "tokentype"})),
    Format("OpenRouter generations", "openrouter", frozenset({"modelpermaslug", "costtotal"})),
    Format("OpenRouter activity", "openrouter", frozenset({"modelpermaslug", "usage"}), "usage"),
    Format("Google Cloud billing", "google", frozenset({"skudescription", "skuid"})),
)
UNNAMED = Format("recognised by its columns", None, frozenset())


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns by meaning, from 0; None where an export has none.

    `stated` is the currency that the amount's own name states ("Cost (€)"), `width` the number
    of columns.
    """

    format: Format
    width: int
    day: int
    amount: int
    stated: str | None
    end: int | None
    model: int | None
    line_item: int | None
    currency: int | None
    kind: int | None
    quantity: int | None
    input_tokens: int | None
    output_tokens: int | None
    requests: int | None


def recognise(header: Sequence[str]) -> Columns | None:
    """Return the columns of a header row; None unless it has a day and an amount."""
    positions = _positions(header)
    known = next((known for known in FORMATS if known.marks <= positions.keys()), UNNAMED)
    found = {meaning: _find(positions, meaning) for meaning in MEANINGS}
    day, amount = found.pop("day"), found.pop("amount")
    if known.amount is not None:
        amount = positions[known.amount]
    if day is None or amount is None:
        return None
    stated = _split_currency(header[amount])[1]
    return Columns(known, len(header), day, amount, stated, **found)


def missing(header: Sequence[str]) -> str:
    """Return what keeps a row from being a header, for a message to the reader."""
    positions = _positions(header)
    has = {meaning for meaning in MEANINGS if _find(positions, meaning) is not None}
    if {"day", "input_tokens"} <= has or {"day", "output_tokens"} <= has:
        return "it counts tokens but has no column with an amount of money"
    lacking = {"a day": "day", "an amount": "amount"}
    return (
        f"no column names {' or '.join(what for what, name in lacking.items() if name not in has)}"
    )


def is_total(text: str) -> bool:
    """Tell whether a line's name says that it adds up others: "Total", "Subtotal for May"."""
    return TOTAL.fullmatch(text.strip()) is not None


def currency_of(text: str) -> str | None:
    """Return the currency code of a cell such as "usd" or "€"; None for a blank cell.

    A text that is no known currency is returned in upper case, so that it can be refused.
    """
    bare = text.strip().casefold()
    return CURRENCIES.get(bare, bare.upper()) if bare else None


def _positions(header: Sequence[str]) -> dict[str, int]:
    """Return the first position of each name, with and without the currency in its name."""
    positions: dict[str, int] = {}
    for position, cell in enumerate(header):
        positions.setdefault(_normal(cell), position)
        positions.setdefault(_split_currency(cell)[0], position)
    return positions


def _find(positions: Mapping[str, int], meaning: str) -> int | None:
    names = (_normal(name) for name in MEANINGS[meaning])
    return next((positions[name] for name in names if name in positions), None)


def _split_currency(cell: str) -> tuple[str, str | None]:
    match = WITH_CURRENCY.fullmatch(cell.casefold())
    if match is None or match[2] not in CURRENCIES:
        return _normal(cell), None
    return _normal(match[1]), CURRENCIES[match[2]]


def _normal(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
