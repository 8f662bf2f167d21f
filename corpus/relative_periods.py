"""Periods that a text names by their distance from another: "a year earlier"; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.periods import Mention, Period, blanked, joined, mentions

__all__ = ["Move", "asks_newest", "known_as_of", "moves", "periods_meant", "without_periods"]


@dataclass(frozen=True, slots=True)
class Move:
    """A step in time that a text names, and where: "a year earlier" is four quarters back."""

    start: int
    end: int
    quarters: int

    @property
    def back(self) -> bool:
        return self.quarters < 0


_COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "the": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
_COUNT = rf"(?P<count>{'|'.join(_COUNTS)}|[1-9]\d?)"
_UNIT = r"(?:fiscal\s+|full\s+)?(?P<unit>year|quarter)s?"
_BACK = r"(?:earlier|ago|before|prior|previous(?:ly)?)"
_AHEAD = r"(?:after|later|thereafter)"
_STEP = re.compile(
    rf"\b(?:{_COUNT}\s+)?{_UNIT}\s+(?:(?P<back>{_BACK})|{_AHEAD})\b(?:\s+(?:that|this|it)\b)?"
    rf"|\b(?P<former>prior|previous|preceding|last|past)[\s-]+{_UNIT.replace('unit', 'unit2')}\b"
    rf"|\b(?:next|following|subsequent|coming)[\s-]+{_UNIT.replace('unit', 'unit3')}\b"
    r"|\byear-(?P<yearback>ago|earlier)\b",
    re.IGNORECASE,
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most\s+recent(?:ly)?|current(?:ly)?|now|today|so\s+far|to\s+date"
    r"|(?:this|the\s+present)\s+(?:fiscal\s+)?(?:year|quarter))\b"
    r"(?!\s+(?:assets?|liabilit\w+|ratio|portion|matur\w+|tax\w*|debt|expected|accounts?|reports?))",
    re.IGNORECASE,
)
_SINCE_THEN = re.compile(
    r"\b(?:last|past|recent|next|coming)\s+(?:\w+\s+)?(?:years?|quarters?|months?)\b", re.IGNORECASE
)
_PERIOD_WORDS = re.compile(
    r"\b(?:fiscal|financial|calendar|full|year|quarter)(?:[\s-]+(?:year|quarter)s?)?[\s-]*"
    r"(?:end(?:ed|ing)?|s)?\b|\b(?:\d+|two|three|four|five|ten)[\s-]years?"
    r"(?=\s+(?:\w+\s+){0,2}(?:average|cagr|growth|trend))|\bquarterly\b|\bannual(?:ly)?\b|\bFY\b|\b[yq]o[yq]\b|\b(?:the\s+)?(?:beginning|start|end)\s+of\s{3,}|\byear-(?:end|over-year)\b",
    re.IGNORECASE,
)
_NAMED_NEXT = re.compile(r"[\s,(]*(?:end(?:ed|ing)|of)?\s*(?:on\s+)?", re.IGNORECASE)
_FROM_NEXT = re.compile(rf"(?:{_BACK}|{_AHEAD})$", re.IGNORECASE)
_AS_OF = re.compile(
    r"\bas\s+(?:of|at)\s+(?:the\s+)?(?:(?:end|close)\s+of\s+)?(?:the\s+)?", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!](?=\s|$)")


def moves(text: str) -> tuple[Move, ...]:
    """Return the steps in time that `text` names, in order of appearance."""
    return tuple(Move(m.start(), m.end(), _quarters(m)) for m in _STEP.finditer(text))


def periods_meant(text: str) -> tuple[Period, ...]:
    """Return the periods named outright and those named by their distance from one of these.

    A step goes from the period named last before it, else from the first that follows in the same
    sentence: "FY2023 against the prior year" means FY2023 and FY2022.
    """
    named = mentions(text)
    found = [(mention.start, mention.period) for mention in named]
    for move in moves(text):
        anchor = None if _is_named(text, move, named) else _anchor(text, move, named)
        if anchor is not None:
            found.append((move.start, anchor.moved(move.quarters)))
    return tuple(dict.fromkeys(period for _, period in sorted(found, key=lambda pair: pair[0])))


def _is_named(text: str, move: Move, named: Sequence[Mention]) -> bool:
    """Tell whether a period is named at once: "last fiscal year, FY2023" is no step from it."""
    return any(
        mention.start <= move.start < mention.end
        or (
            move.end <= mention.start
            and _NAMED_NEXT.fullmatch(text[move.end : mention.start])
            and not _FROM_NEXT.search(text[move.start : move.end])
        )
        for mention in named
    )


def known_as_of(text: str) -> tuple[Period, ...]:
    """Return the periods by whose end something is to be known: "as of FY2021"."""
    named = mentions(text)
    ends = {match.end() for match in _AS_OF.finditer(text)}
    found: list[Mention] = []
    for mention in named:
        if mention.start in ends or (found and joined(text, found[-1], mention)):
            found.append(mention)
    return tuple(mention.period for mention in found)


def asks_newest(text: str) -> bool:
    """Tell whether `text` asks for the newest there is: "latest", or "last quarter" of no year."""
    if _NEWEST.search(text):
        return True
    relative = _STEP.search(text) or _SINCE_THEN.search(text)
    return relative is not None and not mentions(text)


def without_periods(text: str) -> str:
    """Return `text` with spaces in place of its periods and of words that only measure time."""
    spots = [(mention.start, mention.end) for mention in mentions(text)]
    spots += [(move.start, move.end) for move in moves(text)]
    spots += [match.span() for match in _NEWEST.finditer(text)]
    return _PERIOD_WORDS.sub(" ", blanked(text, spots))


def _anchor(text: str, move: Move, named: Sequence[Mention]) -> Period | None:
    before = [mention.period for mention in named if mention.end <= move.start]
    if before:
        return before[-1]
    return next(_later_in_sentence(text, move, named), None)


def _later_in_sentence(text: str, move: Move, named: Sequence[Mention]) -> Iterator[Period]:
    for mention in named:
        between = text[move.end : mention.start]
        if mention.start >= move.end and not _SENTENCE_END.search(between):
            yield mention.period


def _quarters(match: re.Match[str]) -> int:
    unit = (match["unit"] or match["unit2"] or match["unit3"] or "year").lower()
    said = (match["count"] or "one").lower()
    count = int(said) if said.isdigit() else _COUNTS[said]
    back = match["back"] or match["former"] or match["yearback"]
    return (-1 if back else 1) * count * (4 if unit == "year" else 1)
