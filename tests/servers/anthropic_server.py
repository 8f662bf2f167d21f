"""What Anthropic's messages endpoint says, as replies of the loopback server."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.servers.loopback import Piece, Reply

__all__ = ["failure", "failure_event", "message"]

USAGE: Mapping[str, object] = {"input_tokens": 100, "output_tokens": 20}
AT_THE_END = ("output_tokens", "output_tokens_details", "server_tool_use")


def message(
    *parts: str | Piece,
    usage: Mapping[str, object] | None = USAGE,
    end: Mapping[str, object] | None = None,
    thinking: str | None = None,
    model: str = "claude-sonnet-4-6",
    stop_reason: str | None = "end_turn",
) -> Reply:
    """A streamed message: a text delta for each text, other pieces between them as they are.

    `usage` is told as the provider tells it: input in message_start, output in message_delta;
    `end`, where given, is what message_delta says instead; an empty one leaves its usage out.
    A `usage` of None leaves it out altogether.
    """
    whole = dict(usage or {})
    last = {name: whole[name] for name in AT_THE_END if name in whole} if end is None else end
    first = {**whole, "output_tokens": 1} if end is None else whole
    return Reply(
        (
            _start(model, None if usage is None else first),
            *(_thoughts(thinking) if thinking else ()),
            *_text(parts, 1 if thinking else 0),
            _end(stop_reason, None if usage is None else last),
            event("message_stop"),
        ),
        content_type="text/event-stream",
    )


def failure(
    status: int, kind: str = "api_error", headers: Mapping[str, str] | None = None
) -> Reply:
    """An error before the stream: 401 authentication_error, 429 rate_limit_error, 529 and so on."""
    return Reply.of_json(_error(kind), status, headers)


def failure_event(kind: str = "overloaded_error") -> bytes:
    """An error in mid-stream, as a piece of a message."""
    return event("error", error=_error(kind)["error"])


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _error(kind: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": f"this is {kind}"}}


def _start(model: str, usage: Mapping[str, object] | None) -> bytes:
    told: dict[str, object] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    if usage is not None:
        told["usage"] = dict(usage)
    return event("message_start", message=told)


def _text(parts: tuple[str | Piece, ...], index: int) -> tuple[Piece, ...]:
    return (
        event("content_block_start", index=index, content_block={"type": "text", "text": ""}),
        event("ping"),
        *(_delta(index, type="text_delta", text=p) if isinstance(p, str) else p for p in parts),
        event("content_block_stop", index=index),
    )


def _thoughts(text: str) -> tuple[bytes, ...]:
    empty = {"type": "thinking", "thinking": "", "signature": ""}
    return (
        event("content_block_start", index=0, content_block=empty),
        _delta(0, type="thinking_delta", thinking=text),
        _delta(0, type="signature_delta", signature="c2lnbmVk"),
        event("content_block_stop", index=0),
    )


def _delta(index: int, **delta: object) -> bytes:
    return event("content_block_delta", index=index, delta=delta)


def _end(stop_reason: str | None, usage: Mapping[str, object] | None) -> bytes:
    fields: dict[str, object] = {"delta": {"stop_reason": stop_reason, "stop_sequence": None}}
    if usage:
        fields["usage"] = dict(usage)
    return event("message_delta", **fields)
