"""Settlements that wait while the ledger cannot be written: an answer is not lost for its bill."""

from __future__ import annotations

import logging
from collections import deque
from threading import Lock
from time import monotonic

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
        self._failed = float("-inf")

    def settle(self, attempt: Attempt) -> None:
        """Write how a call ended, now or as soon as the ledger takes it.

        Raises AttemptNotOpen for an attempt that was settled before.
        """
        self._waiting.append(attempt)
        self._write(attempt.id)

    def write(self) -> None:
        """Write what waits, oldest first, as far as the ledger takes it."""
        self._write(None)

    def _write(self, mine: str | None) -> None:
        began = monotonic()
        refused: AttemptNotOpen | None = None
        with self._writing:
            # Who was before us has just waited in vain; to wait again would queue all answers up.
            while self._waiting and self._failed < began:
                attempt = self._waiting[0]
                try:
                    self._ledger.settle(attempt)
                except AttemptNotOpen as error:
                    log.error("%s", error)
                    refused = error if attempt.id == mine else refused
                except LedgerError as error:
                    log.error("attempt %s is not settled yet: %s", attempt.id, error)
                    self._failed = monotonic()
                    return
                self._waiting.popleft()
        if refused is not None:
            raise refused
