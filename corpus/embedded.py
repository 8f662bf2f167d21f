"""Pure: a passage as the embedder sees it."""

from __future__ import annotations

import re

from corpus.models import Passage, PassageKind

__all__ = ["embedded_text"]

_AMOUNT = re.compile(r"(?<![\w-])[(\-–−~<>$€£¥]*\s*\d[\d,.]*\)?%?(?![\w-])|(?<!\w)[—–$|]+(?!\w)|\|")
_YEAR = re.compile(r"(?:19|20)\d\d")


def embedded_text(passage: Passage) -> str:
    """Return header and text; of a table the words and years, without its amounts and bars.

    A small embedding model makes little of digits, and they are half of a table's word pieces.
    Measured on 74 FinanceBench questions: page@10 0.65 with them, 0.68 without, at 8 % fewer word
    pieces in all. The stored and the lexical text keep them.
    """
    words = _words(passage.text) if passage.kind is PassageKind.TABLE else ""
    text = words or passage.text
    return f"{passage.header}\n{text}" if passage.header else text


def _words(table: str) -> str:
    return " ".join(_AMOUNT.sub(_kept, table).split())


def _kept(amount: re.Match[str]) -> str:
    return amount.group() if _YEAR.fullmatch(amount.group().strip()) else " "
