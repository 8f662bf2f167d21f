"""Words with their places on a page, and the chunks that gaps and figures cut a line into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.readers.rows import AFTER, OPENERS, is_value

__all__ = ["Chunk", "Word", "chunks_of"]

_WIDE = 0.62
"""A gap of more than this share of a line's height parts cells; a space between words is half."""
_MANY = 8
_NOTE = re.compile(r"\(\w{1,2}\)|\*+|†")
_MARK = re.compile(r"(?:\(?\w{1,2}\)?,?)+|[*†‡#]+")
_SLASHES = frozenset({"/", "⁄"})
_LEADERS = re.compile(r"[.…·_]+")
_TRAILING_LEADERS = re.compile(r"\s*[.…·_]{3,}$")
_RANGE = re.compile(
    r"\(?\$?[\d.,]+%?\s*(?:-|–|—|to|or)\s*\$?[\d.,]+%?(?:\s*(?:years?|months?|days))?\)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(
    r"(?:19|20)\d\d\s*(?:(?:-|–|—|to|and|or)\s*(?:19|20)\d\d|[-–—]\s?\d\d)", re.IGNORECASE
)
_FIGURE = re.compile(r"[(\d.—–−-]")
_SIGN = re.compile(r"[#*†‡](?:\s?%)?")
_OPENERS = OPENERS - {"-", "~", "+"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the left and right edge of its box in points; `small` beside its line's words."""

    text: str
    left: float
    right: float
    small: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands in one cell.

    `left` and `right` place a number without the `$` that stands far left of it; `outer` is its
    left edge with it. `quantity`: it holds one figure, a span of figures or the sign for none.
    """

    text: str
    left: float
    right: float
    outer: float
    quantity: bool
    words: tuple[Word, ...] = ()

    @property
    def center(self) -> float:
        return (self.outer + self.right) / 2


def chunks_of(words: Sequence[Word], height: float) -> list[Chunk]:
    """Return the words of a line as chunks from left to right: each figure alone, other words
    together up to the next wide gap. Words make one chunk at least."""
    if not words:
        return []
    if _is_running(words, _WIDE * height):
        text = " ".join(word.text for word in words)
        left, right = words[0].left, words[-1].right
        return [Chunk(text, left, right, left, False, tuple(words))]
    chunks: list[Chunk] = []
    ordered = sorted(_without_marks(words), key=lambda word: word.left)
    for run in _runs(list(_glued(_without_leaders(ordered), height)), _WIDE * height):
        whole = _joined(run)
        apart = all(c.quantity for c in run) and not _YEARS.fullmatch(whole.text)
        chunks += run if apart and not whole.quantity else [whole]
    return chunks or [_token(words)]


def _is_running(words: Sequence[Word], wide: float) -> bool:
    """Tell a line of prose: many words and no wide gap."""
    return len(words) >= _MANY and all(0 <= b.left - a.right < wide for a, b in pairwise(words))


def _without_marks(words: Sequence[Word]) -> Iterator[Word]:
    """Drop raised footnote marks, which read as figures; those of a fraction (1/3) stay."""
    fraction = any(word.text in _SLASHES for word in words)
    for word in words:
        if not word.small or fraction or not _MARK.fullmatch(word.text):
            yield word


def _without_leaders(words: Sequence[Word]) -> Iterator[Word]:
    """Drop the dots that lead from a label to its figure; a lone dot or dash may mean something."""
    leaders = sum(bool(_LEADERS.fullmatch(word.text)) for word in words)
    for word in words:
        if _LEADERS.fullmatch(word.text) and (leaders > 2 or len(word.text) > 2):
            continue
        shorter = _TRAILING_LEADERS.sub("", word.text)
        yield replace(word, text=shorter) if 0 < len(shorter) < len(word.text) else word


def _runs(tokens: Sequence[Chunk], wide: float) -> Iterator[list[Chunk]]:
    run: list[Chunk] = []
    for token in tokens:
        if run and token.outer - run[-1].right > wide:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _joined(run: Sequence[Chunk]) -> Chunk:
    if len(run) == 1:
        return run[0]
    text = " ".join(token.text for token in run)
    words = tuple(word for token in run for word in token.words)
    quantity = _is_range(text) or is_value(text)
    return Chunk(text, run[0].left, run[-1].right, run[0].outer, quantity, words)


def _glued(words: Iterable[Word], height: float) -> Iterator[Chunk]:
    """Yield words, `$` and `(` joined to the next, `)`, `%` and notes to the number before."""
    token: Chunk | None = None
    opener: list[Word] = []
    for word in words:
        if word.text in _OPENERS:
            opener.append(word)
        elif token and not opener and _closes(word, token, height):
            space = "" if word.text[0] in ")%" else " "
            right = word.right if word.text[0] in ")%" else token.right
            token = replace(
                token,
                text=f"{token.text}{space}{word.text}",
                right=right,
                words=(*token.words, word),
            )
        else:
            if token:
                yield token
            if not _FIGURE.match(word.text):
                yield from (_token([each]) for each in opener)
                opener = []
            token, opener = _token([*opener, word]), []
    if token:
        yield token
    for word in opener:
        yield _token([word])


def _token(words: Sequence[Word]) -> Chunk:
    text = "".join(word.text for word in words)
    quantity = is_value(text) or _is_range(text) or bool(_SIGN.fullmatch(text))
    last = words[-1]
    return Chunk(text, last.left, last.right, words[0].left, quantity, tuple(words))


def _is_range(text: str) -> bool:
    return bool(_RANGE.fullmatch(text)) and not _YEARS.fullmatch(text)


def _closes(word: Word, token: Chunk, height: float) -> bool:
    if not token.quantity:
        return False
    near = word.left - token.right < height / 2
    if not near and _YEAR.fullmatch(token.text):
        return False
    return word.text in AFTER or (near and bool(_NOTE.fullmatch(word.text)))
