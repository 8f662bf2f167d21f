"""Text as it may be stored: no control, zero-width, bidirectional or tag characters."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean", "one_line"]

_DROPPED = (
    *range(0x00, 0x09),
    *range(0x0E, 0x20),
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
    0xAD,  # soft hyphen
    0x034F,
    0x061C,
    0x180E,
    *range(0x200B, 0x2010),  # zero width, left-to-right and right-to-left marks
    *range(0x202A, 0x202F),  # bidirectional embedding and override
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),  # variation selectors
    0xFEFF,
    *range(0xFFF0, 0xFFFD),
    0xFFFE,
    0xFFFF,
    *range(0xD800, 0xE000),  # lone surrogates
    *range(0xE0000, 0xE1000),  # tags
)
_REPLACED = {
    0x0B: "\n",
    0x0C: "\n",
    0x0D: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
    **dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_TABLE: dict[int, str | None] = {**dict.fromkeys(_DROPPED), **_REPLACED}
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return the text composed (NFC), with line ends as \\n, plain spaces and nothing invisible."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_TABLE))


def one_line(text: str) -> str:
    """Return the cleaned text with every run of white space as one space."""
    return _SPACES.sub(" ", clean(text)).strip()
