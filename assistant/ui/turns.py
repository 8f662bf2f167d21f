"""How a submitted question becomes a running turn of its conversation."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event as StopSignal

from assistant import research
from assistant.events import Event
from assistant.planning import planner
from assistant.research import Inquiry
from assistant.ui import state
from assistant.ui.conversations import Conversation
from assistant.ui.resources import runtime
from corpus.filtering import require_some

__all__ = ["start"]


def start(conversation: Conversation, asked: state.Question) -> None:
    """Start the turn; what stands in its way is told in the turn itself."""
    product = runtime()
    local_only = state.local_only()
    inquiry = Inquiry(
        question=asked.text,
        filters=asked.filters,
        history=conversation.history(asked.again, asked.filters.companies),
        evidence_tokens=product.settings.evidence_tokens,
        conversation=conversation.id,
        turn=asked.turn,
        fresh=asked.again is not None,
    )

    def produce(stop: StopSignal) -> Iterator[Event]:
        require_some(asked.filters, product.corpus.documents())
        return research.ask(
            inquiry,
            corpus=product.corpus,
            planner=planner(
                product.backends,
                asked.backend,
                local_only=local_only,
                rules=product.settings.routing,
            ),
            meter=product.meter,
            cache=product.cache,
            stop=stop,
        )

    conversation.ask(asked.turn, asked.text, asked.backend, produce, asked.filters)
