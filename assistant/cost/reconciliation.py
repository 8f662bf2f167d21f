"""An invoice beside the ledger as frozen values; money is integer pico-dollars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.cost.invoice import InvoiceLine

__all__ = ["Explanation", "ExplanationKind", "LedgerDay", "ReconciledRow", "Reconciliation"]


class ExplanationKind(StrEnum):
    CREDIT = "credit"
    ROUNDING = "rounding"
    RANGE = "within the range"
    UNPRICED = "no price here"
    DAY_BOUNDARY = "day boundary"
    FACTOR = "constant factor"
    PRICE = "other price"
    OTHER_CALLS = "calls from elsewhere"
    NOT_CALLED_HERE = "not called from here"
    OTHER_NAME = "other name"
    OTHER_CHARGE = "other charge"
    NOT_INVOICED = "not invoiced"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an invoice and the ledger differ: a kind and a sentence for a controller."""

    kind: ExplanationKind
    sentence: str


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """The ledger's calls of one UTC day, provider and model served, answers from cache left out.

    `cost`, `cost_low` and `cost_high` are sums over the calls with a price, in pico-dollars,
    None where no call has one; `unpriced` calls have none. `estimated` calls have estimated
    usage, `stopped_or_failed` ended early. Token sums are None where no call's count is known.
    """

    day: date
    provider: str
    model: str
    calls: int
    cost: int | None
    cost_low: int | None
    cost_high: int | None
    unpriced: int
    estimated: int
    stopped_or_failed: int
    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class ReconciledRow:
    """One day and model, in pico-dollars; `model` is None where only days can be compared.

    `until` differs from `day` where the invoice covers its period as a whole. `metered` is the
    sum of what is known, between `metered_low` and `metered_high`; None where calls were made
    and none has a price. `difference` is `invoiced` minus what is known to be metered, so that
    rows add up to the totals. `explanations` is empty where nothing differs.
    """

    day: date
    until: date
    model: str | None
    lines: tuple[InvoiceLine, ...]
    ledger: tuple[LedgerDay, ...]
    invoiced: int
    metered_low: int | None
    metered: int | None
    metered_high: int | None
    difference: int
    explanations: tuple[Explanation, ...] = ()

    @property
    def calls(self) -> int:
        return sum(day.calls for day in self.ledger)

    @property
    def unpriced(self) -> int:
        return sum(day.unpriced for day in self.ledger)

    @property
    def estimated(self) -> int:
        return sum(day.estimated for day in self.ledger)

    @property
    def stopped_or_failed(self) -> int:
        return sum(day.stopped_or_failed for day in self.ledger)

    @property
    def requests(self) -> int | None:
        """Return the requests that the invoice counts; None where its lines count none."""
        return _known_sum(line.requests for line in self.lines)

    @property
    def has_the_same_tokens(self) -> bool:
        """Tell whether invoice and ledger are known to count the same input and output."""
        stated = (
            _known_sum(line.input_tokens for line in self.lines),
            _known_sum(line.output_tokens for line in self.lines),
        )
        metered = (
            _known_sum(day.input_tokens for day in self.ledger),
            _known_sum(day.output_tokens for day in self.ledger),
        )
        return None not in stated and stated == metered

    @property
    def credits(self) -> int:
        """Return the sum of the invoice's negative lines, in pico-dollars."""
        return sum(line.amount for line in self.lines if line.amount < 0)

    @property
    def rest(self) -> int:
        """Return the difference without the invoice's credits."""
        return self.difference - self.credits

    @property
    def is_explained(self) -> bool:
        return all(found.kind is not ExplanationKind.UNEXPLAINED for found in self.explanations)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """An invoice compared with the ledger over the UTC days `first` to `last`, both included.

    Totals are sums over the rows, in pico-dollars. `differing` adds up the size of all
    differences, credits apart, whatever their sign; `explained` is the part with a possible
    reason, which is no proof.
    `outside` rows of the ledger lie outside the period, `elsewhere` rows belong to other
    providers; both were left out, with so many calls.
    """

    invoice: str
    provider: str | None
    first: date
    last: date
    rows: tuple[ReconciledRow, ...]
    invoiced: int
    metered_low: int | None
    metered: int | None
    metered_high: int | None
    difference: int
    differing: int
    explained: int
    outside: int
    outside_calls: int
    elsewhere: int
    elsewhere_calls: int

    @property
    def unexplained(self) -> int:
        """Return the part of `differing` that no reason was found for, in pico-dollars."""
        return self.differing - self.explained


def _known_sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
