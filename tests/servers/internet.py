"""A made-up internet: names and public addresses, every one of which ends at this machine.

Checks are not relaxed for it: it stands in for the name server and the wire alone.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

import httpcore2

from ingest.web.fetch import Fetcher
from ingest.web.network import Limits

__all__ = ["Internet", "RawServer"]

FIRST_ADDRESS = "93.184.216.34"


@dataclass
class Internet:
    """`names` to the addresses they have, `servers` from addresses to ports of this machine.

    `asked` holds the names that were looked up, `reached` the addresses and ports that were
    connected to; `slept` the pauses.
    """

    names: dict[str, Sequence[str]] = field(default_factory=dict)
    servers: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    reached: list[tuple[str, int]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def put(self, name: str, port: int, address: str = FIRST_ADDRESS) -> None:
        """Let a name lead to a server on this machine, by way of a public address."""
        self.names[name] = (address,)
        self.servers[address] = port

    def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]

    def connect(self, address: str, port: int, timeout: float | None) -> httpcore2.NetworkStream:
        self.reached.append((address, port))
        if address not in self.servers:
            raise httpcore2.ConnectError("no route to host")
        return httpcore2.SyncBackend().connect_tcp("127.0.0.1", self.servers[address], timeout)

    def fetcher(self, limits: Limits | None = None, tls: ssl.SSLContext | None = None) -> Fetcher:
        return Fetcher(
            limits=limits or Limits(),
            resolver=self.resolve,
            connector=self.connect,
            tls=tls,
            sleep=self.slept.append,
        )


class RawServer:
    """Reads the head of each request, then lets `talk` say what it likes, byte by byte.

    `heads` holds what was asked. With `tls` it speaks TLS.
    """

    def __init__(
        self, talk: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
    ) -> None:
        self.heads: list[bytes] = []
        self._talk, self._tls = talk, tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def _serve(self) -> None:
        # Closing the listening socket ends the loop; a client that leaves is expected.
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            spoken = (
                self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            )
            with spoken:
                self._hear(spoken)
                self._talk(spoken)

    def _hear(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        self.heads.append(head)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
