"""Other words for what a question asks: glossary.toml, and what an analyst adds to it.

A file of the same form in the data folder adds items and topics, and phrases to those that we ship.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.edited_files import read_edited, refused
from corpus.line_items import Glossary, LineItem, Phrase, phrase_of
from corpus.models import Statement

__all__ = ["GLOSSARY_FILE", "expand", "load_glossary", "shipped"]

GLOSSARY_FILE = "glossary.toml"
_FIELDS = {"name", "phrases", "statements", "of"}
_REMEDY = 'write [[items]] with name = "..." and phrases = ["..."], or groups under [topics]'


def expand(words: list[str]) -> tuple[tuple[Phrase, ...], ...]:
    """Return a group of phrases for each thing that `words` name, without the phrases present.

    A phrase that lies within a longer one of the question does not count: "cost of revenue" does
    not ask for revenue.
    """
    glossary = shipped()
    return glossary.expand(glossary.spans(words))


@cache
def shipped() -> Glossary:
    """Return the glossary of the package."""
    path = Path(GLOSSARY_FILE)
    text = files("corpus").joinpath(GLOSSARY_FILE).read_text(encoding="utf-8")
    return _glossary(path, tomllib.loads(text), None)


def load_glossary(path: Path) -> Glossary:
    """Return our glossary with what a file adds to it; where the file is absent, ours.

    An item by the name of one of ours adds phrases to it. Raises CorpusError that names the file,
    the entry and the remedy.
    """
    content = read_edited(path)
    return _glossary(path, content, shipped()) if content else shipped()


def _glossary(path: Path, content: dict[str, Any], base: Glossary | None) -> Glossary:
    unknown = sorted(set(content) - {"items", "topics", "statements"})
    if unknown:
        raise refused(path, f"{unknown[0]!r} is not known here", _REMEDY)
    rows = content.get("items", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise refused(path, "items are no list of tables", _REMEDY)
    items = _merged(base.items if base else (), [_item(path, n, r) for n, r in enumerate(rows, 1)])
    _require_components(path, items)
    groups = tuple(_groups(path, content.get("topics", {})))
    statements = dict(base.statements) if base else {}
    for name, phrases in _table(path, "statements", content.get("statements", {})).items():
        statement = _statement(path, "statements", name)
        statements[statement] = statements.get(statement, ()) + _phrases(path, name, phrases)
    return Glossary(items, (base.groups if base else ()) + groups, statements)


def _item(path: Path, number: int, row: dict[str, Any]) -> LineItem:
    where = f"item {number} ({row.get('name', 'no name')})"
    unknown = sorted(set(row) - _FIELDS)
    if unknown or not isinstance(row.get("name"), str) or not row["name"].strip():
        reason = f"has no field {unknown[0]!r}" if unknown else "has no name"
        raise refused(path, f"{where} {reason}", "give it name, phrases, statements and of only")
    name = row["name"].strip()
    return LineItem(
        name=name,
        phrases=_phrases(path, where, [name, *_strings(path, where, row, "phrases")]),
        statements=tuple(
            _statement(path, where, name) for name in _strings(path, where, row, "statements")
        ),
        components=tuple(_strings(path, where, row, "of")),
    )


def _merged(base: tuple[LineItem, ...], added: list[LineItem]) -> tuple[LineItem, ...]:
    """Add items, or their phrases to the item of the same name."""
    items = {item.name: item for item in base}
    own = {phrase: item.name for item in base for phrase in item.phrases}
    for item in added:
        name = own.get(phrase_of(item.name), item.name)
        known = items.get(name)
        phrases = tuple(dict.fromkeys((*(known.phrases if known else ()), *item.phrases)))
        items[name] = LineItem(
            name,
            phrases,
            item.statements or (known.statements if known else ()),
            item.components or (known.components if known else ()),
        )
    return tuple(items.values())


def _require_components(path: Path, items: tuple[LineItem, ...]) -> None:
    """Refuse a ratio of an unknown item, and one that is computed of itself."""
    components = {item.name: item.components for item in items}
    for item in items:
        reached = list(item.components)
        for name in reached:
            if name not in components:
                raise refused(
                    path, f"{item.name} is of {name!r}, which is no item", "add that item"
                )
            if name == item.name:
                raise refused(path, f"{item.name} is computed of itself", "mend its field of")
            reached.extend(part for part in components[name] if part not in reached)


def _groups(path: Path, topics: object) -> Iterator[tuple[Phrase, ...]]:
    table = _table(path, "topics", topics)
    groups = table.get("groups", [])
    if set(table) - {"groups"} or not isinstance(groups, list):
        raise refused(path, "topics hold groups only", _REMEDY)
    for number, group in enumerate(groups, 1):
        phrases = _phrases(path, f"group {number}", group)
        if len(phrases) < 2:
            raise refused(path, f"group {number} has one phrase", "give it two that mean the same")
        yield phrases


def _phrases(path: Path, where: str, said: object) -> tuple[Phrase, ...]:
    texts = said if isinstance(said, list) else []
    phrases = tuple(phrase_of(text) if isinstance(text, str) else () for text in texts)
    if not phrases or not all(phrases):
        raise refused(path, f"{where} has no list of phrases", 'write ["...", "..."]')
    return tuple(dict.fromkeys(phrases))


def _strings(path: Path, where: str, row: dict[str, Any], name: str) -> list[str]:
    said = row.get(name, [])
    if not isinstance(said, list) or not all(isinstance(text, str) for text in said):
        raise refused(path, f"{where}: {name} is no list of names", f'write {name} = ["..."]')
    return said


def _statement(path: Path, where: str, name: str) -> Statement:
    try:
        return Statement(name)
    except ValueError as error:
        known = ", ".join(Statement)
        raise refused(path, f"{where}: {name!r} is no statement", f"use {known}") from error


def _table(path: Path, name: str, said: object) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise refused(path, f"{name} is no table", _REMEDY)
    return said
