"""Money and tokens as people read them: what is unknown is a dash, what is something is not $0."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

__all__ = ["show_range", "show_tokens", "show_usd"]

UNKNOWN = "—"
PICO_EXPONENT = -12
FIGURES = 3
CENT_EXPONENT = -2


def show_usd(pico: int | None, *, estimated: bool = False) -> str:
    """Return pico-dollars as dollars: "$0.0155", "$1,234.56", "≈$0.00123", "$0", "—" for None.

    Three significant figures below a dollar, cents above; rounded half-even.
    """
    if pico is None:
        return UNKNOWN
    return f"{'≈' * estimated}{'−' * (pico < 0)}${_digits(abs(pico))}"


def show_range(low: int | None, high: int | None, *, estimated: bool = False) -> str:
    """Return "$0.0155–$0.0245", one amount where both read the same, "—" where one is unknown."""
    if low is None or high is None:
        return UNKNOWN
    first, last = show_usd(low, estimated=estimated), show_usd(high)
    return first if first.removeprefix("≈") == last else f"{first}–{last}"


def show_tokens(count: int | None, *, estimated: bool = False) -> str:
    """Return "12,345", "≈12,345" or "—" for None."""
    return UNKNOWN if count is None else f"{'≈' * estimated}{count:,}"


def _digits(pico: int) -> str:
    if pico == 0:
        return "0"
    dollars = Decimal(pico).scaleb(PICO_EXPONENT)
    exponent = min(CENT_EXPONENT, dollars.adjusted() - FIGURES + 1)
    rounded = dollars.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_EVEN)
    whole, _, fraction = f"{rounded:,f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(-CENT_EXPONENT, '0')}"
