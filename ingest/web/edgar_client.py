"""Requests to the SEC as its fair-access rules want them: declared, paced, backing off."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

import httpx2

from corpus.errors import InputRefused
from ingest.web.edgar_request import CONTACT_SETTING, user_agent
from ingest.web.rate import LONGEST_HOLD, MOST_PATIENCE, SharedPace

__all__ = ["EdgarClient", "FetchLimits"]

_TRIES = 4
_SLOW_DOWN = frozenset({403, 429, 503})
_LIMITED = ("rate threshold exceeded", "traffic limit")
_UNDECLARED = "undeclared automated tool"
_LIMITED_FOR = 600.0
"""Seconds that the SEC shuts out who asked too often; asking meanwhile prolongs it."""
_PAGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a request may take: seconds to connect, of silence and in all; bytes unpacked."""

    connect: float = 10
    silence: float = 30
    total: float = 300
    size: int = 100 * 1024**2


_DEFAULT_LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True)
class _Busy:
    """An answer that asks us to slow down: its status, its page, the pause in seconds."""

    status: int
    page: str
    pause: float

    @property
    def limited(self) -> bool:
        return any(words in self.page for words in _LIMITED)

    def explained(self) -> str:
        if self.limited:
            return (
                f"the SEC says that this network asked too often (HTTP {self.status}) and shuts it "
                "out for about ten minutes: ingest it again after that"
            )
        if _UNDECLARED in self.page:
            return (
                "the SEC takes this for a tool that does not say who runs it (HTTP "
                f"{self.status}): check that {CONTACT_SETTING} is a true name and e-mail"
            )
        if self.pause > MOST_PATIENCE:
            minutes = math.ceil(self.pause / 60)
            asked = f"the SEC asks for a pause (HTTP {self.status})"
            return f"{asked}: ingest it again in {minutes} minutes"
        return f"the SEC answered {_TRIES} tries with HTTP {self.status}: ingest it again later"


class EdgarClient:
    """Gets what is at an address, at the shared pace; a context manager.

    `clock` gives seconds since the epoch; `jitter` a number from 0 to 1, by which the pauses of
    several machines are set apart.
    """

    def __init__(
        self,
        contact: str | None,
        pace: SharedPace,
        limits: FetchLimits = _DEFAULT_LIMITS,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._contact, self._pace, self._limits = contact, pace, limits
        self._clock, self._jitter = clock, jitter
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(limits.silence, connect=limits.connect),
            headers={"accept-encoding": "gzip, deflate"},
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, url: str) -> bytes:
        """Return the content at `url`, unpacked.

        Raises InputRefused: without a contact, before any request; after four tries that met
        403, 429 or 503; on any other status than 200, a redirect included; beyond the limits.
        """
        agent = user_agent(self._contact)
        try:
            answer = self._answer(url, agent)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise InputRefused(f"{url} cannot be fetched ({reason}): try again later") from error
        if isinstance(answer, _Busy):
            raise InputRefused(answer.explained())
        return answer

    def _answer(self, url: str, agent: str) -> bytes | _Busy:
        for attempt in range(_TRIES - 1):
            answer = self._ask(url, agent, attempt)
            if isinstance(answer, bytes) or answer.pause > MOST_PATIENCE:
                return answer
        return self._ask(url, agent, _TRIES - 1)

    def _ask(self, url: str, agent: str, attempt: int) -> bytes | _Busy:
        """The turn ends when the answer begins: a long document keeps nobody waiting."""
        with ExitStack() as opened:
            with self._pace.turn():
                response = opened.enter_context(
                    self._http.stream("GET", url, headers={"user-agent": agent})
                )
                if response.status_code in _SLOW_DOWN:
                    busy = self._busy(response, attempt)
                    self._pace.hold_off(busy.pause)
                    return busy
            return self._content(url, response)

    def _busy(self, response: httpx2.Response, attempt: int) -> _Busy:
        start = next(response.iter_bytes(_PAGE), b"")
        page = start.decode("utf-8", "replace").casefold()
        pause = max(2**attempt * (1 + self._jitter()), self._retry_after(response))
        busy = _Busy(response.status_code, page, min(pause, LONGEST_HOLD))
        return _Busy(busy.status, page, max(busy.pause, _LIMITED_FOR)) if busy.limited else busy

    def _retry_after(self, response: httpx2.Response) -> float:
        """Seconds that the server asks for, as a number or as a date; 0 where it does not."""
        asked = response.headers.get("retry-after", "").strip()
        if asked.isdecimal():
            return float(asked)
        try:
            moment = parsedate_to_datetime(asked)
        except ValueError:
            return 0.0
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - self._clock()

    def _content(self, url: str, response: httpx2.Response) -> bytes:
        _refuse_status(url, response)
        started, content = self._clock(), bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._limits.size:
                raise InputRefused(f"{url} is over {self._limits.size:,} bytes")
            if self._clock() - started > self._limits.total:
                raise InputRefused(f"{url} is not whole after {self._limits.total:g} seconds")
        return bytes(content)


def _refuse_status(url: str, response: httpx2.Response) -> None:
    if response.has_redirect_location:
        target = response.headers["location"][:200]
        raise InputRefused(f"{url} sends on to {target!r}, which is not followed")
    if response.status_code == 404:
        raise InputRefused(f"the SEC has nothing at {url}: check the ticker or the CIK")
    if response.status_code != 200:
        raise InputRefused(f"{url} answered HTTP {response.status_code}: try again later")
