"""Search terms of a text, the same for passages and questions; pure.

Figures, forms and fiscal periods stay whole: "$37.6", "10-K", "H100", "FY2026" and "9.4%" are
terms, where a plain word splitter leaves rubble.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["STOPWORDS", "content_terms", "terms"]

_CHUNK = re.compile(r"\$?[^\W_]+(?:[.,&'\-/][^\W_]+)*%?")
_NUMBER = re.compile(r"\$?(\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?)%?$")
_FORM = re.compile(r"(10|8|6|20|40)-?([kqf])$")
_FISCAL = re.compile(r"(?:([1-4])q|q([1-4]))?fy'?(\d{4}|\d{2})(?:q([1-4]))?$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")

_WORDS = """
    a about according all also although am an and any are as ask at be because been being both
    but by can could did do does doing during each either for from further give given gives had has
    have having he her here him his how i if in into is it its just let like many me might more
    most much must my no nor not of on once one only or other our out over own please question
    relying respond response s same shall she should show shown so some such tell than that the
    their them then there these they this those through to too under up us use used using very vs
    was we were what when where whether which while who whom whose why will with would you your
    answer among based basis between calculate compute define defined details mentioned roughly
    company company's mr ms
"""
STOPWORDS = frozenset(_WORDS.split())
"""Words of a question that say nothing of its subject."""


def terms(text: str) -> list[str]:
    """Return the terms of `text` in order, lower case; a figure with a sign also without it."""
    plain = text.lower().replace("’", "'")
    return [term for chunk in _CHUNK.findall(plain) for term in _of_chunk(chunk)]


@lru_cache(maxsize=100_000)
def _of_chunk(chunk: str) -> tuple[str, ...]:
    return tuple(_terms_of(chunk))


def content_terms(text: str) -> tuple[str, ...]:
    """Return the distinct terms of a question that are no stopwords, in order."""
    return tuple(dict.fromkeys(term for term in terms(text) if term not in STOPWORDS))


def _terms_of(chunk: str) -> Iterator[str]:
    word = chunk.removesuffix("'s").replace("'", "")
    if number := _NUMBER.match(word):
        yield from _number(word, number.group(1))
    elif form := _FORM.match(word):
        yield f"{form.group(1)}-{form.group(2)}"
    elif fiscal := _FISCAL.match(word):
        yield from _fiscal(fiscal)
    elif _INITIALS.match(word):
        yield word.replace(".", "")
    elif "&" in word:
        yield word
    else:
        yield from _compound(word.strip("$%"))


def _number(word: str, digits: str) -> Iterator[str]:
    plain = digits.replace(",", "")
    signed = word.replace(",", "")
    if signed != plain:
        yield signed
    yield plain


def _fiscal(match: re.Match[str]) -> Iterator[str]:
    year = match.group(3)
    yield f"fy{year if len(year) == 4 else '20' + year}"
    yield year if len(year) == 4 else f"20{year}"
    quarter = match.group(1) or match.group(2) or match.group(4)
    if quarter:
        yield f"q{quarter}"


def _compound(word: str) -> Iterator[str]:
    parts = re.split(r"[.,\-/]", word)
    if len(parts) > 1 and any(letter.isdigit() for letter in word):
        yield word
    yield from parts
