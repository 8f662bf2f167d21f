"""A second process that fetches filings: `python -m tests.ingest.edgar_child FOLDER ADDRESS N`."""

from __future__ import annotations

import sys
from itertools import cycle, islice
from pathlib import Path

from ingest.web.edgar import Edgar
from ingest.web.edgar_client import EdgarClient
from ingest.web.rate import SharedPace

CONTACT = "Test Desk desk@example.com"


def main() -> None:
    """Look up the filings of AAA and fetch N times, one after another of them; say how many."""
    folder, address, count = sys.argv[1:]
    client = EdgarClient(CONTACT, SharedPace(Path(folder), "EDGAR"))
    with Edgar(client, address, address) as edgar:
        filings = edgar.latest("edgar:AAA:10-K:2")
        fetched = [edgar.fetch(filing) for filing in islice(cycle(filings), int(count))]
    sys.stdout.write(f"{sum(map(bool, fetched))}\n")


if __name__ == "__main__":
    main()
