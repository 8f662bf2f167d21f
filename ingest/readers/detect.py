"""Which format a file is in: by its content first, then by its name."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.readers.delimited import looks_delimited
from ingest.readers.package import OLE, ZIP, package_media, refuse_ole

__all__ = ["HEAD_BYTES", "SUPPORTED", "detect", "unmarked_utf16"]

HEAD_BYTES = 100 * 1024**2
"""How much of a file `detect` wants to see: all, for the directory of a zip stands at its end."""

SUPPORTED = (
    "PDF, HTML, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, Markdown (.md) "
    "and text (.txt)"
)

_START = 4096

_PDF = re.compile(rb"%PDF-\d")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?(?:-->|\Z)\s*|<\?[^>]*>\s*)*"
    r"<(?:!doctype\s+html|(?:[a-z]+:)?html|head|body|ix:)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|table|span|h[1-6]|article|section|main|title|meta)\b", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BY_SUFFIX = {
    ".md": Media.MARKDOWN,
    ".markdown": Media.MARKDOWN,
    ".txt": Media.TEXT,
    ".text": Media.TEXT,
    "": Media.TEXT,
    ".csv": Media.CSV,
    ".tsv": Media.CSV,
}
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_OTHER_CONTENT = {
    ".pdf": "no PDF",
    **dict.fromkeys((".docx", ".docm"), "no Word document"),
    **dict.fromkeys((".pptx", ".pptm"), "no presentation"),
    **dict.fromkeys((".xlsx", ".xlsm"), "no workbook"),
}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def detect(head: bytes, name: str) -> Media:
    """Return the format of a file that begins with `head` and is called `name`.

    Raises InputRefused for an empty or binary file and for a type that is not supported.
    """
    if not head:
        raise InputRefused("empty file (0 bytes)")
    if _PDF.search(head[:1024]):
        return Media.PDF
    suffix = PurePath(name).suffix.casefold()
    if head.startswith(ZIP):
        return package_media(head)
    if head.startswith(OLE):
        refuse_ole(head, suffix)
    return _text_media(_as_text(head[:_START]), suffix)


def _text_media(text: str, suffix: str) -> Media:
    if _HTML.match(text) or (suffix in _HTML_SUFFIXES and _TAG.search(text)):
        return Media.HTML
    if suffix in _OTHER_CONTENT:
        raise InputRefused(f"named {suffix} but holds {_OTHER_CONTENT[suffix]}")
    if suffix in _HTML_SUFFIXES:
        return Media.TEXT
    if suffix in _BY_SUFFIX or not suffix[1:].isalpha():
        media = _BY_SUFFIX.get(suffix, Media.TEXT)
        return Media.CSV if media is Media.TEXT and looks_delimited(text) else media
    raise InputRefused(f"unsupported type {suffix}; supported: {SUPPORTED}")


def _as_text(head: bytes) -> str:
    for mark in _WIDE:
        if head.startswith(mark):
            return head.decode("utf-32" if len(mark) == 4 else "utf-16", "replace").lstrip("\ufeff")
    wide = unmarked_utf16(head)
    if wide:
        return head.decode(wide, "replace")
    if b"\0" in head or len(_CONTROLS.findall(head)) > len(head) // 50:
        raise InputRefused(f"binary content; supported: {SUPPORTED}")
    return head.decode("latin-1").removeprefix("ï»¿")


def unmarked_utf16(head: bytes) -> str | None:
    """Name the UTF-16 that text without a byte order mark is in: every other byte is 0."""
    sample = head[:HEAD_BYTES]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.05:
        return "utf-16-be"
    return None
