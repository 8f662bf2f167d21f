"""What can go wrong with accounting; every message names the input, the reason and the remedy.

LoadFactorError
├── InvalidUsage                token counts that contradict each other
└── LedgerError                 the ledger cannot be read or written
    ├── LedgerTooNew            the file was written by a newer version
    └── AttemptNotOpen          the attempt is unknown or was settled before
"""

from __future__ import annotations

from corpus.errors import LoadFactorError

__all__ = ["AttemptNotOpen", "InvalidUsage", "LedgerError", "LedgerTooNew"]


class InvalidUsage(LoadFactorError):
    """Token counts that contradict each other, such as more cached tokens than tokens."""


class LedgerError(LoadFactorError):
    """The ledger cannot be read or written."""


class LedgerTooNew(LedgerError):
    """The ledger was written by a newer version of the product."""


class AttemptNotOpen(LedgerError):
    """The attempt is unknown or was settled before; a row is settled once and then final."""
