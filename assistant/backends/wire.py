"""How calls leave this process: no redirects, no surprise proxies, and a line that can be hung up.

The vendors' SDKs use two HTTP libraries with one interface; what is here is given to either as
keyword arguments of its client.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any

from assistant.backends.entry import BackendEntry, Locality

__all__ = ["CONNECT_SECONDS", "Line", "client_options"]

CONNECT_SECONDS = 10.0
CONNECTED = ("connect_tcp.complete", "start_tls.complete")
"""How the HTTP libraries tell of a connection that was made, bare and then encrypted."""
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

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection as soon as the HTTP library has made it."""
        if event.endswith(CONNECTED):
            self.take(info["return_value"].get_extra_info("socket"))

    def take(self, one: socket.socket) -> None:
        with self._lock:
            self._sockets.append(one)
            if self._hung_up:
                _shut(one)


def client_options(entry: BackendEntry) -> dict[str, Any]:
    """Return the arguments of the HTTP client for an entry.

    A redirect would carry question, evidence and some providers' keys to another host: never
    followed. Proxies of the environment are for the world outside, not for this network. No
    connection serves two calls: who hangs up ends his own alone.
    """
    return {
        "follow_redirects": False,
        "trust_env": entry.locality is Locality.OUTSIDE,
        "headers": {"connection": "close"},
        "event_hooks": {"request": [_watch]},
    }


def _watch(request: Any) -> None:
    """Let the line of this context follow a request from its connection on."""
    line = _LINE.get()
    if line is not None:
        request.extensions["trace"] = line.trace


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
