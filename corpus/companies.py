"""Companies as analysts name them: recognised in text and reduced to one display name.

The names live in companies.toml; a name that is not there is cleaned of its legal form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from corpus.aliases import NO_ALIASES, Aliases
from corpus.company_names import (
    Case,
    by_key,
    by_name,
    companies,
    initials_of,
    name_key,
    ordinary_capitals,
    tickers,
    without_form,
)

__all__ = ["Named", "canonical", "company_mentions", "find_companies"]

LONGEST_SYMBOL = 5
"""A nickname in capitals no longer than this is read as a ticker: in capitals only."""


@dataclass(frozen=True, slots=True)
class Named:
    """A company by display name and where the text names it."""

    start: int
    end: int
    name: str


_STATE = re.compile(r"\s*[/\\][A-Z]{2,3}[/\\]?$")
_SYMBOL = re.compile(r"(?<![\w$.&-])\$?([A-Z][A-Z.]{0,4}[A-Z]|[A-Z])(?![\w&%])")


def canonical(name: str) -> str:
    """Return the display name of a company given by legal name, alias or ticker.

    A name that the table does not hold loses its legal form: "Foo Holdings, Inc." becomes
    "Foo Holdings", "ACME WIDGETS CORP" becomes "Acme Widgets".
    """
    cleaned = _STATE.sub("", " ".join(name.split()))
    table = by_key()
    known = table.get(name_key(cleaned)) or table.get(name_key(without_form(cleaned)))
    return known or _readable(without_form(cleaned))


def find_companies(
    text: str, known: Sequence[str] = (), aliases: Aliases = NO_ALIASES
) -> tuple[str, ...]:
    """Return display names of the companies in `text`, each once, in order of appearance.

    Names match as whole words whatever their case (ordinary words such as Target only with a
    capital), tickers in capitals only. `known` adds names beyond the table, as the corpus's own;
    those of several words match by their initials too where these can mean nothing else.
    `aliases` are an analyst's own nicknames.
    """
    return tuple(dict.fromkeys(found.name for found in company_mentions(text, known, aliases)))


def company_mentions(
    text: str, known: Sequence[str] = (), aliases: Aliases = NO_ALIASES
) -> tuple[Named, ...]:
    """Return where `text` names companies, in order; what `find_companies` says holds."""
    return _mentions(text, tuple(known), aliases)


@lru_cache(maxsize=64)
def _mentions(text: str, known: tuple[str, ...], aliases: Aliases) -> tuple[Named, ...]:
    names = tuple(sorted(set(known)))
    spelled = list(_names(text, names, aliases))
    symbols = [found for found in _symbols(text, names, aliases) if not _within(found, spelled)]
    return tuple(sorted((*spelled, *symbols), key=lambda found: found.start))


def _names(text: str, known: tuple[str, ...], aliases: Aliases) -> Iterator[Named]:
    uncased = text == text.lower()
    table = by_key()
    own = _own_keys(known, aliases)
    for match in _name_pattern(known, aliases).finditer(text):
        found = match.group()
        name = own.get(name_key(found)) or table.get(name_key(found))
        if name is not None and _capital_enough(found, name, uncased):
            yield Named(match.start(), match.end(), name)


def _capital_enough(found: str, name: str, uncased: bool) -> bool:
    if found[0].isupper() or not found[0].isalpha():
        return True
    company = by_name().get(name)
    if company is None:
        return uncased or " " in found
    if name_key(found) != name_key(company.name):
        return True
    return company.case is Case.ANY or (company.case is Case.USUAL and uncased)


def _symbols(text: str, known: tuple[str, ...], aliases: Aliases) -> Iterator[Named]:
    bare, marked = tickers()
    others = _initials(known)
    nicknames = _nicknames(aliases)
    for match in _SYMBOL.finditer(text):
        symbol = match.group(1)
        name = nicknames.get(symbol) or bare.get(symbol) or others.get(symbol)
        if name is None and symbol in marked and _is_marked(text, match.start()):
            name = marked[symbol]
        if name is not None:
            yield Named(match.start(), match.end(), name)


def _is_marked(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start + 1]
    return bool(re.search(r"\$$|(?:NYSE|NASDAQ|Nasdaq)(?:GS|GM)?\s*:\s*[A-Z]$", before))


def _within(found: Named, others: Iterable[Named]) -> bool:
    return any(other.start <= found.start and found.end <= other.end for other in others)


@cache
def _own_keys(known: tuple[str, ...], aliases: Aliases) -> Mapping[str, str]:
    """Return the names that are not the table's: an analyst's go before the corpus's."""
    given = {name_key(nick): canonical(name) for nick, name in aliases.pairs}
    return {name_key(name): name for name in known} | given


@cache
def _nicknames(aliases: Aliases) -> Mapping[str, str]:
    return {nick: canonical(name) for nick, name in aliases.pairs if _is_symbol(nick)}


@cache
def _initials(known: tuple[str, ...]) -> Mapping[str, str]:
    """Return those of `known` by initials that no other company, ticker or usual word has."""
    table = {company.name for company in companies()} | set(known)
    owners: dict[str, list[str]] = {}
    for name in table:
        owners.setdefault(initials_of(name) or "", []).append(name)
    bare, marked = tickers()
    taken = {*bare, *marked, *ordinary_capitals(), *by_name(), ""}
    return {
        initials: name
        for initials, [name, *more] in owners.items()
        if not more and name in known and initials not in taken
    }


@cache
def _name_pattern(known: tuple[str, ...], aliases: Aliases) -> re.Pattern[str]:
    spellings = {name for company in companies() for name in company.spellings}
    nicknames = {nick for nick, _ in aliases.pairs if not _is_symbol(nick)}
    every = _alternatives(spellings | set(known) | nicknames)
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)


def _is_symbol(nick: str) -> bool:
    return nick.isalpha() and nick.isupper() and len(nick) <= LONGEST_SYMBOL


def _alternatives(spellings: Iterable[str]) -> str:
    longest_first = sorted((spelling.rstrip(".") for spelling in spellings), key=len, reverse=True)
    return "|".join(
        re.escape(spelling).replace(r"\ ", r"\s+").replace("'", "['’]")
        for spelling in longest_first
    )


def _readable(name: str) -> str:
    """Return a name in capitals in ordinary case; words without a vowel are initials and stay."""
    if name != name.upper() or " " not in name:
        return name.title() if name == name.upper() and len(name) > 5 else name
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    if word in {"AND", "OF", "THE", "FOR"}:
        return word.lower()
    return word.capitalize() if re.search(r"[AEIOUY]", word) and word.isalpha() else word
