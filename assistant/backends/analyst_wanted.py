"""Pure: the kind of answer that a question wants."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["MEASURED", "Wanted", "wanted_by"]


class Wanted(StrEnum):
    """The kind of thing that would answer."""

    MONEY = "an amount of money"
    RATE = "a price per unit"
    PERCENT = "a percentage"
    AMOUNT = "an amount or a share"
    DURATION = "a length of time"
    COUNT = "a number"
    DATE = "a date"
    PERSON = "a name"
    REASON = "a reason"
    MANNER = "how it was done"
    MEANING = "what a term means"
    PLACE = "where it stands in a document"
    STATEMENT = "a statement"


MEASURED = frozenset(
    {Wanted.MONEY, Wanted.RATE, Wanted.PERCENT, Wanted.AMOUNT, Wanted.DURATION, Wanted.COUNT}
)
"""Kinds of answer that are a figure."""

_MEANING = re.compile(
    r"\bwhat (?:does|do|is|are) .{1,60}\b(?:mean|measure|stand for|refer to|meant by)\b"
    r"(?!,? (?:for|to)\b)|\bwhat (?:is|are) (?:meant by|the (?:meaning|definition)s?\b)"
    r"|\bhow (?:is|are) .{1,60}\bdefined\b|\bhow (?:does|do) .{1,60}\bdefine\b|^define\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"what is (?!(?:the|its|their|your|current|latest|total)\b)"
    r"(?!.*\b(?:price|cost|rate|guidance|outlook|forecast)\b)"
    r"(?:an? )?[\w-]+(?: [\w-]+){0,2}",
    re.IGNORECASE,
)
"""The shortest of questions asks what its term means, unless a company is named."""
_IN_A_DOCUMENT = r"10-[KQ]|filings?|(?:annual|quarterly) reports?|accounts(?! (?:receiv|pay))"
_PLACE = re.compile(
    rf"\bwhere (?:in|within)\b.*\b(?:{_IN_A_DOCUMENT})\b"
    rf"|\bwhere\b.*\b(?:find|found|look|stated?|shown?|disclosed?|listed)\b.*\b(?:{_IN_A_DOCUMENT})\b"
    rf"|\b(?:which|what) (?:section|part|item|note|page|table|statement)s? (?:of|in) (?:\S+ )?"
    rf"(?:{_IN_A_DOCUMENT})\b",
    re.IGNORECASE,
)
_LESSON = re.compile(
    r"\blessons?\b|\bwhat (?:do|does|did|can|has|have) .{2,60}\b(?:teach|taught|learn|learnt)\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:per|an|a)\s+(?:gpu|h\d00|a100)?[-\s]?(?:hour|hr)\b|\bper\s+(?:\w+\s+)?tokens?\b"
    r"|\bper gpu\b"
    r"|\brent(?:s|ed|al)?\b.*\bfor\b|\b(?:rental|hourly|token|list|spot)\s+(?:price|rate|cost)s?\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"\bwhat (?:share|percent\w*|proportion|portion|fraction)\b|\bpercent|\bshare of\b|\bmargins?\b"
    r"|\butili[sz]ation\b|\bhow concentrated\b|\bgrowth rate\b|\bhow fast\b|\bby how much did\b.*"
    r"\b(?:cut|lower|reduce|grow|raise|rise|increase|fall|drop)\b|\bhit rate\b|\btax rates?\b"
    r"|\b(?:grow|rise|increase|fall|decline|drop|change)s? by\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\buseful li(?:fe|ves)\b|\bhow long\b|\bhow many (?:years|months|days)\b|\bover what period\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\bhow much\b|\bcapex\b|\bcapital expenditures?\b|\bcost how\b|\brevenues?\b"
    r"|\bincome\b|\bprofits?\b"
    r"|\bearnings\b|\bdebt\b|\bbacklog\b|\bobligations?\b|\bcash flows?\b|\bexpenses?\b"
    r"|\bspen[dt]\b"
    r"|\bspending\b|\bvaluation\b|\bcommitments?\b|\bpurchases? of\b|\bdepreciation expense\b"
    r"|\bdividends?\b|\bhow large\b|\bhow big\b|\bsales\b"
    r"|\bwhat (?:was|were|is) .{0,40}\b(?:cost|price)s?\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\bhow many\b(?! (?:years|months|weeks|days|hours)\b)|\bnumber of\b|\bheadcount\b"
    r"|\bhow much (?:\w+ )?(?:power|capacity|energy|electricity|compute|memory|storage)\b",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (Wanted.PLACE, _PLACE),
    (Wanted.MEANING, _MEANING),
    (Wanted.STATEMENT, _LESSON),
    (Wanted.REASON, re.compile(r"\bwhy\b|\bwhat (?:drove|caused|explains)\b|\breasons?\b", re.I)),
    (Wanted.PERSON, re.compile(r"\bwho\b|\bwhich (?:person|executive|company|customer)\b", re.I)),
    (Wanted.DATE, re.compile(r"\bwhen\b|\bwhat (?:date|day|year)\b", re.I)),
    (Wanted.RATE, _RATE),
    (Wanted.PERCENT, _PERCENT),
    (Wanted.COUNT, _COUNT),
    (Wanted.AMOUNT, re.compile(r"\bhow much did\b.*\bsave\b|\bhow much of\b", re.I)),
    (Wanted.MONEY, re.compile(r"\bhow much\b(?! (?:longer|shorter))", re.I)),
    (Wanted.DURATION, _DURATION),
    (Wanted.STATEMENT, re.compile(r"^(?:do|does|did|is|are|was|were|has|have|can|will)\b", re.I)),
    (
        Wanted.MANNER,
        re.compile(r"\bhow (?:did|does|do|has|have|is|are|was|were|can|will)\b(?!.*\bguid)", re.I),
    ),
    (Wanted.STATEMENT, re.compile(r"\bwhat did .{2,60} (?:say|change|announce)\b", re.I)),
    (Wanted.MONEY, _MONEY),
)


def wanted_by(text: str, of_someone: bool = True) -> Wanted:
    """Return the kind of answer that would do; a plain statement where nothing else fits.

    `of_someone` tells that a company is named: "What is capex?" asks for no one's figure.
    """
    if not of_someone and _BARE.fullmatch(text.strip(" ?.!")):
        return Wanted.MEANING
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), Wanted.STATEMENT)
