"""Pure: which company and which filings a request means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath
from urllib.parse import quote

from corpus.errors import InputRefused
from ingest.web.edgar_lists import Listing, Row

__all__ = ["Filer", "Filing", "choose", "find_listing"]

_PERIODIC = frozenset({"10-K", "10-KT", "10-Q", "10-QT", "20-F", "40-F"})
_OFFERED = 5
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing at the SEC, with the address of its main document.

    `filed` is the day that EDGAR dates it. `period_end` closes the fiscal period of an annual or
    quarterly report and is None for other forms (an 8-K is dated by its event). `ticker` is empty
    where the filer has none. `amended` is the day of the latest amendment to the same report,
    None where there is none.
    """

    company: str
    ticker: str
    cik: int
    form: str
    filed: date
    period_end: date | None
    accession: str
    url: str
    amended: date | None = None

    @property
    def name(self) -> str:
        """A file name that people recognise: "NVDA-10-K-2025-02-26.htm"."""
        who = self.ticker or f"CIK{self.cik:010d}"
        form = self.form.replace("/", "-").replace(" ", "-")
        return f"{who}-{form}-{self.filed.isoformat()}{PurePosixPath(self.url).suffix}"

    @property
    def metadata(self) -> dict[str, object]:
        """What the SEC states of it, under the keys that recognition reads."""
        stated: dict[str, object] = {
            "header:company": self.company,
            "header:form": self.form,
            "header:filing_date": self.filed.isoformat(),
            "header:source_url": self.url,
        }
        return stated | ({"period_end": self.period_end.isoformat()} if self.period_end else {})


@dataclass(frozen=True, slots=True)
class Filer:
    """Who filed, and `archives`: the address under which the SEC keeps all filings."""

    company: str
    ticker: str
    cik: int
    archives: str

    def filing(self, row: Row, amended: date | None) -> Filing:
        # A filing of the years before main documents were told apart is its whole submission.
        document = row.document or f"{row.accession}.txt"
        folder = f"{self.archives}/{self.cik}/{row.accession.replace('-', '')}"
        return Filing(
            company=self.company,
            ticker=self.ticker,
            cik=self.cik,
            form=row.form,
            filed=row.filed,
            period_end=row.reported if row.form.partition("/")[0] in _PERIODIC else None,
            accession=row.accession,
            url=f"{folder}/{quote(document)}",
            amended=amended,
        )


def choose(filer: Filer, rows: Sequence[Row], form: str, count: int) -> tuple[Filing, ...]:
    """Return the `count` latest filings of exactly this form, newest first, or all there are.

    Raises InputRefused naming the company's forms when it has filed none of this one.
    """
    matching = sorted((r for r in rows if r.form == form), key=lambda r: r.filed, reverse=True)
    if not matching:
        present = ", ".join(sorted({row.form for row in rows})) or "none at all"
        raise InputRefused(f"{filer.company} has filed no {form}; its forms are {present}")
    return tuple(filer.filing(row, _amended(row, rows)) for row in matching[:count])


def _amended(filed: Row, rows: Iterable[Row]) -> date | None:
    days = (
        row.filed
        for row in rows
        if row.form == f"{filed.form}/A"
        and row.reported is not None
        and row.reported == filed.reported
        and row.filed >= filed.filed
    )
    return max(days, default=None)


def find_listing(typed: str, listings: Sequence[Listing]) -> Listing:
    """Return the company of a ticker: any case, a class with dot, slash or hyphen.

    Raises InputRefused with the tickers that come close, by company name or by their letters.
    """
    wanted = _plain(typed)
    for listing in listings:
        if _plain(listing.ticker) == wanted:
            return listing
    close = list(dict.fromkeys([*_named(typed, listings), *_spelled(wanted, listings)]))[:_OFFERED]
    offer = f"did you mean {', '.join(close)}?" if close else "give its ticker or its CIK"
    raise InputRefused(f"the SEC knows no ticker {typed!r}; {offer}")


def _plain(ticker: str) -> str:
    return ticker.upper().replace(".", "-").replace("/", "-")


def _offer(listing: Listing) -> str:
    return f"{listing.ticker} ({listing.title})"


def _named(typed: str, listings: Iterable[Listing]) -> list[str]:
    name = typed.casefold()
    if len(name) < _SHORTEST_NAME:
        return []
    return [_offer(listing) for listing in listings if listing.title.casefold().startswith(name)]


def _spelled(wanted: str, listings: Iterable[Listing]) -> list[str]:
    offers = {_plain(listing.ticker): _offer(listing) for listing in listings}
    return [offers[near] for near in get_close_matches(wanted, offers, n=_OFFERED, cutoff=0.7)]
