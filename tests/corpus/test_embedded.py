"""What of a passage is embedded."""

from __future__ import annotations

from corpus.embedded import embedded_text
from corpus.models import Passage, PassageKind


def passage(text: str, kind: PassageKind, header: str = "Acme · 10-K · FY2024") -> Passage:
    return Passage("d:0", "d", 0, text, header, kind=kind)


def test_a_table_is_embedded_by_its_words_and_years() -> None:
    text = "(in millions) | 2023 | 2024\nNet sales | $ 574,785 | $ 637,959\nGrowth | 12% | (3.5)%"
    assert embedded_text(passage(text, PassageKind.TABLE)) == (
        "Acme · 10-K · FY2024\n(in millions) 2023 2024 Net sales Growth"
    )


def test_names_with_digits_are_words() -> None:
    text = "H100 hours | 12\nForm 10-K | —\nQ3 revenue | 1,200"
    assert embedded_text(passage(text, PassageKind.TABLE, "")) == "H100 hours Form 10-K Q3 revenue"


def test_prose_keeps_its_figures() -> None:
    text = "Capital expenditures were $83.0 billion in 2024."
    assert embedded_text(passage(text, PassageKind.PROSE, "")) == text
