"""Pure: the figures that a note or its source states, in base units.

Money with its currency, scale and denominator ("$2.35 an hour"), per cent, years, power in
megawatts, and counts of what data centres and their customers are counted in. Years of the
calendar, dates, quarters, forms and product names are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["AMOUNT", "BARE", "MONEY", "PERCENT", "YEARS", "Figure", "agree", "figures", "numbers"]

MONEY, PERCENT, YEARS, POWER, AMOUNT, BARE = "money", "percent", "years", "MW", "amount", "bare"
"""Units; a count has its noun. An amount is scaled and says not of what, a bare number neither."""

_UP_TO_TWENTY = """one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen twenty"""
_VALUES = {word: Decimal(value) for value, word in enumerate(_UP_TO_TWENTY.split(), start=1)} | {
    "thirty": Decimal(30),
    "forty": Decimal(40),
}
_SCALES = {
    **{"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "million": 10**6},
    **{"b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "tn": 10**12, "trillion": 10**12},
}
_COUNTED = {
    **{"gpu": "GPUs", "chip": "GPUs", "accelerator": "GPUs", "token": "tokens"},
    **dict.fromkeys(("customer", "user", "developer", "employee", "engineer"), "people"),
    **{"server": "servers", "rack": "racks"},
}
_NO_ADJECTIVE = "times|more|fewer|the|of|per|and|or|to|in|on|an?|from|by"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ITEM = re.compile(
    rf"""(?<![\w.,])(?<![A-Za-z][-/])(?:(?P<currency>(?:US|HK|A|C)?\$|[€£¥])\s?
      |(?P<code>USD|EUR|GBP)\s)?
    (?P<number>(?:{_NUMBER})(?!,?\d)|\b(?i:{"|".join(_VALUES)})\b)
    (?P<scale>(?:[\s-]?|\s\|\s)(?:thousand|million|billion|trillion)\b|\s?(?:bn|tn|mn|mm)\b
      |[KMBTkmb](?![\w]))?
    (?P<dollars>\s(?:US\s)?dollars?\b)?
    (?P<unit>\s?%|\s?per\s?cent\b|[\s-]percentage[\s-]points?\b|[\s-]years?\b
      |[\s-]?(?:GW|MW)\b|[\s-](?:giga|mega)watts?\b
      |\s(?:(?!(?:{_NO_ADJECTIVE})\b)[^\W\d][\w'’-]*\s){{0,2}}?(?:GPU|chip|accelerator|token|customer|user|developer
        |employee|engineer|server|rack)s?\b)?
    (?P<per>\s?(?:/|\b(?:per|an?|each)\s)\s?(?:(?:1\s?|one\s)?(?:million|M)\s(?:\w+\s)?tokens?
      |M?tok(?:en)?s?\b|(?:[\w-]+[\s-])?(?:hour|hr)s?\b))?
    (?![\w])(?!-[A-Z])""",
    re.VERBOSE,
)
_RANGE = re.compile(
    r"\s*(?:-|–|—|\bto\b|\bor\b|\bthrough\b|\band\b)\s*(?:about\s|around\s|approximately\s|nearly\s)?"
)
_DATE = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2}\b"
    r"(?![\d.,]*\d\s*%)|\b\d{1,2}\s(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b|https?://\S+|\bQ[1-4]\b|\bH[12]\b|\(\d\)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = re.compile(r"(?:\b[A-Z][\w.]*[\s-])$")
_SMALL = 100
"""Below this a number behind a name is taken for a part of it: "Claude 3 tokens"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in base units, `step` the value of its last written place, `start` its offset.

    `currency` is "$", "€", "£" or empty; `per` is "hour", "million tokens", or empty.
    """

    text: str
    start: int
    unit: str
    value: Decimal
    step: Decimal
    currency: str = ""
    per: str = ""
    scaled: bool = False


def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text that its writer answers for, in order."""
    return tuple(found for found in numbers(text) if found.unit != BARE)


def numbers(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text and its bare numbers, in order; a range gives both its ends."""
    masked = _DATE.sub(lambda match: " " * len(match.group()), text)
    found = [(match.end(), _figure(match)) for match in _ITEM.finditer(masked)]
    shared = [figure for _, figure in _shared(masked, found)]
    return tuple(one for one in shared if not _is_no_figure(masked, one))


def agree(figure: Figure, held: Figure, factor: Decimal = Decimal(1)) -> bool:
    """Tell whether a source's number is the figure, rounded at most to its last written place.

    A bare number of the source is taken `factor` times, as the head of its table tells.
    """
    if not _same_kind(figure, held):
        return False
    value = held.value * factor
    if figure.unit == YEARS or not figure.value:
        return value == figure.value
    rounded = (value / figure.step).quantize(Decimal(1), ROUND_HALF_UP) * figure.step
    return rounded == figure.value


def _same_kind(figure: Figure, held: Figure) -> bool:
    if held.unit == BARE:
        return True
    if figure.currency and held.currency and figure.currency != held.currency:
        return False
    if figure.per and held.per and figure.per != held.per:
        return False
    return figure.unit == held.unit or (
        AMOUNT in (figure.unit, held.unit) and not {figure.unit, held.unit} & {PERCENT, YEARS}
    )


def _figure(match: re.Match[str]) -> Figure:
    part = {name: (found or "").strip() for name, found in match.groupdict().items()}
    scale = Decimal(_SCALES.get(part["scale"].strip(" -|").lower(), 1))
    number = _VALUES.get(part["number"].lower()) or Decimal(part["number"].replace(",", ""))
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    currency = _currency(part)
    unit, factor = _unit(part["unit"])
    unit = unit or (MONEY if currency else AMOUNT if scale > 1 else BARE)
    return Figure(
        text=match.group().strip(),
        start=match.start(),
        unit=MONEY if currency else unit,
        value=number * scale * factor,
        step=step * scale * factor,
        currency=currency,
        per=_per(part["per"]),
        scaled=scale > 1,
    )


def _currency(part: dict[str, str]) -> str:
    codes = {"USD": "$", "EUR": "€", "GBP": "£"}
    written = part["currency"] or codes.get(part["code"], "") or ("$" if part["dollars"] else "")
    return "$" if written == "US$" else written


def _unit(written: str) -> tuple[str, Decimal]:
    name = written.strip(" -").lower()
    if not name:
        return "", Decimal(1)
    if name == "%" or name.startswith("per"):
        return PERCENT, Decimal(1)
    if name.startswith("year"):
        return YEARS, Decimal(1)
    if name in {"gw", "mw"} or name.endswith(("watt", "watts")):
        return POWER, Decimal(1000 if name.startswith("g") else 1)
    return _COUNTED[name.split()[-1].removesuffix("s")], Decimal(1)


def _per(written: str) -> str:
    words = re.sub(r"^(?:/|per|an?|each)\s?", "", written.lower()).replace("-", " ").split()
    last = words[-1].removesuffix("s") if words else ""
    if last in {"hour", "hr"}:
        return "hour"
    millions = len(words) > 1 or last.startswith("m")
    return "million tokens" if "tok" in last and millions else ""


def _shared(text: str, found: Sequence[tuple[int, Figure]]) -> Sequence[tuple[int, Figure]]:
    """Give both ends of a range the scale and unit that only the second one states."""
    shared = list(found)
    for index in range(len(found) - 2, -1, -1):
        end, left = found[index]
        _, right = shared[index + 1]
        joined = _RANGE.fullmatch(text[end : right.start])
        if not joined or left.unit not in {BARE, MONEY} or _is_year(left):
            continue
        if right.unit == BARE and left.currency:
            shared[index + 1] = (shared[index + 1][0], replace(right, unit=MONEY))
        elif right.unit != BARE and not left.per:
            shared[index] = (end, _lent(left, right))
    return shared


def _lent(left: Figure, right: Figure) -> Figure:
    if left.currency and right.unit not in {MONEY, AMOUNT}:
        return left
    factor = right.step / _step_alone(right) if not left.scaled else Decimal(1)
    return replace(
        left,
        unit=MONEY if left.currency else right.unit,
        value=left.value * factor,
        step=left.step * factor,
        currency=left.currency or right.currency,
        per=right.per,
        scaled=left.scaled or right.scaled,
    )


def _step_alone(figure: Figure) -> Decimal:
    """The last written place of the digits by themselves, without scale and unit."""
    digits = re.search(_NUMBER, figure.text)
    written = Decimal(digits.group().replace(",", "")) if digits else Decimal(1)
    return Decimal(1).scaleb(int(written.as_tuple().exponent))


def _is_year(figure: Figure) -> bool:
    digits = re.match(r"[\d.,]*", figure.text)
    is_calendar = digits and _YEAR.fullmatch(digits.group().rstrip(".,"))
    return bool(is_calendar) and not figure.scaled and not figure.currency


def _is_no_figure(text: str, figure: Figure) -> bool:
    digits = re.match(r"[\d.,]+", figure.text)
    if figure.unit == YEARS and figure.value == 1:
        # "One-year" is the name of a term.
        return True
    if figure.currency or figure.unit in {PERCENT, YEARS}:
        return False
    if digits is None:
        return not figure.scaled
    if _is_year(figure):
        return True
    named = _NAMED.search(text[max(0, figure.start - 24) : figure.start]) is not None
    return figure.unit not in {POWER, AMOUNT, BARE} and named and figure.value < _SMALL
