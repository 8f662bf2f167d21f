"""Companies as analysts name them: recognised in text and reduced to one display name.

The names live in companies.toml; a name that is not there is cleaned of its legal form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

__all__ = ["canonical", "find_companies"]


class Case(StrEnum):
    """When a name that is also an ordinary word counts as the company's."""

    ANY = "any"
    USUAL = "usual"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Company:
    """One entry of companies.toml."""

    name: str
    legal: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    case: Case = Case.ANY

    @property
    def spellings(self) -> tuple[str, ...]:
        """Names that are recognised in any case."""
        own = () if self.case is Case.NEVER else (self.name,)
        return (*own, *self.legal, *self.aliases)


_LEGAL_FORM = re.compile(
    r"(?<![\s,])[\s,]+(?:incorporated|inc|corporation|corp|company|co|limited|ltd|plc|llc|l\.l\.c"
    r"|lp|l\.p|n\.v|nv|s\.a|sa|se|ag|a/s|ab|oyj|gmbh|pbc|opco|& co)\.?$",
    re.IGNORECASE,
)
_STATE = re.compile(r"\s*[/\\][A-Z]{2,3}[/\\]?$")
_SPLIT = re.compile(r"[^0-9a-z&]+")


def canonical(name: str) -> str:
    """Return the display name of a company given by legal name, alias or ticker.

    A name that the table does not hold loses its legal form: "Foo Holdings, Inc." becomes
    "Foo Holdings", "ACME WIDGETS CORP" becomes "Acme Widgets".
    """
    cleaned = _STATE.sub("", " ".join(name.split()))
    table = _by_key()
    known = table.get(_key(cleaned)) or table.get(_key(_without_form(cleaned)))
    return known or _readable(_without_form(cleaned))


def find_companies(text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return display names of the companies in `text`, each once, in order of appearance.

    Names match as whole words whatever their case (ordinary words such as Target only with a
    capital), tickers in capitals only. `known` adds names beyond the table, as the corpus's own.
    """
    seen: dict[str, int] = {}
    for start, name in (*_names(text, known), *_tickers(text)):
        seen[name] = min(start, seen.get(name, start))
    return tuple(sorted(seen, key=lambda name: seen[name]))


def _names(text: str, known: Sequence[str]) -> Iterator[tuple[int, str]]:
    uncased = text == text.lower()
    table = _by_key()
    for match in _name_pattern(tuple(sorted(set(known)))).finditer(text):
        found = match.group()
        name = table.get(_key(found)) or _known_name(found, known)
        if name is not None and _capital_enough(found, name, uncased):
            yield match.start(), name


def _known_name(found: str, known: Sequence[str]) -> str | None:
    return next((name for name in known if _key(name) == _key(found)), None)


def _capital_enough(found: str, name: str, uncased: bool) -> bool:
    company = _by_name().get(name)
    if company is None or _key(found) != _key(company.name) or found[0].isupper():
        return True
    return company.case is Case.ANY or (company.case is Case.USUAL and uncased)


def _tickers(text: str) -> Iterator[tuple[int, str]]:
    bare, marked = _ticker_tables()
    for match in re.finditer(r"(?<![\w$.])\$?([A-Z][A-Z.]{0,4}[A-Z]|[A-Z])(?!\w)", text):
        symbol = match.group(1)
        if symbol in bare:
            yield match.start(), bare[symbol]
        elif symbol in marked and _is_marked(text, match.start()):
            yield match.start(), marked[symbol]


def _is_marked(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start + 1]
    return bool(re.search(r"\$$|(?:NYSE|NASDAQ|Nasdaq)(?:GS|GM)?\s*:\s*[A-Z]$", before))


@cache
def _companies() -> tuple[Company, ...]:
    rows = tomllib.loads(files("corpus").joinpath("companies.toml").read_text(encoding="utf-8"))
    return tuple(_company(row) for row in rows["companies"])


def _company(row: dict[str, str | list[str]]) -> Company:
    def names(field: str) -> tuple[str, ...]:
        return tuple(row.get(field, ()))

    return Company(
        name=str(row["name"]),
        legal=names("legal"),
        aliases=names("aliases"),
        tickers=names("tickers"),
        marked=names("marked"),
        case=Case(str(row.get("case", "any"))),
    )


@cache
def _by_name() -> dict[str, Company]:
    return {company.name: company for company in _companies()}


@cache
def _by_key() -> dict[str, str]:
    """Every spelling, legal names also without their form, to the display name."""
    table: dict[str, str] = {}
    for company in _companies():
        symbols = (*company.tickers, *company.marked)
        bare = tuple(_without_form(name) for name in company.legal)
        for spelling in (company.name, *company.legal, *bare, *company.aliases, *symbols):
            table.setdefault(_key(spelling), company.name)
    return table


@cache
def _ticker_tables() -> tuple[dict[str, str], dict[str, str]]:
    bare = {symbol: company.name for company in _companies() for symbol in company.tickers}
    marked = {symbol: company.name for company in _companies() for symbol in company.marked}
    return bare, marked


@cache
def _name_pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    spellings = {name for company in _companies() for name in company.spellings}
    return re.compile(rf"(?<!\w)(?:{_alternatives(spellings | set(known))})(?!\w)", re.IGNORECASE)


def _alternatives(spellings: Iterable[str]) -> str:
    longest_first = sorted((spelling.rstrip(".") for spelling in spellings), key=len, reverse=True)
    return "|".join(re.escape(spelling).replace(r"\ ", r"\s+") for spelling in longest_first)


def _key(name: str) -> str:
    plain = name.lower().replace("’", "'").replace("'", "").replace(".", "")
    return _SPLIT.sub(" ", plain.removeprefix("the ")).strip()


def _without_form(name: str) -> str:
    stripped = name
    while (shorter := _LEGAL_FORM.sub("", stripped)) != stripped and shorter:
        stripped = shorter
    plain = stripped.rstrip(" ,&")
    return plain[4:] if plain.lower().startswith("the ") else plain


def _readable(name: str) -> str:
    """Return a name in capitals in ordinary case; words without a vowel are initials and stay."""
    if name != name.upper() or " " not in name:
        return name.title() if name == name.upper() and len(name) > 5 else name
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    if word in {"AND", "OF", "THE", "FOR"}:
        return word.lower()
    return word.capitalize() if re.search(r"[AEIOUY]", word) and word.isalpha() else word
