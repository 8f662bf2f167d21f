from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from assistant.cost.price_data import (
    PRICES_FILE,
    PriceData,
    PriceUpdateFailed,
    bundled_version,
    default_source,
    load_price_data,
    read_snapshot,
    remove_price_data,
    store_price_data,
)
from assistant.cost.price_fetch import Limits, fetch_price_data
from corpus.errors import ConfigurationError
from tests.assistant.cost.price_payloads import encoded, raw_providers
from tests.assistant.cost.samples import NOON
from tests.servers.loopback import Cut, Hold, LoopbackServer, Pause, Piece, Reply

PAYLOAD = encoded(raw_providers())
DATA = PriceData("https://prices.example.com/data.json", NOON, PAYLOAD)
PATIENT = Limits(silence=5, total=5)


def fetched(*body: Piece, limits: Limits = PATIENT, status: int = 200, **headers: str) -> PriceData:
    """What a server's one reply becomes."""
    with LoopbackServer() as server:
        server.queue(Reply(body, status, headers))
        return fetch_price_data(f"{server.address}/data.json", NOON, limits)


def test_a_fetch_keeps_the_bytes_and_where_they_are_from() -> None:
    with LoopbackServer() as server:
        server.queue(Reply((PAYLOAD[:1000], PAYLOAD[1000:])))
        data = fetch_price_data(f"{server.address}/data.json", NOON)
        (request,) = server.requests
    assert (data.payload, data.fetched_at) == (PAYLOAD, NOON)
    assert data.url == f"{server.address}/data.json"
    assert data.size == len(PAYLOAD)
    assert (request.method, request.body) == ("GET", None)
    assert {provider.id for provider in read_snapshot(data.payload).providers} == {
        "openai",
        "deepseek",
    }


def test_a_file_is_as_good_as_an_address(tmp_path: Path) -> None:
    path = tmp_path / "prices of May.json"
    path.write_bytes(PAYLOAD)
    data = fetch_price_data(str(path), NOON)
    assert (data.payload, data.url) == (PAYLOAD, path.as_uri())


def test_a_missing_server_is_told() -> None:
    with LoopbackServer() as server:
        address = server.address
    with pytest.raises(PriceUpdateFailed, match=rf"No price data from {address}: .*refused"):
        fetch_price_data(address, NOON)


def test_an_error_of_the_server_is_told() -> None:
    with pytest.raises(PriceUpdateFailed, match="answered 404"):
        fetched(PAYLOAD, status=404)


def test_a_redirect_is_not_followed() -> None:
    with LoopbackServer() as elsewhere:
        target = f"{elsewhere.address}/other.json"
        with pytest.raises(PriceUpdateFailed, match=rf"{target}.*not followed"):
            fetched(status=302, location=target)
        assert elsewhere.requests == []


def test_a_reply_that_breaks_off_is_refused() -> None:
    with pytest.raises(PriceUpdateFailed, match="No price data"):
        fetched(PAYLOAD[:1000], Cut())


def test_a_reply_larger_than_the_limit_is_refused() -> None:
    size = len(PAYLOAD)
    assert fetched(PAYLOAD, limits=Limits(size=size)).size == size
    with pytest.raises(PriceUpdateFailed, match="larger than"):
        fetched(PAYLOAD, limits=Limits(size=size - 1))


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(PAYLOAD)
    with pytest.raises(PriceUpdateFailed, match="larger than"):
        fetch_price_data(str(path), NOON, Limits(size=1000))


def test_a_silent_server_is_left() -> None:
    with pytest.raises(PriceUpdateFailed, match="timed out"):
        fetched(PAYLOAD[:1000], Hold(threading.Event()), limits=Limits(silence=0.2))


def test_a_server_that_drips_is_left() -> None:
    drops = [piece for n in range(40) for piece in (PAYLOAD[n : n + 1], Pause(0.05))]
    with pytest.raises(PriceUpdateFailed, match=r"not whole after 0\.3 seconds"):
        fetched(*drops, limits=Limits(silence=5, total=0.3))


@pytest.mark.parametrize(
    ("source", "reason"),
    (
        ("http://prices.example.com/data.json", "https"),
        ("http://192.168.0.7/data.json", "https"),
        ("http://127.0.0.1.example.com/", "https"),
        ("ftp://127.0.0.1/data.json", "https"),
        ("file:///etc/hostname", "https"),
        ("https://", "https"),
        ("https://[::1/", "no address"),
        ("https://prices..example.com/", "label"),
        ("https://somebody:secret@prices.example.com/", "password"),
        ("no-such-file.json", "cannot be read"),
    ),
)
def test_addresses_that_are_not_asked(source: str, reason: str) -> None:
    with pytest.raises(PriceUpdateFailed, match=reason):
        fetch_price_data(source, NOON)


def test_the_default_address_is_spoken_to_in_https() -> None:
    assert default_source().startswith("https://")


@pytest.mark.parametrize(
    "payload",
    (
        b"",
        b"<html>Not here</html>",
        b"\xff\xfe",
        PAYLOAD[:-100],
        b'{"providers": []}',
        b"[]",
        b"[1]",
        encoded([{"id": "openai"}]),
        encoded(raw_providers()).replace(b'"input_mtok": 1.25', b'"input_mtok": "much"'),
        encoded([{**raw_providers(["openai"])[0], "models": []}]),
        b"[" * 100_000,
    ),
    ids=lambda payload: repr(payload[:20]),
)
def test_what_is_no_price_data_is_refused(payload: bytes) -> None:
    with pytest.raises(PriceUpdateFailed, match="no whole price data"):
        read_snapshot(payload)


def test_what_was_stored_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert load_price_data(folder) is None
    store_price_data(folder, DATA)
    assert load_price_data(folder) == DATA
    assert [path.name for path in folder.iterdir()] == [PRICES_FILE]
    record = json.loads((folder / PRICES_FILE).read_text(encoding="utf-8"))
    assert (record["url"], record["size"], record["sha256"]) == (DATA.url, DATA.size, DATA.sha256)


def test_the_last_stored_counts_until_it_is_removed(data: Path) -> None:
    newer = PriceData(DATA.url, NOON, encoded(raw_providers(["openai"])))
    store_price_data(data, DATA)
    store_price_data(data, newer)
    assert load_price_data(data) == newer
    assert remove_price_data(data)
    assert load_price_data(data) is None
    assert not remove_price_data(data)


def test_where_nothing_can_be_written_nothing_changes(tmp_path: Path) -> None:
    occupied = tmp_path / "data"
    occupied.write_text("a file")
    with pytest.raises(PriceUpdateFailed, match="cannot be written"):
        store_price_data(occupied, DATA)
    assert occupied.read_text() == "a file"


@pytest.mark.parametrize(
    "damage",
    (
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace("1.25", "1.26"),
        lambda text: text.replace('"fetched_at": "2026', '"fetched_at": "soon'),
        lambda text: text.replace('"sha256"', '"sha255"'),
    ),
)
def test_a_damaged_file_is_named_with_the_remedy(data: Path, damage: object) -> None:
    store_price_data(data, DATA)
    path = data / PRICES_FILE
    assert callable(damage)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"prices\.json is damaged .*--update.*--bundled"):
        load_price_data(data)


def test_data_that_another_version_stored_is_read_again(data: Path) -> None:
    """A version of the package that no longer reads the payload says so before a question."""
    unreadable = PriceData(DATA.url, NOON, b"[]")
    store_price_data(data, unreadable)
    assert load_price_data(data) == unreadable
    path = data / PRICES_FILE
    text = path.read_text(encoding="utf-8").replace(bundled_version(), "genai-prices 0.0.1")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="names no model"):
        load_price_data(data)
