"""One page that a user names, fetched as politely and as warily as a stranger's file is read.

Whoever can put an address before us, in a redirect or a name server's answer, must not make this
machine ask its own network: only public addresses are connected to, at every hop. Nothing of the
environment is used (proxies, certificates, .netrc), no setting relaxes a check, and a cookie lives
as long as its fetch. Robots rules are for crawlers; this asks for what somebody named.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from importlib.metadata import version

import httpcore2
import httpx2

from ingest.web.addresses import next_address, read_address, refused
from ingest.web.answers import (
    document_name,
    media_type,
    modified_at,
    refuse_unusable,
    retry_pause,
)
from ingest.web.network import (
    Budget,
    Connector,
    Limits,
    Refused,
    Resolver,
    WebTransport,
    connect,
    resolve,
)

__all__ = ["Fetched", "Fetcher"]

_DEFAULT_LIMITS = Limits()
_MOST_HOPS = 5
_LONGEST_PAUSE = 30.0
"""Seconds that a busy server is waited for, once."""
_HEADERS = {
    "user-agent": f"LoadFactor/{version('load-factor')}",
    "accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
    "accept-encoding": "gzip, deflate",
}
_VENDOR_ERRORS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was at an address; `modified` is what its server says, None where it does not.

    `url_final` is where redirects led. `content` is unpacked, at most Limits.size bytes.
    """

    url_asked: str
    url_final: str
    content: bytes
    content_type: str
    name: str
    modified: datetime | None = None


@dataclass(frozen=True)
class Fetcher:
    """Fetches public addresses; without state, so that threads may share it.

    `resolver` and `connector` take a host to its IP addresses and one of these to a connection;
    `tls` verifies certificates, by default against the system's authorities. `clock` and `sleep`
    are in seconds.
    """

    limits: Limits = _DEFAULT_LIMITS
    resolver: Resolver = resolve
    connector: Connector = connect
    tls: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def fetch(self, url: str, since: datetime | None = None) -> Fetched | None:
        """Return what is at `url`; None where its server says that it is as it was at `since`.

        `since`, in UTC, is asked of `url` itself only, never of what it sends on to: that may be
        another document of an earlier day. Raises InputRefused, naming the address, the reason
        and what to do.
        """
        asked = read_address(url)
        budget = Budget(self.limits, self.clock)
        transport = WebTransport(self.resolver, self.connector, self._tls, budget)
        with httpx2.Client(
            transport=transport,
            headers=_HEADERS,
            timeout=httpx2.Timeout(self.limits.silence, connect=self.limits.connect),
            follow_redirects=False,
            trust_env=False,
        ) as client:
            return self._followed(client, asked, since)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self.tls or httpx2.create_ssl_context(trust_env=False)

    def _followed(
        self, client: httpx2.Client, asked: str, since: datetime | None
    ) -> Fetched | None:
        address = asked
        for _ in range(_MOST_HOPS + 1):
            condition = since if address == asked else None
            with self._told(address), self._answer(client, address, condition) as response:
                if condition is not None and response.status_code == 304:
                    return None
                if not response.has_redirect_location:
                    return self._fetched(asked, address, response)
                address = next_address(address, response.headers["location"])
        raise refused(asked, f"sends on more than {_MOST_HOPS} times")

    @contextmanager
    def _answer(
        self, client: httpx2.Client, address: str, since: datetime | None
    ) -> Iterator[httpx2.Response]:
        """The answer's head; a busy server is asked again once, if it says that this is soon."""
        headers = {} if since is None else {"if-modified-since": format_datetime(since, True)}
        with client.stream("GET", address, headers=headers) as response:
            pause = retry_pause(response)
            if pause is None or pause > _LONGEST_PAUSE:
                yield response
                return
        self.sleep(pause)
        with client.stream("GET", address, headers=headers) as response:
            yield response

    def _fetched(self, asked: str, address: str, response: httpx2.Response) -> Fetched:
        refuse_unusable(address, response, self.limits.size)
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > self.limits.size:
                raise Refused(f"over {self.limits.size / 1024**2:g} MiB unpacked")
        return Fetched(
            url_asked=asked,
            url_final=address,
            content=bytes(content),
            content_type=media_type(response),
            name=document_name(address, response),
            modified=modified_at(response),
        )

    @contextmanager
    def _told(self, address: str) -> Iterator[None]:
        """Vendors' errors become refusals that name the address."""
        try:
            yield
        except (httpcore2.TimeoutException, httpx2.TimeoutException) as error:
            raise refused(address, "does not answer, or stopped in the middle") from error
        except _VENDOR_ERRORS as error:
            reason = str(error) or type(error).__name__
            raise refused(address, f"cannot be fetched ({reason})") from error
