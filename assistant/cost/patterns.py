"""Reasons for differences that only several rows show together: day, factor and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from assistant.cost.money import show_usd
from assistant.cost.reconciliation import Explanation, ExplanationKind, ReconciledRow

__all__ = [
    "CENT",
    "Found",
    "constant_factors",
    "day_boundaries",
    "key_of",
    "net_of",
    "other_names",
    "rounding",
    "rounding_unit",
]

CENT = 10**10
"""A cent in pico-dollars: the coarsest rounding that an invoice is taken to have."""

BOUNDARY_TOLERANCE = Fraction(1, 50)
"""Two days offset each other to 2 %: calls near midnight are few beside those moved."""

FACTOR_TOLERANCE = Fraction(1, 500)
"""Tiers and discounts are exact ratios; 0.2 % is left for rounded lines and single calls."""

NAME_TOLERANCE = Fraction(1, 100)
"""Two names for one model carry the same tokens at the same price: 1 % for stray calls."""

TIERS: Mapping[Fraction, str] = {
    Fraction(1, 2): "as for flex or batch processing",
    Fraction(2): "as for priority processing",
}
"""Ratios that providers publish for their tiers; only these are believed on a single row."""

DAY = timedelta(days=1)

Key = tuple[date, str | None]
Found = Mapping[Key, Explanation]
"""Explanations by the day and model of their rows."""


def key_of(row: ReconciledRow) -> Key:
    return row.day, row.model


def rounding_unit(rows: Iterable[ReconciledRow]) -> int:
    """Return the last digit of the invoice's amounts, in pico-dollars, at most a cent."""
    amounts = [line.amount for row in rows for line in row.lines]
    unit = 1
    while unit < CENT and all(amount % (unit * 10) == 0 for amount in amounts):
        unit *= 10
    return unit


def rounding(row: ReconciledRow, unit: int) -> int:
    """Return the largest difference that rounding makes, in pico-dollars.

    Each line of the invoice is rounded to `unit`, each call of the ledger to a pico-dollar.
    """
    return len(row.lines) * unit // 2 + row.calls


def day_boundaries(rows: Iterable[ReconciledRow], unit: int) -> Found:
    """Find differences of neighbouring days of one model that cancel each other."""
    days: defaultdict[str | None, list[ReconciledRow]] = defaultdict(list)
    for row in rows:
        if row.day == row.until:
            days[row.model].append(row)
    found: dict[Key, Explanation] = {}
    for model in days.values():
        start = 0
        while start < len(model):
            run = model[start : start + _offset_days(model, start, unit)]
            found |= {key_of(row): _boundary(run) for row in run if row.rest}
            start += max(len(run), 1)
    return found


def _offset_days(rows: Sequence[ReconciledRow], start: int, unit: int) -> int:
    """Return how many rows from `start` cancel each other: the fewest, 0 if none do.

    What a day's invoice has too much must have been called on the next day, and what it lacks on
    the day itself; more than that no time zone can move.
    """
    moved, largest, noise = 0, 0, 0
    for index in range(start, len(rows)):
        row = rows[index]
        if index > start and row.day != rows[index - 1].day + DAY:
            return 0
        moved, noise = moved + row.rest, noise + rounding(row, unit)
        if index > start and abs(moved) <= largest * BOUNDARY_TOLERANCE + noise:
            return index - start + 1
        largest = max(largest, abs(moved))
        following = rows[index + 1] if index + 1 < len(rows) else None
        source = row if moved < 0 else following
        if abs(moved) <= noise or source is None or abs(moved) > (source.metered or 0) + noise:
            return 0
    return 0


def _boundary(run: Sequence[ReconciledRow]) -> Explanation:
    return Explanation(
        ExplanationKind.DAY_BOUNDARY,
        f"The differences of {run[0].day} to {run[-1].day} cancel each other: the provider's day "
        "begins in another time zone than UTC, or calls near midnight were billed a day later.",
    )


def constant_factors(rows: Iterable[ReconciledRow], unit: int) -> Found:
    """Find a ratio of invoiced to metered that many rows share, or one of a provider's tiers."""
    comparable = [row for row in rows if net_of(row) > 0 and row.metered and not row.unpriced]
    groups = [comparable]
    groups += [
        [row for row in comparable if row.model == model]
        for model in sorted({row.model for row in comparable}, key=str)
    ]
    groups += [[row] for row in comparable]
    found: dict[Key, Explanation] = {}
    for group in groups:
        explanation = _factor(group, unit)
        if explanation is not None:
            found = {key_of(row): explanation for row in group} | found
    return found


def _factor(rows: Sequence[ReconciledRow], unit: int) -> Explanation | None:
    metered = sum(row.metered or 0 for row in rows)
    if not metered:
        return None
    ratio = Fraction(sum(net_of(row) for row in rows), metered)
    tier = next((tier for tier in TIERS if abs(ratio - tier) <= FACTOR_TOLERANCE * tier), None)
    if abs(ratio - 1) <= FACTOR_TOLERANCE or (len(rows) < 2 and tier is None):
        return None
    if not all(_follows(row, tier or ratio, unit) for row in rows):
        return None
    reason = TIERS[tier] if tier else _reason(ratio)
    return Explanation(
        ExplanationKind.FACTOR,
        f"The invoice is {_times(tier or ratio)} times what was metered, {reason}.",
    )


def _times(ratio: Fraction) -> str:
    shown = f"{Decimal(ratio.numerator) / ratio.denominator:.4g}"
    return shown.rstrip("0").rstrip(".") if "." in shown and "e" not in shown else shown


def _reason(ratio: Fraction) -> str:
    return "as with a discount" if ratio < 1 else "as with a surcharge, a tax or a raised price"


def _follows(row: ReconciledRow, ratio: Fraction, unit: int) -> bool:
    expected = ratio * (row.metered or 0)
    return abs(net_of(row) - expected) <= expected * FACTOR_TOLERANCE + rounding(row, unit)


def net_of(row: ReconciledRow) -> int:
    """Return what was invoiced without credits."""
    return row.invoiced - row.credits


def other_names(rows: Sequence[ReconciledRow], unit: int) -> Found:
    """Find rows of one day, one only invoiced and one only metered, with about one amount."""
    invoiced = [row for row in rows if row.model and row.lines and not row.calls]
    metered: defaultdict[date, list[ReconciledRow]] = defaultdict(list)
    for row in rows:
        if row.model and row.metered and not row.lines:
            metered[row.day].append(row)
    found: dict[Key, Explanation] = {}
    for row in invoiced:
        for other in metered[row.day]:
            if key_of(other) not in found and _alike(row, other, unit):
                found[key_of(row)] = _other_name(other, "the ledger", other.metered or 0)
                found[key_of(other)] = _other_name(row, "the invoice", row.invoiced)
                break
    return found


def _alike(row: ReconciledRow, other: ReconciledRow, unit: int) -> bool:
    allowed = row.invoiced * NAME_TOLERANCE + rounding(row, unit) + rounding(other, unit)
    return row.invoiced > 0 and abs(row.invoiced - (other.metered or 0)) <= allowed


def _other_name(row: ReconciledRow, where: str, amount: int) -> Explanation:
    return Explanation(
        ExplanationKind.OTHER_NAME,
        f"On that day {where} has {show_usd(amount)} for {row.model}: probably the same model "
        "under another name.",
    )
