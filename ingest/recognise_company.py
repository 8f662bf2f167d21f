"""Pure: whom a document is by or about, from metadata, the cover page, the title or its words."""

from __future__ import annotations

import re

from corpus.companies import canonical, find_companies
from ingest.content import Content
from ingest.recognise_form import CALL, FILINGS, PRESS_RELEASE

__all__ = ["recognise_companies"]

_EXACT_NAME = re.compile(
    r"\(\s*(?:(?:Exact\s+)?name\s+of\s+(?:the\s+)?registrant|Translation\s+of\s+registrant)",
    re.IGNORECASE,
)
_FILE_NUMBER = re.compile(r"Commission\s+File\s+(?:Number|No\.?)[:\s]*[\d-]+[\s_]*", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\(|\bState\s+of\b|_{3}|\d{2}-\d{7}")
_RULE = re.compile(r"[_\-–—=*\s]*")
_HEADED = re.compile(
    r"^\s*([A-Z][\w&.,’' -]{1,60}?)\s*\((?:[A-Za-z]+:\s*)?([A-Z]{1,5})(?=[\d).])(.*)"
)
_REPORT = re.compile(r"\btranscript\b|\bearnings\s+call\b|\bform\s+\d", re.IGNORECASE)
_LONGEST_NAME = 80
_WELCOME = re.compile(
    r"\bwelcome\b[^.]{0,300}(?:\.[a-z]+[^.]{0,300})?(?:call|teleconference|webcast)", re.IGNORECASE
)
_BEFORE_WELCOME = 200
"""Characters of a greeting before the word: "Amazon welcomes you ..." """
_WIRE_NAME = re.compile(
    r"([A-Z][\w&.,’' -]{1,60}?)\s*\((?:NYSE|NASDAQ|Nasdaq)[\w ]*:\s*[A-Z.]{1,6}\)"
)


def recognise_companies(content: Content, form: str | None, title: str | None) -> tuple[str, ...]:
    """Return display names, the filer or main subject first; () where nothing settles it."""
    stated = _stated(content)
    if stated:
        return stated
    if form in FILINGS:
        return _one(_registrant(content) or content.subject())
    if form in (CALL, PRESS_RELEASE):
        return _one(_announcer(content) or content.subject())
    return _subjects(content, title)


def _one(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _stated(content: Content) -> tuple[str, ...]:
    value = content.stated("companies", "company")
    if value is not None:
        names = value if isinstance(value, list | tuple) else str(value).split(",")
        return tuple(dict.fromkeys(canonical(str(name).strip(" []")) for name in names))
    keys = ("dei:EntityRegistrantName", "dei:TradingSymbol", "header:company", "header:ticker")
    name = content.stated_text(*keys)
    return (canonical(name),) if name else ()


def _registrant(content: Content) -> str | None:
    """The filer on the cover: over "(Exact name of registrant", else behind the file number."""
    cover = content.cover
    number = _FILE_NUMBER.search(cover)
    start = number.end() if number else 0
    if exact := _EXACT_NAME.search(cover, start):
        lines = [line.strip("_ ") for line in cover[start : exact.start()].splitlines()]
        named = [line for line in lines if not _RULE.fullmatch(line)]
        if named and len(named[-1]) <= _LONGEST_NAME:
            return canonical(named[-1])
    if known := find_companies(cover[start:]):
        return known[0]
    name = _AFTER_NAME.split(cover[start:], maxsplit=1)[0].strip("_ \n").partition("\n")[0]
    if number and 2 < len(name) <= _LONGEST_NAME:
        return canonical(name)
    return _headed(content)


def _headed(content: Content) -> str | None:
    """The company over the text as "Name (TICKER)", known or followed by what it reports."""
    for line in (content.title or "", *content.opening[:1_000].splitlines()[:8]):
        found = _HEADED.match(line)
        if found and (known := find_companies(found.group(1))):
            return known[0]
        if found and _REPORT.search(found.group(3)):
            return canonical(found.group(1))
    return None


def _announcer(content: Content) -> str | None:
    if headed := _headed(content):
        return headed
    for welcome in _WELCOME.finditer(content.opening):
        start = max(0, welcome.start() - _BEFORE_WELCOME)
        before = content.opening[start : welcome.start()].rpartition(".")[2]
        if named := find_companies(before + welcome.group()):
            return named[0]
    if found := _WIRE_NAME.search(content.opening):
        known = find_companies(found.group(1))
        return known[-1] if known else canonical(found.group(1))
    return None


def _subjects(content: Content, title: str | None) -> tuple[str, ...]:
    named = find_companies(title or "")
    aliases = content.stated("aliases")
    if not named and isinstance(aliases, list):
        named = find_companies(", ".join(map(str, aliases)))
    return named or _one(content.subject())
