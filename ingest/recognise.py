"""Pure: who, what and when of a document, from its content alone.

Front matter comes first, then the facts that filings tag (`dei:`) and the keys over a text
(`header:`), then the way the content opens. The file's name is a label, and decides nothing but
the title of a document that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from urllib.parse import urlsplit

from ingest.blocks import Reading
from ingest.content import Content, content_of
from ingest.dates import DATE, as_date
from ingest.recognise_company import recognise_companies
from ingest.recognise_form import CALL, FILINGS, PRESS_RELEASE, recognise_form
from ingest.recognise_period import recognise_period

__all__ = ["Recognised", "context_of", "recognise"]

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
_FILED = re.compile(rf"\bfiled\s+(?:on\s+)?({DATE})", re.IGNORECASE)
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
_REPORTS = frozenset({*FILINGS, CALL, PRESS_RELEASE})
_PREPARED = re.compile(rf"\b(?:prepared|published|dated)\s+(?:on\s+)?({DATE})", re.IGNORECASE)
_OUR_WIKI_LINK = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_HASHTAGS = re.compile(r"(?:#[\w/-]+\s*)+")
_URL = re.compile(r"https?://[^\s<>()\[\]\"',;]+[^\s<>()\[\]\"',;.]")
_SOURCES = re.compile(r"(?im)^\s*(?:\*\*)?sources?(?:\*\*)?\s*:.*$")
_ADDRESSES = ("url", "html:url", "header:source_url")
_SOURCE_KEYS = ("sources", "source_pages", "references")
_LONGEST_TITLE = 160
_LONGEST_IN_HEADER = 90


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a document says of itself, in the terms of `Document`; unknown is None or empty."""

    title: str
    companies: tuple[str, ...] = ()
    form: str | None = None
    fiscal_period: str | None = None
    period_end: date | None = None
    published: date | None = None
    topics: tuple[str, ...] = ()
    publisher: str | None = None
    references: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def context_of(recognised: Recognised) -> tuple[str, ...]:
    """Return what every passage header begins with: company, form, period, date, own title."""
    composed = recognised.form in _REPORTS and recognised.companies
    own_title = "" if composed else recognised.title[:_LONGEST_IN_HEADER]
    return tuple(
        filter(
            None,
            (
                ", ".join(recognised.companies[:2]),
                recognised.form,
                recognised.fiscal_period,
                recognised.published.isoformat() if recognised.published else None,
                own_title,
            ),
        )
    )


def recognise(reading: Reading, name: str) -> Recognised:
    """Return what the content tells; `name` is the title where the content has none."""
    content = content_of(reading)
    form = recognise_form(content, reading.media)
    own_title = _own_title(content)
    published = _published(content, form, own_title)
    period = recognise_period(content, form, published)
    companies = recognise_companies(content, form, own_title)
    composed = " ".join(filter(None, (companies[0], form, period.label))) if companies else ""
    return Recognised(
        title=(composed if form in _REPORTS else None) or own_title or PurePath(name).stem or name,
        companies=companies,
        form=form,
        fiscal_period=period.label,
        period_end=period.end,
        published=published,
        topics=_topics(content),
        publisher=_publisher(content),
        references=_references(content),
        warnings=reading.warnings,
    )


def _own_title(content: Content) -> str | None:
    stated = content.stated_text("title", "name") or content.title or content.heading
    return " ".join(stated.split())[:_LONGEST_TITLE] or None if stated else None


def _published(content: Content, form: str | None, title: str | None) -> date | None:
    """The day that a document is dated: stated, filed, signed, spoken or prepared on."""
    for key in _DATED_KEYS:
        if stated := as_date(content.stated(key)):
            return stated
    if form in FILINGS:
        return _signed(content)
    said = (_SPOKEN_ON, _DATELINE) if form in _REPORTS else (_PREPARED,)
    for pattern in said:
        if found := pattern.search(content.opening):
            return as_date(next(filter(None, found.groups())))
    return as_date(title)


def _signed(content: Content) -> date | None:
    if filed := _FILED.search(content.opening[:400]):
        return as_date(filed.group(1))
    for pattern in _SIGNED:
        if signed := pattern.findall(content.text):
            return as_date(signed[-1])
    return None


def _topics(content: Content) -> tuple[str, ...]:
    values = [value for key in ("topics", "topic", "tags") for value in _listed(content, key)]
    for paragraph in content.paragraphs[:3]:
        if _HASHTAGS.fullmatch(paragraph):
            values.extend(tag.lstrip("#") for tag in paragraph.split())
    return _distinct(_OUR_WIKI_LINK.sub(r"\1", value) for value in values)


def _listed(content: Content, key: str) -> list[str]:
    return [str(item) for item in _items(content, key)]


def _items(content: Content, key: str) -> Sequence[object]:
    value = content.stated(key)
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _publisher(content: Content) -> str | None:
    stated = content.stated_text("publisher", "site", "html:sitename")
    address = content.stated_text("url", "html:url")
    host = urlsplit(address).hostname if address else None
    return stated or (host.removeprefix("www.") if host else None)


def _references(content: Content) -> tuple[str, ...]:
    """What a document draws on: its sources in front matter, and addresses after "Sources:"."""
    addresses = [u for key in _ADDRESSES for v in _listed(content, key) for u in _URL.findall(v)]
    sources = [_reference(item) for key in _SOURCE_KEYS for item in _items(content, key)]
    named = [url for line in _SOURCES.findall(content.text) for url in _URL.findall(line)]
    return _distinct([*addresses, *sources, *named])


def _reference(item: object) -> str:
    """A source as one line: "Form 10-K for fiscal 2024, Amazon, 2025-02-07"."""
    if isinstance(item, Mapping):
        return ", ".join(str(value) for value in item.values() if value)
    return str(item)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
