"""Pure: the filer's fiscal period, and the day that it ended on.

A fiscal year is named as the filer names it: by the year that it ends in; by the year before where
the text itself speaks mostly of that one (retailers whose year ends in January), and for years of
52 or 53 weeks that end in the first days of January.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.forms import base_form
from ingest.content import Content
from ingest.dates import DATE, as_date, dates_in, months_after
from ingest.recognise_form import CALL, PRESS_RELEASE

__all__ = ["Period", "recognise_period"]

_ANNUAL = frozenset({"10-K", "20-F", "40-F"})
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_ORDINAL = "(first|second|third|fourth)"
_QUARTER_NAMED = (
    re.compile(r"\bQ([1-4])\s+(?:of\s+)?(?:fiscal\s+(?:year\s+)?|FY\s?)?(20\d\d)\b", re.IGNORECASE),
    re.compile(
        rf"\b{_ORDINAL}\W{{0,3}}quarter\s*(?:and\s+(?:full|fiscal)\W?year)?\s*(?:of\s+)?"
        r"(?:the\s+|our\s+)?(?:fiscal\s*(?:year)?|FY)?[\s,]*(20\d\d)\b(?!\s+and\b.{0,20}\bfiscal)",
        re.IGNORECASE,
    ),
)
_YEAR_FIRST = re.compile(
    rf"\b(20\d\d)\W{{1,3}}(?:{_ORDINAL}\W{{0,3}}quarter|Q([1-4])\b)", re.IGNORECASE
)
_QUARTER_ENDED = re.compile(
    rf"\b{_ORDINAL}\W{{1,3}}quarter\W[^.]{{0,40}}?\bended\s+({DATE})", re.IGNORECASE
)
_NEXT_CALL = re.compile(
    rf"\b(?:speak|talk|see)\w*\b[^.]{{0,60}}\bour\s+{_ORDINAL}\W{{1,3}}quarter\s+(20\d\d)\s+"
    r"(?:earnings\s+)?call",
    re.IGNORECASE,
)
_COVER_END = re.compile(
    rf"\bfor\s+the\s+(?:fiscal\s+|quarterly\s+|annual\s+)?(?:year|period|quarter)\s+ended:?\s*({DATE})",
    re.IGNORECASE,
)
_REPORT_OF = r"\bDate\s+of\s+(?:report|earliest\s+event\s+reported)\b"
_EVENT = (
    re.compile(rf"{_REPORT_OF}[^\d]{{0,80}}?({DATE})", re.IGNORECASE),
    re.compile(rf"({DATE})\W{{0,20}}{_REPORT_OF}", re.IGNORECASE),
)
_ENDED = re.compile(rf"\b(?:months|weeks|year|quarter)\s+(?:period\s+)?ended\s+({DATE})", re.I)
_LENGTHS = (
    (
        3,
        re.compile(r"\b(?:nine|9|thirty-nine|39)\s+(?:months|weeks)\s+(?:period\s+)?ended\b", re.I),
    ),
    (2, re.compile(r"\b(?:six|6|twenty-six|26)\s+(?:months|weeks)\s+(?:period\s+)?ended\b", re.I)),
    (1, re.compile(r"\b(?:three|3|thirteen|13)\s+(?:months|weeks)\s+(?:period\s+)?ended\b", re.I)),
)
_FISCAL_YEAR = re.compile(r"\bfiscal\s+(?:year\s+)?(?:ended\s+)?(20\d\d)\b", re.IGNORECASE)
_STATED = re.compile(r"(?:FY\s?)?(20\d\d)\s?(?:Q([1-4]))?|Q([1-4])\s?(?:FY\s?)?(20\d\d)", re.I)
_FEWEST_MENTIONS = 3
_LONGEST_YEAR_SLIP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """`label` is "FY2025" or "FY2026Q2"; either part is None where the content does not say."""

    label: str | None = None
    end: date | None = None


def recognise_period(content: Content, form: str | None, published: date | None) -> Period:
    """Return the fiscal period that the document reports on."""
    if stated := _stated(content):
        return stated
    original = base_form(form)
    if original in _ANNUAL:
        return _of_year(content, published)
    if original == "10-Q":
        return _of_quarter(content, published)
    if original == "8-K":
        return Period(end=_event(content))
    if form in (CALL, PRESS_RELEASE):
        opening = _NEXT_CALL.sub("", content.opening)
        return Period(_named_quarter(opening) or _before_next_call(content.text))
    return Period()


def _label(year: int, quarter: int | None = None) -> str:
    return f"FY{year}Q{quarter}" if quarter else f"FY{year}"


def _stated(content: Content) -> Period | None:
    end = _stated_end(content)
    if found := _STATED.fullmatch(content.stated_text("fiscal_period", "period") or ""):
        quarter = found.group(2) or found.group(3)
        return Period(_label(int(found.group(1) or found.group(4)), int(quarter or 0)), end)
    year = content.stated_text("dei:DocumentFiscalYearFocus")
    focus = content.stated_text("dei:DocumentFiscalPeriodFocus") or ""
    if year is None or not re.fullmatch(r"20\d\d", year) or not re.fullmatch("FY|Q[1-4]", focus):
        return None
    end = end or _period_end(content, None)
    return Period(_label(int(year), None if focus == "FY" else int(focus[1])), end)


def _stated_end(content: Content) -> date | None:
    return as_date(content.stated("dei:DocumentPeriodEndDate", "period_end"))


def _period_end(content: Content, published: date | None) -> date | None:
    """The day tagged or on the cover; else the latest day that a reported span ended on."""
    if stated := _stated_end(content):
        return stated
    if found := _COVER_END.search(content.cover):
        return as_date(found.group(1))
    if published is None:
        return None
    ended = [day for m in _ENDED.finditer(content.text) if (day := as_date(m.group(1)))]
    recent = [day for day in ended if timedelta(0) < published - day < timedelta(days=120)]
    return max(recent, default=None)


def _event(content: Content) -> date | None:
    """The day that a current report is on; its cover gives it behind or over the label."""
    if stated := _stated_end(content):
        return stated
    found = next(filter(None, (pattern.search(content.cover) for pattern in _EVENT)), None)
    return as_date(found.group(1)) if found else None


def _of_year(content: Content, published: date | None) -> Period:
    end = _period_end(content, published)
    if end is not None:
        return Period(_label(_year_named(content, end)), end)
    counts = _fiscal_years(content)
    if published is None or not counts:
        return Period()
    year, mentions = counts.most_common(1)[0]
    named = mentions >= _FEWEST_MENTIONS and year in (published.year - 1, published.year)
    return Period(_label(year) if named else None)


def _year_named(content: Content, year_end: date) -> int:
    year = (year_end - _LONGEST_YEAR_SLIP).year
    counts = _fiscal_years(content)
    mostly_earlier = counts[year - 1] >= max(_FEWEST_MENTIONS, 3 * counts[year])
    return year - 1 if year_end.month <= 2 and year == year_end.year and mostly_earlier else year


def _fiscal_years(content: Content) -> Counter[int]:
    return Counter(int(year) for year in _FISCAL_YEAR.findall(content.text))


def _of_quarter(content: Content, published: date | None) -> Period:
    """The longest span reported up to the period's end counts the quarters of the year so far."""
    end = _period_end(content, published)
    quarter = next(
        (q for q, span in _LENGTHS if len(span.findall(content.text)) >= _FEWEST_MENTIONS), None
    )
    if end is None or quarter is None:
        return Period(_most_named_quarter(content.text), end)
    year_end = months_after(end, 3 * (4 - quarter))
    return Period(_label(_year_named(content, year_end), quarter), end)


def _most_named_quarter(text: str) -> str | None:
    counts = Counter(
        _label(int(year), _ORDINALS[ordinal.lower()])
        for ordinal, year in _QUARTER_NAMED[1].findall(text)
    )
    (best, first), (_, second) = [*counts.most_common(2), (None, 0), (None, 0)][:2]
    return best if first >= _FEWEST_MENTIONS and first > second else None


def _named_quarter(opening: str) -> str | None:
    """The first quarter that is named with its year, or with the day that it ended on."""
    found: list[tuple[int, str]] = []
    for pattern in _QUARTER_NAMED:
        if match := pattern.search(opening):
            found.append((match.start(), _label(int(match.group(2)), _quarter(match.group(1)))))
    if match := _YEAR_FIRST.search(opening):
        quarter = _quarter(match.group(2) or match.group(3))
        found.append((match.start(), _label(int(match.group(1)), quarter)))
    if not found and (match := _QUARTER_ENDED.search(opening)):
        quarter = _quarter(match.group(1))
        end = next(dates_in(match.group(2)))
        year = (months_after(end, 3 * (4 - quarter)) - _LONGEST_YEAR_SLIP).year
        found.append((match.start(), _label(year, quarter)))
    return min(found)[1] if found else None


def _quarter(word: str) -> int:
    return _ORDINALS.get(word.lower()) or int(word)


def _before_next_call(text: str) -> str | None:
    """A call that ends in "speaking to you on our second quarter 2026 call" is the first's."""
    if found := _NEXT_CALL.search(text):
        coming, year = _ORDINALS[found.group(1).lower()], int(found.group(2))
        return _label(year, coming - 1) if coming > 1 else _label(year - 1, 4)
    return None
