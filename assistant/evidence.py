"""Pure: hits into a numbered evidence pack under a token budget.

Passages of one page, of one table, and neighbours in a document become one piece of evidence, so
that no page is listed, headed and paid for twice. A better hit is never left out for a worse one
that takes more of the budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.conversation import Evidence
from assistant.evidence_text import adjacent, continues, joined
from corpus.models import Document, Hit, Passage, Reason
from corpus.reasons import merged
from corpus.tokens import count_tokens

__all__ = ["DEFAULT_BUDGET", "build_evidence", "evidence_of"]

DEFAULT_BUDGET = 3000


def build_evidence(
    hits: Sequence[Hit], budget_tokens: int = DEFAULT_BUDGET
) -> tuple[Evidence, ...]:
    """Return the best hits as evidence numbered from 1, best first, of at most `budget_tokens`.

    A hit that no longer fits is passed over, so that one behind it that takes less may still be
    taken. What a hit takes is what it adds to the pack: beside others of its page or table it
    needs no header and no head of its own.
    """
    groups: list[_Group] = []
    for hit in _unique(hits):
        grown = _with(groups, hit)
        if sum(group.tokens for group in grown) <= budget_tokens:
            groups = grown
    groups.sort(key=lambda group: min(hit.rank for hit in group.hits))
    return tuple(_evidence(n, group) for n, group in enumerate(groups, start=1))


@dataclass(frozen=True, slots=True)
class _Group:
    """Hits of one document that make one piece of evidence, in its order."""

    hits: tuple[Hit, ...]
    tokens: int

    @staticmethod
    def of(hits: Iterable[Hit]) -> _Group:
        ordered = tuple(sorted(hits, key=lambda hit: hit.passage.ordinal))
        passages = [hit.passage for hit in ordered]
        tokens = count_tokens(passages[0].header) + count_tokens(joined(passages))
        return _Group(ordered, tokens)


def _unique(hits: Iterable[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.rank):
        best.setdefault(hit.passage.id, hit)
    return list(best.values())


def _with(groups: Sequence[_Group], hit: Hit) -> list[_Group]:
    """Return the groups with `hit` joined to those that it belongs to, or as one of its own."""
    near = [
        group
        for group in groups
        if any(_belong_together(hit.passage, other.passage) for other in group.hits)
    ]
    whole = _Group.of([hit, *(other for group in near for other in group.hits)])
    return [*(group for group in groups if group not in near), whole]


def _belong_together(left: Passage, right: Passage) -> bool:
    if left.document_id != right.document_id:
        return False
    if adjacent(left, right) or _pages_between(left, right) == 0:
        return True
    # Where a document has pages, rows of one table are on one page or run on to the next.
    return _pages_between(left, right) in (None, 1) and continues(left, right)


def _pages_between(left: Passage, right: Passage) -> int | None:
    """Return 0 for passages that share a page, 1 from one page to the next, None without pages."""
    if left.page is None or right.page is None:
        return None
    left_last, right_last = left.page_last or left.page, right.page_last or right.page
    return max(0, right.page - left_last, left.page - right_last)


def _evidence(n: int, group: _Group) -> Evidence:
    passages = [hit.passage for hit in group.hits]
    return evidence_of(n, group.hits[0].document, passages, group.tokens, _reasons(group.hits))


def _reasons(hits: Iterable[Hit]) -> tuple[Reason, ...]:
    """Return the reasons of all by kind; those of better hits first among one kind."""
    best_first = sorted(hits, key=lambda hit: hit.rank)
    return merged(reason for hit in best_first for reason in hit.reasons)


def evidence_of(
    n: int,
    document: Document,
    passages: Sequence[Passage],
    tokens: int,
    reasons: tuple[Reason, ...] = (),
) -> Evidence:
    """Return passages of a document, in its order, as one piece of evidence."""
    return Evidence(
        n=n,
        document=document,
        passages=tuple(passages),
        header=passages[0].header,
        text=joined(passages),
        tokens=tokens,
        reasons=reasons,
    )
