"""Pure: which pieces of an answer state something, and do they belong to what they cite?

A piece that only leads in, heads, sums up, offers more or says what is missing needs no citation.
Its wording can be judged in English only; in another language a piece counts by its figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.citations import COMMON, without_markers
from assistant.conversation import Evidence
from assistant.sentences import is_item, is_row, words
from corpus.companies import find_companies
from corpus.glossary import expand
from corpus.terms import STOPWORDS, terms

__all__ = ["is_english", "is_unrelated", "needs_citation", "says_what_is_missing"]

FEWEST_WORDS = 5
"""What is shorter is a label."""
FEWEST_CONTENT_WORDS = 4
STEM = 5
"""Letters by which two words count as the same: "depreciate", "depreciation"."""
ENGLISH = 0.06
"""Share of common English words that other languages stay below."""
_HEADING = re.compile(r"#{1,6}\s|\*\*[^*]+\*\*\W*\Z")
_CLOSED = re.compile(r"[.!…。！][\"'”’)*\s]*\Z")
_LEADS_IN = re.compile(r"[:：?？]\W*\Z")
_MISSING = re.compile(
    r"\b(?:no|not|none|neither|nor|cannot|without|missing|lacks?|absent|looked for)\b|n['’]t\b",
    re.IGNORECASE,
)
_ABOUT_THE_ANSWER = re.compile(
    r"\b(?:evidence|documents?|filings|sources?|passages?|excerpts?|question|answer|you|your|let me"
    r"|as follows|the following|no (?:further|other|more|additional)"
    r"|(?:shown|listed|given) (?:above|below))\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(
    r"\W*(?:in (?:short|summary|sum|conclusion|total|brief|other words)|overall|(?:taken )?together"
    r"|to (?:sum up|summari[sz]e|conclude)|thus|therefore|hence|so|here|note|both|that is"
    r"|th(?:is|ese) (?:means?|shows?|suggests?|implies|imply|indicates?|figures|numbers|amounts)"
    r"|all (?:of (?:them|these)|companies|two|three|four|five))\b",
    re.IGNORECASE,
)


def is_english(text: str) -> bool:
    """Tell whether a text is in English, by its small words."""
    said = words(text)
    return sum(word in COMMON for word in said) > ENGLISH * len(said)


def says_what_is_missing(piece: str) -> bool:
    """Tell whether a piece of an answer says that something was not found."""
    return _MISSING.search(piece) is not None


def needs_citation(text: str, start: int, end: int, *, figures: bool, english: bool) -> bool:
    """Tell whether the piece `text[start:end]` of an answer states what evidence should support.

    `figures` says whether it holds any, `english` whether the answer is in English.
    """
    piece = text[start:end]
    if _LEADS_IN.search(piece) or _HEADING.match(piece):
        return False
    if is_row(piece) or figures or not english:
        return figures and not (_ABOUT_THE_ANSWER.search(piece) and says_what_is_missing(piece))
    if len(words(piece)) < FEWEST_WORDS or not (_CLOSED.search(piece) or is_item(text, start)):
        return False
    return not (_SUMS_UP.match(piece) or _ABOUT_THE_ANSWER.search(piece))


def is_unrelated(piece: str, cited: Sequence[Evidence], pack: Sequence[Evidence]) -> bool:
    """Tell whether a piece of an answer has no content word in common with what it cites.

    Synonyms of the glossary count as common words. Where the piece shares no word with the whole
    pack and is not in its language, nothing can be told.
    """
    own = _content(without_markers(piece))
    if len({word for word in own if not word.isdigit()}) < FEWEST_CONTENT_WORDS:
        return False
    wanted = own | _synonyms(piece)
    if any(wanted & _held(item) for item in cited):
        return False
    comparable = is_english(piece) and any(is_english(item.text) for item in pack)
    return comparable or any(wanted & _held(item) for item in pack)


def _held(item: Evidence) -> frozenset[str]:
    return _content(f"{item.document.title} {item.header} {item.text}")


def _content(text: str) -> frozenset[str]:
    named = f"{text} {' '.join(find_companies(text))}"
    return frozenset(_stem(word) for word in terms(named) if word not in STOPWORDS)


def _synonyms(piece: str) -> frozenset[str]:
    groups = expand(terms(piece))
    return frozenset(_stem(word) for group in groups for phrase in group for word in phrase)


def _stem(word: str) -> str:
    return word[:STEM] if word.isalpha() else word
