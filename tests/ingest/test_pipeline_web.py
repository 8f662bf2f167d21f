"""Addresses and filings of EDGAR through the whole pipeline, from servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from corpus.store import Corpus
from ingest.outcome import Event, Finished, Found, Outcome, Status
from ingest.pipeline import ingest
from ingest.web.edgar import Edgar
from ingest.web.edgar_client import EdgarClient
from ingest.web.rate import SharedPace
from tests.fakes import HashingEmbedder
from tests.servers.edgar_server import EdgarServer, Filed
from tests.servers.internet import Internet
from tests.servers.loopback import LoopbackServer, Reply

URL = "http://news.example/capacity"
PAGE = (
    "<html><head><title>Capacity {0}</title></head><body><article><h1>Capacity {0}</h1>"
    "<p>Harbor Mills rents {0} accelerators by the hour in Bergen, and sold its second hall before "
    "it was built. The contracts run for six years.</p></article></body></html>"
)
FILING = (
    "<html xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><body><p>The company spent $3.1 billion "
    "on property and equipment in fiscal 2026, mostly servers for its own halls.</p></body></html>"
)
FILED = [
    Filed("10-K/A", "2026-04-15", "0000000007-26-000002", "2026-01-31", "amended.htm"),
    Filed("10-K", "2026-02-27", "0000000007-26-000001", "2026-01-31", "annual.htm"),
]
ANNUAL = "/Archives/edgar/data/7/000000000726000001/annual.htm"


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    with Corpus.open(data, embedder) as opened:
        yield opened


@pytest.fixture
def edgar_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgarServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EdgarServer() as server:
        server.add(7, "SEVEN CORP", FILED, ["SEVN"])
        server.put(ANNUAL, FILING.encode())
        yield server


@pytest.fixture
def edgar(edgar_server: EdgarServer, tmp_path: Path) -> Iterator[Edgar]:
    client = EdgarClient("Test Desk desk@example.com", SharedPace(tmp_path / "pace", "EDGAR"))
    with Edgar(client, edgar_server.address, edgar_server.address) as opened:
        yield opened


def outcomes(events: Iterator[Event]) -> list[Outcome]:
    return [event.outcome for event in events if isinstance(event, Finished)]


def test_an_address_is_added_updated_and_left_where_it_is_unchanged(corpus: Corpus) -> None:
    with LoopbackServer() as server:
        internet = Internet()
        internet.put("news.example", int(server.address.rpartition(":")[2]))
        statuses = []
        for number in (1, 1, 2):
            server.queue(Reply((PAGE.format(number).encode(),), content_type="text/html"))
            (outcome,) = outcomes(ingest([URL], corpus, fetcher=internet.fetcher()))
            statuses.append(outcome.status)
    assert statuses == [Status.ADDED, Status.UNCHANGED, Status.UPDATED]
    (document,) = corpus.documents()
    assert document.title == "Capacity 2"
    assert document.sources[-1].location == URL


def test_an_address_that_is_refused_does_not_end_the_batch(corpus: Corpus, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nHarbor Mills rents accelerators by the hour.", encoding="utf-8")
    private = "http://169.254.169.254/latest/meta-data"
    refused, lost, added = outcomes(
        ingest([private, URL, str(note)], corpus, fetcher=Internet().fetcher())
    )
    assert [refused.status, lost.status, added.status] == [
        Status.REFUSED,
        Status.REFUSED,
        Status.ADDED,
    ]
    assert "169.254.169.254" in (refused.reason or "")


def test_a_filing_is_taken_in_with_what_the_sec_states_of_it(
    corpus: Corpus, edgar: Edgar, edgar_server: EdgarServer
) -> None:
    events = list(ingest(["edgar:SEVN:10-K"], corpus, edgar=edgar))
    assert events[0] == Found(1)
    (outcome,) = outcomes(iter(events))
    assert (outcome.status, outcome.form) == (Status.ADDED, "10-K")
    assert outcome.published == date(2026, 2, 27)
    assert outcome.reason == "amended on 2026-04-15: edgar:SEVN:10-K/A takes that in"
    (document,) = corpus.documents()
    assert document.period_end == date(2026, 1, 31)
    assert document.name == "SEVN-10-K-2026-02-27.htm"
    fetched = edgar_server.paths.count(ANNUAL)
    (again,) = outcomes(ingest(["edgar:SEVN:10-K"], corpus, edgar=edgar))
    assert again.status is Status.UNCHANGED
    assert edgar_server.paths.count(ANNUAL) == fetched == 1


def test_a_filing_that_cannot_be_fetched_is_refused_alone(corpus: Corpus, edgar: Edgar) -> None:
    missing, annual = outcomes(
        ingest(["edgar:SEVN:10-K/A", "edgar:SEVN:10-K"], corpus, edgar=edgar)
    )
    assert (missing.status, annual.status) == (Status.REFUSED, Status.ADDED)


def test_without_a_contact_filings_are_refused_with_the_setting(corpus: Corpus) -> None:
    (outcome,) = outcomes(ingest(["edgar:NVDA:10-K"], corpus))
    assert outcome.status is Status.REFUSED
    assert "LOADFACTOR_EDGAR_CONTACT" in (outcome.reason or "")
