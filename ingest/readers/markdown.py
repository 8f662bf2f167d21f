"""Markdown: front matter, headings, paragraphs, list items, tables and code, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.decoding import decode
from ingest.readers.front_matter import WIKI_LINK, split_front_matter
from ingest.readers.lines import with_captions

__all__ = ["read_markdown"]

# Bounded, for else each "[" is tried to the text's end.
_EMBEDDED = re.compile(r"!\[\[[^\[\]]{0,200}\]\]")
_TAGS = re.compile(r"(?:#[A-Za-z][\w/-]*\s*)+")
_TEXTS = frozenset({"text", "code_inline"})
_BREAKS = frozenset({"softbreak", "hardbreak"})
_CODE = frozenset({"fence", "code_block"})


def read_markdown(data: bytes, limits: Limits) -> Reading:
    """Read Markdown; raises InputRefused where no text is left.

    Front matter that is no YAML mapping is a warning and dropped from the text.
    """
    decoded = decode(data)
    if len(decoded.text) > limits.characters:
        raise InputRefused(f"more than {limits.characters:,} characters of text")
    front = split_front_matter(decoded.text)
    text = WIKI_LINK.sub(r"\1", _EMBEDDED.sub("", front.body))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    blocks = tuple(with_captions(_blocks(tokens)))
    if not blocks:
        raise InputRefused("no text")
    title = _title(front.stated) or _first_heading(blocks)
    warnings = (*decoded.warnings, *front.warnings)
    return Reading(Media.MARKDOWN, blocks, None, title, front.stated, warnings)


def _title(metadata: dict[str, object]) -> str | None:
    titles = (metadata.get(key) for key in ("title", "name"))
    return next((title for title in titles if isinstance(title, str) and title), None)


def _first_heading(blocks: Sequence[Block]) -> str | None:
    first = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
    return first.text if first and first.level == 1 else None


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    level = 0
    item = False
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "list_item_open":
            item = True
        elif token.type == "tr_open":
            rows.append(())
        elif token.type == "table_close":
            # The syntax gives every table one row of heads; they may all be empty.
            yield Block(BlockKind.TABLE, "", rows=tuple(filter(any, rows)), heads=int(any(rows[0])))
            rows = []
        elif token.type in _CODE:
            yield from _code(token.content)
        elif token.type == "inline":
            text = _inline(token)
            if rows:
                rows[-1] = (*rows[-1], text)
            elif text and not _TAGS.fullmatch(text):
                yield _block(text, level, item=item)
            level, item = 0, False


def _block(text: str, level: int, *, item: bool) -> Block:
    if level:
        return Block(BlockKind.HEADING, text, level)
    return Block(BlockKind.PARAGRAPH, f"• {text}" if item else text)


def _code(content: str) -> Iterator[Block]:
    text = "\n".join(one_line(line) for line in content.splitlines()).strip()
    if text:
        yield Block(BlockKind.PARAGRAPH, text)


def _inline(token: Token) -> str:
    return one_line("".join(chain.from_iterable(map(_pieces, token.children or ()))))


def _pieces(token: Token) -> Iterator[str]:
    if token.type in _TEXTS or token.type == "image":
        yield token.content
    elif token.type in _BREAKS:
        yield " "
