"""Pure: the day that a document is dated, where its content states one.

Keys come first; then a filing is dated by its cover line or its signature, a call by what is said,
a release by its dateline, a note by its own words.
"""

from __future__ import annotations

import re
from datetime import date

from ingest.content import Content
from ingest.dates import DATE, as_date
from ingest.recognise_form import CALL, FILINGS, PRESS_RELEASE

__all__ = ["recognise_published"]

_DATED_KEYS = (
    "published",
    "published_date",
    "date",
    "as_of",
    "generated",
    "header:filing_date",
    "header:filed",
    "html:date",
)
_FILED = re.compile(
    rf"\bfiled\s+(?:with\s+the\s+(?:U\.?S\.?\s+)?Securities\s+and\s+Exchange\s+Commission\s+)?"
    rf"(?:on\s+)?({DATE})",
    re.IGNORECASE,
)
_CAUSED = re.compile(
    r"\bduly\s+caused\s+this\s+[\w\s./-]{1,60}?\bto\s+be\s+signed\b.{0,400}?"
    rf"({DATE})",
    re.IGNORECASE | re.DOTALL,
)
_SIGNED = (
    re.compile(rf"\bDated?:\s*({DATE})", re.IGNORECASE),
    re.compile(rf"\bundersigned\b.{{0,400}}?({DATE})", re.IGNORECASE | re.DOTALL),
)
_DATELINE = re.compile(rf"[(–—-]\s*({DATE})\s*[)–—-]", re.IGNORECASE)
_SPOKEN_ON = re.compile(
    rf"\bas\s+of\s+today,?\s+(?:[a-z]+day,?\s+)?({DATE})|\bheld\b.{{0,60}}?\bon\s+({DATE})"
    rf"|^\W*(?:[a-z]+day,\s+)?({DATE})\b[^\n]{{0,20}}$|\btoday\s+is\s+(?:[a-z]+day,\s+)?({DATE})",
    re.IGNORECASE | re.MULTILINE,
)
_PREPARED = re.compile(rf"\b(?:prepared|published|dated)\s+(?:on\s+)?({DATE})", re.IGNORECASE)


def recognise_published(content: Content, form: str | None, title: str | None) -> date | None:
    """Return the day that a document is dated: stated, filed, signed, spoken or prepared on.

    None where the content states no such day. When an office file was made or saved says nothing
    of when its text was published.
    """
    for key in _DATED_KEYS:
        if stated := as_date(content.stated(key)):
            return stated
    if form in FILINGS:
        return _signed(content)
    said = (_SPOKEN_ON, _DATELINE) if form in (CALL, PRESS_RELEASE) else (_PREPARED,)
    for pattern in said:
        if found := pattern.search(content.opening):
            return as_date(next(filter(None, found.groups())))
    return as_date(title)


def _signed(content: Content) -> date | None:
    if filed := _FILED.search(content.opening[:400]):
        return as_date(filed.group(1))
    if caused := _CAUSED.search(content.text):
        return as_date(caused.group(1))
    for pattern in _SIGNED:
        if signed := pattern.findall(content.text):
            return as_date(signed[-1])
    return None
