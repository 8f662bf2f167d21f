"""Does a server listen there? Asked quickly, and not again for a while."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from threading import Lock

__all__ = ["Probe"]

PATIENCE = 0.3
"""Seconds for a connection within this machine or network."""
REMEMBERED = 10.0
"""Seconds that an answer is taken for true."""


class Probe:
    """Tries whether a port takes connections; sends nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._known: dict[tuple[str, int], tuple[float, bool]] = {}

    def listens(self, host: str, port: int) -> bool:
        """Tell whether `host` takes connections at `port`, as of the last few seconds."""
        with self._lock:
            asked, found = self._known.get((host, port), (-REMEMBERED, False))
        if self._clock() - asked < REMEMBERED:
            return found
        found = _connects(host, port)
        with self._lock:
            self._known[host, port] = (self._clock(), found)
        return found


def _connects(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), PATIENCE):
            return True
    except OSError:
        return False
