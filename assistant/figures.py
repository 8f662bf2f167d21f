"""Pure: is each quantity in an answer supported by the evidence that its sentence cites?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.citations import Claim, claims
from assistant.conversation import CitedFigure, Evidence
from assistant.quantities import CURRENCIES, Quantity, quantities
from assistant.sentences import words

__all__ = ["same_quantity", "verify"]

_LEAST_DIGITS = 2
_SCALED = 10
"""Quantum of a cell with a few decimals in a table of thousands."""


def verify(text: str, evidence: Sequence[Evidence]) -> tuple[CitedFigure, ...]:
    """Return the quantities of the answer `text`, each with the evidence that holds it, if any.

    A figure is verified when a cited piece of evidence states the same value and unit, or a more
    precise value that rounds to it.
    """
    held = {item.n: (*quantities(item.text), *quantities(item.document.title)) for item in evidence}
    return tuple(
        _cited(figure, claim, held) for claim in claims(text) for figure in quantities(claim.text)
    )


def same_quantity(stated: Quantity, held: Quantity) -> bool:
    """Tell whether `held` supports `stated`; signs are left to words ("decreased by")."""
    return _same_unit(stated, held) and _same_value(stated, abs(held.value))


def _cited(figure: Quantity, claim: Claim, held: dict[int, tuple[Quantity, ...]]) -> CitedFigure:
    supporting = next(
        (n for n in claim.cited if any(same_quantity(figure, item) for item in held.get(n, ()))),
        None,
    )
    first = claim.cited[0] if claim.cited else None
    start = claim.span[0]
    return CitedFigure(
        text=figure.text,
        value=figure.value,
        unit=figure.unit,
        verified=supporting is not None,
        n=first if supporting is None else supporting,
        span=(start + figure.span[0], start + figure.span[1]),
    )


def _same_unit(stated: Quantity, held: Quantity) -> bool:
    if stated.unit != held.unit and not _currency_left_out(stated, held):
        return False
    return not (stated.per and held.per) or bool(_nouns(stated.per) & _nouns(held.per))


def _currency_left_out(stated: Quantity, held: Quantity) -> bool:
    """Tell whether one of two amounts goes without its currency: a cell of a table of money.

    A bare number is no money; one that its table scales to thousands or more may be.
    """
    if stated.unit == "":
        return held.unit in CURRENCIES
    return held.unit == "" and stated.unit in CURRENCIES and held.quantum >= _SCALED


def _nouns(denominator: str) -> frozenset[str]:
    return frozenset(
        part.removesuffix("s") for word in words(denominator) for part in word.split("-")
    )


def _same_value(stated: Quantity, held: Decimal) -> bool:
    value = abs(stated.value)
    if value == held:
        return True
    precise_enough = value >= stated.quantum.scaleb(_LEAST_DIGITS - 1)
    return precise_enough and abs(held - value) * 2 <= stated.quantum
