"""What a question wants: a fact, a comparison, a course, a reason, guidance, a definition; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import pairwise

from corpus.companies import Named
from corpus.reporting_periods import Period

__all__ = ["Intent", "compares", "find_intents"]


class Intent(StrEnum):
    """What a question wants; one that wants nothing else looks a fact up."""

    LOOK_UP = "look up"
    COMPARE = "compare"
    TREND = "trend"
    WHY = "why"
    GUIDANCE = "guidance"
    DEFINITION = "definition"


_COMPARES = re.compile(
    r"\bcompar(?:e[ds]?|ing|ison|able with)\b|\bversus\b|\bvs\b|\brelative to\b|\bas against\b"
    r"|\bdifferences? between\b|\b(?:differ|outperform|exceed)\w*\b"
    r"|\b(?:more|less|higher|lower|larger|smaller|bigger|faster|slower|better|worse|fewer|greater)"
    r"\b[^.?!]{0,40}\bthan\b"
    r"|\b(?:higher|lower|larger|bigger|better|worse)\b[^.?!]{3,60}\bor\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"[^.?!;]{0,40}?(?:,|&|\b(?:and|or|versus|vs\.?|than|against))\s*(?:(?:for|of|at|in)\s+)?",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    r"\b(?:more|less|fewer|other|rather|greater|later) than (?:roughly |about |approximately )?"
    r"(?:\$|\d|one\b|half\b)",
    re.IGNORECASE,
)
_CHANGE = (
    r"(?:chang|increas|decreas|grow|grew|ris(?:e|ing)|rose|declin|drop|fall|fell|improv|deterior"
    r"|expand|shr[aiu]nk|widen|narrow|reduc|accelerat)\w*"
)
_TREND = re.compile(
    r"\btrend\w*|\bover time\b|\bhistorical(?:ly)?\b|\b(?:each|every) (?:year|quarter)\b"
    r"|\byear[- ](?:over|on|by)[- ]year\b|\bquarter[- ](?:over|on)[- ]quarter\b|\byoy\b|\bqoq\b"
    r"|\bcagr\b|\bgrowth rate\b|\b\d[- ]year average\b|\bsince (?:fy\s?)?(?:19|20)\d\d\b"
    r"|\b(?:over|in|during|for) the (?:last|past) (?:\w+ )?(?:years|quarters)\b"
    rf"|\b(?:did|has|have|was|were|is|are|do|does|how|any|by)\b[^.?!]{{0,80}}\b{_CHANGE}\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\bwhy\b|\bdr[io]ve(?:s|n|rs?)?\b(?! thru)|\breasons?\b|\bcaus(?:e[ds]?|ing)\b|\bdue to what\b"
    r"|\bdragged\b|\bexplains\b|\bexplain why\b|\bled to\b|\bbehind\b|\bhow come\b|\bjustif\w+"
    r"|\b(?:main|key|primary|which|what) factors?\b|\bcontribut(?:ed?|ing|ors?) (?:\w+ )?to\b"
    r"|\battributed? to\b|\bwhat (?:\w+ )?(?:is|was|were|are) [^.?!]{0,60} attributable to\b",
    re.IGNORECASE,
)
_GUIDANCE = re.compile(
    r"\bguid(?:e[ds]?|ance|ing)\b|\boutlook\b|\bforecast\w*|\bproject(?:s|ed|ing|ions?)\b"
    r"|\banticipat\w+|\bexpects?\b|\bexpectations?\b|\bplan(?:s|ned|ning)? (?:to|for|on)\b"
    r"|\bexpected\b(?! (?:credit|return|term|life|useful|volatility|loss|dividend yield|benefit))"
    r"|\b(?:capex|spending|investment|hiring|margin) (?:plan|target)s?\b"
    r"|\b(?:financial|long-term|growth) targets?\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\bdefinition of\b|\bmeaning of\b|\bwhat (?:does|do) [^?]{1,80}\bmean\b(?! for)"
    r"|\bwhat is meant by\b|\bhow (?:is|are|does|do) [^?.]{1,60}\b(?:defined?|calculated?)\b",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(
    r"\W*what(?:\s+is|\s+are|['’]s)\s+(?:an?\s+)?[\w&/-]+(?:\s[\w&/-]+){0,3}\s*\?*\s*$", re.I
)
_SUPERLATIVE = re.compile(r"\b(?:the|current|latest|its|their)\b", re.IGNORECASE)


def find_intents(
    subject: str, companies: Sequence[Named] = (), periods: Collection[Period] = ()
) -> frozenset[Intent]:
    """Return what `subject` wants, given where it names companies, and its periods.

    Companies side by side are compared, those that deal with each other are not: "Meta and Amazon"
    but not "Meta pays Amazon". LOOK_UP stands alone.
    """
    named = bool(companies or periods)
    found = {intent for intent, pattern in _PATTERNS.items() if pattern.search(subject)}
    if compares(subject) or _side_by_side(subject, companies):
        found.add(Intent.COMPARE)
    if _is_course(periods):
        found.add(Intent.TREND)
    if not named and _WHAT_IS.match(subject) and not _SUPERLATIVE.search(subject):
        found.add(Intent.DEFINITION)
    return frozenset(found or {Intent.LOOK_UP})


def _side_by_side(text: str, companies: Sequence[Named]) -> bool:
    pairs = ((a, b) for a, b in pairwise(companies) if a.name != b.name)
    return any(_BESIDE.fullmatch(text[a.end : b.start]) for a, b in pairs)


def _is_course(periods: Collection[Period]) -> bool:
    """Tell whether the periods are three years or more in their order."""
    years = list(dict.fromkeys(period.year for period in periods))
    return len(years) > 2 and years == list(range(years[0], years[-1] + 1))


def compares(text: str) -> bool:
    """Tell whether `text` sets one thing against another: "than", "versus", "compare"."""
    return _COMPARES.search(_ITSELF.sub(" ", text)) is not None


_PATTERNS = {
    Intent.TREND: _TREND,
    Intent.WHY: _WHY,
    Intent.GUIDANCE: _GUIDANCE,
    Intent.DEFINITION: _DEFINITION,
}
