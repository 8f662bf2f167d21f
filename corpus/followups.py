"""A follow-up made whole by the questions before it, by rules of grammar and time; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.aliases import NO_ALIASES, Aliases
from corpus.companies import company_mentions, find_companies
from corpus.followup_periods import periods_taken_over
from corpus.glossary import shipped
from corpus.intents import Intent, compares, find_intents
from corpus.periods import find_periods
from corpus.terms import terms
from corpus.topics import subject_phrases, without_names

__all__ = ["rewrite"]

FEW_TERMS = 1
"""A question of no more own terms than this takes its subject from the one before."""
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
_ASKS_WHO = re.compile(
    r"\W*(?:(?:who|whose)\b(?!\s+(?:is|was|are|were|will)\b)"
    r"|which\s+(?:companies|company|firms?|filers?|ones)\b)",
    re.IGNORECASE,
)
"""A question of all companies stands by itself, where it has a subject."""
_SET_AGAINST = re.compile(
    r"\b(?:than|with|to|from|against|vs\.?|versus|above|below|of)\s+(?:that|this|those|these|it|them)"
    r"\s*(?:[?.!,]|$)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\W*(?:who|which|what|how|when|where|is|are|was|were|do|does|did|has|have)\b", re.I
)
_MORE = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have)\b(?!.*\bthan\b).*"
    r"\b(?:more|less|fewer|higher|lower|larger|smaller|bigger|faster|slower|better|worse)"
    r"(?:\s+\w+){0,2}\W*$",
    re.IGNORECASE,
)
_AMONG_ALL = re.compile(
    r"\b(?:which|what|who)\b[^?]*\b(?:most|highest|largest|biggest|best|fastest|least|lowest|smallest"
    r"|worst|slowest)\b",
    re.IGNORECASE,
)
_COMPANIES = re.compile(
    r"\b(?:compan(?:y|ies)|firms?|filers?|issuers?|hyperscalers?|neoclouds?)\b", re.I
)
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
        taken = periods_taken_over(question, before)
        added = (
            *self._companies_of(question, before),
            *("; ".join(map(str, taken)),) * bool(taken),
            *self._subject_of(question, before),
        )
        return f"{_ended(question)} ({' '.join(added)})" if added else question

    def leans(self, question: str) -> bool:
        """Tell whether a question cannot be understood without what was said before."""
        mentioned = company_mentions(question, self._known, self._aliases)
        back = _POINTS_BACK.search(question)
        if _ASKS_WHO.match(question) and not back and self._own(question):
            return False
        if not mentioned:
            if _AMONG_ALL.search(question) and _COMPANIES.search(question) and not back:
                return False
            return back is not None or Intent.DEFINITION not in find_intents(question)
        if _SET_AGAINST.search(question) or _MORE.match(question):
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
        against = compares(question) or _SET_AGAINST.search(question) or _MORE.match(question)
        if own and not against:
            return ()
        return tuple(name for name in earlier if name not in own)

    def _subject_of(self, question: str, before: str) -> tuple[str, ...]:
        """Return what the question before was about, unless this one has a subject of its own.

        A line item takes the place of the one before: "And R&D?" no more asks for revenue.
        """
        own = self._own(question)
        glossary = shipped()
        points = _ELLIPSIS.match(question) or _POINTS_BACK.search(question)
        plain = find_intents(question) == {Intent.LOOK_UP} and _ASKS.match(question)
        other = plain and any(glossary.spans(terms(phrase)) for phrase in own)
        if not points and (other or len(own) > FEW_TERMS):
            return ()
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


def _has_item(phrases: Sequence[str]) -> bool:
    glossary = shipped()
    return any(glossary.items_of(glossary.spans(terms(phrase))) for phrase in phrases)


def _ended(question: str) -> str:
    """Return the question with an end, so that what follows is no part of its sentence."""
    plain = question.rstrip()
    return question if plain.endswith(("?", ".", "!")) else f"{plain}?"
