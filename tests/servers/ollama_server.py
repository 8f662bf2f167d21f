"""What Ollama's /api/chat says, as replies of the loopback server."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.servers.loopback import Piece, Reply

__all__ = ["failure", "failure_line", "missing_model", "ollama"]

USAGE: Mapping[str, int] = {
    "total_duration": 5_000_000,
    "load_duration": 1_000_000,
    "prompt_eval_count": 100,
    "prompt_eval_duration": 2_000_000,
    "eval_count": 20,
    "eval_duration": 2_000_000,
}


def ollama(
    *parts: str | Piece,
    usage: Mapping[str, int] | None = USAGE,
    thinking: str | None = None,
    model: str = "qwen3:8b",
    done_reason: str = "stop",
) -> Reply:
    """A streamed answer: a line for each text, other pieces between them as they are.

    `usage` comes with the line that ends it; None leaves it out.
    """
    thoughts = (_line(model, {"content": "", "thinking": thinking}),) if thinking else ()
    texts = (_line(model, {"content": p}) if isinstance(p, str) else p for p in parts)
    end = _line(model, {"content": ""}, done=True, done_reason=done_reason, **(usage or {}))
    return Reply((*thoughts, *texts, end), content_type="application/x-ndjson")


def failure(status: int, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """An error before the stream."""
    return Reply.of_json({"error": text}, status, headers)


def missing_model(model: str = "qwen3:8b") -> Reply:
    """What a server says of a model that was not pulled."""
    return failure(404, f"model '{model}' not found")


def failure_line(text: str = "the model runner stopped") -> bytes:
    """An error in mid-stream, as a piece of an answer."""
    return _json({"error": text})


def _line(model: str, said: Mapping[str, str], *, done: bool = False, **facts: object) -> bytes:
    told = {"model": model, "created_at": "2026-11-23T12:00:00Z", "done": done, **facts}
    return _json({**told, "message": {"role": "assistant", **said}})


def _json(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"
