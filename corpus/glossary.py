"""Other words for what a question asks: phrases that filings use for the same thing; pure."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from corpus.terms import terms

__all__ = ["expand"]

Phrase = tuple[str, ...]


def expand(words: list[str]) -> tuple[tuple[Phrase, ...], ...]:
    """Return a group of phrases for each thing that `words` name, without the phrases present.

    A phrase that lies within a longer one of the question does not count: "cost of revenue" does
    not ask for revenue.
    """
    found = _longest(words)
    groups = (group for group in _groups() if any(phrase in found for phrase in group))
    others = (tuple(phrase for phrase in group if phrase not in found) for group in groups)
    return tuple(group for group in others if group)


def _longest(words: list[str]) -> set[Phrase]:
    phrases = _phrases()
    longest = max(len(phrase) for phrase in phrases)
    found: set[Phrase] = set()
    start = 0
    while start < len(words):
        spans = (tuple(words[start : start + size]) for size in range(longest, 0, -1))
        phrase = next((span for span in spans if span in phrases), None)
        if phrase is not None:
            found.add(phrase)
        start += len(phrase) if phrase else 1
    return found


@cache
def _groups() -> tuple[tuple[Phrase, ...], ...]:
    text = files("corpus").joinpath("glossary.toml").read_text(encoding="utf-8")
    rows: list[list[str]] = tomllib.loads(text)["groups"]
    return tuple(tuple(tuple(terms(phrase)) for phrase in row) for row in rows)


@cache
def _phrases() -> frozenset[Phrase]:
    return frozenset(phrase for group in _groups() for phrase in group)
