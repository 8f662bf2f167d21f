"""`edgar:NVDA:10-K`: a company's latest filings of a form, from the SEC's own endpoints.

Filings never change once they are accepted: what is in the corpus under `Filing.url` need not be
fetched again.
"""

from __future__ import annotations

from typing import Self

from ingest.web.edgar_client import EdgarClient
from ingest.web.edgar_filings import Filer, Filing, choose, find_listing
from ingest.web.edgar_lists import (
    Listing,
    Row,
    Submissions,
    read_columns,
    read_listings,
    read_submissions,
)
from ingest.web.edgar_request import FilingRequest, read_request
from ingest.web.rate import SharedPace, shared_folder

__all__ = ["Edgar", "Filing"]

SEC = "https://www.sec.gov"
SEC_DATA = "https://data.sec.gov"


class Edgar:
    """The SEC's filings; a context manager, used by one thread at a time.

    `client` asks, at the pace that all processes share; `www` and `data` are the base addresses.
    The list of tickers is fetched once.
    """

    def __init__(self, client: EdgarClient, www: str = SEC, data: str = SEC_DATA) -> None:
        self._client, self._www, self._data = client, www, data
        self._listings: tuple[Listing, ...] = ()

    @classmethod
    def of(cls, contact: str | None) -> Self:
        """Return the SEC's EDGAR, asked by `contact`: a name and an e-mail, None if unset."""
        return cls(EdgarClient(contact, SharedPace(shared_folder(), "EDGAR")))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def latest(self, text: str) -> tuple[Filing, ...]:
        """Return the filings that `edgar:COMPANY:FORM[:COUNT]` stands for, newest first.

        The form is meant exactly: a 10-K/A is no 10-K. Fewer than COUNT come back where fewer were
        filed. Raises InputRefused when the text is malformed, the contact is not set (before any
        request), the ticker is unknown, no such form was filed, or as EdgarClient.get does.
        """
        request = read_request(text)
        cik, ticker = self._identified(request)
        found = read_submissions(self._client.get(f"{self._data}/submissions/CIK{cik:010d}.json"))
        filer = Filer(
            company=found.name,
            ticker=ticker or next(iter(found.tickers), ""),
            cik=cik,
            archives=f"{self._www}/Archives/edgar/data",
        )
        return choose(filer, self._rows(found, request), request.form, request.count)

    def fetch(self, filing: Filing) -> bytes:
        """Return the filing's main document, 100 MiB at most; raises as EdgarClient.get does."""
        return self._client.get(filing.url)

    def _identified(self, request: FilingRequest) -> tuple[int, str]:
        if request.cik is not None:
            return request.cik, ""
        if not self._listings:
            self._listings = read_listings(
                self._client.get(f"{self._www}/files/company_tickers.json")
            )
        listing = find_listing(request.company, self._listings)
        return listing.cik_str, listing.ticker

    def _rows(self, found: Submissions, request: FilingRequest) -> list[Row]:
        """The listed filings, back to as many of the form as are asked for."""
        rows = list(found.filings.recent.rows())
        for page in sorted(found.filings.files, key=lambda page: page.filing_to, reverse=True):
            if sum(row.form == request.form for row in rows) >= request.count:
                break
            older = self._client.get(f"{self._data}/submissions/{page.name}")
            rows.extend(read_columns(older).rows())
        return rows
