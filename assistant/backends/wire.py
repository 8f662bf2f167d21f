"""How calls leave this process: no redirects, no surprise proxies, and a line that can be hung up.

The vendors' SDKs use two HTTP libraries with one interface; what is here is given to either as
keyword arguments of its client.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any

from assistant.backends.entry import BackendEntry, Locality

__all__ = ["CONNECT_SECONDS", "Line", "client_options"]

CONNECT_SECONDS = 10.0
_LINE: ContextVar[Line | None] = ContextVar("line", default=None)


class Line:
    """The connection of the call that is made inside `open`; another thread may hang it up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._hung_up = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take note of the connections that this context makes."""
        token = _LINE.set(self)
        try:
            yield
        finally:
            _LINE.reset(token)

    def hang_up(self) -> None:
        """End the call now, even where the other side is silent; its thread gets an error."""
        with self._lock:
            self._hung_up = True
            for one in self._sockets:
                _shut(one)

    def take(self, one: socket.socket) -> None:
        with self._lock:
            self._sockets.append(one)
            if self._hung_up:
                _shut(one)


def client_options(entry: BackendEntry) -> dict[str, Any]:
    """Return the arguments of the HTTP client for an entry.

    A redirect would carry question, evidence and some providers' keys to another host: never
    followed. Proxies of the environment are for the world outside, not for this network.
    """
    return {
        "follow_redirects": False,
        "trust_env": entry.locality is Locality.OUTSIDE,
        "event_hooks": {"response": [_note]},
    }


def _note(response: Any) -> None:
    """Hand the connection of a response whose head has come to the line of this context."""
    line = _LINE.get()
    stream = response.extensions.get("network_stream")
    found = stream.get_extra_info("socket") if stream is not None else None
    if line is not None and found is not None:
        line.take(found)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
