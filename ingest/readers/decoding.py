"""Bytes to text: byte order marks, UTF-8, UTF-16, and a guess that says so."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from corpus.errors import InputRefused
from ingest.readers.clean import clean
from ingest.readers.detect import unmarked_utf16

__all__ = ["Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)")
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """Cleaned text, and a warning where its encoding was guessed."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, markup: bool = False) -> Decoded:
    """Return the text of `data`; with `markup` a declared charset is heeded.

    Raises InputRefused for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(clean(data.decode(encoding, "replace")))
    wide = unmarked_utf16(data)
    for encoding in filter(None, (wide, "utf-8", _declared(data) if markup else None)):
        try:
            return Decoded(clean(data.decode(encoding)))
        except (UnicodeDecodeError, LookupError):
            continue
    return _guessed(data)


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:2048])
    return match.group(1).decode("ascii") if match else None


def _guessed(data: bytes) -> Decoded:
    try:
        # Windows-1252 is by far the likeliest for English business text that is no UTF-8.
        text, encoding = data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        best = from_bytes(data[:_SAMPLE]).best()
        if best is None:
            raise InputRefused("no text: its encoding cannot be told") from None
        text, encoding = data.decode(best.encoding, "replace"), best.encoding
    return Decoded(clean(text), (f"encoding guessed as {encoding}",))
