"""The words of a question that are neither company nor period, and how its parts are told; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.aliases import NO_ALIASES, Aliases
from corpus.companies import company_mentions
from corpus.line_items import Glossary
from corpus.periods import blanked
from corpus.relative_periods import without_periods
from corpus.terms import STOPWORDS, terms

__all__ = ["subject_phrases", "without_names"]

_FORMER_NAME = re.compile(
    r"\(\s*(?:formerly|previously|also)\s+(?:known\s+as|called|named)\b[^)]*\)", re.IGNORECASE
)


def without_names(
    text: str, known_companies: Sequence[str] = (), aliases: Aliases = NO_ALIASES
) -> str:
    """Return `text` with spaces in place of companies, periods and words that measure time."""
    named = company_mentions(text, known_companies, aliases)
    spots = [(found.start, found.end) for found in named]
    spots += [match.span() for match in _FORMER_NAME.finditer(text)]
    return without_periods(blanked(text, spots))


def subject_phrases(rest: str, glossary: Glossary) -> tuple[str, ...]:
    """Return what a text without names is about: phrases of the glossary whole, and other words."""
    words = terms(rest)
    spans = {span.start: span for span in glossary.spans(words)}
    found: list[str] = []
    place = 0
    while place < len(words):
        end = spans[place].end if place in spans else place + 1
        phrase = " ".join(words[place:end])
        if place in spans or phrase not in STOPWORDS:
            found.append(phrase)
        place = end
    return tuple(dict.fromkeys(found))
