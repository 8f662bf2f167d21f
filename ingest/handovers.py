"""Pure: a call without labels, cut where it is handed over and where questions are announced.

Who speaks next is told by "I'll turn the call over to Susan"; who answers a question is not told,
so that an exchange is headed by who asked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind
from ingest.roster import NAME, ROLE_WORD, Roster, announced, roster_of

__all__ = [
    "OPENS_QUESTIONS",
    "PART_LEVEL",
    "PREPARED",
    "QUESTIONS",
    "SPEAKER_LEVEL",
    "with_handovers",
]

PREPARED = "Prepared remarks"
QUESTIONS = "Questions and answers"
PART_LEVEL = 2
SPEAKER_LEVEL = 3

_QUESTION = (
    r"\b(?:first|next|final|last|that)\s+question\s+(?:today\s+)?(?:will\s+)?(?:comes?|is)\s+"
    r"(?:in\s+)?(?:today\s+)?(?:from|with)\b"
)
OPENS_QUESTIONS = re.compile(
    rf"{_QUESTION}"
    r"|(?:\bwill|['’]ll)\s+now\s+(?:open|begin|start|take|conduct|move|turn)\b[^.]{0,60}?"
    r"\b(?:questions?|Q&A)"
    r"|\bopen\s+(?:up\s+)?(?:the|it|this)?\s*(?:call|lines?|floor)?\s*(?:up\s+)?(?:for|to)\s+"
    r"(?:your\s+|any\s+)?(?:questions|Q&A)"
    r"|\b(?:at\s+this\s+time|as\s+a\s+reminder)\b[^.]{0,60}\bask\s+a\s+question\b"
    r"|\b(?:poll|pull\s+the\s+audience)\s+for\s+questions\b|\bbegin\s+the\s+Q&A\b",
    re.IGNORECASE,
)
"""What is said where prepared remarks end; an opening says that questions will follow, not now."""
_ANNOUNCES = re.compile(_QUESTION, re.IGNORECASE)
_HANDS_OVER = re.compile(
    r"\b(?:turn|hand|pass)(?:ing)?\s+(?:the\s+(?:call|conference)|it|things)\s+(?:back\s+)?"
    r"(?:over\s+)?to\s+([^.?!]{1,160})[.?!](?:\s+(?:Please\s+go\s+ahead|Thank\s+you,\s+(?:sir|ma'am)"
    r"|[A-Z]\w+(?=\?))[.?!])*\s+"
)
_THANKS = re.compile(r"(?<=[.?!])\s+(?=(?:Thanks|Thank\s+you),?\s+[A-Z][\w'’-]+\s*[,.])")
_NAMED_NEXT = re.compile(
    r"(?:\bhere(?:['’]s|\s+is)\s+([A-Z][\w'’-]+)|([A-Z][\w'’-]+),\s+over\s+to\s+you"
    r"|(?:^|[.?!]\s+)(?:And\s+)?(?:[Nn]ow,?\s+)?([A-Z][\w'’-]+))\W*$"
)
_FIRST_NAME = re.compile(r"([A-Z][\w'’-]+)(?:\s+([A-Z][\w'’-]+))?")
_FULL_NAME = re.compile(NAME)
_SENTENCE_END = re.compile(r"[.?!]\s+(?=[A-Z])")
_LEAST_REMARKS = 3_000
_SOON = 60
"""Characters within which a speaker thanks who handed over."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place in the whole text, and the heading that goes there."""

    at: int
    heading: str
    level: int


def with_handovers(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks, cut and headed; as they are where no hand-over and no question is told."""
    text = "\n".join(block.text for block in blocks)
    cuts = list(_cuts(text, roster_of(text)))
    if not cuts:
        return tuple(blocks)
    start = _Cut(0, PREPARED, PART_LEVEL)
    return tuple(_cut_up(blocks, [start, *cuts]))


def _cuts(text: str, roster: Roster) -> Iterator[_Cut]:
    opened = next(
        (m.start() for m in OPENS_QUESTIONS.finditer(text) if m.start() >= _LEAST_REMARKS),
        len(text),
    )
    yield from _speakers(text, _sentence_start(text, opened), roster)
    if opened < len(text):
        yield _Cut(_sentence_start(text, opened), QUESTIONS, PART_LEVEL)
    for question in _ANNOUNCES.finditer(text, opened):
        asked = announced(text[question.start() : question.end() + 120])
        by = ", ".join(asked[0]) if asked else ""
        at = _sentence_start(text, question.start())
        yield _Cut(at, f"Question from {by}" if by else "Question", SPEAKER_LEVEL)


def _speakers(text: str, end: int, roster: Roster) -> Iterator[_Cut]:
    """A call is handed over in so many words; or the next speaker thanks the last one.

    Whom nothing names stands under the part alone, so that no words are put in another's mouth.
    """
    handed: list[int] = []
    for words in _HANDS_OVER.finditer(text, 0, end):
        if name := _next_speaker(words.group(1)):
            handed.append(words.end())
            yield _Cut(words.end(), _who(name, roster), SPEAKER_LEVEL)
    for thanks in _THANKS.finditer(text, 0, end):
        before = bisect_right(handed, thanks.end())
        if before and thanks.end() - handed[before - 1] <= _SOON:
            continue
        named = _NAMED_NEXT.search(text[max(0, thanks.start() - 60) : thanks.start()])
        name = next(filter(None, named.groups()), None) if named else None
        if name is not None:
            yield _Cut(thanks.end(), _who(name, roster), SPEAKER_LEVEL)
        elif handed:
            yield _Cut(thanks.end(), PREPARED, PART_LEVEL)


def _next_speaker(words: str) -> str | None:
    """The name that a call is handed to: the first word, or the full name behind a role."""
    if first := _FIRST_NAME.match(words):
        return " ".join(filter(None, first.groups()))
    names = (match.group() for match in _FULL_NAME.finditer(words))
    return next((n for n in names if not re.search(rf"\b(?:{ROLE_WORD})\b", n, re.I)), None)


def _who(name: str, roster: Roster) -> str:
    if " " not in name:
        return roster.full(name)
    return ", ".join(filter(None, (name, roster.role_of(name))))


def _sentence_start(text: str, at: int) -> int:
    ends = [end.end() for end in _SENTENCE_END.finditer(text, max(0, at - 200), at + 1)]
    return ends[-1] if ends else at


def _cut_up(blocks: Sequence[Block], cuts: Sequence[_Cut]) -> Iterator[Block]:
    waiting = deque(sorted(cuts, key=lambda cut: cut.at))
    start = 0
    for block in blocks:
        end, done = start + len(block.text), 0
        while waiting and (waiting[0].at < end or waiting[0].at == start):
            cut = waiting.popleft()
            if piece := block.text[done : cut.at - start].strip():
                yield replace(block, text=piece)
            done = max(done, cut.at - start)
            yield Block(BlockKind.HEADING, cut.heading, cut.level, block.page)
        if (piece := block.text[done:].strip()) or block.rows:
            yield replace(block, text=piece)
        start = end + 1
