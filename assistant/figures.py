"""Pure: is each quantity in an answer supported by the evidence that its sentence cites?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.citations import Claim, claims
from assistant.conversation import CitedFigure, Evidence
from assistant.quantities import CURRENCIES, Quantity, quantities
from assistant.quantity_grammar import MONTH, SCALES
from assistant.sentences import words

__all__ = ["read_figures", "same_quantity", "verify"]

_LEAST_DIGITS = 2
_SCALED = 10
"""Quantum of a cell with a few decimals in a table of thousands."""
_YEN_OR_YUAN = frozenset({"¥", "CNY", "JPY"})
_NO_FIGURE = re.compile(
    rf"""^[ \t>]*(?:[-*•+][ \t]+)?(?:\*\*)?\d{{1,3}}[.)](?=\s)
    |(?<![\d.,$€£¥])\d{{1,2}}\.?\s(?:de\s)?[^\W\d_]{{3,}}\.?\s(?:de\s)?(?=(?:19|20)\d\d\b)
    |(?:\b{MONTH}|\b[Pp]ages?|\bpp\.)\s?\d+\s?[-–]\s?\d+\b(?!\s?%)
    |(?<=[A-Za-z\d])['’]\d\d\b
    |\b\d{{1,2}}:\d\d\b
    |\d{{1,4}}(?=\s?[年月日号號页頁章節节년월일])""",
    re.VERBOSE | re.MULTILINE,
)
"""Numbers of list items, days of dates in any language, ranges of days and pages, short years."""
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?![\d,]))")
_WORDS = "|".join(word for word in (*SCALES, "percent") if len(word) > 1)
_SCALE = re.compile(rf"(?<=\d)\+?[ -]?(?:{_WORDS})\b", re.IGNORECASE)
_SILENT = re.compile(r"[*`_\\\u200b-\u200d\u2060\ufeff]|(?<=\d)\+")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SIGNS = str.maketrans({"×": "x", "％": "%", "＄": "$"})


def verify(text: str, evidence: Sequence[Evidence]) -> tuple[CitedFigure, ...]:
    """Return the quantities of the answer `text`, each with the evidence that holds it, if any.

    A figure is verified when a piece of evidence that its statement cites states the same value
    and unit, or a more precise value that rounds to it. Spans are offsets in `text`.
    """
    held = {item.n: read_figures(f"{item.text}\n\n{item.document.title}") for item in evidence}
    found = claims(text)
    return tuple(_cited(figure, _around(figure, found), held) for figure in read_figures(text))


def read_figures(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text written by a person or a model, spans as offsets in it.

    Emphasis between a number and its unit, numbers of list items, days of dates in any language
    and decimal commas are read as what they are.
    """
    plain, places = _plain(text)
    return tuple(
        replace(item, text=text[start:end].replace("*", ""), span=(start, end))
        for item in quantities(plain)
        for start, end in [(places[item.span[0]], places[item.span[1] - 1] + 1)]
    )


def same_quantity(stated: Quantity, held: Quantity) -> bool:
    """Tell whether `held` supports `stated`; signs are left to words ("decreased by")."""
    return _same_unit(stated, held) and _same_value(stated, abs(held.value))


def _around(figure: Quantity, found: Sequence[Claim]) -> tuple[int, ...]:
    """Return what the piece of the answer that holds the figure cites."""
    return next((c.cited for c in found if c.span[0] <= figure.span[0] < c.span[1]), ())


def _cited(
    figure: Quantity, cited: Sequence[int], held: dict[int, tuple[Quantity, ...]]
) -> CitedFigure:
    supporting = next(
        (n for n in cited if any(same_quantity(figure, item) for item in held.get(n, ()))), None
    )
    first = cited[0] if cited else None
    return CitedFigure(
        text=figure.text,
        value=figure.value,
        unit=figure.unit,
        verified=supporting is not None,
        n=first if supporting is None else supporting,
        span=figure.span,
    )


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the text as `quantities` reads it, and where each of its characters stood."""
    masked = _NO_FIGURE.sub(lambda match: " " * len(match.group()), text)
    masked = _SCALE.sub(lambda match: match.group().lower(), masked.translate(_SIGNS))
    masked = _UNSPACED.sub(" ", _DECIMAL_COMMA.sub(".", masked))
    silent = {place for match in _SILENT.finditer(masked) for place in range(*match.span())}
    places = [place for place in range(len(masked)) if place not in silent]
    return "".join(masked[place] for place in places), places


def _same_unit(stated: Quantity, held: Quantity) -> bool:
    units = {stated.unit, held.unit}
    same = len(units) == 1 or ("¥" in units and units < _YEN_OR_YUAN)
    if not same and not _currency_left_out(stated, held):
        return False
    return not (stated.per and held.per) or bool(_nouns(stated.per) & _nouns(held.per))


def _currency_left_out(stated: Quantity, held: Quantity) -> bool:
    """Tell whether one of two amounts goes without its currency: a cell of a table of money.

    A bare number is no money; one that its table scales to thousands or more may be.
    """
    if stated.unit == "":
        return held.unit in CURRENCIES
    return held.unit == "" and stated.unit in CURRENCIES and held.quantum >= _SCALED


def _nouns(denominator: str) -> frozenset[str]:
    return frozenset(
        part.removesuffix("s") for word in words(denominator) for part in word.split("-")
    )


def _same_value(stated: Quantity, held: Decimal) -> bool:
    value = abs(stated.value)
    if value == held:
        return True
    precise_enough = value >= stated.quantum.scaleb(_LEAST_DIGITS - 1)
    return precise_enough and abs(held - value) * 2 <= stated.quantum
