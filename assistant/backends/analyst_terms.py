"""Pure: words as the analyst compares them: stems, proper names, and terms with their synonyms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.sentences import words

__all__ = ["DOWN", "STOPWORDS", "UP", "Stems", "Term", "contains", "stem", "stems", "term_of"]

Stems = tuple[str, ...]

_STOPWORDS = """
    a about after against all also an and any are as at be been before being between both but by
    can could did do does doing during each for from further had has have having he her his how i if
    in into is it its itself just many me more most much my no nor not of off on once only or other
    our out over own per same say said says she should so some state such tell than that the their
    them then there these they this those through to too under until up us very was we were what
    when where which while who whom whose why will with would you your according long large turn
    give gave given make made come comes came get got take took use used using mean happen kind
    without within"""
STOPWORDS = frozenset(_STOPWORDS.split())
_IRREGULAR = {
    "lives": "life", "spent": "spend", "rose": "rise", "risen": "rise", "fell": "fall",
    "fallen": "fall", "grew": "grow", "grown": "grow", "growth": "grow", "expenses": "expense",
    "expenditures": "expenditure", "bought": "buy", "sold": "sell", "paid": "pay", "cost": "cost",
    "costs": "cost", "less": "less", "led": "lead", "held": "hold", "was": "be", "leased": "lease",
    "depreciation": "depreciate", "utilisation": "utilization", "shortened": "shorten",
    "longer": "long", "shorter": "shorten", "higher": "high", "lower": "low", "lowered": "low",
    "concentrated": "concentration", "expectation": "expect", "guided": "guidance",
    "guide": "guidance", "commitment": "commit", "commitments": "commit", "agreements": "agree",
    "agreement": "agree", "spending": "spend", "pricing": "price", "justification": "justify",
    "revenues": "revenue", "increases": "increase", "customers": "customer",
}  # fmt: skip
_FAMILIES = (
    ("expect", "anticipate", "guidance", "outlook", "forecast", "project", "plan", "estimate"),
    ("cut", "low", "reduce", "decrease", "decline", "fall", "drop", "shrink", "lessen", "halve"),
    ("raise", "increase", "rise", "high", "grow", "lift", "climb", "jump"),
    ("shorten", "decrease", "reduce"),
    ("extend", "lengthen", "increase", "stretch"),
    ("change", "revise", "update", "raise", "low", "narrow", "extend", "increase", "decrease"),
    ("effect", "impact", "result", "reduce", "decrease", "increase"),
    ("rent", "rental", "lease", "hourly"),
    ("price", "pricing", "rate", "cost"),
    ("share", "percent", "percentage", "portion", "proportion"),
    ("concentration", "customer", "represent", "account"),
    ("total", "aggregate", "combine"),
    ("commit", "commitment", "agree", "agreement", "contract"),
    ("justify", "justification", "defend", "hunch", "because", "confident"),
    ("old", "prior", "previous", "legacy"),
    ("spend", "spending", "expenditure", "expense", "bill"),
    ("switch", "idle"),
    ("charge", "price", "pay"),
    ("buy", "purchase", "acquire"),
    ("employee", "worker", "headcount"),
    ("finance", "fund", "borrow", "debt", "loan"),
    ("save", "cut", "reduce", "halve", "low"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """Something that the question asks about, with the other ways of saying it.

    `word` is as asked. `ways` are sequences of stems, any of which counts as a mention; those in
    `near` count half. `weight` is what the term is worth beside others.
    """

    word: str
    ways: frozenset[Stems]
    near: frozenset[Stems] = frozenset()
    weight: float = 1.0


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a word without its commonest English endings; figures stay as they are."""
    word = word.lower().replace("’", "'").removesuffix("'s").rstrip("'")
    if word in _IRREGULAR:
        return _rounded(_IRREGULAR[word])
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead in (
        ("ies", "y"), ("sses", "ss"), ("izations", "ization"), ("ments", "ment"),
        ("ings", ""), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""),
    ):  # fmt: skip
        if word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            root = word[: -len(ending)] + instead
            if len(root) >= 3:
                return _rounded(root)
    return _rounded(word)


def _rounded(root: str) -> str:
    if len(root) > 4 and root[-1] == root[-2] and root[-1] not in "slz":
        root = root[:-1]
    return root.removesuffix("e") if len(root) > 3 else root


def stems(text: str) -> Stems:
    """Return the stems of the words of `text`, compounds with a hyphen also in parts."""
    found: list[str] = []
    for word in words(text):
        if "-" in word:
            found.extend(stem(part) for part in word.split("-") if part)
        else:
            found.append(stem(word))
    return tuple(found)


def contains(where: Stems, way: Stems) -> bool:
    """Tell whether the stems of a way stand in a row in `where`."""
    if len(way) == 1:
        return way[0] in where
    return any(where[i : i + len(way)] == way for i in range(len(where) - len(way) + 1))


@lru_cache(maxsize=1)
def _families() -> dict[str, frozenset[Stems]]:
    table: dict[str, set[Stems]] = {}
    for family in _FAMILIES:
        members = {stem(word) for word in family}
        for member in members:
            table.setdefault(member, set()).update((other,) for other in members)
    return {member: frozenset(ways) for member, ways in table.items()}


def term_of(word: str, ways: Iterable[str] = (), weight: float = 1.0) -> Term:
    """Return the term of one word or phrase, with the family of words that say the same."""
    own = frozenset({stems(word), *(stems(way) for way in ways)})
    near = frozenset(
        way for one in own if len(one) == 1 for way in _families().get(one[0], frozenset())
    )
    return Term(word, own, near - own, weight)


DOWN = frozenset(stem(word) for word in (*_FAMILIES[1], "shorten", "down", "half", "halved"))
UP = frozenset(stem(word) for word in (*_FAMILIES[2], "extend", "lengthen", "up"))
