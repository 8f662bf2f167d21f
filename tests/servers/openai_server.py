"""What OpenAI-style servers say, in both protocols, as replies of the loopback server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.servers.loopback import Hold, Pause, Piece, Reply

__all__ = [
    "USAGE",
    "completion",
    "error_event",
    "failure",
    "refusal",
    "response",
    "response_error_event",
]

USAGE: Mapping[str, object] = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
}
RESPONSES_USAGE: Mapping[str, object] = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 120,
}
EVENTS = "text/event-stream"
DONE = b"data: [DONE]\n\n"


def completion(
    *parts: str | Piece,
    usage: Mapping[str, object] | None = USAGE,
    every: Sequence[Mapping[str, object]] = (),
    repeat: int = 1,
    model: str = "gpt-5",
    service_tier: str | None = None,
    finish_reason: str | None = "stop",
    reasoning: str | None = None,
    pause: float = 0.0,
    hold: Hold | None = None,
) -> Reply:
    """A streamed chat completion: a text is sent word by word, other pieces as they are.

    `usage` comes in a chunk of its own after the text, `repeat` times; `every` are usages that the
    chunks of text carry, in turn. None leaves usage out. `pause` is the silence in seconds between
    words, `hold` one after the text.
    """
    common = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": model}
    if service_tier is not None:
        common["service_tier"] = service_tier
    told = iter(every)
    pieces: list[Piece] = [_data(common | _choice({"role": "assistant", "content": ""}))]
    if reasoning is not None:
        pieces.append(_data(common | _choice({"reasoning_content": reasoning})))
    for word in _words(parts):
        if isinstance(word, str):
            pieces.append(_data(common | _choice({"content": word}) | _usage(next(told, None))))
            pieces += [Pause(pause)] if pause else []
        else:
            pieces.append(word)
    pieces += [hold] if hold is not None else []
    pieces.append(_data(common | _choice({}, finish_reason)))
    pieces += [_data(common | {"choices": []} | _usage(usage))] * (repeat if usage else 0)
    return Reply((*pieces, DONE), content_type=EVENTS)


def response(
    *parts: str | Piece,
    usage: Mapping[str, object] | None = RESPONSES_USAGE,
    model: str = "gpt-5.6-sol",
    service_tier: str | None = None,
    incomplete: str | None = None,
) -> Reply:
    """A streamed response of the Responses protocol; `incomplete` is why it ended early."""
    whole: dict[str, object] = {
        "id": "resp_1", "object": "response", "created_at": 1, "model": model, "output": [],
        "status": "in_progress", "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
        "error": None, "incomplete_details": None, "instructions": None, "metadata": {},
        "temperature": 1.0, "top_p": 1.0, "usage": None,
    }  # fmt: skip
    end = whole | {
        "status": "incomplete" if incomplete else "completed",
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "service_tier": service_tier,
        "usage": usage,
    }
    item = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    deltas = (
        _event("response.output_text.delta", delta=word, logprobs=[], **item)
        if isinstance(word, str)
        else word
        for word in _words(parts)
    )
    kind = "response.incomplete" if incomplete else "response.completed"
    return Reply(
        (_event("response.created", response=whole), *deltas, _event(kind, response=end)),
        content_type=EVENTS,
    )


def failure(status: int, *, retry_after: float | None = None, message: str = "an error") -> Reply:
    """An error before the stream: 401, 429, 500, 503 and so on."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return refusal(status, headers, message)


def refusal(
    status: int, headers: Mapping[str, str] | None = None, message: str = "an error"
) -> Reply:
    """An error before the stream, with headers of its own."""
    return Reply.of_json({"error": {"message": message, "type": "x"}}, status, headers)


def error_event(message: str = "the engine stopped") -> bytes:
    """An error in mid-stream, as a piece of a completion."""
    return _data({"error": {"message": message, "type": "server_error", "code": None}})


def response_error_event(message: str = "the engine stopped") -> bytes:
    """An error in mid-stream, as a piece of a response."""
    return _event("error", message=message, code="server_error", param=None)


def _words(parts: Sequence[str | Piece]) -> list[str | Piece]:
    return [word for part in parts for word in (_split(part) if isinstance(part, str) else [part])]


def _split(text: str) -> list[str]:
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def _choice(delta: Mapping[str, object], finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _usage(usage: Mapping[str, object] | None) -> dict[str, object]:
    return {} if usage is None else {"usage": usage}


def _event(kind: str, **fields: object) -> bytes:
    told = json.dumps({"type": kind, "sequence_number": 0, **fields})
    return f"event: {kind}\ndata: {told}\n\n".encode()


def _data(value: object) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()
