"""Periods that a text names; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from corpus.reporting_periods import Period

__all__ = ["Mention", "Period", "bare_parts", "blanked", "find_periods", "joined", "mentions"]

MOST_BETWEEN = 12
"""Steps of the longest range whose periods between are meant too."""
REMEMBERED = 64
"""Texts whose periods are kept: one question is read from several sides."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A period and where the text names it."""

    start: int
    end: int
    period: Period


_MONTHS = [date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b)\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>199\d|20[0-4]\d)"
_SHORT = r"(?P<year>199\d|20[0-4]\d|[0-4]\d)"
_FISCAL = r"(?P<fiscal>fys?|(?:fiscal|financial)(?:[\s-]+years?)?(?:\s+ended)?)\s*'?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_FIRST_MONTHS = {"three": ("1", None), "six": (None, "1"), "nine": ("3", None)}
"""The report that holds the first months of a year."""
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|1st|2nd|3rd|4th)"
_QUARTER_ENDED = (
    r"\b(?:(?:three|six|nine|twelve|\d\d?)\s+)?(?:quarter|months|weeks)"
    r"\s+end(?:ed|ing)\s+(?:on\s+)?"
)
_PART = (
    r"(?:f?q(?P<quarter>[1-4])|(?P<of_year>[1-4])q|h(?P<half>[12])|(?P<half_of>[12])h"
    rf"|(?P<ordinal>{_ORDINAL})[\s-]+(?:(?P<filers>fiscal)\s+)?(?P<unit>quarters?|half))"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_MONTH}\s+(?:\d{{1,2}},?\s+)?{_YEAR}\s+(?P<closes>quarter)\b",
        rf"\b{_MONTH}\s+(?P<closes>quarter)\s+(?:of\s+)?{_YEAR}\b",
        rf"(?P<closes>{_QUARTER_ENDED}){_MONTH}\s+(?:\d{{1,2}},?\s+)?{_YEAR}\b",
        rf"(?P<closes>{_QUARTER_ENDED})\d{{1,2}}\s+{_MONTH}\s+{_YEAR}\b",
        rf"\b{_YEAR}-(?P<number>[01]\d)-(?P<day>[0-3]\d)\b",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b",
        rf"\b(?P<early>{_ORDINAL})\s+(?:and|or|to|through)\s+(?:the\s+)?(?P<ordinal>{_ORDINAL})\s+"
        rf"(?P<unit>quarters?|half|halves)\s+(?:of\s+)?(?:{_FISCAL})?{_YEAR}\b",
        rf"\b{_PART}[\s,'’-]*(?:(?:of|in|for)\s+)?(?:the\s+)?{_FISCAL}{_SHORT}\b",
        rf"\b(?:(?P<fiscal>fiscal)\s+)?{_PART}[\s,'’-]*(?:(?:of|in|for)\s+)?(?:the\s+year\s+)?"
        rf"{_YEAR}(?!\w)",
        rf"\b(?P<ordinal>last|final)\s+(?:(?P<filers>fiscal)\s+)?(?P<unit>quarter|half)\s+(?:of|in)\s+"
        rf"(?:the\s+year\s+)?(?:{_FISCAL})?{_YEAR}\b",
        rf"\bfirst\s+(?P<months>three|six|nine)\s+months\s+(?:of|in)\s+(?:{_FISCAL})?{_YEAR}\b",
        r"\bq(?P<quarter>[1-4])\s?['’](?P<year>\d{2})\b",
        rf"\b{_FISCAL}{_SHORT}[\s,-]*(?:the\s+)?{_PART}\b",
        rf"\b{_YEAR}[\s,-]*(?:the\s+)?{_PART}\b",
        r"\b(?:(?P<of_year>[1-4])q|(?P<half_of>[12])h)(?P<fiscal>fy)?['’]?(?P<year>\d{2})\b",
        rf"\b{_FISCAL}{_SHORT}\s?[-–—/]\s?(?P<until>[0-4]\d)(?![\d-])",
        rf"\b{_YEAR}[-–—/](?P<until>[0-4]\d)(?![\d-])",
        rf"\b{_FISCAL}{_SHORT}(?!\w)",
        rf"\b{_YEAR}\s+(?P<fiscal>fiscal)\b",
        rf"(?<![\w$.,])(?<!\bdue )(?<!\bAct of )(?:cy\s?)?{_YEAR}e?(?![\w%]|,\d|\.\d)",
    )
)
"""The longest spellings first; what one has matched, the next do not see."""
_BARE = re.compile(
    rf"\b{_PART}\b|\b(?P<month>{'|'.join(_MONTHS)})\s+(?P<closes>quarter)\b", re.IGNORECASE
)
_THROUGH = re.compile(r"\s*(?:-|–|—|to|through|thru|until|till)\s*(?:the\s+)?$", re.IGNORECASE)
_JOINED = re.compile(
    r"(?:\s|,|and|or|&|vs\.?|versus|over|to|through|from|against|compared\s+(?:to|with)|[-–—])*$",
    re.IGNORECASE,
)


def find_periods(text: str) -> tuple[Period, ...]:
    """Return the periods that `text` names, each once, in order of appearance.

    The years or quarters of a range belong to it: "FY2017 - FY2019" names three. Of years in a
    list all are fiscal when the first is: "fiscal 2023 and 2024". A quarter without a year is of
    the only year that the text names.
    """
    return tuple(dict.fromkeys(mention.period for mention in mentions(text)))


@lru_cache(maxsize=REMEMBERED)
def mentions(text: str) -> tuple[Mention, ...]:
    """Return where `text` names its periods, in order; those within a range stand at its end."""
    matched, rest = _matches(text)
    found = _alike(text, sorted(matched, key=lambda mention: mention.start))
    bare = _bare(rest) if found else ()
    named = sorted((*found, *_of_one_year(text, found, bare)), key=lambda mention: mention.start)
    return tuple(_with_between(text, named))


def bare_parts(text: str) -> tuple[Mention, ...]:
    """Return the quarters and halves that `text` names without a year, as parts of the year 0."""
    return _bare(_matches(text)[1])


def _bare(rest: str) -> tuple[Mention, ...]:
    return tuple(
        Mention(match.start(), match.end(), _period(_said(match) | {"year": "0"}))
        for match in _BARE.finditer(rest)
    )


def joined(text: str, first: Mention, second: Mention) -> bool:
    """Tell whether only a comma, "and", "versus" or the like stands between two mentions."""
    return _JOINED.fullmatch(text[first.end : second.start]) is not None


def _matches(text: str) -> tuple[list[Mention], str]:
    """Return the periods found, and the text with spaces in their place."""
    rest = text
    found: list[Mention] = []
    for pattern in _PATTERNS:
        matches = list(pattern.finditer(rest))
        for match in matches:
            found.extend(_mentions_of(match))
        if matches:
            rest = pattern.sub(lambda match: " " * len(match.group()), rest)
    return found, rest


def _mentions_of(match: re.Match[str]) -> Iterator[Mention]:
    parts = _said(match)
    if early := parts.get("early"):
        yield Mention(match.start(), match.start(), _period(parts | {"ordinal": early}))
    first = _period(parts)
    yield Mention(match.start(), match.end(), first)
    if until := parts.get("until"):
        last = first.year - first.year % 100 + int(until)
        for year in range(first.year + 1, min(last, first.year + MOST_BETWEEN) + 1):
            yield Mention(match.start(), match.end(), replace(first, year=year))


def _said(match: re.Match[str]) -> dict[str, str]:
    return {name: value for name, value in match.groupdict().items() if value}


def _period(parts: dict[str, str]) -> Period:
    year = int(parts["year"])
    year = year if year > 99 or year == 0 else 2000 + year
    if "month" in parts or "number" in parts:
        return _dated(year, parts)
    quarter = parts.get("quarter") or parts.get("of_year")
    half = parts.get("half") or parts.get("half_of")
    if ordinal := parts.get("ordinal"):
        of_half = parts.get("unit", "").lower().startswith("hal")
        last = "2" if of_half else "4"
        place = {"last": last, "final": last}.get(ordinal.lower()) or str(
            _ORDINALS.get(ordinal.lower()) or ordinal[0]
        )
        quarter, half = (quarter, place) if of_half else (place, half)
    if months := parts.get("months"):
        quarter, half = _FIRST_MONTHS[months.lower()]
    return Period(
        year=year,
        quarter=int(quarter) if quarter else None,
        fiscal="fiscal" in parts or "filers" in parts,
        half=int(half) if half else None,
    )


def _dated(year: int, parts: dict[str, str]) -> Period:
    """Return a quarter that closes in a month, a day, or the month where there is no such day."""
    number = int(parts["number"]) if "number" in parts else _month_number(parts["month"])
    if not 1 <= number <= 12:
        return Period(year)
    if "closes" in parts:
        return Period(year, month=number)
    day = int(parts.get("day", 0))
    try:
        date(year, number, day)
    except ValueError:
        return Period(year, month=number, calendar=True)
    return Period(year, month=number, day=day)


def _month_number(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _alike(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Let the years joined to a fiscal one be fiscal too."""
    alike: list[Mention] = []
    for mention in found:
        before = alike[-1] if alike else None
        if before and before.period.fiscal and mention.period.month is None:
            fiscal = joined(text, before, mention) or mention.period.fiscal
            mention = replace(mention, period=replace(mention.period, fiscal=fiscal))
        alike.append(mention)
    return alike


def _of_one_year(
    text: str, found: Sequence[Mention], parts: Iterable[Mention]
) -> Iterator[Mention]:
    """Yield the quarters without a year: of the year they are joined to, else of the only one."""
    years = {(mention.period.year, mention.period.fiscal) for mention in found}
    for bare in parts:
        after = next((m for m in found if m.start >= bare.end), None)
        parts_too = after is not None and (after.period.quarter or after.period.half)
        if after is not None and parts_too and joined(text, bare, after):
            year, fiscal = after.period.year, after.period.fiscal
        elif len(years) == 1:
            [(year, fiscal)] = years
        else:
            continue
        yield replace(bare, period=replace(bare.period, year=year, fiscal=fiscal))


def _with_between(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    before: Mention | None = None
    for mention in found:
        if before and _THROUGH.fullmatch(text[before.end : mention.start]):
            for period in _between(before.period, mention.period):
                yield replace(mention, period=period)
        yield mention
        before = mention


def _between(first: Period, last: Period) -> Iterator[Period]:
    step = 4 if first.whole_year and last.whole_year else 1
    if step == 1 and not (first.quarter and last.quarter):
        return
    steps = [first.moved(step * count) for count in range(1, MOST_BETWEEN + 1)]
    if last in steps:
        yield from steps[: steps.index(last)]


def blanked(text: str, spots: Iterable[tuple[int, int]]) -> str:
    """Return `text` with spaces in place of the spots, given by start and end."""
    for start, end in spots:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
