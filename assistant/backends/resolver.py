"""Where is that name? Asked of the system's resolver, and not again for a while."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from threading import Lock

__all__ = ["Resolver"]

REMEMBERED = 10.0
"""Seconds that an answer is taken for true; the page asks several times each time it is drawn."""


def _addresses(host: str) -> frozenset[str]:
    return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))


class Resolver:
    """Gives the addresses of host names; `lookup` raises OSError for a name that has none."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        lookup: Callable[[str], frozenset[str]] = _addresses,
    ) -> None:
        self._clock = clock
        self._lookup = lookup
        self._lock = Lock()
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    def __call__(self, host: str) -> frozenset[str]:
        """Return the addresses of a name as of the last few seconds. Raises OSError for none."""
        with self._lock:
            asked, found = self._known.get(host, (-REMEMBERED, frozenset()))
        if self._clock() - asked >= REMEMBERED:
            found = self._look(host)
            with self._lock:
                self._known[host] = (self._clock(), found)
        if not found:
            raise OSError(f"the name {host} is not known")
        return found

    def _look(self, host: str) -> frozenset[str]:
        try:
            return self._lookup(host)
        except OSError:
            return frozenset()
