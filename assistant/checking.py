"""Pure: is an answer true to its evidence? Every check of one answer, and what they found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.citations import Claim, check, claims
from assistant.conversation import Citation, CitedFigure, Evidence, Flag, FlagKind, Span
from assistant.figures import verify
from assistant.injection import obeyed, planted
from assistant.prompts import REFUSAL, SYSTEM, is_refusal, shows_fences
from assistant.sentences import shared_runs
from assistant.statements import (
    is_english,
    is_unrelated,
    needs_citation,
    says_what_is_missing,
)

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
WHOLE = frozenset({"", "stop", "stop_sequence", "end_turn", "eos", "completed"})
TOO_LONG = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer's text with known markers only, and all that was found in it.

    `answered` is False for a refusal and for an empty text; `dropped` counts markers that named
    evidence which was never given. Spans are offsets in `text`.
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
    """Return the answer `text` of a backend checked against the evidence that it was given.

    `finish_reason` is the backend's own word for why it ended, None where it gave none.
    """
    checked = check(text.strip(), evidence)
    checks = _Checks(
        text=checked.text,
        answered=bool(checked.text.strip()) and not is_refusal(checked.text),
        cites=bool(checked.citations),
        claims=claims(checked.text),
        figures=verify(checked.text, evidence),
        evidence=evidence,
    )
    flags = (
        *checks.of_citations(checked.dropped),
        *checks.of_figures(),
        *checks.of_statements(),
        *checks.of_instructions(),
        *_of_ending(finish_reason),
    )
    return CheckedAnswer(
        checked.text, checks.answered, checked.citations, checks.figures, checked.dropped, flags
    )


@dataclass(frozen=True, slots=True)
class _Checks:
    """An answer taken to pieces."""

    text: str
    answered: bool
    cites: bool
    claims: tuple[Claim, ...]
    figures: tuple[CitedFigure, ...]
    evidence: Sequence[Evidence]

    def of_citations(self, dropped: int) -> Iterator[Flag]:
        if self.answered and not self.cites:
            yield Flag(
                FlagKind.NO_CITATION,
                "The answer cites no evidence: nothing shows that the documents support it.",
            )
        if dropped:
            named = "1 citation" if dropped == 1 else f"{dropped} citations"
            yield Flag(
                FlagKind.INVENTED_CITATION,
                f"{named} removed: no such evidence was given.",
            )

    def of_figures(self) -> Iterator[Flag]:
        wrong = [figure for figure in self.figures if not figure.verified]
        if not self.answered:
            wrong = [figure for figure in wrong if not self._is_sought(figure)]
        if wrong:
            named = ", ".join(dict.fromkeys(" ".join(figure.text.split()) for figure in wrong))
            yield Flag(
                FlagKind.UNSUPPORTED_FIGURE,
                f"Not found in the passages that are cited for it: {named}.",
                tuple(figure.span for figure in wrong),
            )

    def of_statements(self) -> Iterator[Flag]:
        if not (self.answered and self.cites):
            return
        english = is_english(self.text)
        uncited = [claim.span for claim in self.claims if self._lacks(claim, english)]
        if uncited:
            named = "1 statement cites" if len(uncited) == 1 else f"{len(uncited)} statements cite"
            yield Flag(FlagKind.UNCITED_STATEMENT, f"{named} no evidence.", tuple(uncited))
        apart = [claim.span for claim in self.claims if self._stands_apart(claim)]
        if apart:
            yield Flag(
                FlagKind.UNRELATED_CITATION,
                "A cited passage has not one word in common with the statement that cites it.",
                tuple(apart),
            )

    def of_instructions(self) -> Iterator[Flag]:
        own = [span for part in SYSTEM.split(REFUSAL) for span in _repeated(self.text, part)]
        if own or shows_fences(self.text):
            yield Flag(
                FlagKind.REPEATS_INSTRUCTIONS,
                "The answer repeats the assistant's own instructions.",
                tuple(own),
            )
        followed = obeyed(self.claims, self.evidence)
        bare = self.answered and not self.cites and any(map(_is_planted, self.evidence))
        if followed or bare:
            yield Flag(
                FlagKind.INSTRUCTED_BY_EVIDENCE,
                "A passage in the evidence tries to give the assistant instructions, and the "
                "answer may follow them.",
                followed,
            )

    def _is_sought(self, figure: CitedFigure) -> bool:
        """Tell whether a refusal names a figure only to say that it was not found."""
        return any(
            _within(figure.span, claim.span) and says_what_is_missing(claim.text)
            for claim in self.claims
            if not claim.cited
        )

    def _lacks(self, claim: Claim, english: bool) -> bool:
        figures = any(_within(figure.span, claim.span) for figure in self.figures)
        return not claim.cited and needs_citation(
            self.text, *claim.span, figures=figures, english=english
        )

    def _stands_apart(self, claim: Claim) -> bool:
        cited = [item for item in self.evidence if item.n in claim.cited]
        supported = any(
            figure.verified and _within(figure.span, claim.span) for figure in self.figures
        )
        return bool(cited) and not supported and is_unrelated(claim.text, cited, self.evidence)


def _of_ending(finish_reason: str | None) -> Iterator[Flag]:
    reason = (finish_reason or "").casefold()
    if reason in TOO_LONG:
        yield Flag(
            FlagKind.CUT_SHORT,
            "The answer was cut short: it reached the longest answer allowed (max_output in "
            "backends.toml).",
        )
    elif reason not in WHOLE:
        yield Flag(FlagKind.CUT_SHORT, f"The backend ended the answer early ({reason}).")


def _repeated(text: str, part: str) -> tuple[Span, ...]:
    return shared_runs(text, part, REPEATED_RUN)


def _is_planted(item: Evidence) -> bool:
    return bool(planted(item.document.title) or planted(item.text))


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] < outer[1]
