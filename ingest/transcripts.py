"""Pure: the parts of an earnings call and its speakers, as headings over what is said.

Where turns are labelled, each gets its speaker as a heading, with role or firm where the document
states it. Where they are not, the words that hand the call over and announce questions tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind
from ingest.handovers import (
    OPENS_QUESTIONS,
    PART_LEVEL,
    PREPARED,
    QUESTIONS,
    SPEAKER_LEVEL,
    with_handovers,
)
from ingest.speakers import Label, Labels, labels_in

__all__ = ["with_speakers"]

_FEWEST_SPEAKERS = 2
_PREPARED_HEADING = re.compile(r"\W*(?:prepared\s+remarks|presentation)\W*", re.IGNORECASE)
_QUESTIONS_HEADING = re.compile(
    r"\W*(?:q\s*(?:&|and|-and-)\s*a|questions?\W+(?:and|&)\W+answers?)(?:\s+(?:session|section))?\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"About\b.{1,60}")
_LONGEST_ANNOUNCEMENT = 900
_LEAST_REMARKS = 1_000


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker says in one go; `part` is set where a heading of the document opens it."""

    label: Label | None
    blocks: tuple[Block, ...]
    part: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


def with_speakers(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks of an earnings call under headings of its parts and speakers.

    Parts are level 2 ("Prepared remarks", "Questions and answers"), speakers level 3. A label
    moves from the text into its heading; every other word stays as it is.
    """
    labels = labels_in(blocks)
    if len({label.name for label in labels.at.values()}) < _FEWEST_SPEAKERS:
        return with_handovers(blocks)
    return tuple(_headed(_turns(blocks, labels), labels))


def _turns(blocks: Sequence[Block], labels: Labels) -> Iterator[_Turn]:
    """Yield what is said before the first turn, then turns; a speaker who goes on stays in one.

    Transcripts cut long turns by the minute and label each piece.
    """
    label: Label | None = None
    part: str | None = None
    held: list[Block] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        opened, named = labels.at.get(at), _part_named(block)
        goes_on = opened and label and opened.name == label.name
        if named or (opened and not goes_on):
            yield _Turn(label, tuple(held), part)
            label, part, held = opened, named, []
        if opened and opened.speech:
            held.append(replace(block, kind=BlockKind.PARAGRAPH, text=opened.speech, level=0))
        elif not opened and not named:
            held.append(_told_apart(block))
        at += opened.blocks if opened else 1
    yield _Turn(label, tuple(held), part)


def _part_named(block: Block) -> str | None:
    if block.kind is BlockKind.TABLE or len(block.text) > 60:
        return None
    if _PREPARED_HEADING.fullmatch(block.text):
        return PREPARED
    return QUESTIONS if _QUESTIONS_HEADING.fullmatch(block.text) else None


def _told_apart(block: Block) -> Block:
    """A company's boilerplate at the end is nobody's speech."""
    about = block.kind is BlockKind.HEADING and _ABOUT.fullmatch(block.text)
    return replace(block, level=min(block.level, PART_LEVEL)) if about else block


def _headed(turns: Iterable[_Turn], labels: Labels) -> Iterator[Block]:
    part: str | None = None
    remarks = 0
    opens = False
    for turn in turns:
        entered = turn.part or (PREPARED if turn.label and part is None else None)
        if part == PREPARED and turn.label and remarks >= _LEAST_REMARKS:
            asked = labels.asks(turn.label) or _announces(turn)
            entered = turn.part or (QUESTIONS if opens or asked else None)
        if entered and entered != part:
            part = entered
            yield _heading(part, PART_LEVEL, turn)
        if turn.label is not None:
            yield _heading(labels.heading(turn.label), SPEAKER_LEVEL, turn)
        yield from turn.blocks
        opens = OPENS_QUESTIONS.search(turn.text) is not None
        remarks += len(turn.text) if turn.label and turn.label.person else 0


def _announces(turn: _Turn) -> bool:
    """An operator, or who stands in for one, announces the questions and says little else."""
    return len(turn.text) <= _LONGEST_ANNOUNCEMENT and bool(OPENS_QUESTIONS.search(turn.text))


def _heading(text: str, level: int, turn: _Turn) -> Block:
    page = next((block.page for block in turn.blocks), None)
    return Block(BlockKind.HEADING, text, level, page)
