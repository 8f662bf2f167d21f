"""A question as the search reads it: terms, companies, periods and forms; pure and quick."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.companies import find_companies
from corpus.glossary import expand
from corpus.models import Statement
from corpus.periods import Period, find_periods
from corpus.terms import content_terms, terms

__all__ = ["Intent", "Query", "rewrite", "understand"]


class Intent(StrEnum):
    """What a question wants; one that wants nothing else looks a fact up."""

    LOOK_UP = "look up"
    COMPARE = "compare"
    TREND = "trend"
    WHY = "why"
    GUIDANCE = "guidance"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for.

    `subject` is the question without what it says of how to answer ("Round to two decimals"),
    `terms` the subject's words without stopwords, `topic` those of them that name neither company
    nor period, `expansions` a group of the glossary's phrases for each thing that they name,
    `companies` display names in order of appearance. `items` are the line items and ratios asked
    for, by their names in the glossary. `statements` are those that hold the answer: the ones that
    the question names itself (`names_statements`), else those of its items.
    """

    text: str
    terms: tuple[str, ...]
    expansions: tuple[tuple[tuple[str, ...], ...], ...]
    companies: tuple[str, ...]
    periods: tuple[Period, ...]
    forms: tuple[str, ...]
    subject: str = ""
    topic: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    names_statements: bool = False
    intents: frozenset[Intent] = frozenset({Intent.LOOK_UP})


_FORM = re.compile(r"\b(10|8|6|20|40)-?([KQF])\b", re.IGNORECASE)
_CALL = re.compile(r"\b(?:earnings|conference)\s+call\b", re.IGNORECASE)
_ELLIPSIS = re.compile(r"\s*(?:and|but|or|what about|how about|same for)\b", re.IGNORECASE)
_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|that|this|those|these|the company|the same|he|she|his|her)\b",
    re.IGNORECASE,
)
FEW_TERMS = 3
"""A question of no more own terms than this leans on the one before."""


def understand(question: str, known_companies: Sequence[str] = ()) -> Query:
    """Return what `question` asks for; `known_companies` are the corpus's own names."""
    return Query(
        text=question,
        terms=content_terms(question),
        expansions=expand(terms(question)),
        companies=find_companies(question, known_companies),
        periods=find_periods(question),
        forms=_forms(question),
    )


def rewrite(question: str, history: Sequence[tuple[str, str]]) -> str:
    """Return `question` made whole by the earlier questions; `history` holds (question, answer).

    A question that leans on what was said takes the companies, periods and subject that it does
    not name itself from the last question before it; any other is returned as it is.
    """
    if not history or not _leans(question):
        return question
    *earlier, (asked, _) = history
    before = rewrite(asked, earlier)
    added = (*_inherited(question, before), *_subject(question, before))
    return f"{question} ({' '.join(added)})" if added else question


def _leans(question: str) -> bool:
    if not find_companies(question):
        return True
    return bool(_ELLIPSIS.match(question)) or len(_own_terms(question)) <= FEW_TERMS


def _inherited(question: str, before: str) -> tuple[str, ...]:
    companies = () if find_companies(question) else find_companies(before)
    periods = () if find_periods(question) else find_periods(before)
    return (*companies, *map(str, periods))


def _subject(question: str, before: str) -> tuple[str, ...]:
    """Return the words of the question before, unless this one has a subject of its own."""
    own = _own_terms(question)
    leans = _ELLIPSIS.match(question) or _REFERS_BACK.search(question) or len(own) <= FEW_TERMS
    return tuple(term for term in _own_terms(before) if term not in own) if leans else ()


def _own_terms(question: str) -> tuple[str, ...]:
    """Return content terms without companies and periods."""
    names = {term for company in find_companies(question) for term in terms(company)}
    periods = {term for period in find_periods(question) for term in terms(str(period))}
    return tuple(
        term
        for term in content_terms(question)
        if term not in names | periods and not term.isdigit() and not find_periods(term)
    )


def _forms(question: str) -> tuple[str, ...]:
    numbered = [f"{number}-{letter.upper()}" for number, letter in _FORM.findall(question)]
    spoken = ["earnings call"] if _CALL.search(question) else []
    return tuple(dict.fromkeys(numbered + spoken))
