"""EDGAR filings: the visible text of an (i)XBRL page as headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from lxml import etree

from ingest.blocks import Block, BlockKind
from ingest.readers.clean import one_line
from ingest.readers.html_tables import table_blocks
from ingest.readers.shape import (
    ends_sentence,
    heading_level,
    is_bullet,
    is_contents_link,
    is_page_number,
    numbered_heading_level,
)

__all__ = ["dei_facts", "filing_blocks", "holds_table", "name_of", "text_of"]

_BLOCKS = frozenset(
    (
        *("address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *("nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"),
    )
)
_SKIPPED = frozenset(
    (
        *("script", "style", "head", "noscript", "template", "svg", "object", "select", "button"),
        *("ix:header", "ix:hidden", "ix:references", "ix:resources"),
    )
)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_LIGHT = re.compile(r"font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_SLANTED = re.compile(r"font-style\s*:\s*italic|text-decoration[^;]*:\s*underline", re.IGNORECASE)
_PAGE_BREAK = re.compile(r"page-break-(?:after|before)\s*:\s*always", re.IGNORECASE)
_GLUED = re.compile(r"^([•●▪◦○]|Item\s+\d{1,2}[A-C]?\.)(?=\w)", re.IGNORECASE)
"""A bullet or an item's number that only the style sheet sets apart from its text."""
_MOST_HEADING_WORDS = 25
_EDGE_BLOCKS = 3
_LEAST_REPEATS = 5
_LONGEST_HEAD = 120


def dei_facts(root: Any) -> dict[str, object]:
    """Return the cover facts by name ("dei:DocumentType"), hidden ones too, the first of each."""
    facts: dict[str, object] = {}
    for element in root.iter():
        name = element.get("name", "") if isinstance(element.tag, str) else ""
        if name.startswith("dei:") and name not in facts:
            text = one_line("".join(element.itertext()))
            if text:
                facts[name] = text
    return facts


def filing_blocks(root: Any) -> list[Block]:
    """Return the text of a tree of visible elements, without page numbers and running heads."""
    return list(_resumed(_without_furniture(list(_Walk().pages(root)))))


@cache
def _named(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    local = local.lower()
    if "inlineXBRL" in space:
        return f"ix:{local}"
    return local if local.startswith("ix:") else local.rpartition(":")[2]


def name_of(element: Any) -> str:
    """Return an element's name in small letters, with "ix:" for inline XBRL; "" for comments."""
    return _named(element.tag) if isinstance(element.tag, str) else ""


def _is_skipped(element: Any) -> bool:
    return not isinstance(element.tag, str) or _named(element.tag) in _SKIPPED


def text_of(cell: Any) -> str:
    """Return a cell's visible text; blocks inside it are set apart by a space."""
    pieces: list[str] = []
    walk = etree.iterwalk(cell, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        edge = " " if name_of(element) in _BLOCKS else ""
        if event == "start" and _is_skipped(element):
            walk.skip_subtree()
        elif event == "start":
            pieces.append(edge + (element.text or ""))
        elif element is not cell:
            pieces.append(edge + (element.tail or ""))
    return one_line("".join(pieces))


class _Walk:
    """One pass over the page; holds the paragraph being gathered and how it is set."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._letters = self._bold_letters = self._slanted_letters = 0
        self._styles: list[tuple[bool, bool]] = [(False, False)]
        self._done: list[Block] = []

    def pages(self, root: Any) -> Iterator[list[Block]]:
        """Yield the blocks between page breaks."""
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if self._start(element):
                    walk.skip_subtree()
            elif event == "end":
                self._end(element)
            else:
                self._add(element.tail)
            if event == "end" and _PAGE_BREAK.search(element.get("style", "")):
                yield self._turn()
        yield self._turn()

    def _turn(self) -> list[Block]:
        self._flush()
        page, self._done = self._done, []
        return page

    def _start(self, element: Any) -> bool:
        """Take an element in; True where its inside is not to be walked."""
        self._styles.append(_style(element, self._styles[-1]))
        if _is_skipped(element):
            return True
        name = name_of(element)
        if name in _BLOCKS:
            self._flush()
        if name == "table" and not holds_table(element):
            self._done += map(_titled, table_blocks(element, name_of, text_of))
            return True
        self._add(element.text)
        return False

    def _end(self, element: Any) -> None:
        self._styles.pop()
        if name_of(element) in _BLOCKS:
            self._flush()
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        self._pieces.append(text)
        letters = len(text.strip())
        bold, slanted = self._styles[-1]
        self._letters += letters
        self._bold_letters += letters * bold
        self._slanted_letters += letters * slanted

    def _flush(self) -> None:
        text = _GLUED.sub(r"\1 ", one_line("".join(self._pieces)))
        if text:
            most = 0.9 * self._letters
            level = _level(text, self._bold_letters > most, self._slanted_letters > most)
            kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
            self._done.append(Block(kind, text, level))
        self._pieces.clear()
        self._letters = self._bold_letters = self._slanted_letters = 0


def holds_table(table: Any) -> bool:
    """Tell whether there is a table in the table: then it only lays out the page."""
    inner = (element for element in table.iter() if element is not table)
    return any(name_of(element) == "table" for element in inner)


def _style(element: Any, inherited: tuple[bool, bool]) -> tuple[bool, bool]:
    name, style = name_of(element), element.get("style", "")
    bold = name in {"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"} or bool(_BOLD.search(style))
    slanted = name in {"i", "em", "u"} or bool(_SLANTED.search(style))
    return (bold or (inherited[0] and not _LIGHT.search(style)), slanted or inherited[1])


def _level(text: str, bold: bool, slanted: bool) -> int:
    numbered = numbered_heading_level(text)
    if numbered or is_bullet(text):
        return numbered
    titled = len(text.split()) <= _MOST_HEADING_WORDS and not text.endswith((".", ",", ";", ":"))
    if not titled or sum(map(str.isalpha, text)) < 3 or text.startswith("("):
        return 0
    if bold:
        return 3 if text.isupper() else 5 if slanted else 4
    return 5 if slanted and heading_level(text) else 0


def _titled(block: Block) -> Block:
    """Make a heading of a one-row layout table that holds one ("Item 7." beside its title)."""
    level = numbered_heading_level(block.text) if block.kind is BlockKind.PARAGRAPH else 0
    return Block(BlockKind.HEADING, block.text, level) if level else block


def _without_furniture(pages: Sequence[Sequence[Block]]) -> Iterator[Block]:
    """Drop page numbers, links to the contents and the heads that many pages repeat."""
    heads = Counter(key for page in pages for key in {_key(block) for block in _edges(page)})
    least = max(_LEAST_REPEATS, len(pages) // 5)
    for page in pages:
        edges = set(map(id, _edges(page)))
        for block in page:
            repeated = id(block) in edges and heads[_key(block)] >= least
            if not (repeated or is_page_number(block.text) or is_contents_link(block.text)):
                yield block


def _edges(page: Sequence[Block]) -> list[Block]:
    edges = [*page[:_EDGE_BLOCKS], *page[max(_EDGE_BLOCKS, len(page) - _EDGE_BLOCKS) :]]
    return [block for block in edges if len(block.text) <= _LONGEST_HEAD and not block.rows]


def _key(block: Block) -> str:
    return re.sub(r"\d+", "#", block.text.casefold())


def _resumed(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join a bullet to its text, and a sentence that a page break had cut."""
    before: Block | None = None
    for block in blocks:
        if before and _goes_on(before, block):
            before = Block(before.kind, f"{before.text} {block.text}", before.level)
            continue
        if before:
            yield before
        before = block
    if before:
        yield before


def _goes_on(before: Block, block: Block) -> bool:
    if {before.kind, block.kind} != {BlockKind.PARAGRAPH}:
        return False
    alone = is_bullet(before.text) and len(before.text) == 1
    cut = block.text[0].islower() and not ends_sentence(before.text) and len(before.text) > 60
    return alone or cut
