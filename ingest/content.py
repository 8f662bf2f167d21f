"""Pure: the parts of a reading that recognition looks at, taken once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from corpus.companies import find_companies
from ingest.blocks import Block, BlockKind, Reading

__all__ = ["Content", "content_of"]

_OPENING = 6_000
_COVER_WITHIN = 80_000
_COVER = 6_000
_COMMISSION = re.compile(r"SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION", re.IGNORECASE)
_PURSUANT = re.compile(r"PURSUANT\s+TO\s+(?:SECTIONS?\s+)?13\s+(?:OR|AND)\s+15\(d\)", re.IGNORECASE)
_MENTIONS_OF_A_SUBJECT = 3
_STRETCH = 500
_START = 1_500


@dataclass(frozen=True, slots=True)
class Content:
    """`text` is everything, blocks by line; `opening` its first characters; `cover` the cover page
    of an SEC filing, empty where there is none; `headings` and `paragraphs` are the first few."""

    metadata: Mapping[str, object]
    title: str | None
    text: str
    opening: str
    cover: str
    headings: tuple[str, ...]
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
        """Return the company that the text is about: named in its opening, and half as often
        again as any other.

        Mentions count once a stretch of 500 characters, at least three of them.
        """
        counts: Counter[str] = Counter()
        for at in range(0, len(self.text), _STRETCH):
            counts.update(find_companies(self.text[at : at + _STRETCH]))
        (name, first), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
        clear = first >= _MENTIONS_OF_A_SUBJECT and first >= 1.5 * second
        return name if clear and name in find_companies(self.opening[:_START]) else None


def content_of(reading: Reading) -> Content:
    """Return the reading as recognition sees it."""
    text = "\n".join(filter(None, map(_text_of, reading.blocks)))
    headings = (b.text for b in reading.blocks if b.kind is BlockKind.HEADING)
    paragraphs = (b.text for b in reading.blocks if b.kind is BlockKind.PARAGRAPH)
    return Content(
        metadata=reading.metadata,
        title=reading.title,
        text=text,
        opening=text[:_OPENING],
        cover=_cover(text),
        headings=tuple(islice(headings, 5)),
        paragraphs=tuple(islice(paragraphs, 12)),
    )


def _text_of(block: Block) -> str:
    rows = "\n".join(" ".join(cell for cell in row if cell) for row in block.rows)
    return "\n".join(filter(None, (block.text, rows)))


def _cover(text: str) -> str:
    found = _COMMISSION.search(text, 0, _COVER_WITHIN)
    if found is None:
        return ""
    cover = text[max(0, found.start() - 300) : found.start() + _COVER]
    return cover if _PURSUANT.search(cover) else ""
