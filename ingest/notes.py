"""Pure: a research note as the check reads it: front matter, sources, and what its body states."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from itertools import accumulate, groupby

from corpus.sentences import sentence_ends

__all__ = ["Finding", "FindingKind", "Note", "NoteSource", "Statement", "statements"]

_RULE = re.compile(r"\|?[\s|:-]*-[\s|:-]*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_SHORT = 110
_EMPHASIS = re.compile(r"[*`]|(?<!\w)_|_(?!\w)")


class FindingKind(StrEnum):
    """What is wrong with a note."""

    FRONT_MATTER = "front matter"
    QUESTIONS = "questions"
    LENGTH = "length"
    NOT_HELD = "not held"
    UNUSED = "unused source"
    NO_SOURCE = "no source"
    NOT_IN_SOURCE = "not in source"
    COPIED = "copied"
    LEANING = "leaning sentence"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, by the 1-based line of the note's file, and how."""

    note: str
    line: int
    kind: FindingKind
    what: str
    remedy: str

    @property
    def fails(self) -> bool:
        """Whether the note is wrong; that a source is not held only leaves it unchecked."""
        return self.kind is not FindingKind.NOT_HELD


@dataclass(frozen=True, slots=True)
class NoteSource:
    """A document that a note rests on; `file` is the name that it is held under, if any is given.

    One that is dated to a month or a year carries the first day of it.
    """

    document: str
    publisher: str
    date: date
    url: str | None = None
    file: str | None = None

    @staticmethod
    def of(row: object) -> NoteSource | None:
        """Return the source that an entry of the front matter names, None for an incomplete one."""
        if not isinstance(row, Mapping):
            return None
        document, publisher, day = (row.get(key) for key in ("document", "publisher", "date"))
        try:
            dated = date.fromisoformat(str(day))
        except ValueError:
            return None
        if not (document and publisher):
            return None
        url, file = (str(row[key]) if row.get(key) else None for key in ("url", "file"))
        return NoteSource(str(document), str(publisher), dated, url, file)


@dataclass(frozen=True, slots=True)
class Note:
    """`stated` is the front matter, dates in ISO form; `body` begins at the 1-based `line`."""

    name: str
    stated: Mapping[str, object]
    body: str
    line: int = 1

    @property
    def sources(self) -> tuple[NoteSource, ...]:
        """The sources that are stated in full."""
        found = (NoteSource.of(row) for row in self.listed("sources"))
        return tuple(source for source in found if source is not None)

    @property
    def companies(self) -> tuple[str, ...]:
        return tuple(map(str, self.listed("companies")))

    def listed(self, key: str) -> Sequence[object]:
        """Return a list of the front matter, empty where it is none."""
        value = self.stated.get(key)
        return value if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or a table's row, as it may be cited alone; `line` is the file's, 1-based.

    `context` is what stands over it: the heading, and the head of its table.
    """

    text: str
    line: int
    context: str = ""

    @property
    def is_row(self) -> bool:
        return self.text.startswith("|")

    @property
    def short(self) -> str:
        """The text, cut to the length of a message."""
        return self.text if len(self.text) <= _SHORT else f"{self.text[: _SHORT - 3]}..."


def statements(note: Note) -> tuple[Statement, ...]:
    """Return what the body of a note states, in order; headings and code are left out."""
    found: list[Statement] = []
    heading = ""
    for kind, lines in _blocks(tuple(_lines(note))):
        if kind is _Kind.HEADING:
            heading = lines[0].text.lstrip("# ")
        elif kind is _Kind.TABLE:
            found.extend(_rows(lines, heading))
        elif kind is _Kind.PROSE:
            found.extend(_sentences(lines, heading))
    return tuple(found)


class _Kind(Enum):
    NOTHING = auto()
    HEADING = auto()
    TABLE = auto()
    ITEM = auto()
    PROSE = auto()


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    kind: _Kind


def _lines(note: Note) -> Iterator[_Line]:
    fenced = False
    for number, line in enumerate(note.body.splitlines(), start=note.line):
        is_fence = _FENCE.match(line) is not None
        kind = _Kind.NOTHING if fenced or is_fence else _kind(line)
        fenced ^= is_fence
        yield _Line(number, _plain(_ITEM.sub("", line)), kind)


def _kind(line: str) -> _Kind:
    if not line.strip():
        return _Kind.NOTHING
    if line.startswith("#"):
        return _Kind.HEADING
    if line.lstrip().startswith("|"):
        return _Kind.TABLE
    return _Kind.ITEM if _ITEM.match(line) else _Kind.PROSE


def _blocks(lines: Sequence[_Line]) -> Iterator[tuple[_Kind, Sequence[_Line]]]:
    """Yield the headings, tables and paragraphs; an item of a list begins one."""
    starts = accumulate(line.kind in {_Kind.HEADING, _Kind.ITEM} for line in lines)
    prose = {_Kind.ITEM: _Kind.PROSE}
    keyed = (
        (start, prose.get(line.kind, line.kind), line)
        for start, line in zip(starts, lines, strict=True)
    )
    for (_, kind), group in groupby(keyed, key=lambda one: one[:2]):
        yield kind, [line for *_, line in group]


def _rows(lines: Sequence[_Line], heading: str) -> Iterator[Statement]:
    """Yield the rows below the head of a table."""
    context = f"{heading} | {lines[0].text}"
    for line in lines[1:]:
        if not _RULE.fullmatch(line.text):
            yield Statement(line.text, line.number, context)


def _sentences(lines: Sequence[_Line], heading: str) -> Iterator[Statement]:
    """Yield the sentences of a paragraph, each by the line that it begins on."""
    whole = " ".join(line.text for line in lines)
    starts = [0, *accumulate(len(line.text) + 1 for line in lines)]
    begin = 0
    for end in (*sentence_ends(whole), len(whole)):
        text = whole[begin:end]
        at = begin + len(text) - len(text.lstrip())
        if text.strip():
            number = lines[bisect(starts, at) - 1].number
            yield Statement(text.strip(), number, heading)
        begin = end


def _plain(line: str) -> str:
    return _EMPHASIS.sub("", _LINK.sub(r"\1", line)).strip()
