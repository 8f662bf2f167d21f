"""Pure: what kind of document this is, from metadata, the cover page or the way it opens.

The form of an amended filing ends in "/A", whether the cover, the tagged facts or the SEC's own
list say so; an amendment that is only mentioned ("Amendment No. 1 to Credit Agreement") amends no
filing.
"""

from __future__ import annotations

import re

from corpus.forms import AMENDED
from corpus.models import Media
from ingest.content import Content

__all__ = ["CALL", "FILINGS", "PRESS_RELEASE", "recognise_form"]

CALL = "earnings call"
PRESS_RELEASE = "press release"
_ORIGINALS = ("10-K", "10-Q", "8-K", "20-F", "40-F", "6-K", "S-1", "DEF 14A")
FILINGS = frozenset(form + mark for form in _ORIGINALS for mark in ("", AMENDED))

_SEC_FORM = re.compile(rf"({'|'.join(_ORIGINALS)})(?!\d)T?({AMENDED})?", re.IGNORECASE)
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
_ON_COVER = r"(10-K|10-Q|8-K|20-F|40-F|6-K|S-1)(?![\d-])T?"
_NUMBERED = r"Amendment\s+(?:No\.?|Number)\s*\d+"
_COVER_FORM = re.compile(
    rf"({_NUMBERED}\W+(?:to\W+)?(?:the\s+)?)?\bFORM\s+{_ON_COVER}(\s?/A\b|\W{{1,20}}{_NUMBERED})?",
    re.IGNORECASE,
)
_PROXY_COVER = re.compile(r"SCHEDULE\s+14A\b|Section\s+14\(a\)", re.IGNORECASE)
_DEFINITIVE = re.compile(r"[☒☑✓✔xX]\W{0,3}\s*Definitive\s+Proxy\s+Statement", re.IGNORECASE)
_FILED = re.compile(rf"\bForm\s+{_ON_COVER}(/A)?,?\s+filed\b", re.IGNORECASE)
_CALL = re.compile(
    r"earnings\s+call\s+transcript"
    r"|welcome\b[^.]{0,160}\b(?:conference\s+call|earnings\s+call|teleconference|earnings\s+webcast)"
    r"|prepared\s+remarks\s+[^.]{0,120}\bearnings\s+(?:conference\s+)?call"
    r"|transcript\b[^.]{0,160}\bearnings\s+call",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"(?m)^[ \t]*([A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3})(?:,[^:\n]{0,60})?:")
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
    keys = ("form", "dei:DocumentType", "header:form", "type")
    values = [value for key in keys if (value := content.stated_text(key))]
    filed = [found for value in values if (found := _SEC_FORM.match(value))]
    flagged = (content.stated_text("dei:AmendmentFlag") or "").casefold() == "true"
    for value in values:
        if found := _SEC_FORM.match(value):
            return _form(found.group(1), flagged or any(stated.group(2) for stated in filed))
        if named := _NAMED.get(value.casefold()):
            return named
    return None


def _form(original: str, amended: object) -> str:
    return original.upper() + (AMENDED if amended else "")


def _filing(content: Content) -> str | None:
    if found := _COVER_FORM.search(content.cover):
        return _form(found.group(2), found.group(1) or found.group(3))
    if _PROXY_COVER.search(content.cover) and _DEFINITIVE.search(content.cover):
        return "DEF 14A"
    if found := _FILED.search(content.opening[:400]):
        return _form(found.group(1), found.group(2))
    return None


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
