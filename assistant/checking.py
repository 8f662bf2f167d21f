"""Is an answer true to its evidence? All checks of one answer, and what they found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.backends.analyst_terms import stem
from assistant.citations import COMMON, Claim, check, claims
from assistant.conversation import Citation, CitedFigure, Evidence, Flag, FlagKind
from assistant.figures import verify
from assistant.injection import follows_orders, orders, repeats
from assistant.prompts import REFUSAL, SYSTEM, is_refusal, shows_fences
from assistant.sentences import words

__all__ = ["ESCALATING", "CheckedAnswer", "check_answer"]

ESCALATING = frozenset(
    {
        FlagKind.NO_CITATION,
        FlagKind.INVENTED_CITATION,
        FlagKind.UNSUPPORTED_FIGURE,
        FlagKind.UNRELATED_CITATION,
        FlagKind.REPEATS_INSTRUCTIONS,
        FlagKind.INSTRUCTED_BY_EVIDENCE,
    }
)
"""Doubts for which routing asks a stronger backend."""
REPEATED_RUN = 8
"""Words in a row of our own instructions; fewer may be chance."""
FEW_WORDS = 4
"""Content words that make a piece of an answer a statement about the evidence."""
HEADING = re.compile(r"#{1,6}\s|\*\*[^*]+\*\*:?$|\|?[\s:|-]+\|?$")
CUT = {
    "length": "it reached the longest answer allowed (max_output in backends.toml)",
    "max_tokens": "it reached the longest answer allowed (max_output in backends.toml)",
}
WHOLE = frozenset({None, "stop"})


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer's text with known markers only, and all that was found in it.

    `dropped` counts markers that named evidence which was never given.
    """

    text: str
    answered: bool
    citations: tuple[Citation, ...]
    figures: tuple[CitedFigure, ...]
    dropped: int
    flags: tuple[Flag, ...]


def check_answer(
    text: str, evidence: Sequence[Evidence], *, finish_reason: str | None = None
) -> CheckedAnswer:
    """Return the answer checked against the evidence that it was given."""
    checked = check(text.strip(), evidence)
    clean = checked.text.strip()
    answered = bool(clean) and not is_refusal(clean)
    figures = verify(clean, evidence)
    found = _Findings(clean, answered, checked.citations, figures, checked.dropped, evidence)
    return CheckedAnswer(
        text=clean,
        answered=answered,
        citations=checked.citations,
        figures=figures,
        dropped=checked.dropped,
        flags=tuple(found.flags(finish_reason)),
    )


@dataclass(frozen=True, slots=True)
class _Findings:
    text: str
    answered: bool
    citations: Sequence[Citation]
    figures: Sequence[CitedFigure]
    dropped: int
    evidence: Sequence[Evidence]

    def flags(self, finish_reason: str | None) -> Iterator[Flag]:
        pieces = [claim for claim in claims(self.text) if not _is_furniture(claim)]
        yield from self._orders(pieces)
        yield from self._citations()
        yield from self._figures()
        if self.answered and self.citations:
            yield from self._uncited(pieces)
        yield from self._unrelated(pieces)
        if finish_reason not in WHOLE:
            why = CUT.get(finish_reason or "", f"the backend ended it with “{finish_reason}”")
            yield Flag(FlagKind.CUT_SHORT, f"The answer was cut short: {why}.")

    def _orders(self, pieces: Sequence[Claim]) -> Iterator[Flag]:
        own = SYSTEM.replace(REFUSAL, "")
        if repeats(self.text, own, REPEATED_RUN) or shows_fences(self.text):
            yield Flag(
                FlagKind.REPEATS_INSTRUCTIONS,
                "The answer repeats the assistant's own instructions instead of the documents.",
            )
        planted = any(orders(item.text) for item in self.evidence)
        bare = self.answered and planted and not self.citations
        if bare or follows_orders([piece.text for piece in pieces], self.evidence):
            yield Flag(
                FlagKind.INSTRUCTED_BY_EVIDENCE,
                "A passage in the evidence gives the assistant instructions, and the answer seems "
                "to follow them.",
            )

    def _citations(self) -> Iterator[Flag]:
        if self.answered and not self.citations:
            yield Flag(FlagKind.NO_CITATION, "The answer cites none of the evidence.")
        if self.dropped:
            removed = "1 citation" if self.dropped == 1 else f"{self.dropped} citations"
            yield Flag(
                FlagKind.INVENTED_CITATION, f"{removed} removed: no such evidence was given."
            )

    def _figures(self) -> Iterator[Flag]:
        wrong = [figure for figure in self.figures if not figure.verified]
        if wrong:
            names = ", ".join(dict.fromkeys(figure.text for figure in wrong))
            yield Flag(
                FlagKind.UNSUPPORTED_FIGURE,
                f"Not found in the cited passages: {names}.",
                tuple(figure.span for figure in wrong),
            )

    def _uncited(self, pieces: Sequence[Claim]) -> Iterator[Flag]:
        """Statements about the evidence's own subject that name no evidence for it."""
        known = _stems(" ".join(item.text for item in self.evidence))
        bare = [
            piece
            for piece in pieces
            if not piece.cited and len(_content(piece.text) & known) >= FEW_WORDS
        ]
        if bare:
            yield Flag(
                FlagKind.UNCITED_STATEMENT,
                "Stated without a citation:",
                tuple(piece.span for piece in bare),
            )

    def _unrelated(self, pieces: Sequence[Claim]) -> Iterator[Flag]:
        texts = {
            item.n: _stems(f"{item.document.title} {item.header} {item.text}")
            for item in self.evidence
        }
        apart = [
            piece
            for piece in pieces
            if piece.cited
            and _in_english(piece.text)
            and len(_content(piece.text)) >= FEW_WORDS
            and not any(_content(piece.text) & texts.get(n, frozenset()) for n in piece.cited)
        ]
        if apart:
            yield Flag(
                FlagKind.UNRELATED_CITATION,
                "A cited passage shares no word with the statement that cites it.",
                tuple(piece.span for piece in apart),
            )


def _is_furniture(claim: Claim) -> bool:
    """Tell whether a piece only leads in, heads or rules off what follows."""
    return claim.text.endswith(":") or HEADING.match(claim.text) is not None


def _in_english(text: str) -> bool:
    """Words cannot be compared across languages; the documents are in English."""
    return any(word in COMMON for word in words(text))


def _content(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in COMMON)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))
