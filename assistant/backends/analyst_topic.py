"""Pure: the terms of a question: line items by all their names, and other words that say much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.backends.analyst_terms import DOWN, STOPWORDS, UP, Term, stem, stems, term_of
from corpus.companies import find_companies
from corpus.glossary import expand
from corpus.terms import terms

__all__ = ["SELECTING", "terms_asked"]

_PERIOD_WORDS = """expect guidance outlook forecast anticipate plan latest current recent actual
fiscal year quarter first second third fourth end start beginning january february march april may
june july august september october november december company report explain compare list answer
question note document next last total difference differ distinction definition define
meaning find lesson teach"""
_NOT_TERMS = frozenset(map(stem, _PERIOD_WORDS.split()))
_ASKS_AMOUNT = re.compile(
    r"\bto cost\b|\bcosts? how much\b|\bhow much\b"
    r"|\bwhat (?:share|percent\w*|proportion|portion|fraction)\b",
    re.IGNORECASE,
)
_NO_TERM = re.compile(r"(?:19|20)\d\d|(?:FY|Q)\d+|10-[KQ]|8-K", re.IGNORECASE)
_MOVE_WEIGHT = 0.5
_SAYS_NOTHING = frozenset(map(stem, STOPWORDS))
_ITEM_WEIGHT = 2.0
SELECTING = frozenset({"largest", "biggest", "highest", "smallest", "lowest", "top", "main"})
_SELECTING_WEIGHT = 0.3
"""A table shows which is the largest without saying so."""
_LONGEST_PHRASE = 6


def terms_asked(text: str, companies: Sequence[str]) -> tuple[Term, ...]:
    """Return line items by all their names, then the other words that carry meaning."""
    found: list[Term] = []
    covered: set[str] = set()
    for phrase, others in _line_items(terms(text)):
        own = stems(phrase)
        if not set(own) <= _NOT_TERMS:
            found.append(term_of(phrase, others, _ITEM_WEIGHT))
            covered.update(own)
    named = covered | {part for name in companies for part in stems(name)}
    found.extend(_plain_terms(text, named | _NOT_TERMS))
    return tuple(found or _plain_terms(text, named))


def _plain_terms(text: str, skipped: set[str] | frozenset[str]) -> Iterator[Term]:
    for word in re.findall(r"[A-Za-z0-9][\w.’'-]*[\w]|\d", _ASKS_AMOUNT.sub(" ", text)):
        for part in [word] if not re.search(r"[a-z]-[a-z]", word) else word.split("-"):
            root = stem(part)
            if part.lower() in STOPWORDS or root in _SAYS_NOTHING | skipped:
                continue
            if _NO_TERM.fullmatch(part):
                continue
            if find_companies(part) or set(stems(part)) <= skipped:
                continue
            skipped = skipped | {root}
            yield term_of(part, weight=_weight(part, root))


def _weight(word: str, root: str) -> float:
    if word.lower() in SELECTING:
        return _SELECTING_WEIGHT
    return _MOVE_WEIGHT if root in UP | DOWN else 1.0


def _line_items(said: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the glossary's phrases in a text, the longest first found, with their other names."""
    start = 0
    while start < len(said):
        for size in range(min(_LONGEST_PHRASE, len(said) - start), 0, -1):
            phrase = tuple(said[start : start + size])
            others = _same_item(phrase) or _same_item((*phrase[:-1], _singular(phrase[-1])))
            if others:
                yield " ".join(phrase), others
                start += size - 1
                break
        start += 1


def _singular(word: str) -> str:
    return "life" if word == "lives" else word.removesuffix("s")


def _same_item(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other names of a line item, nothing where the phrase is none of the glossary's."""
    others = [other for group in expand(list(phrase)) for other in group]
    known = any(phrase in group for other in others for group in expand(list(other)))
    return tuple(" ".join(other) for other in others) if known else ()
