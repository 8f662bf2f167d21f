"""What can go wrong with accounting; every message names the input, the reason and the remedy.

LoadFactorError
├── BudgetExceeded              a call might cost more than a budget has left; it was not made
├── InvalidUsage                token counts that contradict each other
├── InvoiceRefused              an invoice's file cannot be read or compared
└── LedgerError                 the ledger cannot be read or written
    ├── LedgerTooNew            the file was written by a newer version
    └── AttemptNotOpen          the attempt is unknown or was settled before
"""

from __future__ import annotations

from corpus.errors import LoadFactorError

__all__ = [
    "AttemptNotOpen",
    "BudgetExceeded",
    "InvalidUsage",
    "InvoiceRefused",
    "LedgerError",
    "LedgerTooNew",
]


class BudgetExceeded(LoadFactorError):
    """A call might cost more than a budget has left, or nobody knows what; it was not made."""


class InvalidUsage(LoadFactorError):
    """Token counts that contradict each other, such as more cached tokens than tokens."""


class LedgerError(LoadFactorError):
    """The ledger cannot be read or written."""


class LedgerTooNew(LedgerError):
    """The ledger was written by a newer version of the product."""


class AttemptNotOpen(LedgerError):
    """The attempt is unknown or was settled before; a row is settled once and then final."""


class InvoiceRefused(LoadFactorError):
    """A provider's invoice cannot be read or compared; names the file, reason and remedy."""
