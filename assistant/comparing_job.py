"""What is to be compared, and of whom it cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from assistant.backends.backend import Backend
from assistant.backends.errors import BackendUnavailable
from assistant.backends.registry import Registry
from assistant.compared import Compared
from assistant.evidence import DEFAULT_BUDGET
from assistant.inquiry import NO_FILTERS
from assistant.questions import Question
from corpus.models import Filters

__all__ = ["Job", "Unasked", "usable"]

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Unasked:
    """A backend that cannot be used and is sent nothing; `reason` says why and what to do."""

    backend: Compared
    reason: str


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be compared. `evidence_tokens` is the most evidence a question may have.

    `unasked` are listed beside `backends` as failed.
    """

    questions: tuple[Question, ...]
    backends: tuple[Backend, ...]
    filters: Filters = NO_FILTERS
    evidence_tokens: int = DEFAULT_BUDGET
    user: str = "local"
    name: str | None = None
    id: str = field(default_factory=lambda: f"compare-{uuid4().hex}")
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    unasked: tuple[Unasked, ...] = ()

    @property
    def title(self) -> str:
        """Return the question, or the name of the question set, on one line."""
        line = " ".join((self.name or self.questions[0].text).split())
        return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Return all that are listed: the backends, then those that cannot be used."""
        return (*map(_compared, self.backends), *(one.backend for one in self.unasked))

    @property
    def graded(self) -> int:
        """Return how many questions have a gold answer that a rule can use."""
        return sum(question.gold.gradable for question in self.questions)


def usable(
    registry: Registry, names: Sequence[str], *, local_only: bool = False
) -> tuple[tuple[Backend, ...], tuple[Unasked, ...]]:
    """Return the backends of these names that can be used now, and those that cannot.

    Raises BackendUnavailable with all reasons where none can, ConfigurationError for no entry.
    """
    entries = [registry.entry(name) for name in names]
    found: list[Backend] = []
    unasked: list[Unasked] = []
    for entry in entries:
        try:
            found.append(registry.get(entry.name, local_only=local_only))
        except BackendUnavailable as error:
            listed = Compared(
                entry.name, entry.label, entry.provider, entry.model, entry.destination
            )
            unasked.append(Unasked(listed, str(error)))
    if not found:
        raise BackendUnavailable(" ".join(one.reason for one in unasked))
    return tuple(found), tuple(unasked)


def _compared(backend: Backend) -> Compared:
    return Compared(
        backend.name, backend.label, backend.provider, backend.model, backend.destination
    )
