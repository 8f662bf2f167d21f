"""Leaves: what a reader has before them at once; pure.

A leaf is a page of a document with pages, elsewhere a stretch of about as much text. A question is
answered from a page, but a passage is too small to tell which: the leaf is what the search ranks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.models import Passage
from corpus.statement_pages import Showing, showings

__all__ = ["STRETCH", "Leaf", "leaf_ids", "leaves_of"]

STRETCH = 4
"""Passages of a leaf where the format has no pages: about the 720 word pieces of a page."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The passages of a leaf in order, and the statements that it shows.

    `id` is the document's id and the page, or the number of the stretch. A passage that goes on
    over a page break belongs to both pages.
    """

    id: str
    document_id: str
    passages: tuple[Passage, ...]
    showing: Showing


def leaf_ids(passage: Passage) -> tuple[str, ...]:
    """Return the ids of the leaves that hold a passage, in order."""
    if passage.page is None:
        return (f"{passage.document_id}/s{passage.ordinal // STRETCH}",)
    last = max(passage.page, passage.page_last or passage.page)
    return tuple(f"{passage.document_id}/p{page}" for page in range(passage.page, last + 1))


def leaves_of(passages: Sequence[Passage]) -> tuple[Leaf, ...]:
    """Return the leaves of one document's passages, which are in order."""
    held: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        for leaf_id in leaf_ids(passage):
            held[leaf_id].append(passage)
    return tuple(
        Leaf(leaf_id, members[0].document_id, tuple(members), showing)
        for (leaf_id, members), showing in zip(
            held.items(), showings(tuple(held.values())), strict=True
        )
    )
