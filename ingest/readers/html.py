"""HTML: EDGAR filings are walked whole, other pages are reduced to their article."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml.html import HTMLParser

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.decoding import decode
from ingest.readers.filing import dei_facts, filing_blocks, name_of
from ingest.readers.html_captions import captioned
from ingest.readers.html_notes import set_notes_apart
from ingest.readers.html_visible import leave_visible

__all__ = ["read_html"]

_INLINE_XBRL = re.compile(r"<ix:|xmlns:ix=")
_COVER = re.compile(r"SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION", re.IGNORECASE)
_FORM = re.compile(r"FORM\s+(?:10-[KQ]|8-K|20-F|6-K|40-F|S-\d|DEF\s?14A)", re.IGNORECASE)
_COVER_LENGTH = 60_000
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read_html(data: bytes, limits: Limits) -> Reading:
    """Read a filing or a web page; raises InputRefused where no text remains of it.

    The bytes alone decide: a saved page and the same page fetched give the same blocks.
    """
    decoded = decode(data, markup=True)
    if len(decoded.text) > limits.characters * 4:
        raise InputRefused(f"more than {limits.characters * 4:,} characters of markup")
    filing = _is_filing(decoded.text)
    tree = _tree(decoded.text, as_xml=filing)
    facts = dei_facts(tree)
    # A filing's <title> is its file's name ("amzn-20241231"), no title to show.
    title = _first_text(tree, "title") if filing else ""
    warnings = (*decoded.warnings, *leave_visible(tree, name_of))
    set_notes_apart(tree, name_of)
    if filing:
        shown = title if " " in title else None
        facts |= {"html:title": title} if title else {}
        reading = Reading(Media.HTML, tuple(captioned(filing_blocks(tree))), None, shown, facts)
    else:
        # trafilatura takes a second to import: filings do without.
        from ingest.readers.article import read_article

        reading = read_article(tree)
    if not reading.blocks:
        raise InputRefused("no text remains without menus, scripts and hidden parts")
    return Reading(Media.HTML, reading.blocks, None, reading.title, reading.metadata, warnings)


def _is_filing(text: str) -> bool:
    if _INLINE_XBRL.search(text):
        return True
    cover = text[:_COVER_LENGTH]
    return bool(_COVER.search(cover) and _FORM.search(cover))


def _tree(text: str, *, as_xml: bool) -> Any:
    """Parse a filing as XML where it is well-formed (inline XBRL is), anything else as HTML."""
    if as_xml and "xmlns" in text[:4096] and "<!ENTITY" not in text:
        parser = etree.XMLParser(
            huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            return etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
        except etree.XMLSyntaxError:
            pass  # Many pages claim to be XHTML and are not; HTML takes anything.
    tree = etree.fromstring(text.encode(), HTMLParser(encoding="utf-8", huge_tree=True))
    if tree is None:
        raise InputRefused("no HTML elements")
    return tree


def _first_text(tree: Any, name: str) -> str:
    for element in tree.iter():
        if name_of(element) == name:
            return one_line("".join(element.itertext()))
    return ""
