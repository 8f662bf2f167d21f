"""Pure: the years, quarters and months that a text names, and whether two of them agree."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

__all__ = ["Period", "periods"]

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_QUARTER = re.compile(
    r"\bQ(?P<q>[1-4])\s*(?:of\s+)?(?P<fy>FY|fiscal(?:\s+year)?)?\s*'?(?P<qy>20\d\d|\d\d(?!\d))"
    r"|\b(?P<nth>first|second|third|fourth)\s+(?:fiscal\s+)?quarter\s+(?:of\s+)?"
    r"(?P<nfy>fiscal(?:\s+year)?\s+)?(?P<ny>20\d\d)"
    r"|\bFY(?P<fq_year>20\d\d|\d\d)\s*Q(?P<fq>[1-4])",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"\b(?P<month>{_MONTH})\.?\s+(?:\d{{1,2}},?\s+)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-\d\d\b")
_FISCAL = re.compile(
    r"\b(?:FY|fiscal(?:\s+year)?)\s*'?(?P<year>20\d\d|\d\d(?!\d))\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![\d.,$-])(?:19|20)\d\d(?![\d]|,\d{3}|\s*(?:million|billion))")

_PART = re.compile(
    r"\b(?:(?P<which>first|second|latter|last) )?(?:half|(?P<count>six|nine) months) (?:of|in) "
    r"(?:the )?$",
    re.IGNORECASE,
)
_NEAR = 30


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, with the quarter or the month where named; `fiscal` where the text says so.

    `part` names the months of the year that are meant: "H1", "H2" or "9M".
    """

    year: int
    quarter: int | None = None
    month: int | None = None
    fiscal: bool = False
    part: str = ""

    @property
    def end_month(self) -> int | None:
        """The month itself, or the one in which a calendar quarter ends."""
        return self.month or (self.quarter * 3 if self.quarter and not self.fiscal else None)

    @property
    def whole_year(self) -> bool:
        return self.quarter is None and self.month is None and not self.part

    @property
    def ends(self) -> date:
        """The last day of the period, read by the calendar."""
        month = self.end_month or 12
        return date(self.year, month, monthrange(self.year, month)[1])

    def holds(self, day: date) -> bool:
        """Tell whether `day` falls in the period, read by the calendar."""
        if day.year != self.year or (self.fiscal and self.quarter):
            return False
        return self.end_month is None or day.month == self.end_month


def periods(text: str) -> tuple[Period, ...]:
    """Return the periods named in `text`, the most exact reading of each, in order."""
    found: list[tuple[int, Period]] = []
    rest = text
    readings = ((_ISO, _iso), (_QUARTER, _quarter), (_MONTH_YEAR, _month), (_FISCAL, _fiscal))
    for pattern, read in readings:
        for match in pattern.finditer(rest):
            found.append((match.start(), read(match)))
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)
    found.extend((match.start(), _year(match)) for match in _YEAR.finditer(rest))
    return tuple(dict.fromkeys(period for _, period in sorted(found)))


def _quarter(match: re.Match[str]) -> Period:
    part = match.groupdict()
    year = part["qy"] or part["ny"] or part["fq_year"]
    number = part["q"] or part["fq"] or str(_NTH.get((part["nth"] or "").lower(), 0))
    fiscal = bool(part["fy"] or part["nfy"] or part["fq"])
    return Period(_full(year), quarter=int(number), fiscal=fiscal)


def _iso(match: re.Match[str]) -> Period:
    return Period(int(match["year"]), month=int(match["month"]))


def _month(match: re.Match[str]) -> Period:
    short = match["month"].lower()[:3]
    month = next(n for n, name in enumerate(_MONTHS, start=1) if name.startswith(short))
    return Period(int(match["year"]), month=month)


def _fiscal(match: re.Match[str]) -> Period:
    return Period(_full(match["year"]), fiscal=True, part=_of_part(match))


def _year(match: re.Match[str]) -> Period:
    return Period(int(match.group()), part=_of_part(match))


def _of_part(match: re.Match[str]) -> str:
    found = _PART.search(match.string, max(0, match.start() - _NEAR), match.start())
    if found is None:
        return ""
    if found["count"] == "nine":
        return "9M"
    return "H2" if found["which"] in ("second", "latter", "last") else "H1"


def _full(year: str) -> int:
    return int(year) + 2000 if len(year) == 2 else int(year)
