"""Amounts and counts as exports write them: currency signs, thousands, decimal commas, credits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

from assistant.cost.errors import InvoiceRefused
from assistant.cost.invoice_columns import CURRENCIES

__all__ = ["has_decimal_commas", "read_amount", "read_number", "refuse_foreign"]

PICO = Decimal(1).scaleb(-12)
LIMIT_EXPONENT = 12
"""A line of 10¹² dollars or more is a misread column; the bound keeps arithmetic exact."""

EXACT = Context(prec=2 * LIMIT_EXPONENT + 2)
MINUS_SIGNS = str.maketrans(dict.fromkeys("−–‒﹣－", "-"))
NUMBER = re.compile(r"(?:\d[\d\s.,'’]*|[.,]\d+)(?:e[+-]?\d{1,3})?", re.IGNORECASE)
# A first group that starts with 0 is no group: "0,123" is a decimal comma, not 123.
DECIMAL_POINT = re.compile(
    r"([1-9]\d{0,2}(?:[,\s'’]\d{3})+|\d*)(?:\.(\d*))?(e[+-]?\d+)?", re.IGNORECASE
)
DECIMAL_COMMA = re.compile(
    r"([1-9]\d{0,2}(?:[.\s'’]\d{3})+|\d*)(?:,(\d*))?(e[+-]?\d+)?", re.IGNORECASE
)


def has_decimal_commas(delimiter: str, cells: Iterable[str]) -> bool:
    """Tell whether a column writes "1.234,56"; only a file delimited by semicolons may."""
    if delimiter != ";":
        return False
    with_comma = [cell for cell in cells if "," in cell]
    deciding = [cell for cell in with_comma if "." in cell] or with_comma
    return any(cell.rfind(",") > cell.rfind(".") for cell in deciding)


def read_amount(text: str, decimal_commas: bool, where: str) -> int:
    """Return an amount of US dollars in pico-dollars, rounded half-even; credits are negative.

    Raises InvoiceRefused, naming `where`, for another currency, ValueError for no amount.
    """
    body = text.strip().translate(MINUS_SIGNS)
    match = NUMBER.search(body)
    if match is None:
        raise ValueError(f"{text.strip()[:40]!r} is not an amount")
    around = f"{body[: match.start()]} {body[match.end() :]}"
    signs = "".join(around.split())
    _check_signs(signs, text, where)
    value = read_number(match[0], decimal_commas)
    if value is None or value.adjusted() >= LIMIT_EXPONENT:
        raise ValueError(f"{text.strip()[:40]!r} is not an amount")
    pico = int(value.quantize(PICO, ROUND_HALF_EVEN, EXACT).scaleb(-PICO.adjusted(), EXACT))
    return -pico if "-" in signs or "(" in signs else pico


def read_number(text: str, decimal_commas: bool) -> Decimal | None:
    """Return a number without sign or currency, None where the text is none."""
    pattern = DECIMAL_COMMA if decimal_commas else DECIMAL_POINT
    match = pattern.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        return None
    whole = re.sub(r"\D", "", match[1])
    return Decimal(f"{whole or 0}.{match[2] or 0}{match[3] or ''}")


def refuse_foreign(currency: str | None, where: str) -> None:
    """Raise InvoiceRefused, naming `where`, unless the currency is dollars or not stated."""
    if currency not in (None, "USD"):
        raise InvoiceRefused(
            f"{where}: amounts in {currency} cannot be compared with US dollars. "
            "Export the invoice in US dollars, or convert its amounts at the invoice's own rate."
        )


def _check_signs(signs: str, text: str, where: str) -> None:
    mark = signs.casefold().strip("+-()").replace("-", "")
    refuse_foreign(CURRENCIES.get(mark), where)
    if (mark and mark not in CURRENCIES) or signs.count("-") > 1:
        raise ValueError(f"{text.strip()[:40]!r} is not an amount")
