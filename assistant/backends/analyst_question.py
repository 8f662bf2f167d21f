"""Pure: what a question asks: terms, companies, names, periods and the kind of answer wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.backends.analyst_periods import Period, periods
from assistant.backends.analyst_terms import DOWN, STOPWORDS, UP, Term, stem, stems, term_of
from assistant.backends.analyst_wanted import MEASURED, Wanted, wanted_by
from corpus.companies import find_companies
from corpus.glossary import expand
from corpus.terms import terms

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
_PERIOD_WORDS = """expect guidance outlook forecast anticipate plan latest current recent actual
fiscal year quarter first second third fourth end start beginning january february march april may
june july august september october november december company report explain compare list answer
question note document next last total difference differ distinction definition define
meaning find lesson teach"""
_NOT_TERMS = frozenset(map(stem, _PERIOD_WORDS.split()))
_ASKS_AMOUNT = re.compile(r"\bto cost\b|\bcosts? how much\b|\bhow much\b", re.IGNORECASE)
_NO_TERM = re.compile(r"(?:19|20)\d\d|(?:FY|Q)\d+|10-[KQ]|8-K", re.IGNORECASE)
_TAKEN_FOR_GRANTED = re.compile(
    r"\W*(?:why|when|(?:by )?how much|how)\s+(?:did|has|have|is|was|were|does|do)\b", re.IGNORECASE
)
_MOVE_WEIGHT = 0.5
_ITEM_WEIGHT = 2.0
_BACKGROUND_WEIGHT = 0.2
_SELECTING = frozenset({"largest", "biggest", "highest", "smallest", "lowest", "top", "main"})
_SELECTING_WEIGHT = 0.3
"""A table shows which is the largest without saying so."""
_LONGEST_PHRASE = 6


def analyse(question: str, background: str = "") -> Asked:
    """Return what `question` asks; `background` is what a follow-up leaves to earlier turns."""
    whole = f"{question} {background}".strip()
    companies = find_companies(whole)
    parts = _contrasted(question, companies) or tuple(
        _part(text, companies) for text in _parts(question)
    )
    return Asked(
        text=question,
        terms=_with_background(_terms(question, companies), _terms(background, companies)),
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
    match = None if companies else _DIFFERENCE.search(question)
    if match is None:
        return ()
    sides = [side for side in _LISTED.split(", ".join(filter(None, match.groups()))) if side]
    return tuple(Part(s, _terms(s, companies), Wanted.MEANING, False, False) for s in sides)


def _part(text: str, companies: Sequence[str]) -> Part:
    expected = _EXPECTED.search(text) is not None
    return Part(
        text=text,
        terms=_terms(text, companies),
        wanted=wanted_by(text, bool(companies)),
        expected=expected,
        actual=not expected and _ACTUAL.search(text) is not None,
    )


def _terms(text: str, companies: Sequence[str]) -> tuple[Term, ...]:
    """Return line items by all their names, then the other words that carry meaning."""
    found: list[Term] = []
    covered: set[str] = set()
    for phrase, others in _line_items(terms(text)):
        own = stems(phrase)
        if not set(own) <= _NOT_TERMS:
            found.append(term_of(phrase, others, _ITEM_WEIGHT))
            covered.update(own)
    named = covered | {part for name in companies for part in stems(name)}
    found.extend(_plain_terms(text, named | _NOT_TERMS))
    return tuple(found or _plain_terms(text, named))


def _plain_terms(text: str, skipped: set[str] | frozenset[str]) -> Iterator[Term]:
    for word in re.findall(r"[A-Za-z0-9][\w.’'-]*[\w]|\d", _ASKS_AMOUNT.sub(" ", text)):
        for part in [word] if not re.search(r"[a-z]-[a-z]", word) else word.split("-"):
            root = stem(part)
            if part.lower() in STOPWORDS or root in skipped or _NO_TERM.fullmatch(part):
                continue
            if find_companies(part) or set(stems(part)) <= skipped:
                continue
            skipped = skipped | {root}
            yield term_of(part, weight=_weight(part, root))


def _weight(word: str, root: str) -> float:
    if word.lower() in _SELECTING:
        return _SELECTING_WEIGHT
    return _MOVE_WEIGHT if root in UP | DOWN else 1.0


def _line_items(said: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the glossary's phrases in a text, the longest first found, with their other names."""
    start = 0
    while start < len(said):
        for size in range(min(_LONGEST_PHRASE, len(said) - start), 0, -1):
            phrase = tuple(said[start : start + size])
            others = _same_item(phrase) or _same_item((*phrase[:-1], _singular(phrase[-1])))
            if others:
                yield " ".join(phrase), others
                start += size - 1
                break
        start += 1


def _singular(word: str) -> str:
    return "life" if word == "lives" else word.removesuffix("s")


def _same_item(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other names of a line item, nothing where the phrase is none of the glossary's."""
    others = [other for group in expand(list(phrase)) for other in group]
    known = any(phrase in group for other in others for group in expand(list(other)))
    return tuple(" ".join(other) for other in others) if known else ()


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
