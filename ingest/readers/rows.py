"""Rows of figures: which tokens are values, and how split cells are joined to their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = [
    "AFTER",
    "CLOSERS",
    "OPENERS",
    "UNFINISHED",
    "Row",
    "header_cells",
    "is_value",
    "join_cells",
    "split_row",
]

Row = tuple[str, ...]

_VALUE = re.compile(
    r"[~≈∼<>+]?\(?\s*[-–−+]?\s*(?:US\$|R\$|C\$|HK\$|NT\$|[$€£¥₩₹])?\s*\(?\s*[-–−]?\s*"
    r"\d(?:[\d,]*\d)?(?:\.\d+)?\s*\)?\s*(?:%|x|×|pts?|bps?|pp|[bmt]n|mm|[BMKT]|years?|months?|days|weeks)?\s*\)?"
    r"(?:\s?(?:\(\d\)|\*+|†))?",
    re.IGNORECASE,
)
_BLANK_VALUES = frozenset({"—", "–", "-", "−", "--", "N/A", "n/a", "NM", "N.M.", "nm", "*", "**"})
_BLANK_WITH_SIGN = re.compile(r"\$?\s*[—–-]\s*%?")
OPENERS = frozenset({"$", "US$", "€", "£", "¥", "(", "$(", "($", "-", "~", "+"})
CLOSERS = frozenset({")", "%", ")%", "%)", "pts", "pt", "bps", "x", "pp", "pts)", ") pts"})
_TIMES = frozenset({"years", "year", "months", "month", "days", "weeks"})
AFTER = CLOSERS | _TIMES
_MONTHS = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_MONTH = re.compile(_MONTHS, re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = rf"{_MONTHS}\s+\d{{1,2}},?(?:\s*(?:19|20)\d\d)?"
_SPAN = (
    r"(?:For\s+the\s+)?(?:(?:Three|Six|Nine|Twelve|3|6|9|12)\s+Months|(?:Fiscal\s+)?Years?|"
    r"Quarters?|\d\d\s+Weeks)\s+Ended"
    rf"(?:\s+{_DATE})?"
)
_PERIOD = r"(?:FY|CY|Q[1-4]|[1-4]Q)\s?'?(?:19|20)?\d\d[AE]?|(?:19|20)\d\d[AE]?"
_HEADERS = re.compile(
    rf"{_SPAN}|{_DATE}|{_PERIOD}|%\s*Change|\$\s*Change|Change|Variance|Total|Amount|Percent",
    re.IGNORECASE,
)

UNFINISHED = re.compile(r"(?:,|\b(?:and|or|of|in|to|for|from|the|net))$")
"""A label that ends so is not at its end."""


def is_value(cell: str) -> bool:
    """Tell whether a cell holds one quantity, or the dash that stands for none."""
    return (
        cell in _BLANK_VALUES
        or bool(_VALUE.fullmatch(cell))
        or bool(_BLANK_WITH_SIGN.fullmatch(cell))
    )


def join_cells(cells: Iterable[str]) -> list[str]:
    """Return the non-empty cells with `$` and `(` joined to the next, `)` and `%` to the previous.

    The first cell stays, empty or not: it is the label's place.
    """
    joined: list[str] = []
    opener = ""
    for number, cell in enumerate(cells):
        if number == 0:
            joined.append(cell)
        elif cell in OPENERS:
            opener += cell
        elif cell in CLOSERS and len(joined) > 1:
            joined[-1] += cell
        elif cell:
            joined.append(_tight(opener + cell))
            opener = ""
    if opener:
        joined.append(opener)
    return joined


def _tight(cell: str) -> str:
    """Close the gaps inside a number that was cut into cells: `( 29,876` and `$ 95.2`."""
    return re.sub(r"(?<=[($€£¥])\s+(?=[\d(—.])|(?<=\d)\s+(?=[)%])", "", cell)


def split_row(line: str) -> tuple[str, Row]:
    """Return the line's label and the values that close it; no values where it closes in words."""
    tokens = _glued(line.split())
    cut = len(tokens)
    while cut and is_value(tokens[cut - 1]) and not _is_year_of_date(tokens, cut - 1):
        cut -= 1
    return " ".join(tokens[:cut]), tuple(tokens[cut:])


def _is_year_of_date(tokens: Sequence[str], at: int) -> bool:
    """Tell whether a token is the year of "April 30, 2025" and thus a label's, no value."""
    return (
        at >= 2
        and tokens[at - 1].endswith(",")
        and bool(_YEAR.fullmatch(tokens[at]))
        and bool(_MONTH.fullmatch(tokens[at - 2]))
    )


def _glued(words: Sequence[str]) -> list[str]:
    tokens: list[str] = []
    opener = ""
    for word in words:
        if word in {"$", "US$", "€", "£", "¥", "(", "$("}:
            opener += word
        elif word in AFTER and tokens and is_value(tokens[-1]) and not opener:
            tokens[-1] += word if word[0] in ")%" else f" {word}"
        else:
            tokens.append(opener + word)
            opener = ""
    return [*tokens, opener] if opener else tokens


def header_cells(line: str) -> Row:
    """Return the periods that a header line names, one a cell; () where it holds anything else.

    The first cell is the label's place: empty, or the note of units that precedes the periods.
    """
    unit = re.match(r"\((?:[^()]|\([^()]*\))*\)", line)
    rest = line[unit.end() :] if unit else line
    cells = tuple(match.group().strip() for match in _HEADERS.finditer(rest))
    if len(cells) < 2 or _HEADERS.sub("", rest).strip(" ,|"):
        return ()
    return (unit.group() if unit else "", *cells)
