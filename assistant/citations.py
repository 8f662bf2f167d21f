"""Pure: markers in an answer into verified citations; unknown ones are removed and counted.

A citation is data that was checked: its quote stands word for word in a stored passage.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.conversation import Citation, Evidence, Span
from assistant.quantities import quantities
from assistant.sentences import is_row, spans, words
from corpus.models import Passage
from corpus.sentences import sentence_ends

__all__ = ["COMMON", "Checked", "Claim", "MarkerFilter", "check", "claims"]

_MARKER = re.compile(r"(?P<space>[ \t]*)\[ *(?P<body>\d{1,3}(?: *[,;–-] *\d{1,3})*) *\]")
_UNFINISHED = re.compile(r"[ \t]*(?:\[[\d ,;–-]*)?\Z")
_GROUP = re.compile(r"(?:\s*\[\d+\])+[.,;]?")
_CLOSED = re.compile(r"[.!?…][\"'”’)]*\s*\Z")
_LONGEST_QUOTE = 3
_FIGURE_WEIGHT = 3.0
_LENGTH_COST = 0.02
COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "our",
        "that",
        "the",
        "their",
        "this",
        "to",
        "was",
        "we",
        "were",
        "which",
        "will",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer's text with known markers only, its citations, and how many markers were not."""

    text: str
    citations: tuple[Citation, ...]
    dropped: int


@dataclass(slots=True)
class MarkerFilter:
    """Passes streamed text on with unknown markers removed; never lets half a marker through."""

    known: Collection[int]
    dropped: int = 0
    _held: str = field(default="", init=False)

    def feed(self, delta: str) -> str:
        """Return what may be shown now; the rest is held until it is certain."""
        text = self._held + delta
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._clean(text[:cut])

    def close(self) -> str:
        """Return what was held when the stream ended."""
        held, self._held = self._held, ""
        return self._clean(held)

    def _clean(self, text: str) -> str:
        return _MARKER.sub(self._known_only, text)

    def _known_only(self, match: re.Match[str]) -> str:
        named = _numbers(match["body"])
        kept = [n for n in named if n in self.known]
        self.dropped += len(named) - len(kept)
        return match["space"] + "".join(f"[{n}]" for n in kept) if kept else ""


def check(text: str, evidence: Sequence[Evidence]) -> Checked:
    """Return the answer cleaned, with one citation for each evidence number, as first cited."""
    by_number = {item.n: item for item in evidence}
    markers = MarkerFilter(by_number)
    clean = markers.feed(text) + markers.close()
    cited: dict[int, str] = {}
    for claim in claims(clean):
        for n in claim.cited:
            cited.setdefault(n, claim.text)
    citations = tuple(_citation(by_number[n], claim) for n, claim in cited.items())
    return Checked(clean, citations, markers.dropped)


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of an answer and the evidence numbers that it cites; `span` is where it stands."""

    text: str
    span: Span
    cited: tuple[int, ...]


def claims(text: str) -> tuple[Claim, ...]:
    """Return the pieces of the answer, each with the numbers that it cites.

    A piece ends where a group of markers does, or with its line: markers stand behind what they
    support. What follows the last markers inside their sentence or table row is theirs too; the
    sentences after that cite nothing.
    """
    found: list[Claim] = []
    position = 0
    for line in text.splitlines(keepends=True):
        found.extend(_claims_of_line(text, position, position + len(line.rstrip("\r\n"))))
        position += len(line)
    return tuple(found)


def _claims_of_line(text: str, begin: int, end: int) -> Iterator[Claim]:
    cited: tuple[int, ...] = ()
    closed = True
    for group in _GROUP.finditer(text, begin, end):
        cited = tuple(dict.fromkeys(int(n) for n in re.findall(r"\d+", group.group())))
        yield from _claim(text, begin, group.start(), cited)
        closed = (
            group.group().endswith(".") or _CLOSED.search(text, begin, group.start()) is not None
        )
        begin = group.end()
    ends = [*sentence_ends(text, begin, end), end]
    if is_row(text[begin:end]):
        ends = [end]
    for stop in ends:
        yield from _claim(text, begin, stop, () if closed else cited)
        begin, closed = stop, True


def _claim(text: str, begin: int, end: int, cited: tuple[int, ...]) -> Iterator[Claim]:
    piece = text[begin:end]
    if piece.strip(" .,;|\t"):
        start = begin + len(piece) - len(piece.lstrip())
        yield Claim(piece.strip(), (start, begin + len(piece.rstrip())), cited)


def _numbers(body: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", body):
        first, *rest = (int(n) for n in re.findall(r"\d+", part))
        numbers.extend(range(first, rest[-1] + 1) if rest and rest[-1] > first else (first, *rest))
    return tuple(dict.fromkeys(numbers))


def _citation(item: Evidence, claim: str) -> Citation:
    wanted = frozenset(words(claim)) - COMMON
    figures = frozenset(abs(quantity.value) for quantity in quantities(claim))
    scored = [
        (_support(passage.text[start:end], wanted, figures), passage, start, end)
        for passage in item.passages
        for start, end in _windows(passage)
    ]
    if not scored:
        return Citation(item.n, item.document, item.passages[0], item.passages[0].text)
    _, passage, start, end = max(scored, key=lambda row: row[0])
    return Citation(item.n, item.document, passage, passage.text[start:end])


def _windows(passage: Passage) -> list[tuple[int, int]]:
    """Return the spans of one to three neighbouring sentences or rows."""
    found = spans(passage.text)
    return [
        (found[first][0], found[last][1])
        for first in range(len(found))
        for last in range(first, min(first + _LONGEST_QUOTE, len(found)))
    ]


def _support(span: str, wanted: frozenset[str], figures: frozenset[object]) -> float:
    have = words(span)
    stated = frozenset(abs(quantity.value) for quantity in quantities(span))
    shared = len(wanted.intersection(have)) / max(1, len(wanted))
    held = len(figures & stated) / max(1, len(figures))
    return shared + _FIGURE_WEIGHT * held - _LENGTH_COST * len(have) / max(1, len(wanted))
