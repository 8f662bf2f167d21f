"""Pure: words and numbers of an answer as grading reads them, whatever their spelling."""

from __future__ import annotations

import re
import unicodedata

from assistant.citations import without_markers

__all__ = ["clause", "contains", "is_denied", "plain", "tells_of_a_fall"]

DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
SINGLE_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u2032`]")
DOUBLE_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")
INVISIBLE = re.compile("[*\u00ad\u200b-\u200d\u2060\ufeff]")
PERCENT = re.compile(r"(?<=\d)\s*(?:%|percent\b|per cent\b)")
THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)")
TRAILING_ZEROS = re.compile(
    r"(?<![\d.])(?<![a-z])(?<![a-z]-)(\d+)\.(?!\d{3}(?!\d))(\d*?)0+(?!\d|\.\d)"
)
"""Zeros after the decimal point; neither of a version's number nor of a thousand as in "1.000"."""
NUMBER_BEGINS = (
    r"(?<!\d)(?<!\d[.,])"
    r"(?:(?<![a-z])|(?<=\bfy)|(?<=\busd)|(?<=\beur)|(?<=\bgbp)|(?<=\bcny)|(?<=\bjpy))"
)
"""Before a number: no digit, no decimal point, no letter of a name such as A100 or GB200."""
NUMBER_ENDS = r"(?!\d)(?![.,]\d)"
PLURAL = re.compile(r"(?:'?s|es)(?![a-z])")
DENIED = re.compile(
    r"(?:\b(?:not|never|neither|nor|rather than|instead of)|n't)"
    r"(?: (?:a|an|the|about|around|roughly|be|by|at|to|reach|equal|total))*"
    r" ?(?:us)?[$€£~(]? ?$"
)
FALL = re.compile(
    r"\b(?:loss(?:es)?|lost|declin\w*|fell|fall(?:s|en|ing)?|decreas\w*|drop(?:s|ped|ping)?"
    r"|shr[aiu]nk\w*|reduc\w*|negative|minus|deficits?|down(?= by\b| ?[\d$€£~]))\b"
)
CLAUSE_ENDS = re.compile(r"[;!?\n]|[.,:](?=\s)|\b(?:but|while|whereas|although)\b")


def contains(text: str, part: str) -> bool:
    """Tell whether `part` occurs in an answer, however either is spelled.

    Case, spaces, dashes, quotes, thousands separators and zeros after a decimal point do not
    matter. A number and a word occur only as wholes, a word in its plural too: "60" is neither in
    "160" nor in "GB60", "rent" not in "current". A number right after a "not" does not occur.
    """
    wanted, said = plain(part), plain(text)
    begins, ends = wanted[:1].isdigit(), wanted[-1:].isdigit()
    pattern = f"{NUMBER_BEGINS * begins}{re.escape(wanted)}{NUMBER_ENDS * ends}"
    is_number = wanted.lstrip("$€£~")[:1].isdigit()
    return any(
        _is_whole(said, *found.span()) and not (is_number and is_denied(said[: found.start()]))
        for found in re.finditer(pattern, said)
    )


def plain(text: str) -> str:
    """Return a text without its citation markers, in the one spelling that is compared."""
    same = unicodedata.normalize("NFKC", INVISIBLE.sub("", without_markers(text)))
    same = DASHES.sub("-", same)
    same = DOUBLE_QUOTES.sub('"', SINGLE_QUOTES.sub("'", same)).casefold()
    same = THOUSANDS.sub(lambda found: found.group().replace(",", ""), " ".join(same.split()))
    same = TRAILING_ZEROS.sub(lambda found: ".".join(filter(None, found.groups())), same)
    return PERCENT.sub("%", same)


def is_denied(before: str) -> bool:
    """Tell whether what stands before a figure denies it: "not", "rather than"."""
    return DENIED.search(plain(before)) is not None


def tells_of_a_fall(text: str) -> bool:
    """Tell whether a text speaks of a loss or a decline."""
    return FALL.search(plain(text)) is not None


def clause(text: str, span: tuple[int, int]) -> str:
    """Return the clause of a text in which `span` stands."""
    start, end = span
    begins = max((found.end() for found in CLAUSE_ENDS.finditer(text, 0, start)), default=0)
    ending = CLAUSE_ENDS.search(text, end)
    return text[begins : ending.start() if ending else len(text)]


def _is_whole(said: str, start: int, end: int) -> bool:
    """Letters of an alphabet beside each other are one word; other scripts write no spaces."""
    plural = PLURAL.match(said, end)
    end = plural.end() if plural else end
    inside = said[start - 1 : start].islower() and said[start].islower()
    return not inside and not (said[end - 1].islower() and said[end : end + 1].islower())
