"""Pure: what `edgar:NVDA:10-K:4` asks for, and whom the SEC lets ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.errors import InputRefused

__all__ = ["CONTACT_SETTING", "FilingRequest", "read_request", "user_agent"]

CONTACT_SETTING = "LOADFACTOR_EDGAR_CONTACT"
MOST_FILINGS = 40
_USAGE = "write edgar:NVDA:10-K, or edgar:MSFT:10-Q:4 for the latest four (ticker or CIK; 1 to 40)"
_REQUEST = re.compile(
    r"edgar:(?P<company>[^:]+):(?P<form>[^:]+)(?::\s*(?P<count>[0-9]{1,4})\s*)?", re.IGNORECASE
)
_COMPANY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,&'/ -]{0,60}")
_CIK = re.compile(r"(?:CIK)?0*([0-9]{1,10})", re.IGNORECASE)
_FORM = re.compile(r"[A-Z0-9][A-Z0-9 /-]{0,20}")
_CONTACT = re.compile(r"(?P<name>[!-~]+(?: [!-~]+)*) <?(?P<mail>[^\s@<>]+@[^\s@<>]+\.[a-z]{2,})>?")


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """The latest `count` filings of a form by a company: a ticker as typed, or its CIK."""

    company: str
    form: str
    count: int = 1

    @property
    def cik(self) -> int | None:
        """The Central Index Key where the company was given by it; no ticker is all digits."""
        found = _CIK.fullmatch(self.company)
        return int(found[1]) if found else None


def read_request(text: str) -> FilingRequest:
    """Return what an `edgar:` input asks for; raises InputRefused with an example if malformed."""
    found = _REQUEST.fullmatch(text.strip())
    if found is None:
        raise InputRefused(f"not a request for filings: {_USAGE}")
    company, form = found["company"].strip(), " ".join(found["form"].split()).upper()
    if not _COMPANY.fullmatch(company):
        raise InputRefused(f"{company!r} is neither a ticker nor a CIK: {_USAGE}")
    if not _FORM.fullmatch(form):
        raise InputRefused(f"{form!r} is no form of the SEC's: {_USAGE}")
    count = int(found["count"] or 1)
    if not 1 <= count <= MOST_FILINGS:
        raise InputRefused(f"{count} filings cannot be asked for at once: {_USAGE}")
    return FilingRequest(company, form, count)


def user_agent(contact: str | None) -> str:
    """Return how we introduce ourselves to the SEC: product, then the user's name and e-mail.

    Raises InputRefused naming the setting unless `contact` is both, in ASCII, as headers are.
    """
    found = _CONTACT.fullmatch(" ".join((contact or "").split()))
    if found is None or "@" in found["name"] or not any(map(str.isalpha, found["name"])):
        raise InputRefused(
            "the SEC asks who downloads: set "
            f'{CONTACT_SETTING}="Your Name you@your-company.com" (a name and an e-mail, in ASCII)'
        )
    return f"Load Factor {found['name']} {found['mail']}"
