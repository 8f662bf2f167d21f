"""What was fetched, taken in as files are: one content is one document wherever it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.errors import InputRefused
from corpus.store import Corpus
from ingest.intake import parse, take
from ingest.outcome import Finished, Outcome, Status
from ingest.pipeline import ingest
from ingest.web.arrivals import fetched_arrival, known_since
from ingest.web.fetch import Fetched
from tests.fakes import HashingEmbedder
from tests.servers.internet import Internet
from tests.servers.loopback import LoopbackServer, Reply

URL = "http://news.example/capacity"
PAGE = (
    b"<html><head><title>Capacity</title></head><body><article><h1>Capacity</h1>"
    b"<p>Harbor Mills rents accelerators by the hour in Bergen, and sold its second hall before "
    b"it was built. The contracts run for six years.</p></article></body></html>"
)
DAY = datetime(2026, 2, 5, 12, 0, 0, tzinfo=UTC)
FETCHED = Fetched(URL, URL, PAGE, "text/html", "capacity.html", DAY)


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    opened = Corpus.open(data, embedder)
    yield opened
    opened.close()


def taken(fetched: Fetched, corpus: Corpus, folder: Path) -> Outcome:
    arrival = fetched_arrival(fetched, folder, datetime.now(UTC))
    events = take(arrival, lambda: parse(arrival, corpus.embedder.max_tokens), corpus)
    *_, last = events
    assert isinstance(last, Finished)
    return last.outcome


def test_an_arrival_is_the_address_its_bytes_and_its_day(tmp_path: Path) -> None:
    arrival = fetched_arrival(FETCHED, tmp_path, DAY)
    assert arrival.path.read_bytes() == arrival.content == PAGE
    assert arrival.path.parent == tmp_path
    source = arrival.source
    assert (source.location, source.name, source.size) == (URL, "capacity.html", len(PAGE))
    assert source.modified_ns == int(DAY.timestamp()) * 10**9


@pytest.mark.parametrize(
    "fetched",
    [
        replace(FETCHED, modified=None),
        replace(FETCHED, url_final="http://news.example/elsewhere"),
        replace(FETCHED, modified=datetime(1970, 1, 1, tzinfo=UTC)),
    ],
    ids=["not told", "of what a redirect led to", "a date that is none"],
)
def test_a_day_that_is_not_the_addresss_own_is_not_kept(fetched: Fetched, tmp_path: Path) -> None:
    assert fetched_arrival(fetched, tmp_path, DAY).source.modified_ns is None


def test_two_addresses_of_the_same_content_do_not_disturb_each_other(tmp_path: Path) -> None:
    first = fetched_arrival(FETCHED, tmp_path, DAY)
    fetched_arrival(replace(FETCHED, modified=datetime(2020, 1, 1, tzinfo=UTC)), tmp_path, DAY)
    assert first.path.stat().st_mtime_ns == first.source.modified_ns


def test_a_fetched_page_is_taken_in_under_its_address(corpus: Corpus, tmp_path: Path) -> None:
    outcome = taken(FETCHED, corpus, tmp_path)
    assert (outcome.input, outcome.status, outcome.title) == (URL, Status.ADDED, "Capacity")
    assert taken(FETCHED, corpus, tmp_path).status is Status.UNCHANGED


def test_a_page_that_changed_replaces_what_its_address_held(corpus: Corpus, tmp_path: Path) -> None:
    taken(FETCHED, corpus, tmp_path)
    changed = replace(FETCHED, content=PAGE.replace(b"six", b"nine"))
    assert taken(changed, corpus, tmp_path).status is Status.UPDATED
    (document,) = corpus.documents()
    assert corpus.source(URL) is not None
    assert document.sources[0].location == URL


def test_a_saved_page_and_a_fetched_one_are_one_document(corpus: Corpus, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(PAGE)
    list(ingest([str(saved)], corpus))
    (document,) = corpus.documents()
    before = corpus.passages(document.id)
    with LoopbackServer() as server:
        server.queue(Reply((PAGE,), content_type="text/html"))
        internet = Internet()
        internet.put("news.example", int(server.address.rpartition(":")[2]))
        fetched = internet.fetcher().fetch(URL)
    assert fetched is not None
    anew = parse(fetched_arrival(fetched, tmp_path, DAY), corpus.embedder.max_tokens)
    assert anew.passages == before
    outcome = taken(fetched, corpus, tmp_path)
    assert (outcome.status, outcome.document_id) == (Status.DUPLICATE, document.id)
    assert corpus.passages(document.id) == before
    (document,) = corpus.documents()
    assert {source.location for source in document.sources} == {str(saved), URL}


def test_a_page_is_asked_for_anew_only_since_its_day(corpus: Corpus, tmp_path: Path) -> None:
    assert known_since(corpus.source(URL)) is None
    taken(replace(FETCHED, modified=None), corpus, tmp_path)
    assert known_since(corpus.source(URL)) is None
    taken(FETCHED, corpus, tmp_path)
    assert known_since(corpus.source(URL)) == DAY


def test_what_an_older_version_cut_is_needed_whatever_its_day(
    corpus: Corpus, tmp_path: Path
) -> None:
    taken(FETCHED, corpus, tmp_path)
    known = corpus.source(URL)
    assert known is not None
    assert known_since((known[0], replace(known[1], splitter="an older one"))) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="cannot be kept in"):
        fetched_arrival(FETCHED, tmp_path / "nowhere", DAY)
