"""The check behind the research notes: each figure stands in its source, no sentence is copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import yaml

__all__ = [
    "Figure",
    "Note",
    "Source",
    "copied_runs",
    "figures",
    "kind_of",
    "named_dates",
    "near_topics",
    "parse_note",
    "sections",
    "stands",
    "statements",
    "supporting",
    "values",
    "words",
]

Kind = Literal["usd millions", "percent", "years"]
RUN = 8
COUNTS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "thirteen": 13, "fifteen": 15},
}
NUMBER = r"\d[\d,]*(?:\.\d+)?"
COUNT = rf"(?:{NUMBER}|{'|'.join(COUNTS)})"
SCALES = {"trillion": 1_000_000, "billion": 1_000, "bn": 1_000, "b": 1_000, "million": 1}
MONEY = re.compile(
    rf"(?<![\d.,])({NUMBER})(?=[\s|]*(?:(?:to|-|–)\s*\$?\s*{NUMBER}\s*)?"
    r"[\s|]*(trillion|billion|million|bn|b)\b)",
    re.IGNORECASE,
)
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]|\.\d)")
PERCENT = re.compile(rf"(?<![\d.,])({NUMBER})\s*(?:%|percent\b)", re.IGNORECASE)
YEARS = re.compile(rf"\b({COUNT})[\s|]+(?:to[\s|]+({COUNT})[\s|]+)?years?\b", re.IGNORECASE)
TOPICS = {
    topic: re.compile(pattern, re.IGNORECASE)
    for topic, pattern in {
        "capex": r"cap(?:ital )?ex|capital spending|property and equipment|PP&E|AI spend",
        "leases": r"leases?\b",
        "depreciation": r"depreciat|useful li",
        "cash flow": r"free cash flow",
        "debt": r"senior (?:unsecured )?notes",
        "rented cloud": r"commitment|CoreWeave",
    }.items()
}
BEFORE, AFTER = 120, 400  # characters; a table row of a filing fits
TITLE_MARKS = {"filing": "Form 10-", "call": "earnings call"}
NAMED_KINDS = {"filing": r"Form 10-", "call": r"\bcall[,;)|\s]"}
ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a note rests on, as its front matter names it."""

    document: str
    publisher: str
    date: date
    url: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A shipped note: its front matter as read, its sources, and its Markdown body."""

    name: str
    front: Mapping[str, object]
    sources: tuple[Source, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity as a text gives it: dollars in millions; `step` is its last written place."""

    text: str
    kind: Kind
    value: Decimal
    step: Decimal


def parse_note(name: str, text: str) -> Note:
    """Split a note; raises ValueError where the front matter or a source is incomplete."""
    try:
        _, head, body = re.split(r"^---$", text, maxsplit=2, flags=re.MULTILINE)
        front = yaml.safe_load(head)
        sources = tuple(
            Source(row["document"], row["publisher"], row["date"], row.get("url"))
            for row in front["sources"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: front matter is incomplete ({error})") from error
    return Note(name, front, sources, body.strip())


def sections(body: str) -> tuple[str, ...]:
    """The parts of a body that start at a heading, headings included."""
    return tuple(part for part in re.split(r"^(?=#)", body, flags=re.MULTILINE) if part.strip())


def statements(body: str) -> tuple[str, ...]:
    """Sentences and table rows, each as a reader may quote it; headings are left out."""
    found: list[str] = []
    for line in body.splitlines():
        if not line or line.startswith("#") or set(line) <= set("|- "):
            continue
        found.extend([line] if line.startswith("|") else re.split(r"(?<=[.?!])\s+(?=[A-Z])", line))
    return tuple(found)


def words(text: str) -> list[str]:
    return re.findall(r"[\w$%][\w$%.,'’-]*", text)


def named_dates(statement: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(found) for found in ISO_DATE.findall(statement))


def number(text: str) -> tuple[Decimal, Decimal]:
    """Value and last written place of digits or a count in words."""
    value = Decimal(COUNTS.get(text.lower(), text.replace(",", "")))
    return value, Decimal(1).scaleb(int(value.as_tuple().exponent))


def figures(text: str) -> tuple[Figure, ...]:
    """The money, percentages and lengths in years that a text states."""
    found: list[Figure] = []
    for match in MONEY.finditer(text):
        (value, step), scale = number(match[1]), SCALES[match[2].lower()]
        found.append(Figure(match[1], "usd millions", value * scale, step * scale))
    for match in PERCENT.finditer(text):
        found.append(Figure(match[0], "percent", *number(match[1])))
    for match in YEARS.finditer(text):
        for count in filter(None, match.groups()):
            found.append(Figure(f"{count} years", "years", *number(count)))
    return tuple(found)


def values(source_text: str) -> Mapping[Kind, frozenset[Decimal]]:
    """What a source states, by kind; grouped digits without a scale are read as millions."""
    stated = figures(source_text)
    tables = {number(match[0])[0] for match in GROUPED.finditer(source_text)}
    by_kind: dict[Kind, frozenset[Decimal]] = {
        kind: frozenset(figure.value for figure in stated if figure.kind == kind)
        for kind in ("usd millions", "percent", "years")
    }
    return {**by_kind, "usd millions": by_kind["usd millions"] | tables}


def stands(figure: Figure, stated: Mapping[Kind, frozenset[Decimal]]) -> bool:
    """Whether a stated value, rounded to the figure's last written place, is the figure."""
    return any(
        (value / figure.step).quantize(Decimal(1), ROUND_HALF_UP) * figure.step == figure.value
        for value in stated[figure.kind]
    )


def near_topics(statement: str, source_text: str, source: Source) -> str:
    """The parts of a filing or call that speak of capex or of what else the statement names.

    News and research notes are short and about capex as a whole: they are kept entire.
    """
    if kind_of(source) == "other":
        return source_text
    topics = [TOPICS[name] for name in TOPICS if TOPICS[name].search(statement)]
    kept: list[str] = []
    for topic in {TOPICS["capex"], *topics}:
        end = 0
        for match in topic.finditer(source_text):
            kept.append(source_text[max(end, match.start() - BEFORE) : match.end() + AFTER])
            end = match.end() + AFTER
    return " | ".join(kept)


def supporting(statement: str, sources: Sequence[Source], companies: Iterable[str]) -> list[Source]:
    """The sources that a statement names: by date, and by company and kind where it names any."""
    kinds = {kind for kind, named in NAMED_KINDS.items() if re.search(named, statement)}
    named = {company for company in companies if company in statement}
    others = set(companies) - named if named else set()
    dates = named_dates(statement)
    return [
        row
        for row in sources
        if row.date in dates
        and row.publisher not in others
        and (not kinds or kind_of(row) in kinds | {"other"})
    ]


def kind_of(source: Source) -> str:
    """The rank of a document as its title tells it: filing, call, or other."""
    return next((kind for kind, mark in TITLE_MARKS.items() if mark in source.document), "other")


def copied_runs(body: str, source_text: str) -> list[str]:
    """Runs of eight words that stand in both; quoted titles and line items are exempt."""
    ours: set[tuple[str, ...]] = set()
    for statement in statements(re.sub(r'"[^"\n]{1,90}"', " | ", body)):
        for part in statement.split("|"):
            ours.update(runs(part))
    return sorted({" ".join(run) for run in ours.intersection(runs(source_text))})


def runs(text: str) -> Iterable[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text.lower())
    return zip(*(tokens[start:] for start in range(RUN)), strict=False)
