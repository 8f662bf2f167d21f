"""The two sides of a comparison, asked alike: ours, and the usual pipeline."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.inquiry import Inquiry, find_evidence
from benchmarks.found import Piece, percentile
from benchmarks.material import Asked
from benchmarks.usual import UsualStore
from corpus.store import Corpus
from corpus.tokens import count_tokens

__all__ = ["Ours", "Side", "Times", "Usual", "fitting", "timed"]

TIMED_K = 10
"""Passages asked for where seconds count: as many as a chain usually wants."""
ROUNDS = 3
"""Times that each question is timed."""


class Side(Protocol):
    """A store that can be searched; pieces come best first."""

    @property
    def name(self) -> str: ...

    def search(self, question: str, k: int) -> object:
        """Search as its users do, the question embedded within; what is timed."""
        ...

    def pieces(self, question: str, k: int) -> list[Piece]:
        """Return what such a search finds."""
        ...

    def pack(self, asked: Asked, tokens: int) -> list[Piece]:
        """Return what is put before a backend within a budget."""
        ...


@dataclass(frozen=True, slots=True)
class Ours:
    corpus: Corpus
    name: str = "ours"

    def search(self, question: str, k: int) -> object:
        return self.corpus.search(question, k)

    def pieces(self, question: str, k: int) -> list[Piece]:
        return [Piece.of_hit(hit) for hit in self.corpus.search(question, k)]

    def pack(self, asked: Asked, tokens: int) -> list[Piece]:
        question = asked.question
        inquiry = Inquiry(question.text, question.history, evidence_tokens=tokens)
        return [Piece.of_evidence(each) for each in find_evidence(inquiry, self.corpus)]


@dataclass(frozen=True, slots=True)
class Usual:
    store: UsualStore
    name: str = "usual"

    def search(self, question: str, k: int) -> object:
        return self.store.search(question, k)

    def pieces(self, question: str, k: int) -> list[Piece]:
        return [chunk.piece() for chunk in self.store.search(question, k)]

    def pack(self, asked: Asked, tokens: int) -> list[Piece]:
        chunks = self.store.search(asked.whole, PACKED)
        return fitting([chunk.piece(count_tokens(chunk.text)) for chunk in chunks], tokens)


PACKED = 60
"""Chunks among which the usual pack is chosen: more than any budget here takes."""


def fitting(pieces: Sequence[Piece], tokens: int) -> list[Piece]:
    """Return the first pieces that fit into `tokens`; one that is too long is passed over."""
    pack: list[Piece] = []
    for piece in pieces:
        if sum(each.tokens for each in pack) + piece.tokens <= tokens:
            pack.append(piece)
    return pack


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of a side's searches, embedding of the question included."""

    side: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return percentile(self.seconds, 50)

    @property
    def slow(self) -> float:
        return percentile(self.seconds, 95)


def timed(sides: Sequence[Side], questions: Sequence[str]) -> list[Times]:
    """Time every question on every side in turns, after one untimed round of all.

    Who goes first changes with each question, so that noise of the machine meets all alike. Each
    side searches the question before, untimed, right before its own: threads of one model that
    still spin, or sleep, would be charged to the next side.
    """
    seconds: dict[str, list[float]] = {side.name: [] for side in sides}
    for attempt in range(ROUNDS + 1):
        for number, question in enumerate(questions):
            first = (attempt + number) % len(sides)
            for side in (*sides[first:], *sides[:first]):
                side.search(questions[number - 1], TIMED_K)
                started = time.perf_counter()
                side.search(question, TIMED_K)
                if attempt:
                    seconds[side.name].append(time.perf_counter() - started)
    return [Times(name, tuple(values)) for name, values in seconds.items()]
