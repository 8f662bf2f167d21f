"""Rows 38 and 39: nobody asks the SEC undeclared, or faster than it allows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from corpus.errors import InputRefused
from ingest.web.edgar import Edgar
from ingest.web.edgar_client import EdgarClient
from ingest.web.rate import SharedPace
from tests.servers.edgar_server import EdgarServer, Filed
from tests.servers.loopback import Reply

REPOSITORY = Path(__file__).parents[2]
CONTACT = "Test Desk desk@example.com"
FILINGS = [
    Filed("10-K", "2026-02-27", "0000000007-26-000002", "2026-01-31", "b.htm"),
    Filed("10-K", "2025-02-27", "0000000007-25-000001", "2025-01-31", "a.htm"),
]


class Moments:
    """A clock that only sleeping moves on; `slept` holds each sleep, in seconds."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgarServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EdgarServer() as server:
        server.add(7, "SEVEN CORP", FILINGS, ["AAA"])
        for path in ("000000000726000002/b.htm", "000000000725000001/a.htm"):
            server.put(f"/Archives/edgar/data/7/{path}", b"<html>report</html>" * 500)
        yield server


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pace"


def edgar_at(
    server: EdgarServer, folder: Path, moments: Moments, contact: str | None = CONTACT
) -> Edgar:
    pace = SharedPace(folder, "EDGAR", moments.clock, moments.sleep)
    client = EdgarClient(contact, pace, clock=moments.clock, jitter=lambda: 0.5)
    return Edgar(client, server.address, server.address)


@pytest.mark.parametrize("contact", [None, "", "Test Desk", "desk@example.com"])
def test_fault_38_without_a_contact_nothing_is_asked_and_the_setting_is_named(
    server: EdgarServer, folder: Path, moments: Moments, contact: str | None
) -> None:
    with edgar_at(server, folder, moments) as declared:
        filings = declared.latest("edgar:AAA:10-K")
    asked = len(server.requests)
    with edgar_at(server, folder, moments, contact) as edgar:
        for attempt in (lambda: edgar.latest("edgar:AAA:10-K"), lambda: edgar.fetch(filings[0])):
            with pytest.raises(InputRefused, match="LOADFACTOR_EDGAR_CONTACT"):
                attempt()
    assert len(server.requests) == asked


def test_fault_39_200_fetches_from_2_processes_arrive_at_most_10_in_any_second(
    server: EdgarServer, folder: Path
) -> None:
    # The next request leaves a gap after the answer to the last one began, so the arrivals lie
    # apart however slow this machine is: load can only spread them.
    command = [sys.executable, "-m", "tests.ingest.edgar_child", str(folder), server.address, "100"]
    started = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate()[0] for process in started]
    assert said == ["100\n", "100\n"]
    arrivals = server.arrivals
    assert len(arrivals) == 204
    assert min(last - first for first, last in zip(arrivals, arrivals[10:], strict=False)) >= 1


def test_fault_39_a_process_killed_in_mid_request_leaves_the_gap_behind(
    folder: Path, moments: Moments
) -> None:
    script = (
        "import os, sys; from pathlib import Path; from ingest.web.rate import SharedPace\n"
        f"with SharedPace(Path(sys.argv[1]), 'EDGAR', lambda: {moments.now}).turn(): os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=REPOSITORY, check=False)
    assert done.returncode == 9
    with SharedPace(folder, "EDGAR", moments.clock, moments.sleep).turn():
        assert sum(moments.slept) == pytest.approx(0.11, abs=1e-3)


@pytest.mark.parametrize("status", [403, 429, 503])
def test_fault_39_backs_off_longer_each_time_and_then_goes_on(
    server: EdgarServer, folder: Path, moments: Moments, status: int
) -> None:
    server.queue(*[Reply((b"busy",), status)] * 3)
    with edgar_at(server, folder, moments) as edgar:
        assert len(edgar.latest("edgar:7:10-K")) == 1
    assert moments.slept == pytest.approx([1.5, 3, 6], abs=1e-3)


def test_fault_39_gives_up_after_4_tries(
    server: EdgarServer, folder: Path, moments: Moments
) -> None:
    server.queue(*[Reply((b"busy",), 429)] * 9)
    with (
        edgar_at(server, folder, moments) as edgar,
        pytest.raises(InputRefused, match="4 tries with HTTP 429: ingest it again later"),
    ):
        edgar.latest("edgar:7:10-K")
    assert len(server.requests) == 4


@pytest.mark.parametrize("as_date", [False, True])
def test_fault_39_waits_as_long_as_the_server_asks_for(
    server: EdgarServer, folder: Path, moments: Moments, as_date: bool
) -> None:
    moment = format_datetime(datetime.fromtimestamp(moments.now + 20, UTC), usegmt=True)
    server.queue(Reply(status=429, headers={"retry-after": moment if as_date else "20"}))
    with edgar_at(server, folder, moments) as edgar:
        edgar.latest("edgar:7:10-K")
    assert moments.slept == pytest.approx([20], abs=1e-3)


@pytest.mark.parametrize("senseless", ["soon", "-5", "", "Wed, 99 Foo 2025"])
def test_fault_39_a_senseless_wish_leaves_the_usual_pause(
    server: EdgarServer, folder: Path, moments: Moments, senseless: str
) -> None:
    server.queue(Reply(status=429, headers={"retry-after": senseless}))
    with edgar_at(server, folder, moments) as edgar:
        edgar.latest("edgar:7:10-K")
    assert moments.slept == pytest.approx([1.5], abs=1e-3)


def test_fault_39_a_pause_of_over_a_minute_is_told_instead_of_slept(
    server: EdgarServer, folder: Path, moments: Moments
) -> None:
    server.queue(Reply(status=429, headers={"retry-after": "150"}))
    with edgar_at(server, folder, moments) as edgar:
        with pytest.raises(InputRefused, match=r"HTTP 429.*again in 3 minutes"):
            edgar.latest("edgar:7:10-K")
        with pytest.raises(InputRefused, match=r"EDGAR wants no requests until \d\d:\d\d UTC"):
            edgar.latest("edgar:7:10-K")
        assert (len(server.requests), moments.slept) == (1, [])
        moments.now += 151
        assert edgar.latest("edgar:7:10-K")


def test_fault_39_while_one_backs_off_no_other_process_asks(
    server: EdgarServer, folder: Path, moments: Moments
) -> None:
    page = b"<title>SEC.gov | Request Rate Threshold Exceeded</title>"
    server.queue(Reply((page,), 403))
    with (
        edgar_at(server, folder, moments) as edgar,
        pytest.raises(InputRefused, match=r"asked too often.*ten minutes"),
    ):
        edgar.latest("edgar:7:10-K")
    with (
        edgar_at(server, folder, moments) as another,
        pytest.raises(InputRefused, match="no requests until"),
    ):
        another.latest("edgar:7:10-K")
    assert len(server.requests) == 1


def test_fault_39_a_403_for_an_undeclared_tool_is_explained(
    server: EdgarServer, folder: Path, moments: Moments
) -> None:
    page = b"<h1>Your Request Originates from an Undeclared Automated Tool</h1>"
    server.queue(*[Reply((page,), 403)] * 4)
    with (
        edgar_at(server, folder, moments) as edgar,
        pytest.raises(InputRefused, match="LOADFACTOR_EDGAR_CONTACT is a true name and e-mail"),
    ):
        edgar.latest("edgar:7:10-K")
    assert len(server.requests) == 4


@pytest.mark.parametrize("minutes", [1, 10, 60, 600])
def test_a_clock_that_was_set_back_costs_the_gap_and_no_more(
    folder: Path, moments: Moments, minutes: int
) -> None:
    pace = SharedPace(folder, "EDGAR", moments.clock, moments.sleep)
    with pace.turn():
        pass
    moments.now -= minutes * 60
    with pace.turn():
        assert moments.slept == pytest.approx([0.11])


def test_a_clock_that_was_set_back_begins_the_servers_pause_anew(
    folder: Path, moments: Moments
) -> None:
    pace = SharedPace(folder, "EDGAR", moments.clock, moments.sleep)
    with pace.turn():
        pace.hold_off(90)
    moments.now -= 1800
    with pytest.raises(InputRefused, match="no requests until"), pace.turn():
        pass
    moments.now += 50
    with pace.turn():
        assert moments.slept == pytest.approx([40])


def test_the_moment_alone_that_earlier_versions_wrote_is_heeded(
    folder: Path, moments: Moments
) -> None:
    folder.mkdir()
    (folder / "not-before").write_text(repr(moments.now + 20))
    with SharedPace(folder, "EDGAR", moments.clock, moments.sleep).turn():
        assert moments.slept == pytest.approx([20])


@pytest.mark.parametrize(
    "content", ["", "nan", "inf", "soon", "\x00", "1 2 3", "nan 1", "1 nan", "9e99 9e99"]
)
def test_a_damaged_state_holds_nobody_up(folder: Path, moments: Moments, content: str) -> None:
    folder.mkdir()
    (folder / "not-before").write_text(content)
    pace = SharedPace(folder, "EDGAR", moments.clock, moments.sleep)
    for _ in range(2):
        with pace.turn():
            pass
    assert moments.slept == pytest.approx([0.11], abs=1e-3)


def test_a_link_in_place_of_the_shared_folder_is_refused(folder: Path, moments: Moments) -> None:
    elsewhere = folder.with_name("elsewhere")
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    pace = SharedPace(folder, "EDGAR", moments.clock, moments.sleep)
    with pytest.raises(InputRefused, match="it is a link or belongs to another user"), pace.turn():
        pass
    assert list(elsewhere.iterdir()) == []
