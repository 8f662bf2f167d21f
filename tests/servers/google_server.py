"""What Gemini's streamGenerateContent says, as replies of the loopback server."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.servers.loopback import Piece, Reply

__all__ = ["blocked", "failure", "failure_event", "gemini"]

USAGE: Mapping[str, object] = {
    "promptTokenCount": 100,
    "candidatesTokenCount": 20,
    "totalTokenCount": 120,
}
EVENTS = "text/event-stream"


def gemini(
    *parts: str | Piece,
    usage: Mapping[str, object] | None = USAGE,
    early: Mapping[str, object] | None = None,
    thinking: str | None = None,
    model: str = "gemini-2.5-pro",
    finish_reason: str | None = "STOP",
) -> Reply:
    """A streamed answer: a chunk for each text, other pieces between them as they are.

    `usage` comes with the last chunk; every chunk before it says `early`, as the provider counts
    up. None leaves usage out.
    """
    thoughts = (_chunk(model, early, {"text": thinking, "thought": True}),) if thinking else ()
    texts = (_chunk(model, early, {"text": p}) if isinstance(p, str) else p for p in parts)
    end = _chunk(model, usage, {"text": ""}, finish_reason)
    return Reply((*thoughts, *texts, end), content_type=EVENTS)


def blocked(reason: str = "PROHIBITED_CONTENT") -> Reply:
    """A prompt that was not answered."""
    told = {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 100}}
    return Reply((_data(told),), content_type=EVENTS)


def failure(status: int, name: str, headers: Mapping[str, str] | None = None) -> Reply:
    """An error before the stream: 403 PERMISSION_DENIED, 429 RESOURCE_EXHAUSTED and so on."""
    return Reply.of_json(_error(status, name), status, headers)


def failure_event(status: int = 503, name: str = "UNAVAILABLE") -> bytes:
    """An error in mid-stream, as a piece of an answer."""
    return _data(_error(status, name))


def _error(status: int, name: str) -> dict[str, object]:
    return {"error": {"code": status, "message": f"this is {name}", "status": name}}


def _chunk(
    model: str,
    usage: Mapping[str, object] | None,
    part: Mapping[str, object],
    finish_reason: str | None = None,
) -> bytes:
    candidate: dict[str, object] = {"content": {"role": "model", "parts": [part]}, "index": 0}
    if finish_reason is not None:
        candidate["finishReason"] = finish_reason
    told: dict[str, object] = {"candidates": [candidate], "modelVersion": model}
    if usage is not None:
        told["usageMetadata"] = dict(usage)
    return _data(told)


def _data(value: object) -> bytes:
    return f"data: {json.dumps(value)}\r\n\r\n".encode()
