"""Connections that lead to public addresses only, within the time and bytes of one fetch.

The name is resolved here, at the moment of connecting, and the connection goes to the very
address that was checked: a name that means something else a moment later gains nothing. TLS and
the Host header keep the name.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import httpcore2
import httpx2

from ingest.web.addresses import public_address

__all__ = [
    "Budget",
    "Connector",
    "Limits",
    "Refused",
    "Resolver",
    "WebTransport",
    "connect",
    "resolve",
]

Resolver = Callable[[str], Sequence[str]]
"""From a host's name to its IP addresses; raises OSError or UnicodeError where there are none."""
Connector = Callable[[str, int, float | None], httpcore2.NetworkStream]
"""From an IP address, a port and seconds to a connection; raises httpcore2's errors."""

_HEADERS = 1024**2
"""Bytes of answers' heads and framing that a fetch may take beside the content."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may take, redirects included: seconds to connect, of silence and in all; bytes.

    `size` counts what arrives and, once more, what it unpacks to.
    """

    connect: float = 10
    silence: float = 20
    total: float = 120
    size: int = 100 * 1024**2


class Refused(httpcore2.NetworkError):
    """A connection that is not made or not kept, for our reasons; the text says which."""


def resolve(host: str) -> tuple[str, ...]:
    """Ask the system for all addresses of a host."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(address: str, port: int, timeout: float | None) -> httpcore2.NetworkStream:
    """Connect to an IP address, directly: no proxy is asked for or believed."""
    return httpcore2.SyncBackend().connect_tcp(address, port, timeout)


class Budget:
    """The time and bytes that one fetch has left; `clock` gives seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits, self._clock = limits, clock
        self._end = clock() + limits.total
        self._bytes = limits.size + _HEADERS

    def seconds(self, wanted: float | None) -> float:
        """Return how long may be waited, `wanted` seconds at most; raises Refused at the end."""
        left = self._end - self._clock()
        if left <= 0:
            raise Refused(f"not whole after {self._limits.total:g} seconds")
        return left if wanted is None else min(wanted, left)

    def spend(self, received: int) -> None:
        """Count bytes that arrived; raises Refused when there are too many."""
        self._bytes -= received
        if self._bytes < 0:
            raise Refused(f"over {self._limits.size / 1024**2:g} MiB")


class WebTransport(httpx2.BaseTransport):
    """Sends requests of one fetch over checked connections; TLS is verified by `tls`."""

    def __init__(
        self, resolver: Resolver, connector: Connector, tls: ssl.SSLContext, budget: Budget
    ) -> None:
        network = _CheckedNetwork(resolver, connector, budget)
        self._pool = httpcore2.ConnectionPool(ssl_context=tls, network_backend=network)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method, url, headers=request.headers.raw, extensions=request.extensions
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _CheckedNetwork(httpcore2.NetworkBackend):
    def __init__(self, resolver: Resolver, connector: Connector, budget: Budget) -> None:
        self._resolver, self._connector, self._budget = resolver, connector, budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failed: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in self._public_addresses(host):
            try:
                stream = self._connector(address, port, self._budget.seconds(timeout))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
            else:
                return _MeteredStream(stream, self._budget)
        raise failed or Refused(f"{host} has no address")

    def _public_addresses(self, host: str) -> list[str]:
        """One that is not public closes the name: no choice between them can be trusted."""
        try:
            return [str(public_address(found)) for found in self._resolver(host)]
        except (OSError, UnicodeError) as error:
            raise Refused(f"{host} is not known ({error})") from error
        except ValueError as error:
            raise Refused(f"{host} is not asked ({error})") from error


class _MeteredStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._stream.read(max_bytes, self._budget.seconds(timeout))
        except httpcore2.ReadTimeout:
            # The fetch's end, if it was that, is told as such.
            self._budget.seconds(timeout)
            raise
        self._budget.spend(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._budget.seconds(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = self._budget.seconds(timeout)
        return _MeteredStream(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._budget
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
