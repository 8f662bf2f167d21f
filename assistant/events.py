"""What happens while a question is answered, in order, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation import Answer, Citation, Evidence, Step
from assistant.cost.models import Attempt

__all__ = [
    "Answered",
    "Asking",
    "Cited",
    "Event",
    "EvidenceFound",
    "Failed",
    "Stopped",
    "TextDelta",
    "Waiting",
]


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """What will be put before the backend, and how many seconds finding it took."""

    evidence: tuple[Evidence, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Asking:
    """A backend is being asked; text that another one streamed before no longer counts."""

    step: Step


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call failed and is repeated in so many seconds; `reason` is fit for a reader."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer; markers in it are whole and name given evidence."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The text so far cites this evidence for the first time."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a turn that went well, refusals included."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a turn that did not; `attempts` are the rows of the calls that were made."""

    message: str
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def attempt(self) -> Attempt | None:
        """Return the last row, None when no call was made."""
        return self.attempts[-1] if self.attempts else None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end of a turn that its reader stopped; the text so far stays, marked as incomplete."""

    steps: tuple[Step, ...] = ()


Event = EvidenceFound | Asking | Waiting | TextDelta | Cited | Answered | Failed | Stopped
