"""A follow-up made whole by the questions before it, by rules of grammar and time; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.aliases import NO_ALIASES, Aliases
from corpus.companies import company_mentions, find_companies
from corpus.glossary import shipped
from corpus.intents import Intent, compares, find_intents
from corpus.periods import Period, bare_parts, find_periods
from corpus.relative_periods import asks_newest, moves, periods_meant
from corpus.terms import terms
from corpus.topics import subject_phrases, without_names

__all__ = ["rewrite"]

FEW_TERMS = 3
"""A question of no more own terms than this leans on the one before."""
_ELLIPSIS = re.compile(
    r"\W*(?:and|but|or|so|also|then|what about|how about|same (?:for|question)|now for)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|the company|the same|he|she|his|her)\b"
    r"|(?:^|\b(?:is|was|are|were|does|did|do|has|have|of|about|for|with|than|to|from|in|after|before"
    r"|and|why|how|under|on)\s+)(?:that|this|these|those)\b",
    re.IGNORECASE,
)
_SET_AGAINST = re.compile(
    r"\b(?:than|with|to|from|against|vs\.?|versus|above|below|of)\s+(?:that|this|those|these|it|them)"
    r"\s*(?:[?.!,]|$)",
    re.IGNORECASE,
)
_FULL_YEAR = re.compile(
    r"\b(?:full|whole|entire|fiscal)[\s-]+year\b|\bannual(?:ly)?\b|\bfor\s+the\s+year\b"
    r"|\byear\s+as\s+a\s+whole\b",
    re.IGNORECASE,
)
_SAME_PART = re.compile(
    r"\b(?:same|equivalent|corresponding|comparable)\s+(?:quarter|period|half)", re.I
)
_ONE = re.compile(
    r"\b(?:(?P<back>previous|prior|preceding)\s+one|(?:next|following|subsequent)\s+one)\b"
    r"|\b(?:one\s+)?(?:(?P<before>before)|after)(?:\s+that|\s+this)?\W*$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\b", re.IGNORECASE)
_TIME_WORDS = frozenset(
    {
        "earlier",
        "later",
        "before",
        "after",
        "prior",
        "previous",
        "next",
        "last",
        "following",
        "compare",
        "compared",
        "comparison",
        "versus",
        "vs",
        "about",
        "higher",
        "lower",
        "same",
        "period",
        "instead",
        "since",
        "thereafter",
    }
)


def rewrite(
    question: str,
    history: Sequence[tuple[str, str]],
    known_companies: Sequence[str] = (),
    aliases: Aliases = NO_ALIASES,
) -> str:
    """Return `question` made whole by the earlier questions; `history` holds (question, answer).

    A question that leans on what was said takes the companies, periods and subject that it does
    not name itself from the question before it, in brackets after its own words; periods move as
    it says ("the quarter after that"). Any other is returned as it is.
    """
    names = _Names(known_companies, aliases)
    asked = [earlier for earlier, _ in history]
    start = len(asked) - 1
    while start > 0 and names.leans(asked[start]):
        start -= 1
    before = ""
    for text in (*asked[max(0, start) :], question):
        before = names.made_whole(text, before)
    return before


class _Names:
    """The names that are recognised, and what a question has of its own beside them."""

    def __init__(self, known: Sequence[str], aliases: Aliases) -> None:
        self._known = known
        self._aliases = aliases

    def made_whole(self, question: str, before: str) -> str:
        if not before or not self.leans(question):
            return question
        added = (
            *self._companies_of(question, before),
            *map(str, periods_taken_over(question, before)),
            *self._subject_of(question, before),
        )
        return f"{_ended(question)} ({' '.join(added)})" if added else question

    def leans(self, question: str) -> bool:
        """Tell whether a question cannot be understood without what was said before."""
        mentioned = company_mentions(question, self._known, self._aliases)
        back = _POINTS_BACK.search(question)
        if not mentioned:
            return back is not None or Intent.DEFINITION not in find_intents(question)
        if _SET_AGAINST.search(question):
            return True
        own = self._own(question)
        if own and find_periods(question):
            return False
        if _ELLIPSIS.match(question) or not own:
            return True
        return back is not None and back.start() < mentioned[0].start

    def _companies_of(self, question: str, before: str) -> tuple[str, ...]:
        """Return what to add: none where the question names its own, unless it compares them."""
        own = find_companies(question, self._known, self._aliases)
        earlier = find_companies(before, self._known, self._aliases)
        if own and not compares(question) and not _SET_AGAINST.search(question):
            return ()
        return tuple(name for name in earlier if name not in own)

    def _subject_of(self, question: str, before: str) -> tuple[str, ...]:
        """Return what the question before was about, unless this one has a subject of its own.

        A line item takes the place of the one before: "And R&D?" no more asks for revenue.
        """
        own = self._own(question)
        leans = _ELLIPSIS.match(question) or _POINTS_BACK.search(question) or len(own) <= FEW_TERMS
        if not leans:
            return ()
        glossary = shipped()
        exchanged = _has_item(own)
        return tuple(
            phrase
            for phrase in self._own(before)
            if phrase not in own
            and not (exchanged and glossary.items_of(glossary.spans(phrase.split())))
        )

    def _own(self, question: str) -> tuple[str, ...]:
        """Return what a question is about, without companies, periods and words of comparing."""
        rest = without_names(question, self._known, self._aliases)
        phrases = subject_phrases(rest, shipped())
        return tuple(p for p in phrases if p not in _TIME_WORDS and not p.isdigit())


def periods_taken_over(question: str, before: str) -> tuple[Period, ...]:
    """Return the periods that a follow-up means beside those that it names in full."""
    earlier = periods_meant(before)
    named = find_periods(question)
    if not earlier or asks_newest_only(question):
        return ()
    last = max(earlier, key=lambda period: period.ends)
    if named:
        return _beside_named(question, named, earlier)
    if bare := bare_parts(question):
        return tuple(_in_year(mention.period, last) for mention in bare)
    if steps := _steps(question, last):
        first = min(earlier, key=lambda period: period.ends)
        moved = tuple((first if step < 0 else last).moved(step) for step in steps)
        return _with_anchor(question, earlier, moved)
    if _FULL_YEAR.search(question) and not last.whole_year:
        return (Period(last.year, fiscal=last.fiscal),)
    return earlier


def asks_newest_only(question: str) -> bool:
    """Tell whether a follow-up leaves the period before for the newest: "And currently?"."""
    return asks_newest(question) and not moves(question)


def _with_anchor(
    question: str, earlier: tuple[Period, ...], moved: tuple[Period, ...]
) -> tuple[Period, ...]:
    """Return the periods to look in: both that are compared, and that in which one is forecast."""
    if Intent.GUIDANCE in find_intents(question):
        return earlier
    return tuple(dict.fromkeys((*earlier, *moved))) if compares(question) else moved


def _beside_named(
    question: str, named: tuple[Period, ...], earlier: tuple[Period, ...]
) -> tuple[Period, ...]:
    """Return what a follow-up with its own periods still takes over: the other side, or a part."""
    part = earlier[-1]
    if _SAME_PART.search(question) and named[0].whole_year and not part.whole_year:
        return (replace(part, year=named[0].year),)
    set_against = compares(question) or _SINCE.search(question)
    return tuple(period for period in earlier if period not in named) if set_against else ()


def _steps(question: str, last: Period) -> tuple[int, ...]:
    """Return the steps in quarters; "the one after that" is as long as the period before."""
    if steps := moves(question):
        return tuple(step.quarters for step in steps)
    length = 4 if last.whole_year else 2 if last.half else 1
    one = _ONE.search(question)
    return (-length if one["back"] or one["before"] else length,) if one else ()


def _in_year(part: Period, anchor: Period) -> Period:
    return replace(part, year=anchor.year, fiscal=anchor.fiscal)


def _has_item(phrases: Sequence[str]) -> bool:
    glossary = shipped()
    return any(glossary.items_of(glossary.spans(terms(phrase))) for phrase in phrases)


def _ended(question: str) -> str:
    """Return the question with an end, so that what follows is no part of its sentence."""
    plain = question.rstrip()
    return question if plain.endswith(("?", ".", "!")) else f"{plain}?"
