"""An HTTP server on this machine that says what it is told: replies, delays, cuts, silence.

The protocols of the providers are spoken by the modules beside this one; here are only bytes.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

__all__ = ["Cut", "Hold", "LoopbackServer", "Pause", "Piece", "Received", "Reply"]

LOOK = 0.02
"""Seconds between two looks at a client that may have hung up."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of that many seconds in mid-reply."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Silence until the event is set or the client hangs up."""

    until: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is reset here, in mid-reply."""


Piece = bytes | Pause | Hold | Cut


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to one request; `body` is sent piece by piece, chunked, each flushed."""

    body: Sequence[Piece] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @staticmethod
    def of_json(
        value: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Reply:
        return Reply((json.dumps(value).encode(),), status, headers or {})


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        """Close without an orderly shutdown, which would go before the reset of a Cut."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that resets its connection is what these servers are for."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class LoopbackServer:
    """Gives the queued replies in turn, then those that `otherwise` makes of the request.

    `requests` holds what came, `hung_up` is set when a client left before its reply's end.
    """

    def __init__(self, otherwise: Callable[[Received], Reply] | None = None) -> None:
        self.requests: list[Received] = []
        self.hung_up = threading.Event()
        self._queue: deque[Reply] = deque()
        self._otherwise = otherwise or (lambda _: Reply.of_json({"error": "no reply"}, 500))
        self._http = _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": LOOK}, daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def queue(self, *replies: Reply) -> None:
        self._queue.extend(replies)

    def reply_to(self, request: Received) -> Reply:
        self.requests.append(request)
        return self._queue.popleft() if self._queue else self._otherwise(request)

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: LoopbackServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(raw) if raw else None
        reply = self.owner.reply_to(Received(self.command, self.path, headers, body))
        try:
            self._send(reply)
        except OSError:
            self.owner.hung_up.set()
            self.close_connection = True

    do_GET = do_POST

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", reply.content_type)
        self.send_header("transfer-encoding", "chunked")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in reply.body:
            if not self._do(piece):
                return
        self.wfile.write(b"0\r\n\r\n")

    def _do(self, piece: Piece) -> bool:
        """Send or do one piece; False when the connection is over."""
        if isinstance(piece, bytes):
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        elif isinstance(piece, Pause):
            time.sleep(piece.seconds)
        elif isinstance(piece, Hold):
            return self._hold(piece)
        else:
            self._reset()
            return False
        return True

    def _hold(self, hold: Hold) -> bool:
        while not hold.until.wait(LOOK):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self._peek():
                self.owner.hung_up.set()
                self.close_connection = True
                return False
        return True

    def _peek(self) -> bytes:
        with suppress(OSError):
            return bytes(self.connection.recv(1, socket.MSG_PEEK))
        return b""

    def _reset(self) -> None:
        # Linger of zero seconds: the peer sees a reset, not an orderly end.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are recorded, not printed."""
