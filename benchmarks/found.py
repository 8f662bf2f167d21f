"""Pure: what a search found against what is right, as ranks, shares and reasons."""

from __future__ import annotations

import re
import statistics
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from assistant.conversation import Evidence
from corpus.models import Document, Hit, Passage

__all__ = [
    "Gold",
    "GoldPage",
    "GoldSnippet",
    "Piece",
    "Ranks",
    "distinct_pages",
    "document_ranks",
    "every_within",
    "only_figure",
    "page_ranks",
    "percentile",
    "reciprocal",
    "share",
    "snippet_ranks",
    "states",
    "table",
    "why_missed",
    "within",
]

HALF = 0.5
"""Share of a snippet's words that a piece must hold in a row."""
LONGEST_FIGURE = 8
"""Words of an answer that is no more than a figure: "About $30 billion in the first quarter"."""
SCALES = tuple(Decimal(10) ** power for power in (-9, -6, -3, 0, 3, 6, 9))
"""What a figure of an answer may be to the same figure as a filing prints it."""

Page = tuple[tuple[str, ...], int]
"""File names of a document and a 1-based page."""
Ranks = tuple[int | None, ...]
"""Where each gold of a question was found, from 1; None where it was not."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage, chunk or piece of evidence: its document's file names, its pages and text.

    `pages` are 1-based, in order, none where the format has none. `tokens` are word pieces.
    """

    names: tuple[str, ...]
    pages: tuple[int, ...]
    text: str
    tokens: int = 0

    @staticmethod
    def of_hit(hit: Hit) -> Piece:
        passage = hit.passage
        return Piece(_names(hit.document), _pages([passage]), passage.text, passage.tokens)

    @staticmethod
    def of_evidence(evidence: Evidence) -> Piece:
        names = _names(evidence.document)
        return Piece(names, _pages(evidence.passages), evidence.text, evidence.tokens)


@dataclass(frozen=True, slots=True)
class GoldPage:
    name: str
    page: int

    @property
    def files(self) -> frozenset[str]:
        return frozenset([self.name])

    def held_by(self, piece: Piece) -> bool:
        """Tell whether the piece stands on the page, with some of it at least."""
        return self.name in piece.names and self.page in piece.pages

    def __str__(self) -> str:
        return f"{self.name} p{self.page}"


@dataclass(frozen=True, slots=True)
class GoldSnippet:
    """A sentence, and every file that holds it."""

    files: frozenset[str]
    snippet: str

    def held_by(self, piece: Piece) -> bool:
        """Tell whether the piece's document holds it and the piece half of its words in a row.

        White space, quotes, dashes and table bars do not count.
        """
        if not self.files & set(piece.names):
            return False
        snippet, text = _words(self.snippet), _words(piece.text)
        match = SequenceMatcher(None, snippet, text, autojunk=False).find_longest_match()
        return match.size >= HALF * len(snippet)

    def __str__(self) -> str:
        return f"{min(self.files)} “{' '.join(self.snippet.split()[:8])} …”"


Gold = GoldPage | GoldSnippet


def distinct_pages(pieces: Iterable[Piece]) -> tuple[Page, ...]:
    """Return the pages of the pieces, each where it is met first."""
    return tuple(dict.fromkeys((piece.names, page) for piece in pieces for page in piece.pages))


def page_ranks(golds: Iterable[GoldPage], pieces: Sequence[Piece]) -> Ranks:
    """Return the rank of each gold page among the distinct pages."""
    pages = distinct_pages(pieces)
    return tuple(
        _first(gold.name in names and gold.page == page for names, page in pages) for gold in golds
    )


def snippet_ranks(golds: Iterable[Gold], pieces: Sequence[Piece]) -> Ranks:
    """Return for each gold the rank of the first piece that holds it."""
    return tuple(_first(gold.held_by(piece) for piece in pieces) for gold in golds)


def document_ranks(golds: Iterable[Gold], pieces: Sequence[Piece]) -> Ranks:
    """Return the rank of each gold's document among the distinct documents."""
    documents = [set(names) for names in dict.fromkeys(piece.names for piece in pieces)]
    return tuple(_first(bool(gold.files & names) for names in documents) for gold in golds)


def _first(fits: Iterable[bool]) -> int | None:
    """Return the place of the first that fits, from 1."""
    return next((rank for rank, fit in enumerate(fits, start=1) if fit), None)


def within(ranks: Ranks, k: int) -> bool:
    """Tell whether a gold is among the first `k`."""
    return any(rank is not None and rank <= k for rank in ranks)


def every_within(ranks: Ranks, k: int) -> bool:
    """Tell whether every gold is among the first `k`."""
    return bool(ranks) and all(rank is not None and rank <= k for rank in ranks)


def reciprocal(ranks: Ranks, k: int) -> float:
    """Return one over the best rank, 0 where none is among the first `k`."""
    best = min((rank for rank in ranks if rank is not None), default=k + 1)
    return 1 / best if best <= k else 0.0


def share(flags: Iterable[bool]) -> float:
    """Return the share that is true; NaN of none."""
    values = [float(flag) for flag in flags]
    return statistics.mean(values) if values else float("nan")


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def why_missed(golds: Sequence[Gold], ranks: Ranks, pieces: Sequence[Piece], k: int) -> str:
    """Say why no gold is among the first `k`: wrong document, wrong place in it, or its rank."""
    best = min((rank for rank in ranks if rank is not None), default=None)
    if best is not None:
        return f"ranked {best}, below {k}"
    right = frozenset[str]().union(*(gold.files for gold in golds))
    if not any(right & set(piece.names) for piece in pieces[:k]):
        return "wrong document"
    return f"right document, gold not among the {len(pieces)} candidates"


def only_figure(answer: str) -> Decimal | None:
    """Return the figure of an answer that is no more than one figure; None for any other.

    A year and a period ("Q1 FY26") are no figures.
    """
    found = _numbers(re.sub(r"\b(?:19|20)\d\d\b", " ", answer))
    return found[0] if len(found) == 1 and len(answer.split()) <= LONGEST_FIGURE else None


def states(piece: Piece, figure: Decimal) -> bool:
    """Tell whether the figure is printed in the piece: in any scale, within the figure's rounding.

    A figure of 8.7 billion is printed as 8,738 in a table in millions. Signs do not count, for
    tables print an outflow in brackets.
    """
    return any(_same(figure, printed) for printed in _numbers(piece.text))


def _same(figure: Decimal, printed: Decimal) -> bool:
    step = Decimal(1).scaleb(min(0, _exponent(figure)))
    return any(abs(abs(printed) * scale - abs(figure)) <= step / 2 for scale in SCALES)


def _exponent(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _numbers(text: str) -> list[Decimal]:
    found = re.findall(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,])\d+(?:\.\d+)?", text)
    return [Decimal(number.replace(",", "")) for number in found]


def _names(document: Document) -> tuple[str, ...]:
    return tuple(source.name for source in document.sources)


def _pages(passages: Iterable[Passage]) -> tuple[int, ...]:
    spans = ((passage.page, passage.page_last) for passage in passages)
    held = {
        page
        for first, last in spans
        if first is not None and last is not None
        for page in range(first, last + 1)
    }
    return tuple(sorted(held))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def table(heads: Collection[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a markdown table; floats with two decimals."""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
