"""Why an invoice and the ledger differ: the reasons that the data show, row by row.

A reason is something that the data agree with, not a proof. What agrees with nothing, or is too
much for its reason, is called unexplained. Reasons that only several rows show are found in
`patterns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from assistant.cost.money import show_range, show_usd
from assistant.cost.patterns import (
    Found,
    constant_factors,
    day_boundaries,
    key_of,
    net_of,
    other_names,
    rounding,
    rounding_unit,
)
from assistant.cost.reconciliation import Explanation, ExplanationKind, ReconciledRow

__all__ = ["explain"]

LIKE_OTHERS = 2
"""Calls that only one side counts may be twice as dear as the mean of the dearer side."""

AS_DEAR = 10
"""A call without a price here may cost ten times the mean of the row's others: lengths differ."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What a row's explanation needs beyond the row."""

    unit: int
    last: date
    called: frozenset[str | None]
    patterns: tuple[Found, ...]


def explain(rows: Sequence[ReconciledRow], last: date) -> tuple[ReconciledRow, ...]:
    """Return the rows with their explanations; `last` is the last day of the invoice."""
    unit = rounding_unit(rows)
    context = _Context(
        unit,
        last,
        frozenset(row.model for row in rows if row.calls),
        (day_boundaries(rows, unit), constant_factors(rows, unit), other_names(rows, unit)),
    )
    return tuple(replace(row, explanations=tuple(_explanations(row, context))) for row in rows)


def _explanations(row: ReconciledRow, context: _Context) -> Iterator[Explanation]:
    if row.credits:
        yield _credit(row)
    if row.rest == 0:
        return
    if abs(row.rest) <= rounding(row, context.unit):
        yield _rounded(row, context.unit)
        return
    shared = [found[key_of(row)] for found in context.patterns if key_of(row) in found]
    reasons = [*_in_the_row(row), *shared] or [*_only_one_side(row, context)]
    yield from reasons or [_unexplained(row)]


def _in_the_row(row: ReconciledRow) -> Iterator[Explanation]:
    """Yield reasons that calls and lines of this row alone show."""
    if _is_within_range(row):
        yield _range(row)
    if row.rest > 0 and row.unpriced and _may_be_unpriced(row):
        yield _unpriced(row)
    requests = row.requests
    if requests is not None and row.calls and _may_be_requests(row, requests):
        yield _requests(row, requests)
    if row.calls and row.has_the_same_tokens:
        yield _price()


def _only_one_side(row: ReconciledRow, context: _Context) -> Iterator[Explanation]:
    """Yield reasons why only the invoice or only the ledger has something."""
    if row.rest > 0 and not row.calls:
        named = row.model is not None and any(line.model for line in row.lines)
        yield _not_called(row, context) if named else _other_charge(row)
    if row.rest < 0 and not row.lines and row.stopped_or_failed == row.calls:
        yield _not_invoiced(
            f"All {row.calls:,} calls were stopped or failed; providers often bill no such calls."
        )
    if row.rest < 0 and row.day == row.until == context.last:
        yield _not_invoiced(
            f"{row.day} is the last day of the invoice, which may end before all of that day's "
            "calls were billed."
        )


def _credit(row: ReconciledRow) -> Explanation:
    return Explanation(
        ExplanationKind.CREDIT,
        f"The invoice grants credits of {show_usd(-row.credits)}, which no call accounts for.",
    )


def _rounded(row: ReconciledRow, unit: int) -> Explanation:
    return Explanation(
        ExplanationKind.ROUNDING,
        f"The invoice states amounts to {show_usd(unit)}; over {len(row.lines):,} lines that "
        f"moves the sum by up to {show_usd(rounding(row, unit))}.",
    )


def _is_within_range(row: ReconciledRow) -> bool:
    low, high = row.metered_low, row.metered_high
    return low is not None and high is not None and low <= row.invoiced - row.credits <= high


def _range(row: ReconciledRow) -> Explanation:
    return Explanation(
        ExplanationKind.RANGE,
        f"The invoice lies within what was metered, {show_range(row.metered_low, row.metered_high)}"
        f": of {row.calls:,} calls, {row.stopped_or_failed:,} were stopped or failed and "
        f"{row.estimated:,} are estimated.",
    )


def _may_be_unpriced(row: ReconciledRow) -> bool:
    priced = row.calls - row.unpriced
    if priced <= 0:
        return True
    return row.rest <= AS_DEAR * row.unpriced * Fraction(row.metered or 0, priced)


def _may_be_requests(row: ReconciledRow, requests: int) -> bool:
    more = requests - row.calls
    if more * row.rest <= 0:
        return False
    dearest = Fraction(row.metered or 0, row.calls)
    if requests:
        dearest = max(dearest, Fraction(net_of(row), requests))
    return abs(row.rest) <= LIKE_OTHERS * abs(more) * dearest


def _unpriced(row: ReconciledRow) -> Explanation:
    return Explanation(
        ExplanationKind.UNPRICED,
        f"{row.unpriced:,} of {row.calls:,} calls have no price in this ledger; possibly they cost "
        f"the {show_usd(row.rest)} that the invoice has more.",
    )


def _requests(row: ReconciledRow, requests: int) -> Explanation:
    if requests > row.calls:
        return Explanation(
            ExplanationKind.OTHER_CALLS,
            f"The invoice counts {requests:,} requests, this ledger {row.calls:,} calls: others "
            "possibly came from other keys or applications on the same account.",
        )
    return _not_invoiced(
        f"The invoice counts {requests:,} requests, this ledger {row.calls:,} calls: the others "
        "were possibly refused, not billed or not billed yet."
    )


def _price() -> Explanation:
    return Explanation(
        ExplanationKind.PRICE,
        "Invoice and ledger count the same tokens: the price differs, not the use.",
    )


def _not_called(row: ReconciledRow, context: _Context) -> Explanation:
    when = "on that day" if row.model in context.called else "in this period"
    return Explanation(
        ExplanationKind.NOT_CALLED_HERE,
        f"{row.model} was not called from here {when}: other keys or applications on the same "
        "account.",
    )


def _other_charge(row: ReconciledRow) -> Explanation:
    charge = next((line.description for line in row.lines if line.description), "no description")
    return Explanation(
        ExplanationKind.OTHER_CHARGE,
        f"A charge that names no model ({charge[:80]}) and that no call of this ledger stands for.",
    )


def _not_invoiced(sentence: str) -> Explanation:
    return Explanation(ExplanationKind.NOT_INVOICED, sentence)


def _unexplained(row: ReconciledRow) -> Explanation:
    side = "more" if row.rest > 0 else "less"
    sentence = f"The invoice has {show_usd(abs(row.rest))} {side} than was metered, unexplained."
    if not row.lines:
        sentence += f" No line of it stands for these {row.calls:,} calls."
    return Explanation(ExplanationKind.UNEXPLAINED, sentence)
