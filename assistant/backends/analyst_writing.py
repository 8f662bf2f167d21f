"""Pure: chosen statements into a short answer, each attributed, dated and cited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.backends.analyst_arithmetic import slip, total
from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_scoring import Scored
from assistant.backends.analyst_terms import DOWN, UP
from assistant.prompts import REFUSAL, EvidenceView
from assistant.sentences import spans

__all__ = ["write_answer", "write_refusal"]

_LEANING = re.compile(
    r"(?:This|That|These|Those|It|They|He|She|Such|The (?:increase|decrease|change|reduction)"
    r"|We (?:expect|anticipate|believe) (?:this|these|that))\b"
)
_LONGEST_BEFORE = 260
_LONGEST = 520
_CLAUSE = re.compile(r"[;,—]\s")
_CLOSEST = 3
_FOOTNOTE = re.compile(r"\s?\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")


def write_answer(asked: Asked, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the answer in pieces to stream; joined, they are the text."""
    pieces: list[str] = []
    note = _premise(asked, chosen)
    if note:
        pieces.append(note)
    last: EvidenceView | None = None
    for position, item in enumerate(chosen):
        same = last is item.view
        lead = " " if same else ("\n\n" if pieces else "") + f"{source(item.view)}: "
        pieces.append(f"{lead}{_cited(_statement(item, chosen), item.view.n)}")
        remark = total(asked.text, item) or slip(item, chosen[:position])
        if remark:
            pieces.append(f" {remark} [{item.view.n}]")
        last = item.view
    return tuple(pieces)


def write_refusal(missing: str, ranked: Sequence[Scored]) -> tuple[str, ...]:
    """Return the refusal: the sentinel, what was looked for, and the closest documents."""
    pieces = [f"{REFUSAL} ", f"I looked for {missing}."]
    closest = list(_documents(ranked))
    if closest:
        pieces.append(f" The closest documents found: {'; '.join(closest)}.")
    return tuple(pieces)


def _documents(ranked: Sequence[Scored]) -> Iterator[str]:
    seen: set[str] = set()
    for item in ranked:
        view = item.candidate.view
        if view.title not in seen and len(seen) < _CLOSEST:
            seen.add(view.title)
            yield f"{source(view)} [{view.n}]"


def source(view: EvidenceView) -> str:
    """Return who says it, in what and when: "Meta (10-Q, 30 April 2026)"."""
    own = view.company is not None and view.form not in (None, "article", "note")
    who = view.company if own and view.company else f"“{view.title}”"
    facts = [view.form, view.period if view.published is None else None, _day(view.published)]
    told = ", ".join(fact for fact in facts if fact)
    return f"{who} ({told})" if told else who


def _day(day: date | None) -> str | None:
    return f"{day.day} {day:%B %Y}" if day else None


def _statement(item: Candidate, chosen: Sequence[Candidate]) -> str:
    text = _shortened(item.text) if not item.row else item.text
    text = re.sub(r"^(?:[-*•]|\d{1,2}[.)])\s+", "", text)
    leaning = _LEANING.match(text) and item.before and len(item.before) <= _LONGEST_BEFORE
    shown = any(item.before in other.text for other in chosen)
    said = f"{item.before} {text}" if leaning and not shown else text
    # A footnote's number in a document would read as a citation of ours.
    return _FOOTNOTE.sub("", said)


def _cited(said: str, n: int) -> str:
    """Return the quote with a marker behind each of its sentences."""
    return " ".join(f"{said[start:end]} [{n}]" for start, end in spans(said))


def _shortened(text: str) -> str:
    """Cut a long sentence at a clause after its last figure, never inside one."""
    if len(text) <= _LONGEST:
        return text
    figures = [match.end() for match in re.finditer(r"\d[\d.,]*\s?\S+", text)]
    needed = max([end for end in figures if end <= _LONGEST], default=_LONGEST // 2)
    cut = next((m.start() for m in _CLAUSE.finditer(text, needed) if m.start() < _LONGEST), None)
    return f"{text[:cut]} …" if cut else text


def _premise(asked: Asked, chosen: Sequence[Candidate]) -> str | None:
    """Say so where the question takes a move for granted and the statements show its opposite."""
    if asked.direction is None:
        return None
    supposed, opposite = (DOWN, UP) if asked.direction == "down" else (UP, DOWN)
    moves = {part for item in chosen for part in item.stems}
    if not chosen or moves & supposed or not {*chosen[0].stems} & opposite:
        return None
    word = next(term.word for term in asked.terms if {*_only(term.ways)} & supposed)
    return f"The documents found do not show the move that the question assumes (“{word}”). "


def _only(ways: frozenset[tuple[str, ...]]) -> Iterator[str]:
    return (part for way in ways for part in way)
