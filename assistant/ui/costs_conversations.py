"""Conversations and comparisons as the Costs page names them: who has a whole id can open it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assistant.archive_comparisons import ComparisonArchive
from assistant.ui import compare_state
from assistant.ui.conversations import USER
from assistant.ui.escape import as_html
from assistant.ui.readers import listed_titles, several_readers
from assistant.ui.resources import runtime

__all__ = ["Listed", "listed"]

COMPARISON = "compare-"
# Characters of an id that tell it apart and do not open it.
SHORT_ID = 8
MANY = 1_000


@dataclass(frozen=True, slots=True)
class Listed:
    """What this session may open: conversations with their titles, comparisons by their ids."""

    titles: Mapping[str, str]
    comparisons: Collection[str]

    def link(self, name: str) -> str:
        """Return a conversation's HTML: a link where it is listed, else its short name."""
        if name in self.titles:
            return f'<a href="./?conversation={as_html(name)}">{as_html(self.titles[name])}</a>'
        short = as_html(_short(name))
        if name in self.comparisons:
            return f'<a href="./compare?comparison={as_html(name)}">{short}</a>'
        return short

    def text(self, name: str) -> str:
        """Return the text of an export: the whole id where it is listed, else the short name."""
        return name if name in self.titles or name in self.comparisons else _short(name)


def listed() -> Listed:
    """Return what the lists of this session show. Raises LedgerError."""
    found = ComparisonArchive(runtime().meter.ledger).listed(USER, MANY)
    names = frozenset(one.id for one in found)
    return Listed(listed_titles(), names & compare_state.seen() if several_readers() else names)


def _short(name: str) -> str:
    if name.startswith(COMPARISON):
        return f"comparison {name.removeprefix(COMPARISON)[:SHORT_ID]}"
    return name[:SHORT_ID]
