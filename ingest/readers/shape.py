"""What a line looks like: a heading of a filing, a bullet, a page number, a sentence's end."""

from __future__ import annotations

import re

__all__ = [
    "BULLETS",
    "ends_sentence",
    "heading_level",
    "is_bullet",
    "is_contents_link",
    "is_page_number",
    "numbered_heading_level",
]

_MOST_WORDS = 14
_MOST_CHARACTERS = 160
_PART = re.compile(r"PART\s+[IVX]{1,4}\b(?!,)", re.IGNORECASE)
_ITEM = re.compile(r"ITEM\s+\d{1,2}(?:[A-C]|\.\d\d)?\s*(?:[.:—–-]|$)", re.IGNORECASE)
_NOTE = re.compile(r"NOTE\s+\d{1,2}[A-Z]?\s*(?:[.:—–-]|$)", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?\d{1,2}(?:\.\d{1,2})*[.)]?\s+[A-Z]")
_ENDS_IN_PAGE = re.compile(r"\s\d{1,3}$")
_PAGE_NUMBER = re.compile(
    r"(?:[-–—]\s*)?(?:page\s+)?(?:[A-Z]-)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[-–—])?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.&/-][^\W\d_]+)*")
_SMALL_WORDS = frozenset(
    (
        *("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "its", "nor"),
        *("of", "off", "on", "or", "per", "the", "to", "upon", "vs", "with", "via"),
    )
)
BULLETS = "•●▪■◦○‣∙·➢✓*"
_CLOSERS = "\"'”’)]»"


def heading_level(line: str) -> int:
    """Return 1 to 6 where the line, standing alone, has the shape of a heading, else 0."""
    words = line.split()
    if not words or len(words) > _MOST_WORDS * 2 or len(line) > _MOST_CHARACTERS:
        return 0
    level = numbered_heading_level(line)
    running = line[-1] in ".,;:?!…" or "|" in line or ": " in line
    if level or running or len(words) > _MOST_WORDS:
        return level
    return _case_level(line, words)


def numbered_heading_level(line: str) -> int:
    """Return the level of a Part, Item or Note heading, else 0 (also for a contents list)."""
    listed = bool(_ENDS_IN_PAGE.search(line)) and len(line.split()) > 2
    if listed or len(line) > _MOST_CHARACTERS:
        return 0
    for pattern, level in ((_PART, 1), (_ITEM, 2), (_NOTE, 3)):
        match = pattern.match(line)
        if match and _reads_as_title(line[match.end() :]):
            return level
    return 0


def _reads_as_title(rest: str) -> bool:
    rest = rest.strip(" .:—–-")
    return not rest or rest[0].isupper() or not rest[0].isalpha()


def _case_level(line: str, words: list[str]) -> int:
    named = _WORD.findall(line)
    letters = sum(map(len, named))
    if letters < 4 or letters < len(line.replace(" ", "")) * 0.6:
        return 0
    if line.isupper():
        return 3 if letters >= 5 else 0
    titled = all(word[0].isupper() or word in _SMALL_WORDS for word in named)
    if not titled or not named[0][0].isupper() or named[-1] in _SMALL_WORDS:
        return 0
    return 3 if _NUMBERED.match(line) else 4


def is_page_number(line: str) -> bool:
    return len(line) <= 16 and bool(_PAGE_NUMBER.fullmatch(line))


def is_contents_link(line: str) -> bool:
    """Tell whether the line is the link back to the contents that filings repeat on every page."""
    return line.casefold() in {"table of contents", "table of", "contents", "index"}


def is_bullet(line: str) -> bool:
    return bool(line) and line[0] in BULLETS and (len(line) == 1 or not line[1].isalnum())


def ends_sentence(line: str) -> bool:
    return line.rstrip(_CLOSERS)[-1:] in {".", "!", "?", ":", ";", "…"}
