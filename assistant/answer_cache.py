"""The exact answer cache: the same call is not paid for twice.

Exact means the same messages to the same model with the same parameters, over the same passages of
the same state of the index. It is never semantic: opposite questions are near neighbours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from assistant.archive_answers import KeptAnswer, KeptAnswers
from assistant.asking import Shown
from assistant.backends.backend import Backend
from assistant.calls import Caller
from assistant.conversation import Evidence
from assistant.cost.models import Attempt
from assistant.events import Cited, TextDelta

__all__ = ["AnswerCache", "Recalled"]


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Kept answers of one corpus; `generation` tells the state of its index."""

    answers: KeptAnswers
    generation: Callable[[], int]

    def find(
        self, backend: Backend, messages: Sequence[BaseMessage], evidence: Sequence[Evidence]
    ) -> KeptAnswer | None:
        """Return the answer of the same call; None for what runs on machines of our own.

        Those bill nothing, and may hold another model under the same name tomorrow.

        Raises LedgerError, CorpusError.
        """
        if backend.local:
            return None
        return self.answers.find(_key(backend, messages, evidence, self.generation()))

    def keep(
        self,
        caller: Caller,
        backend: Backend,
        messages: Sequence[BaseMessage],
        evidence: Sequence[Evidence],
        answer: KeptAnswer,
    ) -> None:
        """Keep an answer for the same call. Raises LedgerError, CorpusError."""
        if backend.local:
            return
        generation = self.generation()
        key = _key(backend, messages, evidence, generation)
        self.answers.keep(key, generation, caller.conversation, answer, caller.meter.now())


def _key(
    backend: Backend,
    messages: Sequence[BaseMessage],
    evidence: Sequence[Evidence],
    generation: int,
) -> str:
    call = {
        "messages": [(message.type, str(message.text)) for message in messages],
        "model": [backend.name, backend.provider, backend.model, backend.host],
        "parameters": [backend.max_output, backend.service_tier],
        "passages": [passage.id for item in evidence for passage in item.passages],
        "generation": generation,
    }
    return hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Recalled:
    """A kept answer given again; has what `Asked` has. Its row of the ledger costs nothing."""

    caller: Caller
    backend: Backend
    kept: KeptAnswer
    evidence: Sequence[Evidence]
    attempts: list[Attempt] = field(default_factory=list)
    first_text: float | None = None
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        return self.kept.text

    def events(self) -> Iterator[TextDelta | Cited]:
        """Yield the text and its citations. Raises LedgerError."""
        caller = self.caller
        row = caller.meter.recall(
            self.backend,
            turn=caller.turn,
            conversation=caller.conversation,
            user=caller.user,
            origin=self.kept.attempt,
        )
        self.attempts.append(row)
        self.first_text = caller.clock()
        shown = Shown(self.evidence)
        yield from shown.take(shown.markers.feed(self.kept.text))
        yield from shown.take(shown.markers.close())
