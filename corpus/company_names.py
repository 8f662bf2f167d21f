"""The table of companies and what makes two spellings the same name; companies.toml is the data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = [
    "Case",
    "Company",
    "by_key",
    "by_name",
    "companies",
    "initials_of",
    "name_key",
    "ordinary_capitals",
    "tickers",
    "without_form",
]


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
_SPLIT = re.compile(r"[^0-9a-z&]+")


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: no case, points, article or marks."""
    plain = name.lower().replace("’", "'").replace("'", "").replace(".", "")
    return _SPLIT.sub(" ", plain.removeprefix("the ")).strip()


def without_form(name: str) -> str:
    """Return a legal name without "Inc.", "Corporation" and the like, and without its article."""
    stripped = name
    while (shorter := _LEGAL_FORM.sub("", stripped)) != stripped and shorter:
        stripped = shorter
    plain = stripped.rstrip(" ,&")
    return plain[4:] if plain.lower().startswith("the ") else plain


def initials_of(name: str) -> str | None:
    """Return the initials of a name of several words, None for one word or a word in figures."""
    words = re.split(r"[\s-]+", name)
    if len(words) < 2 or not all(word[:1].isalpha() for word in words):
        return None
    return "".join(word[0] for word in words).upper()


@cache
def companies() -> tuple[Company, ...]:
    return tuple(_company(row) for row in _table()["companies"])


@cache
def ordinary_capitals() -> frozenset[str]:
    """Return words in capitals that name no company, whatever its initials are."""
    return frozenset(_table()["ordinary_capitals"])


@cache
def by_name() -> Mapping[str, Company]:
    return {company.name: company for company in companies()}


@cache
def by_key() -> Mapping[str, str]:
    """Every spelling, legal names also without their form, to the display name."""
    table: dict[str, str] = {}
    for company in companies():
        symbols = (*company.tickers, *company.marked)
        bare = tuple(without_form(name) for name in company.legal)
        for spelling in (company.name, *company.legal, *bare, *company.aliases, *symbols):
            table.setdefault(name_key(spelling), company.name)
    return table


@cache
def tickers() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return display names by ticker: those that stand alone, and those that need a mark."""
    bare = {symbol: company.name for company in companies() for symbol in company.tickers}
    marked = {symbol: company.name for company in companies() for symbol in company.marked}
    return bare, marked


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("corpus").joinpath("companies.toml").read_text(encoding="utf-8"))


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
