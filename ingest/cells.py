"""Pure: a table's values, each with its row label, column heads, unit and scale.

The unit of a value is the nearest that is written: in the cell ("$ 95", "12 %"), in its column's
heads ("% Change"), in its row's label ("per share", "(in years)"), in the note of units over the
table ("(in millions, except per share data)"). A per cent sign that is printed once holds for the
bare numbers under it, in its section, else in its column ("10 %" over "9").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ingest.blocks import Block
from ingest.table_heads import column_heads, count_heads

__all__ = ["Cell", "cells_of"]

_NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?|\.\d+")
_BLANK = re.compile(r"[$€£¥\s]*[—–-]+\s*[%)]?")
_NEGATIVE = re.compile(r"[$€£¥\s]*[(−–-]\s*[$€£¥]?\s*[\d.]")
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALE = re.compile(
    # "issuance of $6.0 billion" gives an amount, no scale.
    r"(?<![\d.] )\b(?P<word>thousand|million|billion)s?\b"
    # "$M" and "MM" are millions; "MM/DD/YYYY" is a date, "mm" a length, "$M&A" no scale.
    r"|(?<![\d.] )(?P<million>(?-i:\$ ?MM?|(?<![-/&\w])MM)(?![-/&\w]))"
    r"|(?<!\d,)\b000s?\b",
    re.IGNORECASE,
)
_CURRENCIES = (
    ("USD", re.compile(r"US\$|\$|\b(?:U\.?S\.? )?dollars?\b|\bUSD\b", re.IGNORECASE)),
    ("EUR", re.compile(r"€|\bEUR\b")),
    ("GBP", re.compile(r"£|\bGBP\b")),
    ("JPY", re.compile(r"¥|\bJPY\b")),
)
_PERCENT = re.compile(r"(?<!\d)%|\bpercent(?:age)?\b|\bbasis points\b", re.IGNORECASE)
_PER_SHARE = re.compile(
    r"\bper[ -](?:\w+ ){0,2}(?:share|unit|ads)\b|\bearnings per\b(?! (?:\w+ ){0,2}share)|\beps\b"
    r"|\bgrant[ -]date fair value\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)", re.IGNORECASE)
_SHARES = re.compile(r"\bshares\b", re.IGNORECASE)
_COUNT_OF_SHARES = re.compile(
    r"\b(?:weighted|average|number of|basic|dilut\w+|outstanding|used)\b.*\bshares\b"
    r"|\bshares\b.*\b(?:basic|diluted|outstanding|used|issued|authorized)\b|^\W*shares\W*$"
    r"|\bnumber of (?:units|awards)\b|^denominator\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:in )?years?\b(?!\s+(?:end|ended|ending)\b)", re.IGNORECASE)
_NOTE = re.compile(
    r"\((?:[^()]*\W)?(?:in|\$) ?(?:thousands|millions|billions|(?-i:MM))\b[^()]*\)", re.IGNORECASE
)
_NO_SCALE = re.compile(r"\bexcept\b|\bexcluding\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table.

    `section` is the label row that it stands under ("Current assets"), empty where there is none.
    `heads` are its column's heads from top to bottom. `number` has the sign that is shown, before
    `scale` (1, 1000, 1000000 or 1000000000), and is None for a dash. `unit` is a currency code,
    "percent", "shares", "years", or None where nothing written tells it.
    """

    section: str
    label: str
    heads: tuple[str, ...]
    text: str
    number: Decimal | None
    unit: str | None
    scale: int

    @property
    def value(self) -> Decimal | None:
        """The quantity in base units: dollars, per cent, shares, years."""
        return None if self.number is None else self.number * self.scale


def cells_of(block: Block, above: Sequence[str] = ()) -> Iterator[Cell]:
    """Yield the values of a table, row by row.

    `above` are texts that stand over the table and may hold its note of units, the nearest last.
    """
    first = count_heads(block)
    heads = column_heads(block.rows[:first])
    notes = _notes(block, first, above)
    currency = _currency([*notes, *(cell for row in block.rows for cell in row)])
    section = ""
    signs: dict[int, str] = {}  # by column, of the section
    tops: dict[int, str] = {}  # by column, of the table
    for row in block.rows[first:]:
        if not any(row[1:]):
            section, signs = row[0], {}
            continue
        for column, text in enumerate(row[1:], start=1):
            if _is_quantity(text):
                over = heads[column] if column < len(heads) else ()
                if sign := _sign(text):
                    signs.setdefault(column, sign)
                    tops.setdefault(column, sign)
                implied = signs.get(column, tops.get(column))
                unit, scale = _unit(text, over, (section, row[0]), notes, currency, implied)
                yield Cell(section, row[0], over, text, _number(text), unit, scale)


def _notes(block: Block, first: int, above: Sequence[str]) -> list[str]:
    """Texts that may hold the note of units, the nearest first."""
    corner = [row[0] for row in block.rows[:first] if row and row[0]]
    return [text for text in (*reversed(corner), block.text, *reversed(above)) if text]


def _is_quantity(text: str) -> bool:
    return bool(_NUMBER.search(text)) or bool(_BLANK.fullmatch(text.strip()))


def _number(text: str) -> Decimal | None:
    found = _NUMBER.search(text)
    if found is None:
        return None
    try:
        number = Decimal(found.group().replace(",", ""))
    except InvalidOperation:
        return None
    return -number if _NEGATIVE.match(text.strip()) else number


def _sign(text: str) -> str | None:
    return "percent" if "%" in text else _currency([text])


def _currency(texts: Sequence[str]) -> str | None:
    for code, sign in _CURRENCIES:
        if any(sign.search(text) for text in texts):
            return code
    return None


def _unit(
    text: str,
    heads: Sequence[str],
    labels: tuple[str, str],
    notes: Sequence[str],
    currency: str | None,
    implied: str | None,
) -> tuple[str | None, int]:
    over = " ".join(heads)
    named = " ".join(labels)
    money = _currency([text])
    if "%" in text or (not money and _PERCENT.search(f"{over} {labels[1]}")):
        return "percent", 1
    counted = next(filter(None, map(_counted, (labels[1], over, labels[0]))), None)
    if counted == "per share":
        return money or currency, 1
    if counted == "shares" and not money:
        return "shares", _share_scale([over, labels[1], *notes])
    if not money and (_YEARS.search(text) or re.search(r"\(?in years\)?", f"{over} {named}", re.I)):
        return "years", 1
    if implied == "percent" and not money:
        return "percent", 1
    return money or currency, _scale([over, labels[1], *notes])


def _scale(notes: Sequence[str]) -> int:
    """The first scale that a note names; what it excepts comes after it."""
    for note in notes:
        in_brackets = _NOTE.search(note)
        rule = in_brackets.group() if in_brackets else note
        if found := _SCALE.search(_NO_SCALE.split(rule, maxsplit=1)[0]):
            return _named_scale(found)
    return 1


def _counted(text: str) -> str | None:
    """What a label counts: "shares", dollars "per share" (and shares used for it), or neither."""
    named = _ASIDE.sub("", text)
    if "par value" in named.casefold():
        # "Common stock, $0.001 par value; 80,000 shares authorized" is worth dollars.
        return None
    if "$" not in named and _COUNT_OF_SHARES.search(_PER_SHARE.sub("", named)):
        return "shares"
    return "per share" if _PER_SHARE.search(named) else None


def _share_scale(notes: Sequence[str]) -> int:
    """ "In millions, except number of shares, which are reflected in thousands"."""
    for note in notes:
        rule, _, exception = _PER_SHARE.sub("", note).partition("except")
        if _SHARES.search(exception):
            found = _SCALE.search(exception)
            return _named_scale(found) if found else 1
        if found := _SCALE.search(rule):
            return _named_scale(found)
    return 1


def _named_scale(found: re.Match[str]) -> int:
    if word := found["word"]:
        return _SCALES[word.lower()]
    return _SCALES["million" if found["million"] else "thousand"]
