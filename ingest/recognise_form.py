"""Pure: what kind of document this is, from metadata, the cover page or the way it opens."""

from __future__ import annotations

import re

from corpus.models import Media
from ingest.content import Content

__all__ = ["CALL", "FILINGS", "PRESS_RELEASE", "recognise_form"]

CALL = "earnings call"
PRESS_RELEASE = "press release"
FILINGS = frozenset({"10-K", "10-Q", "8-K", "20-F", "6-K"})

_SEC_FORM = re.compile(r"\b(10-K|10-Q|8-K|20-F|6-K)", re.IGNORECASE)
_NAMED = {
    "earnings call": CALL,
    "transcript": CALL,
    "press release": PRESS_RELEASE,
    "article": "article",
    "news": "article",
    "note": "note",
    "research note": "note",
    "report": "note",
    "digest": "note",
}
_COVER_FORM = re.compile(r"\bFORM\s+(10-K|10-Q|8-K|20-F|6-K)", re.IGNORECASE)
_FILED = re.compile(r"\bForm\s+(10-K|10-Q|8-K|20-F|6-K)(?:/A)?,?\s+filed\b", re.IGNORECASE)
_CALL = re.compile(
    r"earnings\s+call\s+transcript"
    r"|welcome\b[^.]{0,160}\b(?:conference\s+call|earnings\s+call|teleconference|earnings\s+webcast)"
    r"|prepared\s+remarks\s+[^.]{0,120}\bearnings\s+(?:conference\s+)?call"
    r"|transcript\b[^.]{0,160}\bearnings\s+call",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"(?m)^\s*([A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3})(?:,[^:\n]{0,60})?:")
_CALL_SPEECH = re.compile(r"\b(?:next|first) question\b|\boperator\b", re.IGNORECASE)
_FEWEST_TURNS = 8
_WIRE = re.compile(
    r"BUSINESS\s+WIRE|PR\s?Newswire|GLOBE\s?NEWSWIRE|FOR\s+IMMEDIATE\s+RELEASE", re.IGNORECASE
)
_ANNOUNCED = re.compile(
    r"\btoday\s+(?:announced|reported)\b[^.]{0,160}\b(?:results|quarter|year)\b", re.IGNORECASE
)
_RESEARCH = re.compile(
    r"\bequity\s+research\b|\bresearch\s+(?:note|report)\b|\bprice\s+target\b", re.IGNORECASE
)
_BYLINE = re.compile(r"(?:^|\n)\s*(?:author|by)\s*:?\s+[A-Z]", re.IGNORECASE)


def recognise_form(content: Content, media: Media) -> str | None:
    """Return the form of a document in the words of `Document.form`, None where nothing tells."""
    return (
        _stated(content)
        or _filing(content)
        or _spoken(content)
        or _announced(content)
        or _written(content, media)
    )


def _stated(content: Content) -> str | None:
    for key in ("form", "dei:DocumentType", "header:form", "type"):
        value = content.stated_text(key)
        if value is None:
            continue
        if found := _SEC_FORM.match(value):
            return found.group(1).upper()
        if named := _NAMED.get(value.casefold()):
            return named
    return None


def _filing(content: Content) -> str | None:
    found = _COVER_FORM.search(content.cover) or _FILED.search(content.opening[:400])
    return found.group(1).upper() if found else None


def _spoken(content: Content) -> str | None:
    if _CALL.search(content.opening[:3_000]):
        return CALL
    speakers = _SPEAKER.findall(content.text)
    turns = len(speakers) >= _FEWEST_TURNS and len(set(speakers)) <= len(speakers) // 2
    return CALL if turns and _CALL_SPEECH.search(content.text) else None


def _announced(content: Content) -> str | None:
    opening = content.opening[:3_000]
    return PRESS_RELEASE if _WIRE.search(opening) or _ANNOUNCED.search(opening) else None


def _written(content: Content, media: Media) -> str | None:
    if _RESEARCH.search(content.opening[:1_500]):
        return "note"
    published = content.stated("url", "byline", "author", "html:author", "html:date")
    if published is not None or _BYLINE.search(content.opening[:300]):
        return "article"
    return "note" if media is Media.MARKDOWN else None
