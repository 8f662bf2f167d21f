"""HTML: EDGAR filings are walked whole, other pages are reduced to their article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import HTMLParser

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.decoding import decode
from ingest.readers.filing import dei_facts, filing_blocks
from ingest.readers.html_tables import table_blocks
from ingest.readers.lines import with_captions
from ingest.readers.shape import is_bullet

__all__ = ["read_html"]

_INLINE_XBRL = re.compile(r"<ix:|xmlns:ix=")
_COVER = re.compile(r"SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION", re.IGNORECASE)
_FORM = re.compile(r"FORM\s+(?:10-[KQ]|8-K|20-F|6-K|40-F|S-\d|DEF\s?14A)", re.IGNORECASE)
_COVER_LENGTH = 60_000
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_PAGE_FIELDS = ("title", "author", "date", "sitename", "url", "description", "hostname")


def read_html(data: bytes, limits: Limits) -> Reading:
    """Read a filing or a web page; raises InputRefused where no text remains of it."""
    decoded = decode(data, markup=True)
    if len(decoded.text) > limits.characters * 4:
        raise InputRefused(f"more than {limits.characters * 4:,} characters of markup")
    filing = _is_filing(decoded.text)
    reading = _read_filing(decoded.text) if filing else _read_page(decoded.text)
    if not reading.blocks:
        raise InputRefused("no text remains without menus, scripts and hidden parts")
    return Reading(
        Media.HTML, reading.blocks, None, reading.title, reading.metadata, decoded.warnings
    )


def _is_filing(text: str) -> bool:
    if _INLINE_XBRL.search(text):
        return True
    cover = text[:_COVER_LENGTH]
    return bool(_COVER.search(cover) and _FORM.search(cover))


def _tree(text: str) -> Any:
    """Parse as XML where the page is well-formed (inline XBRL is), else as HTML."""
    data = _DECLARATION.sub("", text, count=1).encode()
    if "xmlns" in text[:4096] and "<!ENTITY" not in text:
        parser = etree.XMLParser(
            huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError:
            pass  # Many pages claim to be XHTML and are not; HTML takes anything.
    tree = etree.fromstring(data, HTMLParser(encoding="utf-8", huge_tree=True))
    if tree is None:
        raise InputRefused("no HTML elements")
    return tree


def _read_filing(text: str) -> Reading:
    tree = _tree(text)
    facts = dei_facts(tree)
    title = _first_text(tree, "title")
    metadata = {**facts, **({"html:title": title} if title else {})}
    # A filing's <title> is its file's name ("amzn-20241231"), no title to show.
    shown = title if " " in title else None
    return Reading(Media.HTML, tuple(with_captions(filing_blocks(tree))), None, shown, metadata)


def _first_text(tree: Any, name: str) -> str:
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2].lower() == name:
            return one_line("".join(element.itertext()))
    return ""


def _read_page(text: str) -> Reading:
    # trafilatura takes a second to import: filings do without.
    from trafilatura import bare_extraction

    tree = etree.fromstring(text.encode(), HTMLParser(encoding="utf-8", huge_tree=True))
    if tree is None:
        return Reading(Media.HTML, ())
    document = bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=True
    )
    if document is None:
        return Reading(Media.HTML, ())
    body = getattr(document, "body", None)
    blocks = tuple(with_captions(_page_blocks(body))) if body is not None else ()
    metadata = {
        f"html:{field}": one_line(str(value))
        for field in _PAGE_FIELDS
        if (value := getattr(document, field, None))
    }
    title = str(metadata.get("html:title", "")) or None
    return Reading(Media.HTML, blocks, None, title, metadata)


def _page_blocks(body: Any) -> Iterator[Block]:
    """Translate trafilatura's elements: head, p, item, quote, table, code."""
    done: set[Any] = set()
    for element in body.iter("head", "p", "item", "quote", "table", "code", "ab"):
        if any(parent in done for parent in element.iterancestors()):
            continue
        done.add(element)
        if element.tag == "table":
            yield from table_blocks(element, _translated_name, _element_text)
            continue
        text = _element_text(element)
        if text:
            yield _page_block(element, text)


def _page_block(element: Any, text: str) -> Block:
    if element.tag == "head":
        rend = element.get("rend", "h2")
        return Block(BlockKind.HEADING, text, int(rend[1]) if rend[1:].isdecimal() else 2)
    if element.tag == "item" and not is_bullet(text):
        text = f"• {text}"
    return Block(BlockKind.PARAGRAPH, text)


def _translated_name(element: Any) -> str:
    return {"row": "tr", "cell": "td"}.get(element.tag, str(element.tag))


def _element_text(element: Any) -> str:
    return one_line("".join(element.itertext()))
