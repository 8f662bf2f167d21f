"""The values of a conversation: what was asked, shown as evidence, cited and answered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assistant.cost.models import Attempt
from corpus.models import Document, Passage, Reason

__all__ = [
    "Answer",
    "Citation",
    "CitedFigure",
    "Evidence",
    "Flag",
    "FlagKind",
    "Seconds",
    "Span",
    "Step",
    "Turn",
]

Span = tuple[int, int]
"""Start and end offset of a piece of an answer's text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A numbered piece of a document put before the backend.

    `text` is what the backend sees; `passages` are the passages merged into it, in document
    order, so `page` to `page_last` (1-based, None where the format has none) covers them all.
    What is left out between them is marked (`assistant.omissions`). `header` is the context
    (company, form, period, section) of the first. `tokens` counts `text` and `header`. `reasons`
    say why the passages were chosen, each once.
    """

    n: int
    document: Document
    passages: tuple[Passage, ...]
    header: str
    text: str
    tokens: int
    reasons: tuple[Reason, ...] = ()

    @property
    def page(self) -> int | None:
        return self.passages[0].page

    @property
    def page_last(self) -> int | None:
        return self.passages[-1].page_last


@dataclass(frozen=True, slots=True)
class Citation:
    """An evidence number in an answer that has been checked to exist.

    `quote` is the span of the evidence that supports the citing sentence, `passage` the stored
    passage that holds it, `page` its 1-based page or None.
    """

    n: int
    document: Document
    passage: Passage
    quote: str

    @property
    def page(self) -> int | None:
        return self.passage.page


@dataclass(frozen=True, slots=True)
class CitedFigure:
    """A quantity in an answer: `value` in base units ("37.6 billion dollars" is 37600000000).

    `unit` is "USD" (or another currency code), "percent", or the unit as written, else "". It is
    `verified` when a passage that the sentence cites, evidence `n`, holds the same value and unit.
    `span` is where it stands in the answer's text.
    """

    text: str
    value: Decimal
    unit: str
    verified: bool
    n: int | None
    span: Span = (0, 0)


class FlagKind(StrEnum):
    """What a check found wrong with an answer."""

    NO_CITATION = "no_citation"
    INVENTED_CITATION = "invented_citation"
    UNSUPPORTED_FIGURE = "unsupported_figure"
    UNCITED_STATEMENT = "uncited_statement"
    UNRELATED_CITATION = "unrelated_citation"
    REPEATS_INSTRUCTIONS = "repeats_instructions"
    INSTRUCTED_BY_EVIDENCE = "instructed_by_evidence"
    CUT_SHORT = "cut_short"


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about an answer: a sentence for its reader and the pieces that it concerns."""

    kind: FlagKind
    message: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One backend that was asked in a turn: why, where the text went, and what came of it.

    `attempt` is the ledger's row of its last call, None while it runs; `outcome` is a phrase such
    as "answered" or "failed: rate limit", None while it runs.
    """

    backend: str
    label: str
    destination: str
    reason: str
    outcome: str | None = None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds of one turn; `first_token` is None when nothing was streamed."""

    search: float
    first_token: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and its answer, as history for the next."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer; `answered` is False for a refusal.

    `text` carries markers `[1]` for the evidence it cites; `dropped_citations` counts markers
    that named evidence which was never given and were removed. `attempt` is the ledger's row of
    the call that answered, `attempts` are all rows of the turn, retries and other backends
    included; `steps` are the backends that were asked, in order. `flags` are what checks found.
    """

    question: str
    text: str
    answered: bool
    citations: tuple[Citation, ...]
    figures: tuple[CitedFigure, ...]
    evidence: tuple[Evidence, ...]
    dropped_citations: int
    attempt: Attempt
    seconds: Seconds
    flags: tuple[Flag, ...] = ()
    steps: tuple[Step, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def supported(self) -> bool:
        """Tell whether no check found anything wrong."""
        return not self.flags

    @property
    def evidence_tokens(self) -> int:
        return sum(item.tokens for item in self.evidence)
