"""Pure: hits into a numbered evidence pack under a token budget.

Neighbouring passages of a document become one span, and the rows of a table that was split keep
one head. A better hit is never left out for a worse one that is longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.conversation import Evidence
from corpus.models import Document, Hit, Passage, PassageKind
from corpus.tokens import count_tokens

__all__ = ["DEFAULT_BUDGET", "build_evidence", "evidence_of"]

DEFAULT_BUDGET = 3000


def build_evidence(
    hits: Sequence[Hit], budget_tokens: int = DEFAULT_BUDGET
) -> tuple[Evidence, ...]:
    """Return the best hits as evidence numbered from 1, best first, of at most `budget_tokens`.

    A hit that no longer fits is passed over, so that a shorter one behind it may still be taken.
    """
    runs: list[_Run] = []
    for hit in _unique(hits):
        grown = _with(runs, hit)
        if sum(run.tokens for run in grown) <= budget_tokens:
            runs = grown
    runs.sort(key=lambda run: min(hit.rank for hit in run.hits))
    return tuple(_evidence(n, run) for n, run in enumerate(runs, start=1))


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring hits of one document, in its order."""

    hits: tuple[Hit, ...]
    text: str
    tokens: int

    @staticmethod
    def of(hits: Iterable[Hit]) -> _Run:
        ordered = tuple(sorted(hits, key=lambda hit: hit.passage.ordinal))
        text = _text([hit.passage for hit in ordered])
        return _Run(ordered, text, count_tokens(ordered[0].passage.header) + count_tokens(text))


def _unique(hits: Iterable[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.rank):
        best.setdefault(hit.passage.id, hit)
    return list(best.values())


def _with(runs: Sequence[_Run], hit: Hit) -> list[_Run]:
    """Return the runs with `hit` joined to the runs that it touches, or as a run of its own."""
    touching = [run for run in runs if any(_adjacent(hit, other) for other in run.hits)]
    joined = _Run.of([hit, *(other for run in touching for other in run.hits)])
    return [*(run for run in runs if run not in touching), joined]


def _adjacent(left: Hit, right: Hit) -> bool:
    same = left.passage.document_id == right.passage.document_id
    return same and abs(left.passage.ordinal - right.passage.ordinal) == 1


def _text(passages: Sequence[Passage]) -> str:
    parts = [passages[0].text]
    parts.extend(_without_repeated_head(left, right) for left, right in pairwise(passages))
    return "\n".join(part for part in parts if part)


def _without_repeated_head(left: Passage, right: Passage) -> str:
    """Return the right passage's text without the table head that it repeats from the left."""
    if left.kind is not PassageKind.TABLE or right.kind is not PassageKind.TABLE:
        return right.text
    above, lines = left.text.splitlines(), right.text.splitlines()
    repeated = 0
    while repeated < min(len(above), len(lines)) and above[repeated] == lines[repeated]:
        repeated += 1
    return "\n".join(lines[repeated:])


def _evidence(n: int, run: _Run) -> Evidence:
    return evidence_of(n, run.hits[0].document, [hit.passage for hit in run.hits], run.tokens)


def evidence_of(n: int, document: Document, passages: Sequence[Passage], tokens: int) -> Evidence:
    """Return neighbouring passages of a document, in its order, as one piece of evidence."""
    return Evidence(
        n=n,
        document=document,
        passages=tuple(passages),
        header=passages[0].header,
        text=_text(passages),
        tokens=tokens,
    )
