"""What can go wrong with a backend; every message is fit for a reader and holds no key.

BackendError                    (corpus.errors)
├── BackendUnavailable          not to be used now: no key, no server, or local only
└── CallFailed                  a call that was made and gave no whole answer
"""

from __future__ import annotations

from corpus.errors import BackendError

__all__ = ["TIMEOUT", "UNREACHABLE", "BackendUnavailable", "CallFailed"]

UNREACHABLE = "unreachable"
"""The reason of a call that never arrived."""
TIMEOUT = "timeout"
"""The reason of a call that was answered by silence."""


class BackendUnavailable(BackendError):
    """The backend cannot be used now; the text says why and what to do. Nothing was sent."""


class CallFailed(BackendError):
    """A call gave no whole answer.

    `transient`: the same call may go through later. `retry_after`: seconds that the provider asks
    to wait. `billable`: the provider may have done work, so the cost is an estimate; a call that
    was refused or never arrived is billed nothing. `reason`: a few words for the ledger's row,
    such as "http 429".
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        transient: bool = False,
        billable: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.transient = transient
        self.billable = billable
        self.retry_after = retry_after
