"""Text from documents and models, made inert for markdown and HTML. Pure.

Streamlit's markdown turns dollar amounts into maths, fetches images, links bare addresses after
parsing, and reads `:name[...]` and `:name:` as directives and icons. What is kept of a model's
markdown is emphasis, headings, lists, quotes and tables. Every rule looks at no more than its own
characters, so every prefix of a stream is as safe as the whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape as _html_escape

__all__ = ["as_html", "as_label", "as_markdown", "count"]

NO_BREAK = "\u00a0"
JOINER = "\u2060"  # invisible and without width: breaks a pattern, not the reading
DOUBT, DOUBT_END = "\ue000", "\ue001"  # private characters that no document's text keeps
NO_MARKS = dict.fromkeys(map(ord, DOUBT + DOUBT_END), " ")  # of one width: offsets stay
KEPT = frozenset("#*_-+.|>(),;/'\"%=@^?")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\U000e0000-\U000e007f]")
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
INDENT = re.compile(r"^[ \t]{4,}", re.MULTILINE)
BLANKS = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)|\t")
AUTOLINK = re.compile(r"https?(?=:)|www(?=\.)|[\w.+-](?=@)", re.IGNORECASE)
SHORTCODE = re.compile(r":(?=[\w+-]+:|material/)")
MARKER = re.compile(r" ?\[(\d{1,3})\]")
LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,200})\]\((https?://[^\s<>()$]+)\)")


def as_html(text: str) -> str:
    """Return the text with nothing in it that HTML would read as markup."""
    return _html_escape(_clean(text), quote=True)


def as_label(text: str) -> str:
    """Return one line that a label, a title or a caption shows literally."""
    line = " ".join(_clean(text).split())
    return PUNCTUATION.sub(_backslashed, _unlinked(line))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 page" or "2 pages"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def as_markdown(
    text: str,
    *,
    citations: Collection[int] = (),
    sources: Collection[str] = (),
    doubtful: Collection[tuple[int, int]] = (),
) -> str:
    """Return a model's markdown with only its harmless structure left alive.

    Markers such as `[1]` become badges where the number is in `citations`; a link lives only
    where its address is one of `sources`, else it is shown as plain text. The pieces of `text` at
    the offsets `doubtful` are marked; a piece that runs over a line's end is not.
    """
    marked = _with_doubts(text.translate(NO_MARKS), doubtful)
    shown = _alive(marked, citations, sources)
    return shown.replace(DOUBT, ":orange-background[").replace(DOUBT_END, "]")


def _with_doubts(text: str, doubtful: Collection[tuple[int, int]]) -> str:
    for start, end in sorted(doubtful, reverse=True):
        if "\n" not in text[start:end]:
            text = f"{text[:start]}{DOUBT}{text[start:end]}{DOUBT_END}{text[end:]}"
    return text


def _alive(text: str, citations: Collection[int], sources: Collection[str]) -> str:
    parts: list[str] = []
    end = 0
    clean = BLANKS.sub(" ", INDENT.sub("   ", _clean(text)))
    for start, stop, shown in _spans(clean, citations, sources):
        parts += (_literal(clean[end:start]), shown)
        end = stop
    return "".join([*parts, _literal(clean[end:])])


def _spans(
    text: str, citations: Collection[int], sources: Collection[str]
) -> list[tuple[int, int, str]]:
    markers = [
        (
            found.start(),
            found.end(),
            f"{NO_BREAK * (found[0][0] == ' ')}:primary-badge[{int(found[1])}]",
        )
        for found in MARKER.finditer(text)
        if int(found[1]) in citations
        and text[found.end() : found.end() + 1] not in {"(", "["}
        and text[max(0, found.start() - 1) : found.start()] not in {"!", "\\"}
    ]
    links = [
        (found.start(), found.end(), f"[{as_label(found[1])}](<{found[2]}>)")
        for found in LINK.finditer(text)
        if found[2] in sources and text[max(0, found.start() - 1) : found.start()] != "\\"
    ]
    return sorted(markers + links)


def _literal(text: str) -> str:
    """Escape all but the structure that is kept; a backslash escape stays one."""
    plain: list[str] = []
    end = 0
    for found in ESCAPED.finditer(text):
        # Escaped or not, a colon must not begin a shortcode.
        apart = JOINER if found[1] == ":" else ""
        plain += (_outside(text[end : found.start()]), f"\\{found[1]}{apart}")
        end = found.end()
    return "".join([*plain, _outside(text[end:])])


def _outside(text: str) -> str:
    return PUNCTUATION.sub(
        lambda found: found[0] if found[0] in KEPT else _backslashed(found), _unlinked(text)
    )


def _backslashed(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _unlinked(text: str) -> str:
    linkless = AUTOLINK.sub(lambda found: found[0] + JOINER, text)
    return SHORTCODE.sub(f":{JOINER}", linkless)


def _clean(text: str) -> str:
    return DIRECTION.sub("", CONTROL.sub("", text))
