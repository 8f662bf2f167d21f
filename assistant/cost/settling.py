"""Settlements that wait while the ledger cannot be written: an answer is not lost for its bill."""

from __future__ import annotations

import logging
from collections import deque
from threading import Lock

from assistant.cost.errors import AttemptNotOpen, LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.models import Attempt

__all__ = ["Settlements"]

log = logging.getLogger(__name__)


class Settlements:
    """Writes settlements in their order; safe to share between threads.

    What the ledger does not take now (locked, full) is written before the next row; until then
    its row stays open, reserved and estimated, and so it stays if this process ends first.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: deque[Attempt] = deque()
        self._writing = Lock()

    def settle(self, attempt: Attempt) -> None:
        """Write how a call ended, now or as soon as the ledger takes it.

        Raises AttemptNotOpen for an attempt that was settled before.
        """
        self._waiting.append(attempt)
        self.write()

    def write(self) -> None:
        """Write what waits, oldest first, as far as the ledger takes it. Raises AttemptNotOpen."""
        with self._writing:
            while self._waiting:
                try:
                    self._ledger.settle(self._waiting[0])
                except AttemptNotOpen:
                    self._waiting.popleft()
                    raise
                except LedgerError as error:
                    log.error("attempt %s is not settled yet: %s", self._waiting[0].id, error)
                    return
                self._waiting.popleft()
