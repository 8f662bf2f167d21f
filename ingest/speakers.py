"""Pure: who speaks in a transcript, by the labels over or before what is said.

Labels are told from sentences by what a name is: it stands with a role or a firm, in the list of
participants, again and again, or others address it. "Data Center: revenue rose" is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.companies import find_companies
from ingest.blocks import Block, BlockKind
from ingest.dates import DATE
from ingest.roster import NAME, ROLE_WORD, Roster, roster_of

__all__ = ["Label", "Labels", "labels_in"]

_SPECIAL = (
    r"Operator|Moderator|Conference\s+Operator|Unidentified\s+\w+|Unknown\s+\w+|Speaker\s+\d+"
    r"|Company\s+(?:Representative|Speaker)|Corporate\s+(?:Participant|Representative)"
)
_TIME = r"(?:\s*[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?)?"
_MARK = r"<?(?P<mark>[QA])\s*[–—:-]+\s*"
_ROLE = r"(?:\s*,\s*|\s+[–—-]{1,2}\s+)(?P<role>[^:\n?!;]{2,90}?)"
_FIRM = r"\s*\((?P<firm>[^()\n]{2,60})\)"
_LEAD = rf"(?:(?:(?i:{DATE})|[A-Z][a-z]+(?:\s+[Rr]emarks)?)\s+[–—-]{{1,2}}\s+)?"
_WHO = rf"{_LEAD}(?:{_MARK})?(?P<name>{_SPECIAL}|{NAME})(?:{_FIRM}|{_ROLE})?>?{_TIME}"
_INLINE = re.compile(rf"\s*(?P<words>{_WHO})\s*:(?P<speech>.*)", re.DOTALL)
_ALONE = re.compile(rf"\s*\[?(?P<words>{_WHO})\]?\s*")
_TWO_LINES = re.compile(rf"\s*(?P<words>(?P<name>{NAME}){_TIME}\s*\n\s*(?P<role>[^\n]{{2,90}}))\s*")
_LONGEST_LABEL = 120
_LONGEST_ROLE = 90
_OFTEN = 3
_TWICE = 2
_MOST_SPEAKERS = 200
"""More names than speak on any call: a text of another kind, not worth the search for each."""
_TO_SOMEONE = (
    r"(?:\b(?:thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much)?|hi|hello|hey|morning|afternoon|evening"
    r"|over\s+to|back\s+to|from|line\s+of|with\s+us)\b\W+|[,.?!–-]\s+)"
)


@dataclass(frozen=True, slots=True)
class Label:
    """`words` is the label as it stands in the text, `speech` what follows in its last block.

    `blocks` counts the blocks that it takes; `marked` tells of "Q" or "A" before the name, `asks`
    that the text marks an analyst.
    """

    name: str
    words: str
    speech: str = ""
    role: str = ""
    blocks: int = 1
    marked: bool = False
    asks: bool = False

    @property
    def over_a_turn(self) -> bool:
        """Tell whether a name alone, or with its role in the next block, stands over a turn."""
        return not self.speech and (self.blocks > 1 or self.words == self.name)

    @property
    def person(self) -> bool:
        return not re.fullmatch(_SPECIAL, self.name)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels by the index of the block that they begin in, and what is known of who speaks."""

    at: Mapping[int, Label]
    roster: Roster

    def heading(self, label: Label) -> str:
        """Return the label's own words, with the role or firm that the document states."""
        firm = self.roster.firm_of(label.name)
        stated = firm if firm or label.role else self.roster.role_of(label.name)
        return label.words if not stated or stated in label.words else f"{label.words}, {stated}"

    def asks(self, label: Label) -> bool:
        """Tell whether an analyst speaks: so marked, or from a firm that was announced."""
        return label.asks or self.roster.firm_of(label.name) is not None


def labels_in(blocks: Sequence[Block]) -> Labels:
    """Return the labels of the turns; entries of a list of participants are none."""
    text = "\n".join(block.text for block in blocks)
    found = dict(_candidates(blocks))
    listed = {at for at, label in found.items() if _is_listed(label, at, blocks, found)}
    roster = roster_of(text, ((found[at].name, found[at].role) for at in listed))
    times = Counter(label.name for label in found.values() if label.speech or label.over_a_turn)
    if len(times) > _MOST_SPEAKERS:
        return Labels({}, roster)
    turns = {at: label for at, label in found.items() if at not in listed}
    names = {t.name for t in turns.values() if _is_speaker(t, times[t.name], text, roster)}
    at = {
        at: turn
        for at, turn in turns.items()
        if turn.name in names and (turn.speech or _is_speaker(turn, times[turn.name], text, roster))
    }
    return Labels(at, roster)


def _candidates(blocks: Sequence[Block]) -> Iterator[tuple[int, Label]]:
    at = 0
    while at < len(blocks):
        label = _label(blocks[at], blocks[at + 1] if at + 1 < len(blocks) else None)
        if label is not None:
            yield at, label
        at += label.blocks if label else 1


def _label(block: Block, following: Block | None) -> Label | None:
    if block.kind is BlockKind.TABLE:
        return None
    inline = _INLINE.match(block.text)
    if inline and len(inline.group("words")) <= _LONGEST_LABEL:
        return _parsed(inline, inline.group("speech").strip())
    if len(block.text) > _LONGEST_LABEL:
        return None
    if (two := _TWO_LINES.fullmatch(block.text)) and _is_role(two.group("role")):
        words = ", ".join(line.strip() for line in two.group("words").splitlines())
        return Label(
            two.group("name"), words, role=two.group("role"), asks=_asks(two.group("role"))
        )
    alone = _ALONE.fullmatch(block.text)
    label = _parsed(alone, "") if alone else None
    if label and not label.role and following is not None and _is_role_line(following.text):
        words, role = f"{label.words}, {following.text.strip()}", following.text.strip()
        return Label(label.name, words, role=role, blocks=2, asks=label.asks or _asks(role))
    return label


def _parsed(match: re.Match[str], speech: str) -> Label | None:
    role = match.group("firm") or match.group("role") or ""
    if match.group("role") and not _is_role(role) and match.group("mark") is None:
        return None
    words, name = " ".join(match.group("words").split()), " ".join(match.group("name").split())
    asks = match.group("mark") == "Q" or _asks(role) or _asks(name)
    return Label(name, words, speech, role, marked=match.group("mark") is not None, asks=asks)


def _is_role(text: str) -> bool:
    return len(text) <= _LONGEST_ROLE and re.search(rf"\b(?:{ROLE_WORD})\b", text, re.I) is not None


def _is_role_line(text: str) -> bool:
    return _is_role(text) and re.match(rf"{NAME}\s+[–—-]{{1,2}}\s", text) is None


def _asks(role: str) -> bool:
    return re.search(r"\banalyst\b|\bequity\s+research\b", role, re.IGNORECASE) is not None


def _is_listed(label: Label, at: int, blocks: Sequence[Block], found: Mapping[int, Label]) -> bool:
    """Nothing is said between an entry of a list and the next label or heading."""
    after = at + label.blocks
    if label.speech or not label.person:
        return False
    return after >= len(blocks) or (
        blocks[after].kind is BlockKind.HEADING or (after in found and not found[after].speech)
    )


def _is_speaker(label: Label, times: int, text: str, roster: Roster) -> bool:
    if not label.person or label.role or label.marked or label.asks:
        return True
    if not label.speech and times < _TWICE and roster.firm_of(label.name) is None:
        return False
    return bool(roster.role_of(label.name)) or (
        _is_personal(label.name, text) and (times >= _OFTEN or _is_addressed(label.name, text))
    )


def _is_personal(name: str, text: str) -> bool:
    """No company, and not all of its words are ordinary ones."""
    ordinary = (re.search(rf"\b{re.escape(word.lower())}\b", text) for word in name.split())
    return not find_companies(name) and not all(ordinary)


def _is_addressed(name: str, text: str) -> bool:
    first, last = re.escape(name.split()[0]), re.escape(name.split()[-1])
    spoken_to = rf"(?i:{_TO_SOMEONE})(?:{first}\b(?!\s+{last}\s*:)|[A-Z][\w.]+\s+{last}\b(?!\s*:))"
    return re.search(spoken_to, text) is not None
