"""Pure: what a question asks: terms, companies, names, periods and the kind of answer wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_terms import DOWN, STOPWORDS, UP, Term, stem, stems, term_of
from corpus.companies import find_companies
from corpus.glossary import expand
from corpus.terms import terms

__all__ = ["Asked", "Part", "Wanted", "analyse"]


class Wanted(StrEnum):
    """The kind of thing that would answer."""

    MONEY = "an amount of money"
    RATE = "a price per unit"
    PERCENT = "a percentage"
    DURATION = "a length of time"
    COUNT = "a number"
    DATE = "a date"
    PERSON = "a name"
    REASON = "a reason"
    MANNER = "how it was done"
    STATEMENT = "a statement"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things asked in a question."""

    text: str
    terms: tuple[Term, ...]
    wanted: Wanted
    expected: bool
    actual: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, analysed.

    `expected` asks for guidance, `actual` for what happened, `latest` for the newest, `course`
    for how something changed over time. `direction` holds "up" or "down" where the question takes
    for granted that something moved. `forms` are the kinds of document that it names.
    """

    text: str
    terms: tuple[Term, ...]
    companies: tuple[str, ...]
    names: tuple[str, ...]
    periods: tuple[Period, ...]
    wanted: Wanted
    parts: tuple[Part, ...]
    expected: bool
    actual: bool
    latest: bool
    course: bool
    direction: str | None
    forms: tuple[str, ...]


_RATE = re.compile(
    r"\b(?:per|an|a)\s+(?:gpu|h\d00|a100)?[-\s]?(?:hour|hr)\b|\bper\s+(?:\w+\s+)?tokens?\b"
    r"|\bper gpu\b"
    r"|\brent(?:s|ed|al)?\b.*\bfor\b|\b(?:rental|hourly|token|list|spot)\s+(?:price|rate|cost)s?\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"\bwhat (?:share|percent\w*|proportion|portion|fraction)\b|\bpercent|\bshare of\b|\bmargins?\b"
    r"|\butili[sz]ation\b|\bhow concentrated\b|\bgrowth rate\b|\bhow fast\b|\bby how much did\b.*"
    r"\b(?:cut|lower|reduce|grow|rise|increase|fall|drop)\b|\bhit rate\b|\btax rate\b",
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
    r"|\bhow large\b|\bhow big\b|\bsales\b|\bwhat (?:was|were|is) .{0,40}\b(?:cost|price)s?\b",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (Wanted.REASON, re.compile(r"\bwhy\b|\bwhat (?:drove|caused|explains)\b|\breasons?\b", re.I)),
    (Wanted.PERSON, re.compile(r"\bwho\b|\bwhich (?:person|executive|company|customer)\b", re.I)),
    (Wanted.DATE, re.compile(r"\bwhen\b|\bwhat (?:date|day|year)\b", re.I)),
    (Wanted.RATE, _RATE),
    (Wanted.PERCENT, _PERCENT),
    (Wanted.DURATION, _DURATION),
    (Wanted.COUNT, re.compile(r"\bhow many\b|\bnumber of\b", re.I)),
    (Wanted.STATEMENT, re.compile(r"^(?:do|does|did|is|are|was|were|has|have|can|will)\b", re.I)),
    (
        Wanted.MANNER,
        re.compile(r"\bhow (?:did|does|do|has|have|is|are|was|were|can|will)\b(?!.*\bguid)", re.I),
    ),
    (Wanted.STATEMENT, re.compile(r"\bwhat did .{2,60} (?:say|change|announce)\b", re.I)),
    (Wanted.MONEY, _MONEY),
)
_EXPECTED = re.compile(
    r"\bexpect\w*|\bguid(?:e|ed|ance)\b|\boutlook\b|\bforecast\w*|\bplan(?:s|ned)?\b|\banticipat\w+"
    r"|\bproject(?:s|ed|ions?)\b|\btargets?\b",
    re.IGNORECASE,
)
_ACTUAL = re.compile(
    r"\b(?:was|were)\b|\bturn(?:ed)? out\b|\bactual(?:ly)?\b"
    r"|\bdid .{2,40} (?:spend|report|earn|pay)\b"
    r"|\bspent\b|\breported\b",
    re.IGNORECASE,
)
_LATEST = re.compile(r"\b(?:latest|current(?:ly)?|now|newest|most recent(?:ly)?|today)\b", re.I)
_COURSE = re.compile(
    r"\bhow (?:did|has|have) .*\b(?:change[ds]?|evolve[ds]?|develop(?:ed)?|move[ds]?)\b"
    r"|\bover time\b|\bhistory of\b|\bsuccessive(?:ly)?\b",
    re.IGNORECASE,
)
_FORMS = re.compile(r"\b(10-[KQ]|8-K|20-F|6-K|S-1|press release|earnings call)s?\b", re.IGNORECASE)
_JOINT = re.compile(
    r",?\s+(?:and|but)\s+(?=(?:why|how|what|when|who|which|where|is|are|was|were|did|does)\b)"
    r"|[;?]\s+(?=\w)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b(?:[A-Z][\w&.’'-]*[A-Za-z0-9]|x[A-Z]\w+)(?:\s+(?:[A-Z][\w&’'-]+|\d+(?:\.\d+)?\b))*"
)
_NO_NAME = re.compile(
    r"(?:What|How|Why|When|Who|Which|Where|Does|Do|Did|Is|Are|Was|Were|Has|Have|Can|Will|The|And|By"
    r"|In|For|Of|On|At|If|I|GPUs?|AI|Q[1-4]|FY\d+|H[12]|CEO|CFO|US|U\.S|January|February|March|April"
    r"|May|June|July|August|September|October|November|December|Compare|Tell|Give|Show|List|Explain"
    r"|According|Capex|Under|With|From|To|Form|10-[KQ]|8-K|Mr|Ms)\b[\s.,]*"
)
_PERIOD_WORDS = """expect guidance outlook forecast anticipate plan latest current recent actual
fiscal year quarter first second third fourth end start beginning january february march april may
june july august september october november december company report explain compare list answer
question note document"""
_NOT_TERMS = frozenset(map(stem, _PERIOD_WORDS.split()))
_NO_TERM = re.compile(r"(?:19|20)\d\d|(?:FY|Q)\d+|10-[KQ]|8-K", re.IGNORECASE)
_MOVE_WEIGHT = 0.5
_ITEM_WEIGHT = 2.0
_LONGEST_PHRASE = 6


def analyse(question: str) -> Asked:
    """Return what `question` asks."""
    companies = find_companies(question)
    parts = tuple(_part(text, companies) for text in _parts(question))
    return Asked(
        text=question,
        terms=_terms(question, companies),
        companies=companies,
        names=tuple(_names(question, companies)),
        periods=periods(question),
        wanted=_wanted(question) if len(parts) == 1 else parts[0].wanted,
        parts=parts,
        expected=parts[0].expected,
        actual=parts[0].actual,
        latest=_LATEST.search(question) is not None,
        course=_COURSE.search(question) is not None,
        direction=_direction(question),
        forms=tuple(dict.fromkeys(match.group(1) for match in _FORMS.finditer(question))),
    )


def _parts(question: str) -> tuple[str, ...]:
    return tuple(part.strip(" ?.") for part in _JOINT.split(question) if part.strip(" ?."))


def _part(text: str, companies: Sequence[str]) -> Part:
    expected = _EXPECTED.search(text) is not None
    return Part(
        text=text,
        terms=_terms(text, companies),
        wanted=_wanted(text),
        expected=expected,
        actual=not expected and _ACTUAL.search(text) is not None,
    )


def _wanted(text: str) -> Wanted:
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), Wanted.STATEMENT)


def _terms(text: str, companies: Sequence[str]) -> tuple[Term, ...]:
    """Return line items by all their names, then the other words that carry meaning."""
    found: list[Term] = []
    covered: set[str] = set()
    for phrase, others in _line_items(terms(text)):
        own = stems(phrase)
        if not set(own) <= _NOT_TERMS:
            found.append(term_of(phrase, others, _ITEM_WEIGHT))
            covered.update(own)
    skipped = covered | _NOT_TERMS | {part for name in companies for part in stems(name)}
    for word in re.findall(r"[A-Za-z0-9][\w.’'-]*[\w]|\d", text):
        for part in [word] if not re.search(r"[a-z]-[a-z]", word) else word.split("-"):
            root = stem(part)
            if part.lower() in STOPWORDS or root in skipped or _NO_TERM.fullmatch(part):
                continue
            if find_companies(part) or set(stems(part)) <= skipped:
                continue
            skipped = skipped | {root}
            moves = root in UP or root in DOWN
            found.append(term_of(part, weight=_MOVE_WEIGHT if moves else 1.0))
    return tuple(found)


def _line_items(said: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the glossary's phrases in a text, the longest first found, with their other names."""
    start = 0
    while start < len(said):
        for size in range(min(_LONGEST_PHRASE, len(said) - start), 0, -1):
            phrase = tuple(said[start : start + size])
            others = expand(list(phrase))
            if any(phrase in expand(list(other)) for other in others):
                yield " ".join(phrase), tuple(" ".join(other) for other in others)
                start += size - 1
                break
        start += 1


def _names(question: str, companies: Sequence[str]) -> Iterator[str]:
    """Yield proper names that are no known company: people, products, agencies."""
    known = {part for name in companies for part in stems(name)}
    for match in _NAME.finditer(question):
        name = match.group()
        while (lead := _NO_NAME.match(name)) and lead.end() > 0:
            name = name[lead.end() :]
        name = re.sub(r"[’']s$|\s+(?:19|20)\d\d$", "", name).strip()
        if (
            re.match(r"x?[A-Z].", name)
            and not set(stems(name)) <= known
            and not find_companies(name)
        ):
            yield name


def _direction(question: str) -> str | None:
    """Return which way the question takes for granted that something moved."""
    if re.match(r"\W*(?:did|does|has|is|was|will)\b", question, re.IGNORECASE):
        return None
    moved = set(stems(question))
    down, up = moved & DOWN, moved & UP
    if down and not up:
        return "down"
    return "up" if up and not down else None
