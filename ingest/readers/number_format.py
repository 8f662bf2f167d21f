"""Pure: a spreadsheet's value as its number format shows it; dates in ISO form.

Locale-free: a comma parts thousands, a point decimals. What a text cannot keep is spelled out: a
negative number that only its colour tells gets its minus back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from ingest.readers.clean import one_line

__all__ = ["shown"]

_GENERAL = "general"
_LARGEST = Decimal(10) ** 21
_PRECISION = 60
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>general)|(?P<exponent>E[+-])"
    r"|(?P<digit>[0#?.,])|(?P<split>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_DATE_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|([a-z])\3*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    """One of a format's parts: what stands before and after the digits, and the digits' places.

    `digits` is "" for a section without any, None where the value is shown as it is (General).
    """

    before: str
    after: str
    digits: str | None
    exponent: bool
    condition: tuple[str, Decimal] | None


def shown(value: object, code: str) -> str:
    """Return a cell's value as text, as the format `code` ("#,##0.0", "0%") shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return one_line(_number(value, code))
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, code)
    return one_line(str(value))


def _moment(value: datetime | date | time | timedelta, code: str) -> str:
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date) and _shows_only_years(code):
        return one_line(_DATE_TOKEN.sub(lambda found: _year_text(found, value.year), code))
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _shows_only_years(code: str) -> bool:
    """ "FY"yyyy: a date that stands for its year."""
    letters = {(found.group(3) or "").casefold() for found in _DATE_TOKEN.finditer(code)}
    return letters - {""} == {"y"} and ";" not in code


def _year_text(token: re.Match[str], year: int) -> str:
    return str(year) if token.group(3) else token.group(1) or token.group(2) or ""


def _number(value: float, code: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    number = Decimal(repr(value))
    section, signed = _chosen(_sections(code), number)
    if section.digits is None:
        return _signed(f"{section.before}{_plain(abs(number))}{section.after}", number < 0)
    if not section.digits:
        return section.before + section.after
    if abs(number) >= _LARGEST:
        return f"{number:.10G}"
    percents = (section.before + section.after).count("%")
    digits = _digits(abs(number).scaleb(2 * percents), section)
    negative = signed and number < 0 and any(digit in "123456789" for digit in digits)
    return _signed(f"{section.before}{digits}{section.after}", negative)


def _signed(text: str, negative: bool) -> str:
    return f"-{text}" if negative else text


def _plain(number: Decimal) -> str:
    """As spreadsheets show a number without a format: up to 11 figures."""
    if number >= _LARGEST:
        return f"{number:.10G}"
    if number == number.to_integral_value():
        return f"{number:.0f}"
    text = format(Decimal(f"{number:.11g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _chosen(sections: Sequence[_Section], number: Decimal) -> tuple[_Section, bool]:
    """Return the section for a number, and whether the minus is still to be written."""
    if any(section.condition for section in sections):
        return next((s for s in sections if _holds(s, number)), sections[-1]), True
    if number < 0 and len(sections) > 1:
        marks = sections[1].before + sections[1].after
        hidden = not marks and sections[1].digits == ""
        return sections[1], not hidden and "-" not in marks and "(" not in marks
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def _holds(section: _Section, number: Decimal) -> bool:
    if section.condition is None:
        return True
    sign, bound = section.condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _digits(number: Decimal, section: _Section) -> str:
    places = section.digits or ""
    whole, _, decimals = places.partition(".")
    if section.exponent:
        return f"{number:.{len(decimals.replace(',', ''))}E}"
    number = number.scaleb(-3 * (len(places) - len(places.rstrip(","))))
    decimals = decimals.replace(",", "")
    with localcontext() as context:
        context.prec = _PRECISION
        rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    grouping = "," if "," in whole.strip(",") else ""
    left, _, right = f"{rounded:{grouping}f}".partition(".")
    left = left if int(left.replace(",", "")) else ""
    kept = decimals.rstrip("#?")
    right = right[: len(kept)] + right[len(kept) :].rstrip("0")
    return left.rjust(whole.count("0"), "0") + (f".{right}" if right else "")


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code or _GENERAL):
        if token.group("split"):
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(map(_section, parts))


def _section(tokens: Sequence[re.Match[str]]) -> _Section:
    before, after, digits = "", "", ""
    exponent, general, condition = False, False, None
    for token in tokens:
        if token.group("digit") and not exponent and not after.strip():
            digits, after = digits + token.group(), ""
        elif token.group("exponent"):
            exponent = True
        elif token.group("digit"):
            # Digits after words ("000-0000"): a code of its own kind.
            general = not exponent
        elif token.group("general") or token.group() == "@" or token.group() == "/":
            general = True
        elif bracket := token.group("bracket"):
            found = _CONDITION.fullmatch(bracket)
            condition = (found.group(1), Decimal(found.group(2))) if found else condition
        elif digits:
            after += _text(token)
        else:
            before += _text(token)
    shown_digits = digits if digits.strip(".,") else ""
    return _Section(before, after, None if general else shown_digits, exponent, condition)


def _text(token: re.Match[str]) -> str:
    groups = ("quoted", "escaped", "currency", "other")
    return next((token.group(name) for name in groups if token.group(name)), "")
