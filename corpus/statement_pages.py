"""Which leaf of a filing shows a primary statement, told by the rows of its tables; pure.

Titles are often lost or repeated (a contents page names every statement), while no other page has a
balance sheet's rows. What a leaf holds is the share of a statement's usual rows that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.models import Passage, PassageKind, Statement

__all__ = ["ALIKE", "Showing", "showings", "shown_rows"]

ALIKE = 0.5
"""Share of a statement's usual rows from which a leaf shows such a statement, primary or not."""
TITLED = 0.15
DERIVED = 0.3
NEAR = 0.1
"""Shares by which a title lifts and a derived statement's title lowers a leaf, and within which a
nearly whole second leaf of the same statement also counts as primary."""
WHOLE = 0.8

_ROWS: Mapping[Statement, tuple[str, ...]] = {
    Statement.BALANCE_SHEET: (
        r"total assets",
        r"total current assets",
        r"total liabilities",
        r"total current liabilities",
        r"retained earnings|accumulated deficit|reinvested earnings|undivided profits",
        r"total liabilities and|total liabilities, .*equity",
        r"total (?:\w+[ ’'&,.-]+)*(?:equity|deficit)",
        r"accounts payable",
        r"cash and (?:(?:cash )?equivalents|due from banks)",
        r"goodwill",
        r"additional paid|(?:capital )?surplus|share premium",
        r"treasury stock|treasury, at cost|repurchased common",
    ),
    Statement.INCOME: (
        r"(?:total )?(?:net )?(?:revenues?|sales)\b",
        r"cost of (?:sales|revenue|goods|products)",
        r"operating (?:income|profit|earnings|\(?loss)|(?:income|earnings|loss) from operations",
        r"(?:provision|benefit).{0,20} income tax|income tax|taxes on (?:income|earnings)",
        r"(?:income|earnings|profit|loss\)?) .{0,30}before .{0,25}tax|pretax income"
        r"|profit before tax",
        r"net (?:income|earnings|loss|\(loss\))|profit (?:\(loss\) )?(?:for the|after)",
        r"\(?a?\)?basic|per (?:common )?share",
        r"diluted",
        r"selling, general|research and development|marketing",
        r"interest expense",
    ),
    Statement.CASH_FLOW: (
        r"(?:net|total) cash.{0,30}operating|cash (?:provided|from|flows? from).{0,20}operating",
        r"(?:(?:net|total) )?cash.{0,30}investing",
        r"(?:(?:net|total) )?cash.{0,30}financing",
        r"depreciation",
        r"(?:purchases?|additions?|acquisitions?|payments?).{0,30}(?:property|equipment|plant)"
        r"|capital (?:expenditures|spending)",
        r"(?:share|stock).based",
        r"cash.{0,40}(?:end|beginning) of",
        r"dividends? paid|cash dividends|repurchases?|payment of dividends",
        r"(?:net )?\(?(?:increase|decrease|change).{0,40}cash",
        r"deferred (?:income )?tax",
    ),
}
"""Rows that such a statement has whatever the filer's business, as the usual taxonomy names them;
banks and insurers have fewer of them."""

_TITLES: Mapping[Statement, str] = {
    Statement.BALANCE_SHEET: r"balance sheet|financial (?:position|condition)",
    Statement.INCOME: r"statements? of (?:consolidated )?(?:income|operations?|earnings)"
    r"|income statement",
    Statement.CASH_FLOW: r"cash flow",
}
_DERIVED = re.compile(
    r"parent company|condensed consolidating|quarterly(?! report)"
    r"|selected (?:consolidated )?financial|pro ?forma",
    re.IGNORECASE,
)
_USUAL = {
    kind: tuple(re.compile(rf"\W*(?:{row})", re.IGNORECASE) for row in rows)
    for kind, rows in _ROWS.items()
}
_TITLE = {kind: re.compile(title, re.IGNORECASE) for kind, title in _TITLES.items()}
OPENING = 200
"""Characters of a passage among which a title stands."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Statements that a leaf shows as the filing's own, and those that it shows the like of.

    A parent company's condensed balance sheet is alike, not primary.
    """

    primary: frozenset[Statement] = frozenset()
    alike: frozenset[Statement] = frozenset()


def showings(leaves: Sequence[Sequence[Passage]]) -> tuple[Showing, ...]:
    """Return what each leaf of one document shows; a leaf is given as its passages in order."""
    shares = [shown_rows(leaf) for leaf in leaves]
    primary = {kind: _primary(kind, leaves, shares) for kind in Statement}
    return tuple(
        Showing(
            frozenset(kind for kind in Statement if number in primary[kind]),
            frozenset(kind for kind in Statement if share[kind] >= ALIKE),
        )
        for number, share in enumerate(shares)
    )


def shown_rows(leaf: Sequence[Passage]) -> dict[Statement, float]:
    """Return the share of each statement's usual rows that stand in the leaf's tables."""
    labels = [label for passage in leaf for label in _labels(passage)]
    return {
        kind: sum(any(row.match(label) for label in labels) for row in rows) / len(rows)
        for kind, rows in _USUAL.items()
    }


def _labels(passage: Passage) -> Iterable[str]:
    if passage.kind is PassageKind.TABLE:
        for line in passage.text.splitlines():
            label, bar, _ = line.partition("|")
            if bar:
                yield label.strip()


def _primary(
    kind: Statement,
    leaves: Sequence[Sequence[Passage]],
    shares: Sequence[Mapping[Statement, float]],
) -> frozenset[int]:
    """Return the leaves that show the document's own statement; none where no leaf is like one."""
    scores = [
        share[kind] + _told_by_titles(kind, leaf) if share[kind] >= ALIKE else 0.0
        for leaf, share in zip(leaves, shares, strict=True)
    ]
    best = max(scores, default=0.0)
    if best < ALIKE:
        return frozenset()
    return frozenset(
        number
        for number, score in enumerate(scores)
        if score == best or (score >= best - NEAR and score > WHOLE)
    )


def _told_by_titles(kind: Statement, leaf: Sequence[Passage]) -> float:
    headings = (heading for passage in leaf for heading in passage.headings)
    titles = " / ".join((*headings, *(passage.text[:OPENING] for passage in leaf)))
    lifted = TITLED if _TITLE[kind].search(titles) else 0.0
    return lifted - (DERIVED if _DERIVED.search(titles) else 0.0)
