"""Pure: what a question asks: terms, companies, names, periods and the kind of answer wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_terms import DOWN, UP, Term, stems
from assistant.backends.analyst_topic import terms_asked
from assistant.backends.analyst_wanted import MEASURED, Wanted, wanted_by
from corpus.companies import find_companies

__all__ = ["Asked", "Part", "analyse"]


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

    `expected` asks for guidance, `actual` for what happened, `latest` for the newest, `standing`
    for a figure as it is now, `course` for how something changed over time. `direction` holds "up"
    or "down" where the question takes for granted that something moved. `forms` are the kinds of
    document that it names.
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
    standing: bool
    course: bool
    direction: str | None
    forms: tuple[str, ...]

    @property
    def weighed(self) -> tuple[Term, ...]:
        """The terms; where no figure is asked for, a line item is a word like any other."""
        if self.wanted is not Wanted.STATEMENT:
            return self.terms
        return tuple(replace(term, weight=min(term.weight, 1.0)) for term in self.terms)

    @property
    def per(self) -> str:
        """What a price asked for is per, "" where the question does not say."""
        match = _PER.search(self.text)
        return match.group(1) if match else ""

    @property
    def ahead(self) -> bool:
        """Whether it asks what was expected for the time after the period that it names."""
        return self.expected and _AHEAD.search(self.text) is not None

    @property
    def contrast(self) -> bool:
        """Whether it asks how several terms differ; each is a part."""
        return len(self.parts) > 1 and all(p.wanted is Wanted.MEANING for p in self.parts)

    @property
    def related(self) -> bool:
        """Whether it asks about dealings between companies, and not about each of them."""
        if len(self.companies) < 2 or _COMPARED.search(self.text):
            return False
        return _SIDE_BY_SIDE.search(self.text) is None


_PER = re.compile(r"\bper\s+((?:million |1M )?[\w-]+)", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:next|following|coming)\b", re.IGNORECASE)
_COMPARED = re.compile(r"\bcompar|\bversus\b|\bvs\b|\beach\b|\bbetween\b.*\band\b|\bor\b", re.I)
_SIDE_BY_SIDE = re.compile(r"\b[A-Z]\w+(?:[’']s?)?(?:, [A-Z]\w+(?:[’']s?)?)*,? and [A-Z]")
_EXPECTED = re.compile(
    r"\bexpect\w*|\bguid(?:e|ed|ance)\b|\boutlook\b|\bforecast\w*|\bplan(?:s|ned)?\b|\banticipat\w+"
    r"|\bproject(?:s|ed|ions?)\b|\btargets?\b|\bwill\b",
    re.IGNORECASE,
)
_ACTUAL = re.compile(
    r"\b(?:was|were|did)\b|\bturn(?:ed)? out\b|\bactual(?:ly)?\b"
    r"|\bdid .{2,40} (?:spend|report|earn|pay)\b"
    r"|\bspent\b|\breported\b",
    re.IGNORECASE,
)
_LATEST = re.compile(r"\b(?:latest|current(?:ly)?|now|newest|most recent(?:ly)?|today)\b", re.I)
_DIFFERENCE = re.compile(
    r"\b(?:differences?|distinctions?) between (.+?)[?.]*$"
    r"|\bhow (?:does|do) (.+?) differ from (.+?)[?.]*$",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_PRESENT = re.compile(r"\b(?:is|are|has|have|does|do)\b", re.IGNORECASE)
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
_TAKEN_FOR_GRANTED = re.compile(
    r"\W*(?:why|when|(?:by )?how much|how)\s+(?:did|has|have|is|was|were|does|do)\b", re.IGNORECASE
)
_BACKGROUND_WEIGHT = 0.2


def analyse(question: str, background: str = "", of_someone: bool = False) -> Asked:
    """Return what `question` asks; `background` is what a follow-up leaves to earlier turns.

    `of_someone` tells that all evidence is of one company, whoever the question names.
    """
    whole = f"{question} {background}".strip()
    companies = find_companies(whole)
    parts = _contrasted(question, companies) or tuple(
        _part(text, companies, of_someone) for text in _parts(question)
    )
    return Asked(
        text=question,
        terms=_with_background(
            terms_asked(question, companies), terms_asked(background, companies)
        ),
        companies=companies,
        names=tuple(_names(question, companies)),
        periods=periods(whole),
        wanted=_wanted(parts[0], background),
        parts=parts,
        expected=parts[0].expected,
        actual=parts[0].actual,
        latest=_LATEST.search(question) is not None,
        standing=_stands(parts[0], whole),
        course=_COURSE.search(question) is not None,
        direction=_direction(question),
        forms=tuple(dict.fromkeys(_FORMS.findall(question))),
    )


def _stands(part: Part, whole: str) -> bool:
    """Tell whether a figure is asked for as it is now: in the present tense, of no period."""
    if part.wanted not in MEASURED or part.actual or part.expected or periods(whole):
        return False
    return _PRESENT.search(part.text) is not None


def _wanted(part: Part, background: str) -> Wanted:
    """Return what the first part wants; "and what about ..." wants what was wanted before."""
    return wanted_by(background) if part.wanted is Wanted.STATEMENT and background else part.wanted


def _with_background(own: tuple[Term, ...], earlier: tuple[Term, ...]) -> tuple[Term, ...]:
    """Add the terms of before, which count little where the question has a line item."""
    said = {way for term in own for way in term.ways}
    added = tuple(term for term in earlier if not term.ways & said)
    if any(term.weight > 1 for term in own):
        return own + tuple(replace(term, weight=_BACKGROUND_WEIGHT) for term in added)
    return own + added


def _parts(question: str) -> tuple[str, ...]:
    return tuple(filter(None, (p.strip(" ?.") for p in _JOINT.split(question)))) or (question,)


def _contrasted(question: str, companies: Sequence[str]) -> tuple[Part, ...]:
    """Return the terms that a question wants told apart; none where it compares companies."""
    match = None if companies or periods(question) else _DIFFERENCE.search(question)
    if match is None:
        return ()
    sides = [side for side in _LISTED.split(", ".join(filter(None, match.groups()))) if side]
    return tuple(Part(s, terms_asked(s, companies), Wanted.MEANING, False, False) for s in sides)


def _part(text: str, companies: Sequence[str], of_someone: bool) -> Part:
    expected = _EXPECTED.search(text) is not None
    return Part(
        text=text,
        terms=terms_asked(text, companies),
        wanted=wanted_by(text, of_someone or bool(companies or periods(text))),
        expected=expected,
        actual=not expected and _ACTUAL.search(text) is not None,
    )


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
    if not _TAKEN_FOR_GRANTED.match(question):
        return None
    moved = set(stems(question))
    down, up = moved & DOWN, moved & UP
    if down and not up:
        return "down"
    return "up" if up and not down else None
