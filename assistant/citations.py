"""Pure: markers in an answer into verified citations; unknown ones are removed and counted.

A citation is data that was checked: its quote stands word for word in a stored passage.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.conversation import Citation, Evidence, Span
from assistant.quantities import quantities
from assistant.sentences import is_item, is_row, spans, words
from corpus.models import Passage

__all__ = ["COMMON", "Checked", "Claim", "MarkerFilter", "check", "claims", "without_markers"]

_BODY = r"\d{1,3}(?: *[,;–-] *\d{1,3})*"
_MARKER = re.compile(rf"(?P<space>[ \t]*)[\[【] *(?P<body>{_BODY}) *[\]】]")
_UNFINISHED = re.compile(r"[ \t]*(?:[\[【][\d ,;–-]*)?\Z")
_GROUP = re.compile(rf"(?:\s*\[ *{_BODY} *\])+")
_AFTER = re.compile(rf"{_GROUP.pattern}(?!\s*[a-z])")
"""Markers that open a sentence, but are no subject of it ("[2] says …")."""
_SUBJECT = re.compile(rf"(?<=[.!?])(?={_GROUP.pattern}\s+[a-z])")
_NAMES_SOURCE = re.compile(
    r"\W*(?:(?:according to|as|by|document|evidence|from|in|passage|per|reported|see|shown|source"
    r"|stated)\b\W*)*",
    re.IGNORECASE,
)
"""What stands before the first marker of a sentence whose markers go before what they support."""
_EDGE = re.compile(r"(?:[.,;:)*”\"]*(?=\s|\Z))?\s*")
_LEAD_IN = re.compile(r":\W*\Z")
_LONGEST_QUOTE = 3
_FIGURE_WEIGHT = 3.0
_LENGTH_COST = 0.02
_COMMON_WORDS = """
    a an and are as at be by for from has have in is it its of on or our that the their this to was
    we were which will with
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing of what a statement is about."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of an answer, or a part of one that has markers of its own.

    `span` are the offsets of `text` in the answer, `cited` the evidence numbers that it rests on.
    """

    text: str
    span: Span
    cited: tuple[int, ...]


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
            cited.setdefault(n, without_markers(claim.text))
    citations = tuple(_citation(by_number[n], claim) for n, claim in cited.items())
    return Checked(clean, citations, markers.dropped)


def claims(text: str) -> tuple[Claim, ...]:
    """Return what the answer `text` states, in order, each piece with the numbers that it cites.

    A statement is a sentence, list item, heading or table row. It cites the markers inside it and
    right after it; where it has several groups of them, each piece cites the group that follows
    it ("$131 billion [1] and $72 billion [2]"), the last piece the group before it. An item or a
    row without markers rests on those of the line that leads in to the list or heads the table.
    """
    found: list[Claim] = []
    lead: tuple[int, ...] = ()
    in_table = False
    for start, end in _statements(text):
        pieces = _pieces(text, start, end)
        cited = tuple(dict.fromkeys(n for piece in pieces for n in piece.cited))
        row = is_row(text[start:end])
        listed = row or is_item(text, start)
        if listed and not cited:
            pieces = [replace(piece, cited=lead) for piece in pieces]
        if _LEAD_IN.search(without_markers(text[start:end])) or (row and cited and not in_table):
            lead = cited or lead
        elif not listed:
            lead = ()
        in_table = row
        found.extend(pieces)
    return tuple(found)


def without_markers(text: str) -> str:
    """Return `text` with its markers left out."""
    return _MARKER.sub("", text)


def _statements(text: str) -> list[Span]:
    """Return the spans of the statements; markers between two sentences belong to the first."""
    found: list[Span] = []
    for start, end in spans(text):
        for begin, stop in _by_subject(text, start, end):
            after = _AFTER.match(text, begin, stop)
            if after and found and (after.end() == stop or _same_line(text, found[-1][1], begin)):
                found[-1] = (found[-1][0], after.end())
                begin = after.end()
            if begin < stop:
                found.append((begin, stop))
    return found


def _by_subject(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences of "[1] says so. [2] says otherwise."."""
    if _GROUP.match(text, start, end):
        for match in _SUBJECT.finditer(text, start, end):
            yield start, match.start()
            start = match.start()
    yield start, end


def _same_line(text: str, start: int, end: int) -> bool:
    return "\n" not in text[start:end]


def _pieces(text: str, start: int, end: int) -> list[Claim]:
    groups = list(_GROUP.finditer(text, start, end))
    cited = [_numbers(group.group()) for group in groups]
    if not groups or is_row(text[start:end]):
        whole = tuple(dict.fromkeys(n for numbers in cited for n in numbers))
        return _piece(text, start, end, whole)
    bounds = [start, *(edge for group in groups for edge in group.span()), end]
    ahead = _NAMES_SOURCE.fullmatch(text, start, groups[0].start())
    owners = [cited[0], *cited] if ahead else [*cited, cited[-1]]
    gaps = zip(bounds[::2], bounds[1::2], owners, strict=True)
    return [piece for begin, stop, numbers in gaps for piece in _piece(text, begin, stop, numbers)]


def _piece(text: str, start: int, end: int, cited: tuple[int, ...]) -> list[Claim]:
    """Return the piece without punctuation of the one before it; none where no word is left."""
    edge = _EDGE.match(text, start, end)
    begin = edge.end() if edge else start
    piece = text[begin:end].rstrip()
    if not any(letter.isalnum() for letter in piece):
        return []
    return [Claim(piece, (begin, begin + len(piece)), cited)]


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
