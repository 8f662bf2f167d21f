"""Filings by ticker, form and count, from a server on this machine with the SEC's paths."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Reading
from ingest.recognise import recognise
from ingest.web.edgar import Edgar
from ingest.web.edgar_client import EdgarClient, FetchLimits
from ingest.web.rate import SharedPace
from tests.servers.edgar_server import EdgarServer, Filed
from tests.servers.loopback import Reply

CONTACT = "Test Desk desk@example.com"


class Moments:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def numbered(year: int, number: int) -> str:
    return f"0000000007-{year % 100:02d}-{number:06d}"


MIXED = [
    Filed("8-K", "2026-03-30", numbered(2026, 20), "2026-03-28"),
    Filed("10-K/A", "2026-03-15", numbered(2026, 19), "2026-01-31"),
    Filed("SC 13G", "2026-03-02", numbered(2026, 18), "", ""),
    Filed("10-K", "2026-02-27", numbered(2026, 17), "2026-01-31", "seven-20260131.htm"),
    Filed("4", "2026-02-20", numbered(2026, 16), "2026-02-18", "xslF345X05/form4.xml"),
    Filed("DEF 14A", "2026-02-10", numbered(2026, 15), "2026-04-01"),
    Filed("8-K/A", "2026-01-20", numbered(2026, 14), "2026-01-05"),
    Filed("8-K", "2026-01-06", numbered(2026, 13), "2026-01-05"),
    Filed("10-Q", "2025-11-20", numbered(2025, 12), "2025-10-31"),
    Filed("S-1", "2025-11-01", numbered(2025, 11)),
    Filed("S-1/A", "2025-11-10", numbered(2025, 10)),
    Filed("10-Q", "2025-08-20", numbered(2025, 9), "2025-07-31"),
    Filed("10-Q/A", "2025-08-25", numbered(2025, 8), "2025-07-31"),
    Filed("NT 10-K", "2025-06-20", numbered(2025, 7)),
    Filed("10-Q", "2025-05-20", numbered(2025, 6), "2025-04-30"),
    Filed("8-K", "2025-05-19", numbered(2025, 5), "2025-05-19"),
    Filed("3", "2025-04-01", numbered(2025, 4)),
    Filed("11-K", "2025-03-20", numbered(2025, 3), "2024-12-31"),
    Filed("ARS", "2025-03-01", numbered(2025, 2)),
    Filed("10-K", "2025-02-26", numbered(2025, 1), "2025-01-31", "seven-20250131.htm"),
]
OLDER = {
    "CIK0000000007-submissions-002.json": [
        Filed("10-K", "2001-03-30", "0000000007-01-000001", "2001-01-31", "")
    ],
    "CIK0000000007-submissions-001.json": [
        Filed("10-K", "2024-02-21", numbered(2024, 2), "2024-01-31"),
        Filed("10-KT", "2023-02-24", numbered(2023, 1), "2023-01-31"),
    ],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgarServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EdgarServer() as server:
        server.add(7, "SEVEN CORP", MIXED, ["SEVN", "SEVN-WT"], OLDER)
        server.add(8, "BERKSHIRE LIKE INC", [MIXED[3]], ["BRK-A", "BRK-B"])
        server.add(9, "FOREIGN PLC", [Filed("20-F", "2026-03-01", numbered(2026, 1))], ["FRGN"])
        yield server


@pytest.fixture
def edgar(server: EdgarServer, tmp_path: Path) -> Iterator[Edgar]:
    moments = Moments()
    pace = SharedPace(tmp_path / "pace", "EDGAR", moments.clock, moments.sleep)
    with Edgar(EdgarClient(CONTACT, pace), server.address, server.address) as edgar:
        yield edgar


def test_the_latest_filing_of_a_form_comes_with_all_that_the_sec_states(
    edgar: Edgar, server: EdgarServer
) -> None:
    (filing,) = edgar.latest("edgar:SEVN:10-K")
    assert (filing.company, filing.ticker, filing.cik) == ("SEVEN CORP", "SEVN", 7)
    assert (filing.form, filing.filed) == ("10-K", date(2026, 2, 27))
    assert filing.period_end == date(2026, 1, 31)
    assert filing.accession == numbered(2026, 17)
    folder = "Archives/edgar/data/7/000000000726000017"
    assert filing.url == f"{server.address}/{folder}/seven-20260131.htm"
    assert filing.name == "SEVN-10-K-2026-02-27.htm"


def test_only_the_form_asked_for_is_taken_and_an_amendment_to_it_is_told(edgar: Edgar) -> None:
    (annual,) = edgar.latest("edgar:SEVN:10-K")
    (amendment,) = edgar.latest("edgar:SEVN:10-K/A")
    quarters = edgar.latest("edgar:SEVN:10-Q:40")
    assert annual.amended == amendment.filed == date(2026, 3, 15)
    assert amendment.name == "SEVN-10-K-A-2026-03-15.htm"
    assert amendment.period_end == annual.period_end
    assert [quarter.form for quarter in quarters] == ["10-Q"] * 3
    assert [quarter.amended for quarter in quarters] == [None, date(2025, 8, 25), None]


def test_an_event_is_no_end_of_a_fiscal_period(edgar: Edgar) -> None:
    events = edgar.latest("edgar:SEVN:8-K:2")
    assert [event.filed for event in events] == [date(2026, 3, 30), date(2026, 1, 6)]
    assert [event.period_end for event in events] == [None, None]


def test_forms_with_a_space_are_found_in_any_case(edgar: Edgar) -> None:
    (proxy,) = edgar.latest("edgar:sevn:def 14a")
    assert proxy.name == "SEVN-DEF-14A-2026-02-10.htm"


def test_older_pages_are_read_newest_first_as_far_as_needed(
    edgar: Edgar, server: EdgarServer
) -> None:
    assert len(edgar.latest("edgar:SEVN:10-K:2")) == 2
    assert not any("submissions-0" in path for path in server.paths)
    assert len(edgar.latest("edgar:SEVN:10-K:3")) == 3
    assert server.paths[-1].endswith("submissions-001.json")
    filings = edgar.latest("edgar:SEVN:10-K:9")
    assert [filing.filed.year for filing in filings] == [2026, 2025, 2024, 2001]
    assert server.paths[-1].endswith("submissions-002.json")


def test_a_filing_without_a_main_document_is_its_whole_submission(edgar: Edgar) -> None:
    oldest = edgar.latest("edgar:SEVN:10-K:4")[-1]
    assert oldest.url.endswith("/7/000000000701000001/0000000007-01-000001.txt")
    assert oldest.name == "SEVN-10-K-2001-03-30.txt"


@pytest.mark.parametrize("ticker", ["BRK.B", "BRK-B", "brk/b", "Brk.b"])
def test_classes_of_shares_are_found_however_they_are_written(edgar: Edgar, ticker: str) -> None:
    (filing,) = edgar.latest(f"edgar:{ticker}:10-K")
    assert (filing.cik, filing.ticker) == (8, "BRK-B")


def test_a_cik_needs_no_list_of_tickers(edgar: Edgar, server: EdgarServer) -> None:
    (filing,) = edgar.latest("edgar:0000000007:10-K")
    assert filing.ticker == "SEVN"
    assert server.paths == ["/submissions/CIK0000000007.json"]


def test_a_filer_without_a_ticker_is_named_by_its_cik(edgar: Edgar, server: EdgarServer) -> None:
    server.add(11, "PRIVATE NOTES LLC", MIXED)
    (filing,) = edgar.latest("edgar:11:10-K")
    assert (filing.ticker, filing.name) == ("", "CIK0000000011-10-K-2026-02-27.htm")


def test_the_list_of_tickers_is_fetched_once(edgar: Edgar, server: EdgarServer) -> None:
    edgar.latest("edgar:SEVN:10-K")
    edgar.latest("edgar:FRGN:20-F")
    assert server.paths.count("/files/company_tickers.json") == 1


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SEVM", r"did you mean SEVN \(SEVEN CORP\)"),
        ("Foreign", r"did you mean FRGN \(FOREIGN PLC\)"),
        ("XQZW", "give its ticker or its CIK"),
    ],
)
def test_an_unknown_ticker_is_refused_with_those_that_come_close(
    edgar: Edgar, typed: str, offered: str
) -> None:
    with pytest.raises(InputRefused, match=f"no ticker '{typed}'; {offered}"):
        edgar.latest(f"edgar:{typed}:10-K")


def test_a_form_that_a_company_never_filed_is_refused_with_its_forms(edgar: Edgar) -> None:
    with pytest.raises(InputRefused, match="FOREIGN PLC has filed no 10-K; its forms are 20-F"):
        edgar.latest("edgar:FRGN:10-K")


def test_an_unknown_cik_is_refused(edgar: Edgar) -> None:
    with pytest.raises(InputRefused, match="check the ticker or the CIK"):
        edgar.latest("edgar:404:10-K")


@pytest.mark.parametrize(
    "content",
    [
        b"<html>Maintenance</html>",
        b'{"name": "SEVEN CORP"}',
        b'{"name": "S", "filings": {"recent": {"accessionNumber": ["0000000007-26-000017"],'
        b'"filingDate": [], "reportDate": [], "form": [], "primaryDocument": []}}}',
    ],
)
def test_a_list_in_another_form_is_refused(
    edgar: Edgar, server: EdgarServer, content: bytes
) -> None:
    server.put("/submissions/CIK0000000007.json", content)
    with pytest.raises(InputRefused, match="not in the form that we read"):
        edgar.latest("edgar:7:10-K")


def test_a_document_arrives_unpacked_and_the_request_says_who_asks(
    edgar: Edgar, server: EdgarServer
) -> None:
    (filing,) = edgar.latest("edgar:SEVN:10-K")
    content = b"<html>" + b"ten" * 20_000
    server.put(filing.url.removeprefix(server.address), content)
    assert edgar.fetch(filing) == content
    headers = server.requests[-1].headers
    assert headers["user-agent"] == f"Load Factor {CONTACT}"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["host"] == server.address.removeprefix("http://")


def test_recognition_takes_what_the_sec_states(edgar: Edgar) -> None:
    (filing,) = edgar.latest("edgar:SEVN:10-K")
    found = recognise(Reading(Media.HTML, (), metadata=filing.metadata), filing.name)
    assert (found.companies, found.form, found.published) == (("SEVEN",), "10-K", filing.filed)
    assert found.period_end == filing.period_end


def test_a_redirect_is_told_and_not_followed(edgar: Edgar, server: EdgarServer) -> None:
    server.queue(Reply(status=302, headers={"location": "http://10.0.0.1/secret"}))
    with pytest.raises(InputRefused, match=r"10\.0\.0\.1.*not followed"):
        edgar.latest("edgar:7:10-K")
    assert len(server.requests) == 1


def limited(server: EdgarServer, folder: Path, limits: FetchLimits) -> EdgarClient:
    """A client by whose clock a second passes at each look."""
    seconds = count(1_750_000_000.0)
    pace = SharedPace(folder / "pace", "EDGAR")
    return EdgarClient(CONTACT, pace, limits, clock=lambda: next(seconds))


def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(
    server: EdgarServer, tmp_path: Path
) -> None:
    bomb = gzip.compress(bytes(4 * 1024**2))
    server.queue(Reply((bomb,), headers={"content-encoding": "gzip"}))
    with (
        limited(server, tmp_path, FetchLimits(size=1024**2)) as client,
        pytest.raises(InputRefused, match="over 1,048,576 bytes"),
    ):
        client.get(f"{server.address}/bomb")


def test_an_answer_without_end_is_refused(server: EdgarServer, tmp_path: Path) -> None:
    server.queue(Reply([b"drop"] * 1000))
    with (
        limited(server, tmp_path, FetchLimits(total=20)) as client,
        pytest.raises(InputRefused, match="not whole after 20 seconds"),
    ):
        client.get(f"{server.address}/slow")


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with EdgarServer() as gone:
        address = gone.address
    pace = SharedPace(tmp_path / "pace", "EDGAR")
    with EdgarClient(CONTACT, pace) as client, pytest.raises(InputRefused, match="cannot be fetch"):
        client.get(f"{address}/files/company_tickers.json")
