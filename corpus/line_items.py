"""The glossary as a value: line items, ratios and topics, found in the words of a text; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from corpus.models import Statement
from corpus.terms import terms

__all__ = ["Glossary", "LineItem", "Phrase", "Span", "phrase_of"]

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line item or ratio: its phrases, the statements that show it, the items it is made of."""

    name: str
    phrases: tuple[Phrase, ...]
    statements: tuple[Statement, ...] = ()
    components: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text, from `start` up to `end`, that are a phrase of the glossary."""

    start: int
    end: int
    key: Phrase


@dataclass(frozen=True, eq=False)
class Glossary:
    """Items, groups of phrases for other things, and the phrases that name the statements."""

    items: tuple[LineItem, ...]
    groups: tuple[tuple[Phrase, ...], ...]
    statements: Mapping[Statement, tuple[Phrase, ...]]
    _groups_of: dict[Phrase, list[tuple[Phrase, ...]]] = field(init=False, repr=False)
    _item_of: dict[Phrase, LineItem] = field(init=False, repr=False)
    _statement_of: dict[Phrase, Statement] = field(init=False, repr=False)
    _named: dict[str, LineItem] = field(init=False, repr=False)
    _reach: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        groups_of: dict[Phrase, list[tuple[Phrase, ...]]] = {}
        for group in (*(i.phrases for i in self.items), *self.groups, *self.statements.values()):
            for phrase in group:
                groups_of.setdefault(_key(phrase), []).append(group)
        item_of = {_key(phrase): item for item in self.items for phrase in item.phrases}
        statement_of = {_key(p): s for s, phrases in self.statements.items() for p in phrases}
        object.__setattr__(self, "_groups_of", groups_of)
        object.__setattr__(self, "_item_of", item_of)
        object.__setattr__(self, "_statement_of", statement_of)
        object.__setattr__(self, "_named", {item.name: item for item in self.items})
        object.__setattr__(self, "_reach", _reach(groups_of))

    def spans(self, words: Sequence[str]) -> tuple[Span, ...]:
        """Return the phrases in `words`, the longest from each word on, none within another."""
        found: list[Span] = []
        start = 0
        while start < len(words):
            span = self._span(words, start)
            if span is not None:
                found.append(span)
            start = span.end if span else start + 1
        return tuple(found)

    def expand(self, spans: Sequence[Span]) -> tuple[tuple[Phrase, ...], ...]:
        """Return a group of phrases for each thing that the spans name, without those present."""
        present = {span.key for span in spans}
        groups = {id(g): g for span in spans for g in self._groups_of[span.key]}
        return _without(present, groups.values())

    def components(self, spans: Sequence[Span]) -> tuple[tuple[Phrase, ...], ...]:
        """Return the phrases of what the ratios among the spans are computed of."""
        present = {span.key for span in spans}
        asked = self.items_of(spans)
        parts = dict.fromkeys(part for item in asked for part in self.parts(item))
        return _without(present, (part.phrases for part in parts if part not in asked))

    def items_of(self, spans: Sequence[Span]) -> tuple[LineItem, ...]:
        """Return the items that the spans name, each once, in order of appearance."""
        items = (self._item_of.get(span.key) for span in spans)
        return tuple(dict.fromkeys(item for item in items if item is not None))

    def rows(self, spans: Sequence[Span]) -> tuple[tuple[Phrase, ...], ...]:
        """Return all phrases of each row that the items need, those of what a ratio is made of."""
        asked = self.items_of(spans)
        needed = dict.fromkeys(each for item in asked for each in (item, *self.parts(item)))
        return tuple(each.phrases for each in needed if each.statements)

    def statements_named(self, spans: Sequence[Span]) -> tuple[Statement, ...]:
        """Return the statements that the spans name, each once, in order of appearance."""
        named = (self._statement_of.get(span.key) for span in spans)
        return tuple(dict.fromkeys(statement for statement in named if statement is not None))

    def statements_showing(self, item: LineItem) -> tuple[Statement, ...]:
        """Return the statements that show an item, or else what it is computed of."""
        shown = item.statements or tuple(s for part in self.parts(item) for s in part.statements)
        return tuple(dict.fromkeys(shown))

    def parts(self, item: LineItem) -> Iterator[LineItem]:
        """Yield what a ratio is computed of, those of its components included."""
        for name in item.components:
            part = self._named[name]
            yield part
            yield from self.parts(part)

    def _span(self, words: Sequence[str], start: int) -> Span | None:
        reach = self._reach.get(_root(words[start]), 0)
        for size in range(min(reach, len(words) - start), 0, -1):
            key = _key(tuple(words[start : start + size]))
            if key in self._groups_of:
                return Span(start, start + size, key)
        return None


def phrase_of(text: str) -> Phrase:
    return tuple(terms(text))


@cache
def _root(word: str) -> str:
    """Return what singular and plural have in common; it need not be a word."""
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _reach(phrases: Iterable[Phrase]) -> dict[str, int]:
    """Return how many words the longest phrase has that starts with a word, by its root."""
    reach: dict[str, int] = {}
    for phrase in phrases:
        start = _root(phrase[0])
        reach[start] = max(len(phrase), reach.get(start, 0))
    return reach


def _key(phrase: Phrase) -> Phrase:
    """Return what a phrase is found by: "sale" is not "sales", but "net sale" is "net sales"."""
    return phrase if len(phrase) == 1 else tuple(_root(word) for word in phrase)


def _without(
    present: set[Phrase], groups: Iterable[tuple[Phrase, ...]]
) -> tuple[tuple[Phrase, ...], ...]:
    others = (tuple(phrase for phrase in group if _key(phrase) not in present) for group in groups)
    return tuple(group for group in others if group)
