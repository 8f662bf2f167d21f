"""A question as the search reads it: subject, names, items and intents; pure and quick."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.aliases import NO_ALIASES, Aliases
from corpus.companies import company_mentions, find_companies
from corpus.followups import rewrite
from corpus.glossary import shipped
from corpus.instructions import subject_of
from corpus.intents import Intent, find_intents
from corpus.line_items import Glossary, Phrase, Span
from corpus.models import Statement
from corpus.periods import Period, find_periods
from corpus.relative_periods import asks_newest, known_as_of, periods_meant
from corpus.terms import content_terms, terms
from corpus.topics import without_names

__all__ = ["Intent", "Query", "rewrite", "understand"]


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for.

    `subject` is the question without what it says of how to answer ("Round to two decimals"),
    `terms` the subject's words without stopwords, `topic` those of them that name neither company
    nor period, `expansions` a group of the glossary's phrases for each thing that they name, and
    one for each item that a ratio among them is computed of; `companies` display names in order of
    appearance. `items` are the line items and ratios asked for, by their names in the glossary.
    `statements` are those that hold the answer: the ones that the question names itself
    (`names_statements`), else those of its items. `newest` tells that the newest documents are
    wanted: "latest", or "last quarter" of no period named.
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
    rows: tuple[tuple[Phrase, ...], ...] = ()
    statements: tuple[Statement, ...] = ()
    names_statements: bool = False
    intents: frozenset[Intent] = frozenset({Intent.LOOK_UP})
    newest: bool = False

    @property
    def statements_asked(self) -> tuple[Statement, ...]:
        """The statements that give what is asked.

        None gives reasons or expectations, or names a counterparty, or tells from whom a part of a
        total came; one that the question names itself is asked even so.
        """
        deals = len(self.companies) > 1 and Intent.COMPARE not in self.intents
        of_whom = deals or _FROM_WHOM.search(self.text) is not None
        untold = of_whom or self.intents & {Intent.WHY, Intent.GUIDANCE}
        return () if untold and not self.names_statements else self.statements


_FROM_WHOM = re.compile(
    r"\b(?:how much|(?:what|which) (?:share|part|portion|proportion|fraction|percent(?:age)?)) of\b"
    r".*\b(?:customer|client|reseller|distributor|buyer|tenant|supplier)s?\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"\b(10|8|6|20|40)-?([KQF])\b", re.IGNORECASE)
_ANY_FORM = re.compile(
    r"\bin an?\s+(?:10|8|6|20|40)-?[KQF](?:\s*(?:,|\bor\b|\band\b)\s*(?:an?\s+)?"
    r"(?:10|8|6|20|40)-?[KQF])*\b",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b(?:earnings|conference)\s+call\b", re.IGNORECASE)


def understand(
    question: str,
    known_companies: Sequence[str] = (),
    *,
    aliases: Aliases = NO_ALIASES,
    glossary: Glossary | None = None,
) -> Query:
    """Return what `question` asks for; `known_companies` are the corpus's own names.

    `aliases` and `glossary` are those that an analyst has added to; by default our own.
    """
    words = glossary or shipped()
    companies = find_companies(question, known_companies, aliases)
    subject = _subject(question, known_companies, aliases)
    meant = periods_meant(question)
    named_there = company_mentions(subject, known_companies, aliases)
    intents = find_intents(subject, named_there, meant)
    spans = words.spans(terms(subject))
    named = words.statements_named(words.spans(terms(question)))
    return Query(
        text=question,
        terms=content_terms(subject),
        expansions=_expansions(spans, words),
        companies=companies,
        periods=meant if intents & {Intent.COMPARE, Intent.TREND} else _speaking(question, meant),
        forms=_forms(question, companies),
        subject=subject,
        topic=content_terms(without_names(subject, known_companies, aliases)),
        items=tuple(item.name for item in words.items_of(spans)),
        rows=words.rows(spans),
        statements=named or _showing(spans, words),
        names_statements=bool(named),
        intents=intents,
        newest=asks_newest(subject),
    )


def _subject(question: str, known: Sequence[str], aliases: Aliases) -> str:
    return subject_of(
        question,
        keeps=lambda clause: bool(find_periods(clause) or find_companies(clause, known, aliases)),
    )


def _expansions(spans: Sequence[Span], glossary: Glossary) -> tuple[tuple[Phrase, ...], ...]:
    return tuple(dict.fromkeys((*glossary.expand(spans), *glossary.components(spans))))


def _showing(spans: Sequence[Span], glossary: Glossary) -> tuple[Statement, ...]:
    items = glossary.items_of(spans)
    return tuple(dict.fromkeys(s for item in items for s in glossary.statements_showing(item)))


def _speaking(question: str, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Return the periods whose documents can answer.

    "As of FY2021, what is due in 2024?" is answered by what was filed for 2021.
    """
    known = known_as_of(question)
    last = max((period.year for period in known), default=None)
    return tuple(period for period in periods if last is None or period.year <= last)


def _forms(question: str, companies: Sequence[str]) -> tuple[str, ...]:
    """Return the forms asked for; "in a 10-K", of no company, speaks of the kind, not of one."""
    if not companies:
        question = _ANY_FORM.sub(" ", question)
    numbered = [f"{number}-{letter.upper()}" for number, letter in _FORM.findall(question)]
    spoken = ["earnings call"] if _CALL.search(question) else []
    return tuple(dict.fromkeys(numbered + spoken))
