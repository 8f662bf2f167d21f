"""Budgets: how much providers may be paid, by whom and when, and where each one stands.

`[budgets]` in backends.toml sets them, in dollars as text; what is not set has no limit:

| field | limits what is paid for |
|---|---|
| conversation | each conversation |
| user_day | each user, a day |
| day | the deployment, a day |
| month | the deployment, a calendar month |

Days begin at midnight of the deployment's time zone. A call is let in only if the most that it may
cost still fits, and that much is reserved for it until it is settled; of a call that broke off,
whose cost is an estimate, the most that it may have cost counts. Compute on machines of our own is
no provider's bill and counts for no budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from assistant.cost.money import show_usd
from corpus.errors import ConfigurationError

__all__ = ["NO_BUDGETS", "Budgets", "Scope", "Standing", "read_budgets", "refusal"]

WARN_AT = Decimal("0.8")
PICO_PER_DOLLAR = 10**12


class Scope(StrEnum):
    CONVERSATION = "conversation"
    USER_DAY = "user_day"
    DAY = "day"
    MONTH = "month"

    @property
    def words(self) -> str:
        """Return how readers are told of it, as in "the budget of ..."."""
        return WORDS[self]


WORDS = {
    Scope.CONVERSATION: "this conversation",
    Scope.USER_DAY: "this user for today",
    Scope.DAY: "this deployment for today",
    Scope.MONTH: "this deployment for this month",
}


@dataclass(frozen=True, slots=True)
class Budgets:
    """The limits in pico-dollars by scope; a scope that is not there has none."""

    limits: Mapping[Scope, int]

    def __bool__(self) -> bool:
        return bool(self.limits)


NO_BUDGETS = Budgets({})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a budget stands, in pico-dollars.

    `spent` is what calls have cost so far, estimates included; `committed` the most that it may
    come to: what is reserved for calls in flight and the upper ends of estimates. `estimated`
    says that a part of `spent` is an estimate.
    """

    scope: Scope
    limit: int
    spent: int
    committed: int
    estimated: bool = False

    @property
    def left(self) -> int:
        return max(0, self.limit - self.committed)

    @property
    def percent(self) -> int:
        """Return the share of the limit that is committed, in whole percent, rounded down."""
        return 100 if self.limit == 0 else 100 * self.committed // self.limit

    @property
    def warns(self) -> bool:
        """Tell whether 80 % of the limit are committed."""
        return self.committed >= WARN_AT * self.limit

    @property
    def sentence(self) -> str:
        """Return "$0.41 of $0.50 for this conversation (82 %)", with what is reserved."""
        more = self.committed - self.spent
        reserved = f", up to {show_usd(more)} more reserved" if more else ""
        spent = show_usd(self.spent, estimated=self.estimated)
        limit = show_usd(self.limit)
        return f"{spent} of {limit} for {self.scope.words} ({self.percent} %{reserved})"


def refusal(backend: str, needed: int | None, standing: Standing) -> str:
    """Return why a call is not made and what to do; `needed` is None for an unpriced backend."""
    if needed is None:
        return (
            f"{backend} was not asked: it has no known price, and there is a budget "
            f"({show_usd(standing.limit)} for {standing.scope.words}). Enter its price under "
            "[[prices]] or its hourly_usd in backends.toml, or ask another backend."
        )
    return (
        f"{backend} was not asked: the call may cost up to {show_usd(needed)}, and of the budget "
        f"of {show_usd(standing.limit)} for {standing.scope.words} {show_usd(standing.left)} is "
        f"left ({standing.sentence}). Ask a cheaper backend or one on this machine, lower its "
        f"max_output, or raise {standing.scope.value} under [budgets] in backends.toml."
    )


def read_budgets(source: str, table: object) -> Budgets:
    """Read the `[budgets]` table of the file `source`.

    Raises ConfigurationError naming the file, the field and the remedy.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{source}: budgets must be a table, [budgets].")
    unknown = sorted(set(table) - set(Scope))
    if unknown:
        raise ConfigurationError(
            f"{source}: [budgets] has no field {unknown[0]!r}; there are: {', '.join(Scope)}."
        )
    return Budgets({Scope(name): _pico(source, name, value) for name, value in table.items()})


def _pico(source: str, name: str, value: object) -> int:
    try:
        dollars = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        dollars = Decimal("NaN")
    if not dollars.is_finite() or dollars < 0:
        raise ConfigurationError(f'{source}: [budgets] needs {name} = "2.50" (dollars, as text).')
    return int(dollars * PICO_PER_DOLLAR)
