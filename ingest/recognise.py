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
from ingest.recognise_company import recognise_companies
from ingest.recognise_form import CALL, FILINGS, PRESS_RELEASE, recognise_form
from ingest.recognise_period import recognise_period
from ingest.recognise_published import recognise_published

__all__ = ["Recognised", "context_of", "recognise"]

_REPORTS = frozenset({*FILINGS, CALL, PRESS_RELEASE})
_DEFAULT_TITLE = re.compile(
    r"|untitled.*|(?:powerpoint\s+|new\s+)?presentation\s?\d*|(?:word\s+|new\s+)?document\s?\d*"
    r"|doc\s?\d+|(?:excel\s+)?(?:work)?book\s?\d*|(?:sheet|slide)\s?\d+|(?:click to add )?title"
    r"|normal|template|microsoft\s+(?:word|powerpoint|excel)\b.*"
    r"|.*\.(?:do[ct][xm]?|p[op]t[xm]?|xl[st][xmb]?|pdf|indd)",
    re.IGNORECASE,
)
_OUR_WIKI_LINK = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_HASHTAGS = re.compile(r"(?:#[\w/-]+\s*)+")
_URL = re.compile(r"https?://[^\s<>()\[\]\"',;]+[^\s<>()\[\]\"',;.]")
_SOURCES = re.compile(r"(?im)^[ \t]*(?:\*\*)?sources?(?:\*\*)?\s*:.*$")
_ADDRESSES = ("url", "html:url", "header:source_url")
_SOURCE_KEYS = ("sources", "source_pages", "references")
_NOTE = "note"
_FILE = "file"
"""Of a note's source, the name that its author has the document under: it tells others nothing."""
_LONGEST_TITLE = 160
_LONGEST_QUESTION = 160
_MOST_QUESTIONS = 3
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
    questions: tuple[str, ...] = ()
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
    published = recognise_published(content, form, own_title)
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
        questions=_questions(content) if form == _NOTE else (),
        warnings=reading.warnings,
    )


def _own_title(content: Content) -> str | None:
    office = content.stated_text("office:title")
    stated = (content.stated_text("title", "name"), _real(content.title), _real(office))
    title = next(filter(None, (*stated, content.heading)), "")
    return " ".join(title.split())[:_LONGEST_TITLE] or None


def _real(title: str | None) -> str | None:
    """A title that someone gave; None for what a program puts in where nobody did."""
    return None if title is None or _DEFAULT_TITLE.fullmatch(title.strip()) else title


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


def _questions(content: Content) -> tuple[str, ...]:
    """The questions that a note says it answers; what is long or asks nothing is left out."""
    asked = (" ".join(text.split()) for text in _listed(content, "questions"))
    fit = (text for text in asked if text.endswith("?") and len(text) <= _LONGEST_QUESTION)
    return _distinct(fit)[:_MOST_QUESTIONS]


def _reference(item: object) -> str:
    """A source as one line: "Form 10-K for fiscal 2024, Amazon, 2025-02-07"."""
    if isinstance(item, Mapping):
        told = (value for key, value in item.items() if key != _FILE)
        return ", ".join(str(value) for value in told if value)
    return str(item)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
