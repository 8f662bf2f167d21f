"""Plain text: filings as text, transcripts, articles; shape alone tells what a line is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.decoding import decode
from ingest.readers.lines import Line, assemble, with_captions
from ingest.readers.shape import ends_sentence, is_contents_link, is_page_number
from ingest.readers.text_heads import headed
from ingest.readers.text_tables import delimited_rows, side_by_side, unglued

__all__ = ["read_text"]

_HEADER = re.compile(r"([A-Z][A-Z_ ]{1,30}):[ \t]+(\S.*)")
_RULED = re.compile(r"={3,}\s*([^=].*?)\s*={3,}")
_LINE_RULE = re.compile(r"[\W_]*")
_CELL = re.compile(r"[$€£¥()%—–*-]{1,2}")
_XBRL = re.compile(r"\b(?:us-gaap|dei|srt|iso4217|xbrli|[a-z]{2,6}):[A-Z]\w+|fasb\.org/")
_LEAST_XBRL = 10
_RUNNING_HEAD = re.compile(r"(?:PART\s+[IV]+|ITEM\s+\d+[A-C]?)[.,]?(?:\s+ITEM\s+\d+[A-C]?)?", re.I)
_LEAST_REPEATS = 3
_TIMESTAMP = re.compile(r"\[?\d{1,2}(?::\d\d){1,2}\]?")
_LONG = 60
_UNEVEN = 2
_SENTENCES_SHARE = 0.6
_WIDTH_SHARE = 0.9


def read_text(data: bytes, limits: Limits) -> Reading:
    """Read a text file; raises InputRefused where it holds no text."""
    decoded = decode(data)
    if len(decoded.text) > limits.characters:
        raise InputRefused(f"more than {limits.characters:,} characters of text")
    lines = decoded.text.split("\n")
    metadata, start = _header(lines)
    kept = [line for line in _once_each(lines[start:]) if not _is_noise(line)]
    blocks = tuple(with_captions(map(_with_heads, _blocks(kept))))
    if not blocks:
        raise InputRefused("no text")
    return Reading(Media.TEXT, blocks, None, None, metadata, decoded.warnings)


def _header(lines: Sequence[str]) -> tuple[dict[str, object], int]:
    """Return the "KEY: value" lines at the very top, two at least, and where the text begins."""
    matches = list(takewhile(bool, (_HEADER.fullmatch(line.strip()) for line in lines)))
    if len(matches) < 2:
        return {}, 0
    pairs = [match.groups() for match in matches if match]
    return {
        f"header:{key.strip().replace(' ', '_').casefold()}": value for key, value in pairs
    }, len(matches)


def _once_each(lines: Sequence[str]) -> Iterator[str]:
    """Drop running heads ("PART I", "Item 2") from their second time on."""
    counts = Counter(line.strip() for line in lines if _RUNNING_HEAD.fullmatch(line.strip()))
    seen: set[str] = set()
    for line in lines:
        head = line.strip()
        if counts[head] >= _LEAST_REPEATS and head in seen:
            yield ""
            continue
        seen.add(head)
        yield line


def _is_noise(line: str) -> bool:
    """Tell XBRL's hidden facts, run together to one line, from text."""
    return len(_XBRL.findall(line)) >= _LEAST_XBRL


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    for delimited, group in groupby(lines, key=_is_delimited):
        if delimited:
            rows = delimited_rows(list(group))
            if rows:
                yield Block(BlockKind.TABLE, "", rows=rows)
        else:
            yield from _running(list(group))


def _with_heads(block: Block) -> Block:
    if block.kind is not BlockKind.TABLE or block.heads:
        return block
    rows, heads = headed(block.rows)
    return replace(block, rows=rows, heads=heads)


def _is_delimited(line: str) -> bool:
    return line.count("|") >= 2 or line.count("\t") >= 2


def _running(raw: Sequence[str]) -> Iterator[Block]:
    lines = side_by_side([unglued(one_line(line)) for line in raw])
    width = _width(lines)
    section: list[Line] = []
    gap = True
    for line in lines:
        ruled = _RULED.fullmatch(line)
        if ruled:
            yield from assemble(section)
            section = []
            title = ruled.group(1).replace("_", " ")
            yield Block(BlockKind.HEADING, title[:1].upper() + title[1:], 1)
        elif _says_something(line):
            section.append(_line(line, width, gap=gap))
        gap = not line
    yield from assemble(section)


def _says_something(line: str) -> bool:
    rule = bool(_LINE_RULE.fullmatch(line)) and not _CELL.fullmatch(line)
    marks = is_page_number(line) or is_contents_link(line) or bool(_TIMESTAMP.fullmatch(line))
    return not (rule or marks)


def _width(lines: Sequence[str]) -> int:
    """Return the width at which the text is wrapped; 0 where a line is a paragraph."""
    long = sorted(len(line) for line in lines if len(line) >= _LONG)
    if not long:
        return max(map(len, lines), default=0)
    complete = sum(ends_sentence(line) for line in lines if len(line) >= _LONG)
    uneven = long[-1] > _UNEVEN * long[len(long) // 2]
    if uneven or complete >= _SENTENCES_SHARE * len(long):
        return 0
    return long[int((len(long) - 1) * _WIDTH_SHARE)]


def _line(text: str, width: int, *, gap: bool) -> Line:
    if not width:
        # Each line is a paragraph, and none is full: the next one starts anew.
        return Line(text, gap=True, fill=0.0)
    return Line(text, gap=gap, fill=min(len(text) / width, 1.0))
