"""Web pages: the article without menus, banners, comments and lists of other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trafilatura import bare_extraction

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.readers.clean import one_line
from ingest.readers.filing import holds_table, name_of, text_of
from ingest.readers.html_captions import captioned
from ingest.readers.html_tables import table_blocks
from ingest.readers.shape import is_bullet

__all__ = ["read_article"]

_MARK = re.compile(r"zqtable(\d{1,6})zq\s*")
"""Stands in a table's first cell while the article is found, to know the table by."""
_PAGE_FIELDS = ("title", "author", "date", "sitename", "url", "description", "hostname")


def read_article(tree: Any) -> Reading:
    """Return the main text of a page with what it says of itself; without blocks if it has none."""
    tables = _marked_tables(tree)
    document = bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=True
    )
    if document is None:
        return Reading(Media.HTML, ())
    body = getattr(document, "body", None)
    blocks = tuple(captioned(_page_blocks(body, tables))) if body is not None else ()
    metadata = {
        f"html:{field}": one_line(str(value))
        for field in _PAGE_FIELDS
        if (value := getattr(document, field, None))
    }
    title = str(metadata.get("html:title", "")) or None
    return Reading(Media.HTML, blocks, None, title, metadata)


def _marked_tables(tree: Any) -> list[list[Block]]:
    """Read the page's tables of data and mark them: the extractor forgets how far cells span."""
    tables: list[list[Block]] = []
    for table in tree.iter("table"):
        cell = next((e for e in table.iter() if name_of(e) in {"td", "th"}), None)
        blocks = [] if cell is None or holds_table(table) else _read_table(table)
        if cell is not None and any(block.kind is BlockKind.TABLE for block in blocks):
            cell.text = f"zqtable{len(tables)}zq {cell.text or ''}"
            tables.append(blocks)
    return tables


def _read_table(table: Any) -> list[Block]:
    caption = next(table.iter("caption"), None)
    title = "" if caption is None else text_of(caption)
    blocks = table_blocks(table, name_of, text_of)
    return [replace(b, text=title) if b.kind is BlockKind.TABLE else b for b in blocks]


def _page_blocks(body: Any, tables: Sequence[list[Block]]) -> Iterator[Block]:
    """Translate trafilatura's elements: head, p, item, quote, table, code."""
    done: set[Any] = set()
    for element in body.iter("head", "p", "item", "quote", "table", "code", "ab"):
        if any(parent in done for parent in element.iterancestors()):
            continue
        done.add(element)
        text = one_line("".join(element.itertext()))
        mark = _MARK.search(text) if element.tag == "table" else None
        if mark and int(mark.group(1)) < len(tables):
            yield from tables[int(mark.group(1))]
        elif text := _MARK.sub("", text):
            yield _page_block(element, text)


def _page_block(element: Any, text: str) -> Block:
    if element.tag == "head":
        rend = element.get("rend", "h2")
        return Block(BlockKind.HEADING, text, int(rend[1]) if rend[1:].isdecimal() else 2)
    if element.tag == "item" and not is_bullet(text):
        text = f"• {text}"
    return Block(BlockKind.PARAGRAPH, text)
