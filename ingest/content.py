"""Pure: the parts of a reading that recognition looks at, taken once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.companies import find_companies
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading

__all__ = ["Content", "content_of"]

_OPENING = 6_000
_COVER_WITHIN = 80_000
_COVER = 6_000
_COMMISSION = re.compile(r"SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION", re.IGNORECASE)
_STATUTORY = re.compile(
    r"PURSUANT\s+TO\s+(?:SECTIONS?\s+)?13\s*(?:\(a\))?\s+(?:OR|AND)\s+15\(d\)"
    r"|REPORT\s+OF\s+FOREIGN\s+(?:PRIVATE\s+)?ISSUER"
    r"|PROXY\s+STATEMENT\s+PURSUANT\s+TO\s+SECTION\s+14\(a\)"
    r"|REGISTRATION\s+STATEMENT\s+UNDER\s+(?:THE\s+)?SECURITIES\s+ACT",
    re.IGNORECASE,
)
"""What the cover of each form says that it is filed under."""
_MENTIONS_OF_A_SUBJECT = 3
_STRETCH = 500
_START = 1_500
_TOP_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Content:
    """`text` is everything, blocks by line; `opening` its first characters; `cover` the cover page
    of an SEC filing, empty where there is none; `heading` stands over the whole text, None where
    the first heading comes after text of its own; `paragraphs` are the first few."""

    metadata: Mapping[str, object]
    title: str | None
    text: str
    opening: str
    cover: str
    heading: str | None
    paragraphs: tuple[str, ...]

    def stated(self, *keys: str) -> object:
        """Return the first of these metadata that says something; "Unknown" says nothing."""
        for key in keys:
            value = self.metadata.get(key)
            if value not in (None, "", [], ()) and str(value).casefold() != "unknown":
                return value
        return None

    def stated_text(self, *keys: str) -> str | None:
        value = self.stated(*keys)
        return None if value is None else " ".join(str(value).split()) or None

    def subject(self) -> str | None:
        """Return the company that the text is about, by mentions (one a stretch of 500 characters).

        It is named three times as often as any other; or half as often again, in a quarter of
        the text and in its opening. Three mentions at least.
        """
        counts: Counter[str] = Counter()
        for at in range(0, len(self.text), _STRETCH):
            counts.update(find_companies(self.text[at : at + _STRETCH]))
        (name, first), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
        if first < _MENTIONS_OF_A_SUBJECT or first < 1.5 * second:
            return None
        throughout = first * 4 * _STRETCH >= len(self.text)
        leads = throughout and name in find_companies(self.opening[:_START])
        return name if leads or first >= 3 * second else None


def content_of(reading: Reading) -> Content:
    """Return the reading as recognition sees it."""
    text = "\n".join(filter(None, map(_text_of, reading.blocks)))
    paragraphs = (b.text for b in reading.blocks if b.kind is BlockKind.PARAGRAPH)
    return Content(
        metadata=reading.metadata,
        title=reading.title,
        text=text,
        opening=text[:_OPENING],
        cover=_cover(text),
        heading=None if reading.media is Media.XLSX else _heading(reading.blocks),
        paragraphs=tuple(islice(paragraphs, 12)),
    )


def _heading(blocks: Sequence[Block]) -> str | None:
    first = next((b for b in blocks if b.text or b.rows), None)
    if first is not None and first.kind is BlockKind.HEADING:
        return first.text
    tops = (b.text for b in blocks[:_TOP_BLOCKS] if b.kind is BlockKind.HEADING and b.level == 1)
    return next(tops, None)


def _text_of(block: Block) -> str:
    rows = "\n".join(" ".join(cell for cell in row if cell) for row in block.rows)
    return "\n".join(filter(None, (block.text, rows)))


def _cover(text: str) -> str:
    found = _COMMISSION.search(text, 0, _COVER_WITHIN)
    if found is None:
        return ""
    cover = text[max(0, found.start() - 300) : found.start() + _COVER]
    return cover if _STATUTORY.search(cover) else ""
