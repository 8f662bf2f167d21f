"""What a comparison found, as frozen values: everything in it was run, nothing is repriced.

A record holds no text of any document beyond what the answers themselves say: the evidence is kept
as the ids and digests of its passages, the same for every backend.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import TypeAdapter

from assistant.archive_schema import StoredEvidence
from assistant.conversation import Flag, FlagKind, Span, Turn
from assistant.cost.models import CostSource
from assistant.cost.spent import Spent
from assistant.grading import Gold
from assistant.inquiry import NO_FILTERS
from corpus.models import Filters

__all__ = [
    "VERSION",
    "Asked",
    "Compared",
    "Comparison",
    "Result",
    "ResultState",
    "Tokens",
    "from_json",
    "to_json",
]

VERSION: Literal[1] = 1
"""A field that later versions added has a default: records without it are of this version too."""
FAULTS_OF_CITATIONS = frozenset(
    {FlagKind.NO_CITATION, FlagKind.INVENTED_CITATION, FlagKind.UNRELATED_CITATION}
)


class ResultState(StrEnum):
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Sums over the calls of an answer; a sum of which nothing is known is None.

    `unknown` calls lack a count of input or output; `estimated` says that some count is ours.
    """

    input: int | None
    cached: int | None
    output: int | None
    reasoning: int | None
    estimated: bool
    unknown: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one backend made of one question, the `question`-th of the comparison.

    `text` is the answer, or what there was of one. `citations` counts the sources that it cites
    and that were given, `dropped` the markers that named none. `spent` is what all its calls cost
    in pico-dollars, bounded by `cost_low` and `cost_high`; `source` is where the least certain
    part of it is from, None where no call was made. Seconds begin when the backend is asked.
    `attempts` are the ids of the ledger's rows. `correct` is None where it was not graded.
    `served` are the models that say they answered, none where no provider said so.
    """

    question: int
    backend: str
    state: ResultState
    text: str
    error: str | None
    citations: int
    dropped: int
    figures: int
    figures_verified: int
    flags: tuple[Flag, ...]
    spent: Spent
    cost_low: int | None
    cost_high: int | None
    source: CostSource | None
    tokens: Tokens
    first_token: float | None
    seconds: float | None
    attempts: tuple[str, ...]
    correct: bool | None
    served: tuple[str, ...] = ()

    @property
    def cited(self) -> bool:
        """Tell whether this is an answer with citations, all of which held."""
        faults = {flag.kind for flag in self.flags} & FAULTS_OF_CITATIONS
        cites = self.citations > 0 and not self.dropped
        return self.state is ResultState.ANSWERED and cites and not faults

    @property
    def supported(self) -> bool:
        """Tell whether this is an answer in which no check found anything wrong."""
        return self.state is ResultState.ANSWERED and not self.flags

    @property
    def doubtful(self) -> tuple[Span, ...]:
        """Return where in `text` figures stand that no cited passage holds."""
        unsupported = [flag for flag in self.flags if flag.kind is FlagKind.UNSUPPORTED_FIGURE]
        return tuple(span for flag in unsupported for span in flag.spans)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a comparison and the evidence that every backend read."""

    id: str | None
    text: str
    history: tuple[Turn, ...]
    gold: Gold
    evidence: tuple[StoredEvidence, ...]
    search_seconds: float

    @property
    def passages(self) -> tuple[str, ...]:
        """Return the ids of the passages: what makes the evidence the same."""
        return tuple(passage.id for item in self.evidence for passage in item.passages)


@dataclass(frozen=True, slots=True)
class Compared:
    """A backend as it was when it was compared."""

    name: str
    label: str
    provider: str
    model: str
    destination: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Questions × backends. `planned` questions were to be asked; `questions` were.

    `id` is the conversation under which the ledger holds the calls. `created` is aware.
    """

    version: Literal[1]
    id: str
    user: str
    title: str
    created: datetime
    planned: int
    backends: tuple[Compared, ...]
    questions: tuple[Asked, ...] = ()
    results: tuple[Result, ...] = ()
    filters: Filters = NO_FILTERS

    @property
    def is_set(self) -> bool:
        return self.planned > 1

    @property
    def complete(self) -> bool:
        return len(self.questions) == self.planned

    @property
    def graded(self) -> bool:
        return any(question.gold.gradable for question in self.questions)

    def is_done(self, number: int) -> bool:
        """Tell whether every backend has ended with the `number`-th question."""
        return len(self.of_question(number)) == len(self.backends)

    def of_backend(self, name: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.backend == name)

    def of_question(self, number: int) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.question == number)


_JSON = TypeAdapter(Comparison)


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as JSON values; money is integer pico-dollars."""
    found: dict[str, Any] = _JSON.dump_python(comparison, mode="json")
    return found


def from_json(value: object) -> Comparison:
    """Raises ValueError for what is no record of this version."""
    return _JSON.validate_python(value)
