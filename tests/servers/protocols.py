"""The providers' protocols under one roof: for tests of what must hold whichever one answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.backends.entry import BackendEntry, Kind, Locality
from tests.servers import anthropic_server, google_server, ollama_server, openai_server
from tests.servers.loopback import LoopbackServer, Reply

__all__ = ["KEY", "PROTOCOLS", "Protocol"]

KEY = "sk-test-0123456789abcdef"
"""The key that every entry of a protocol is used with."""
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one kind of provider answers, refuses and breaks off in mid-stream."""

    name: str
    kind: Kind
    provider: str
    model: str
    path: str
    say: Callable[..., Reply]
    refuse: Callable[[int, Headers | None], Reply]
    error: Callable[[], bytes]

    def entry(self, server: LoopbackServer, timeout: int = 30) -> BackendEntry:
        """Return an entry that asks `server`."""
        return BackendEntry(
            name=self.name,
            label=self.name.title(),
            kind=self.kind,
            provider=self.provider,
            model=self.model,
            base_url=server.address + self.path,
            key="TEST_KEY",
            locality=Locality.MACHINE,
            max_output=1000,
            timeout=timeout,
        )


def _anthropic_refusal(status: int, headers: Headers | None = None) -> Reply:
    return anthropic_server.failure(status, "an_error", headers)


def _google_refusal(status: int, headers: Headers | None = None) -> Reply:
    return google_server.failure(status, "AN_ERROR", headers)


def _ollama_refusal(status: int, headers: Headers | None = None) -> Reply:
    return ollama_server.failure(status, "an error", headers)


PROTOCOLS = (
    Protocol(
        "completions", Kind.COMPATIBLE, "openai", "gpt-5", "/v1",
        openai_server.completion, openai_server.refusal, openai_server.error_event,
    ),
    Protocol(
        "responses", Kind.OPENAI, "openai", "gpt-5.6-sol", "/v1",
        openai_server.response, openai_server.refusal, openai_server.response_error_event,
    ),
    Protocol(
        "anthropic", Kind.ANTHROPIC, "anthropic", "claude-sonnet-4-6", "",
        anthropic_server.message, _anthropic_refusal, anthropic_server.failure_event,
    ),
    Protocol(
        "google", Kind.GOOGLE, "google", "gemini-2.5-pro", "",
        google_server.gemini, _google_refusal, google_server.failure_event,
    ),
    Protocol(
        "ollama", Kind.OLLAMA, "ollama", "qwen3:8b", "",
        ollama_server.ollama, _ollama_refusal, ollama_server.failure_line,
    ),
)  # fmt: skip
