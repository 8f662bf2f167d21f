"""The SEC's paths on this machine: tickers, lists of filings with older pages, documents."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.servers.loopback import LoopbackServer, Received, Reply

__all__ = ["EdgarServer", "Filed", "columns"]


@dataclass(frozen=True, slots=True)
class Filed:
    """One filing as the server lists it; `reported` and `document` may be empty."""

    form: str
    filed: str
    accession: str
    reported: str = ""
    document: str = "main.htm"


def columns(filings: Iterable[Filed]) -> dict[str, list[str]]:
    """The parallel columns that the SEC lists filings in, one that nobody reads among them."""
    listed = list(filings)
    return {
        "accessionNumber": [f.accession for f in listed],
        "filingDate": [f.filed for f in listed],
        "reportDate": [f.reported for f in listed],
        "form": [f.form for f in listed],
        "primaryDocument": [f.document for f in listed],
        "items": ["" for _ in listed],
    }


class EdgarServer:
    """Serves what was added, in gzip where the client takes it; `arrivals` are monotonic seconds.

    Replies put into `queue` go out first, whatever is asked.
    """

    def __init__(self) -> None:
        self.arrivals: list[float] = []
        self._contents: dict[str, bytes] = {}
        self._tickers: dict[str, dict[str, Any]] = {}
        self._recording = threading.Lock()
        self._http = LoopbackServer(self._reply)
        self.queue = self._http.queue
        self._put("/files/company_tickers.json", self._tickers)

    @property
    def address(self) -> str:
        return self._http.address

    @property
    def requests(self) -> list[Received]:
        return self._http.requests

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def add(
        self,
        cik: int,
        company: str,
        recent: Sequence[Filed],
        tickers: Sequence[str] = (),
        older: Mapping[str, Sequence[Filed]] | None = None,
    ) -> None:
        """Add a company; `older` maps the names of further pages to what they list."""
        for ticker in tickers:
            row = {"cik_str": cik, "ticker": ticker, "title": company}
            self._tickers[str(len(self._tickers))] = row
        self._put("/files/company_tickers.json", self._tickers)
        pages = [_page(name, filings) for name, filings in (older or {}).items()]
        body = {
            "cik": f"{cik:010d}",
            "name": company,
            "tickers": list(tickers),
            "filings": {"recent": columns(recent), "files": pages},
        }
        self._put(f"/submissions/CIK{cik:010d}.json", body)
        for name, filings in (older or {}).items():
            self._put(f"/submissions/{name}", columns(filings))

    def put(self, path: str, content: bytes) -> None:
        """Serve these bytes at the path."""
        self._contents[path] = content

    def _put(self, path: str, value: object) -> None:
        self.put(path, json.dumps(value).encode())

    def _reply(self, request: Received) -> Reply:
        with self._recording:
            self.arrivals.append(time.monotonic())
        content = self._contents.get(request.path)
        if content is None:
            return Reply((b"not found",), 404, content_type="text/html")
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Reply((content,))
        return Reply((gzip.compress(content),), headers={"content-encoding": "gzip"})

    def __enter__(self) -> EdgarServer:
        self._http.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.__exit__(kind, error, trace)


def _page(name: str, filings: Sequence[Filed]) -> dict[str, object]:
    days = sorted(filing.filed for filing in filings)
    return {
        "name": name,
        "filingCount": len(filings),
        "filingFrom": days[0],
        "filingTo": days[-1],
    }
