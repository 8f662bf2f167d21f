"""Pure: the roles of executives and the firms of analysts, as a call's own words state them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["NAME", "ROLE_WORD", "Roster", "roster_of"]

_WORD = r"(?:(?:[A-Z]\.)+|(?:Jr|Sr|St|Dr)\.|[A-ZÀ-Þ][\w'’-]*)"
NAME = rf"{_WORD}(?:\s+(?:{_WORD}|de|van|von|der|la|al)){{1,4}}"
"""Pattern of a full name, to be searched with case."""
ROLE_WORD = (
    r"officers?|CEO|CFO|COO|CTO|CBO|CIO|chief|president|chair(?:man|woman|person)?|founder"
    r"|director|head|analyst|treasurer|controller|counsel|partner|manager|relations|research"
    r"|representative|SVP|EVP|VP|executive"
)
"""Pattern of a word that tells a role or title, to be searched without case."""
_TITLE = (
    r"(?i:(?:[\w&/-]+\s+){0,8}(?:officer|CEO|CFO|COO|CTO|president|chair(?:man|woman)?|director"
    r"|treasurer|counsel|relations|head)\b(?:(?:\s+of|\s+for|,)\s+(?:investor\s+relations|finance))?)"
)
_INTRODUCED = re.compile(rf"({NAME}),\s+(?:our\s+|the\s+|[A-Z]\w+['’]s\s+)?({_TITLE})")
_FIRM = r"(?:[A-Z]\.)+|[A-Z&](?:[\w&’'-]|\.(?=\w))*"
_ANNOUNCED = re.compile(
    rf"\b(?:from|line\s+of|question\s+is)\s+(?:the\s+line\s+of\s+)?({NAME}|[A-Z]\w+)\s+"
    rf"(?:with|of|from|at)\s+((?:{_FIRM})(?:\s+(?:{_FIRM}|of|and))*)"
)
_OPENING = 8_000


@dataclass(frozen=True, slots=True)
class Roster:
    """Roles and firms by full name."""

    roles: Mapping[str, str]
    firms: Mapping[str, str]

    def role_of(self, name: str) -> str:
        """Return the role of a person, an analyst's firm; empty where nothing states it."""
        return _known(name, self.roles) or self.firm_of(name) or ""

    def firm_of(self, name: str) -> str | None:
        """Return the firm that a question was announced from; None for anyone else."""
        return _known(name, self.firms)

    def full(self, first: str) -> str:
        """Return "Susan Li, CFO" for "Susan" where one executive is called so, else the name."""
        called = [name for name in self.roles if name.split()[0] == first]
        return f"{called[0]}, {self.roles[called[0]]}" if len(called) == 1 else first


def roster_of(text: str, listed: Iterable[tuple[str, str]] = ()) -> Roster:
    """Return who is who: from a list of participants, the introductions, and the operator."""
    introduced = {name: role for name, role in _INTRODUCED.findall(text[:_OPENING])}
    firms = {" ".join(name.split()): " ".join(firm.split()) for name, firm in announced(text)}
    entries = {name: role for name, role in listed if role}
    return Roster({**introduced, **entries}, firms)


def announced(text: str) -> list[tuple[str, str]]:
    """Return analysts and firms in the order in which an operator announces their questions."""
    return _ANNOUNCED.findall(text)


def _known(name: str, known: Mapping[str, str]) -> str | None:
    """By the full name, else by the last name where it is one person's: Jim is James."""
    if name in known:
        return known[name]
    last = name.split()[-1]
    same = [other for other in known if other.split()[-1] == last]
    return known[same[0]] if len(same) == 1 else None
