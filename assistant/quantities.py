"""Pure: the quantities that a text states, in base units.

"$37.6 billion" is 37600000000 USD, "9.4 %" is 9.4 percent, "four to five years" are two durations.
Years, dates, quarters, form names, product names and citation markers are no quantities. A line
such as "(in millions)" scales the bare cells of the table rows that follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from assistant.quantity_grammar import (
    AFTER_BARE,
    AND,
    BETWEEN,
    ITEM,
    LABELLED,
    MARKER,
    MONEY_WORDS,
    NAMED,
    PERIOD_AFTER,
    RANGE,
    SCALES,
    SPANS_OF_TIME,
    SYMBOLS,
    UNIT_LINE,
    UNITS,
    WORD_NUMBERS,
    ends_table,
    unscaled,
)
from assistant.sentences import is_row

__all__ = ["CURRENCIES", "Quantity", "quantities", "table_scale"]

CURRENCIES = frozenset({"USD", "EUR", "GBP", "CNY", "JPY", "CAD", "AUD", "HKD", "¥"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number read from a text; `value` in base units, `text` as written, `span` its offsets.

    `unit` is a currency code, "percent", "years", or the unit as written, else "". `per` is the
    denominator as written ("GPU-hour"), else "". `quantum` is the value of the last stated digit.
    """

    text: str
    value: Decimal
    unit: str
    span: tuple[int, int]
    quantum: Decimal
    per: str = ""

    @property
    def is_money(self) -> bool:
        return self.unit in CURRENCIES


def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities stated in `text`, in order; a range gives both of its ends."""
    masked = MARKER.sub(lambda match: " " * len(match.group()), text)
    read = [_Read.of(match) for match in ITEM.finditer(masked)]
    shared = _share_units(masked, [item for item in read if item is not None])
    scales = tuple(_scaled_rows(text))
    kept = []
    for item in shared:
        scale = next((s for start, end, s in scales if start <= item.start < end), None)
        quantity = _quantity(masked, text, item, scale)
        if quantity is not None:
            kept.append(quantity)
    return tuple(kept)


def table_scale(text: str) -> tuple[str, Decimal] | None:
    """Return the word and factor of a unit line such as "(in millions)", None without one."""
    match = UNIT_LINE.search(text)
    if match is None:
        return None
    word = match.group(1).lower()
    return word, SCALES[word.removesuffix("s")]


@dataclass(frozen=True, slots=True)
class _Read:
    start: int
    end: int
    number: str
    negative: bool
    currency: str
    scale: Decimal | None
    unit: str
    per: str

    @staticmethod
    def of(match: re.Match[str]) -> _Read:
        part = match.groupdict(default="")
        bracketed = "(" in part["before"] + part["open"] and bool(part["close"])
        signed = part["before"] in {"-", "−"} or part["open"] in {"-", "−"}
        lead = " " if bracketed or signed else " (\n"
        return _Read(
            start=match.end() - len(match.group().lstrip(lead)),
            end=match.start("close") if part["close"] and not bracketed else match.end(),
            number=part["number"],
            negative=bracketed or signed,
            currency=_currency(part["currency"], part["money"]),
            scale=SCALES.get(part["scale"].strip(" -\n").lower()),
            unit=_unit(part["unit"]),
            per=_per(part["per"]),
        )

    @property
    def bare(self) -> bool:
        return not (self.currency or self.unit or self.scale)


def _currency(symbol: str, word: str) -> str:
    symbol = symbol.replace(" ", "").replace(".", "").lower()
    if symbol:
        return SYMBOLS.get(symbol, "USD")
    name = word.strip().removeprefix("US ").removesuffix("s")
    return MONEY_WORDS.get(name, "")


def _unit(written: str) -> str:
    name = " ".join(written.replace("-", " ").split())
    known = UNITS.get(name.lower().removesuffix("s")) or UNITS.get(name.lower())
    if known:
        return known
    span = name.lower().removesuffix("s")
    if span in SPANS_OF_TIME:
        return f"{span}s"
    return name


def _per(written: str) -> str:
    name = re.sub(r"^(?:/|per|an)\s?", "", written.strip())
    return "hour" if name.lower() == "hr" else name


def _share_units(text: str, items: list[_Read]) -> list[_Read]:
    """Give both ends of a range the currency, scale and unit that only one of them states."""
    shared = list(items)
    for index, (left, right) in reversed(list(enumerate(pairwise(items)))):
        right = shared[index + 1]
        if not _in_range(text, left, right):
            continue
        shared[index] = replace(
            left,
            currency=left.currency or right.currency,
            scale=left.scale or right.scale,
            unit=left.unit or right.unit,
            per=left.per or right.per,
        )
        shared[index + 1] = replace(
            right, currency=right.currency or left.currency, unit=right.unit or left.unit,
            negative=right.negative and text[right.start] not in "-−",
        )  # fmt: skip
    return shared


def _in_range(text: str, left: _Read, right: _Read) -> bool:
    if _different(left, right):
        return False
    joint = text[left.end : right.start]
    if joint == "" and text[right.start] in "-−":
        return True
    if RANGE.fullmatch(joint):
        return True
    return bool(AND.fullmatch(joint) and BETWEEN.search(text[: left.start]))


def _different(left: _Read, right: _Read) -> bool:
    """Tell whether two numbers state their own, unlike units: "3% to $5 billion" is no range."""
    if left.unit and (right.currency or right.scale):
        return True
    if left.currency and right.unit and not right.currency:
        return True
    return bool(left.unit and right.unit and left.unit != right.unit)


def _quantity(
    masked: str, text: str, item: _Read, scale: tuple[str, Decimal] | None
) -> Quantity | None:
    factor, unit = item.scale or Decimal(1), item.currency or item.unit
    if scale is not None and item.scale is None and item.unit == "" and not _year_like(item.number):
        factor, unit = scale[1], item.currency or scale[0]
    elif _no_quantity(masked, item):
        return None
    number = WORD_NUMBERS.get(item.number) or Decimal(item.number.replace(",", ""))
    digits = number.as_tuple().exponent
    quantum = Decimal(1).scaleb(digits if isinstance(digits, int) else 0) * factor
    value = _plain(-number * factor if item.negative else number * factor)
    return Quantity(
        text[item.start : item.end].strip(), value, unit, (item.start, item.end), quantum, item.per
    )


def _plain(value: Decimal) -> Decimal:
    """Return the value without trailing zeros or an exponent: 37600000000, 2.35."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _no_quantity(text: str, item: _Read) -> bool:
    before, after = text[max(0, item.start - 24) : item.start], text[item.end : item.end + 16]
    if item.unit and not item.currency:
        return PERIOD_AFTER.match(after) is not None and item.unit not in {"percent"}
    if not item.bare:
        return item.number in WORD_NUMBERS and not item.currency
    if item.number in WORD_NUMBERS or AFTER_BARE.match(after) or LABELLED.search(before):
        return True
    if _year_like(item.number):
        return True
    if "," in item.number:
        return False
    return len(item.number) == 1 or NAMED.search(before) is not None


def _year_like(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None


def _scaled_rows(text: str) -> Iterator[tuple[int, int, tuple[str, Decimal]]]:
    """Yield the spans of table rows under a unit line, with their currency and factor.

    A line of prose ends the table; a short line among the rows heads a section of it.
    """
    current: tuple[str, Decimal] | None = None
    section, position = "", 0
    for line in text.splitlines(keepends=True):
        found = table_scale(line)
        if found is not None:
            unit = "USD" if "$" in text or "dollar" in text.lower() else ""
            current, section = (unit, found[1]), ""
        elif not is_row(line) and line.strip():
            section = line.strip()
            current = None if ends_table(section) else current
        if current is not None and is_row(line) and not unscaled(line.split("|")[0], section):
            yield position, position + len(line), current
        position += len(line)
