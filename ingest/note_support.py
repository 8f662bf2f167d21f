"""Pure: does a figure stand in a source, and there for what the note says it is of?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from corpus.companies import company_mentions
from corpus.glossary import shipped
from corpus.line_items import Phrase
from corpus.sentences import sentence_ends
from corpus.terms import STOPWORDS, terms
from corpus.topics import subject_phrases, without_names
from ingest.note_figures import AMOUNT, BARE, MONEY, Figure, agree, numbers
from ingest.note_sources import Claim, without_citations

__all__ = ["Held", "Subject", "subject_of", "supports"]

_BEFORE, _AFTER = 400, 200
"""Characters of prose around a number in which its subject is named."""
_CONTEXT_LINES = 8
_UNIT = re.compile(
    r"(?:\bin|\bUSD|\$)\s*(thousand|million|billion|mn|bn|m|b)s?\b"
    r"|\((?:\$|USD\s)?(thousand|million|billion|mn|bn|m|b)s?\)",
    re.IGNORECASE,
)
_FACTORS = {"t": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9)}
_VAGUE_WORDS = """
    billion million trillion thousand percent per cent dollar about nearly roughly around total
    half figure number amount latest increase decrease rise rose grew growth raised up down high
    higher low lower against expect expected guidance guide range source period company end
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
"""Words that stand beside figures of any subject."""
_SHARED = 2
_ENDING = re.compile(r"(?:ments?|ings?|ions?|ual|ly|ed|es|s|e)$")
_SHORT = 4


@dataclass(frozen=True)
class Held:
    """A source's text as the corpus holds it: its title, and its passages under their headings.

    `by` is the company that published it about itself, None for anyone else's.
    """

    title: str
    texts: tuple[str, ...]
    by: str | None = None

    @cached_property
    def numbers(self) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
        """Each text with the numbers in it."""
        return tuple((text, numbers(text)) for text in self.texts)

    @cached_property
    def factor(self) -> Decimal:
        """What the money of its tables is most often counted in, 1 where none says so."""
        counts = Counter(filter(None, map(_factor, self.texts)))
        return counts.most_common(1)[0][0] if counts else Decimal(1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: line items by any of their names, other words, companies."""

    items: frozenset[Phrase]
    words: frozenset[str]
    companies: frozenset[str]


def subject_of(claim: Claim, title: str, known: Sequence[str]) -> Subject:
    """Return the subject of a claim: what its sentence says, and stands over it and its note.

    `known` adds companies to the table's.
    """
    whole = claim.whole
    said = f"{without_citations(whole.text)} . {whole.context} . {title}"
    before = whole.text[: whole.text.index(claim.text)]
    named = company_mentions(claim.text, known) or company_mentions(before, known)
    glossary = shipped()
    spans = glossary.spans(terms(said))
    alike = (phrase for group in glossary.expand(spans) for phrase in group)
    others = {span.key for phrase in alike for span in glossary.spans(phrase)}
    phrases = subject_phrases(without_names(said, known), glossary)
    words = {word for phrase in phrases for word in phrase.split()} - _VAGUE - STOPWORDS
    return Subject(
        frozenset({span.key for span in spans} | others),
        frozenset(_root(word) for word in words if not _has_digit(word)),
        frozenset(mention.name for mention in named),
    )


def supports(held: Held, figure: Figure, subject: Subject, known: Sequence[str]) -> bool:
    """Tell whether a source states the figure near the claim's subject.

    In what others than the company wrote, the company must be the one that is spoken of there.
    """
    return any(
        _is_near(place, held, subject, known) and _is_of(place, held, subject, known)
        for index in range(len(held.texts))
        for place in _places(held, index, figure)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number stands: its row or clause, what is around it, what goes before it in its
    passage and the one before, and the headings of that."""

    own: str
    around: str
    before: str
    headings: str


def _places(held: Held, index: int, figure: Figure) -> Iterator[_Place]:
    """Yield where the text of that index states the figure, whatever it says it is of."""
    text, found = held.numbers[index]
    earlier = held.texts[index - 1] if index else ""
    unit = _factor(text)
    for number in found:
        start = text.rfind("\n", 0, number.start) + 1
        line = text[start:].partition("\n")[0]
        is_row, is_grouped = "|" in line, "," in number.text
        # Grouped digits in prose are a table that was not read as one; other bare ones are none.
        factor = (unit or held.factor) if is_row else unit if is_grouped else None
        if not (is_row or is_grouped) and number.unit == BARE:
            continue
        if not _agree(figure, number, factor):
            continue
        if is_row:
            yield _row(text, line, start, earlier)
        else:
            yield _prose(text, number.start, earlier)


def _row(text: str, line: str, start: int, earlier: str) -> _Place:
    """A row is told by its labels, and by the captions, heads and sections above it."""
    headings = text.partition("\n")[0]
    above = [other for other in text[:start].splitlines() if not _is_data(other)]
    around = "\n".join([headings, *above[-_CONTEXT_LINES:], line])
    return _Place(line, around, f"{earlier}\n{text[:start]}", headings)


def _is_data(line: str) -> bool:
    return "|" in line and bool(numbers(line))


def _prose(text: str, at: int, earlier: str) -> _Place:
    breaks = (match.end() for match in re.finditer(r"[;\n]", text))
    ends = sorted({0, *sentence_ends(text), *breaks, len(text)})
    start = max(end for end in ends if end <= at)
    end = min(end for end in ends if end > at)
    headings = text.partition("\n")[0]
    around = f"{headings}\n{text[max(0, at - _BEFORE) : at + _AFTER]}"
    return _Place(text[start:end], around, f"{earlier}\n{text[:start]}", headings)


def _agree(figure: Figure, number: Figure, factor: Decimal | None) -> bool:
    """Tell whether a number is the figure as it stands, or as money in a table's unit."""
    if agree(figure, number):
        return True
    is_cell = number.unit in {BARE, MONEY} and not (number.scaled or number.per)
    if factor is None or not is_cell or figure.unit not in {MONEY, AMOUNT}:
        return False
    return agree(figure, number, factor)


def _factor(text: str) -> Decimal | None:
    """Return what a table's money is counted in, None where it does not say."""
    unit = _UNIT.search(text)
    name = (unit.group(1) or unit.group(2)).lower() if unit else ""
    return _FACTORS.get(name[:1])


def _is_near(place: _Place, held: Held, subject: Subject, known: Sequence[str]) -> bool:
    """Tell whether a line item of the subject is named there, or two other words or companies."""
    said = terms(f"{held.title}\n{place.around}")
    if subject.items & {span.key for span in shipped().spans(said)}:
        return True
    words = subject.words & {_root(word) for word in said}
    companies = subject.companies & {m.name for m in company_mentions(place.own, known)}
    shared = len(words) + len(companies - {held.by})
    return shared >= min(_SHARED, max(1, len(subject.words)))


def _is_of(place: _Place, held: Held, subject: Subject, known: Sequence[str]) -> bool:
    """Tell whether the company that is spoken of there is among the claim's.

    Named in the clause or row itself, else the document or its section is about it, else named
    last before.
    """
    if held.by is not None or not subject.companies:
        return True
    own = {mention.name for mention in company_mentions(place.own, known)}
    about = {m.name for m in company_mentions(f"{held.title}\n{place.headings}", known)}
    if own or subject.companies & about:
        return bool(subject.companies & (own or about))
    named = {mention.name for mention in company_mentions(place.before, known)}
    return not named or bool(subject.companies & named)


def _root(word: str) -> str:
    """Return what "commit", "commits", "committed" and "commitment" have in common."""
    stem = _ENDING.sub("", word) if len(word) > _SHORT else word
    return stem[:-1] if len(stem) > _SHORT and stem[-1:] == stem[-2:-1] else stem


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
