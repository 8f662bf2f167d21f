from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel

from assistant.backends.entry import BackendEntry, Kind, Locality
from assistant.backends.errors import BackendUnavailable
from assistant.backends.probe import Probe
from assistant.backends.registry import Registry
from corpus.errors import ConfigurationError

OFFLINE = BackendEntry("offline", "Offline analyst", Kind.OFFLINE, "local", "offline-analyst-1")
CLOUD = BackendEntry(
    "cloud", "Cloud", Kind.COMPATIBLE, "cloud", "m", "https://api.example.com/v1",
    key="CLOUD_KEY", locality=Locality.OUTSIDE,
)  # fmt: skip
BOX = BackendEntry(
    "box", "Box", Kind.COMPATIBLE, "box", "m", "http://gpu-box:8000/v1", locality=Locality.NETWORK
)
KEYS = {"CLOUD_KEY": "k-1"}


class Maker:
    """Makes chat models that call nobody, and remembers with which keys."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str | None]] = []

    def __call__(self, entry: BackendEntry, key: str | None) -> BaseChatModel:
        self.made.append((entry.name, key))
        return FakeListChatModel(responses=["x"])


class Open(Probe):
    def listens(self, host: str, port: int) -> bool:
        return True


def registry(
    *entries: BackendEntry,
    environ: Mapping[str, str] = KEYS,
    addresses: frozenset[str] = frozenset({"10.0.0.5"}),
    local_only: bool = False,
    make: Maker | None = None,
) -> Registry:
    return Registry(
        entries or (OFFLINE, CLOUD, BOX),
        environ,
        local_only=local_only,
        make=make or Maker(),
        probe=Open(),
        resolver=lambda host: addresses,
    )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        yield opened


def test_a_backend_is_built_once_and_only_when_asked_for() -> None:
    make = Maker()
    known = registry(make=make)
    assert make.made == []
    assert known.get("cloud") is known.get("cloud")
    assert make.made == [("cloud", "k-1")]


def test_without_its_key_an_entry_says_which_variable_to_set() -> None:
    known = registry(environ={"CLOUD_KEY": "  "})
    assert "CLOUD_KEY" in (known.why_not("cloud") or "")
    with pytest.raises(BackendUnavailable, match="CLOUD_KEY"):
        known.get("cloud")
    assert [entry.name for entry in known.usable()] == ["offline", "box"]


def test_a_key_goes_to_no_other_entry() -> None:
    make = Maker()
    registry(make=make).get("box")
    assert make.made == [("box", None)]


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="offline, cloud, box"):
        registry().get("moon")


@pytest.mark.parametrize("deployment", [True, False])
def test_local_only_shuts_what_is_outside(deployment: bool) -> None:
    known = registry(local_only=deployment)
    asked = not deployment
    assert "local only" in (known.why_not("cloud", local_only=asked) or "")
    with pytest.raises(BackendUnavailable, match="local only"):
        known.get("cloud", local_only=asked)
    assert [entry.name for entry in known.usable(local_only=asked)] == ["offline", "box"]


def test_a_name_called_private_must_resolve_to_private_addresses() -> None:
    moved = registry(addresses=frozenset({"10.0.0.5", "8.8.4.4"}))
    assert "8.8.4.4" in (moved.why_not("box") or "")
    with pytest.raises(BackendUnavailable, match="no private network"):
        moved.get("box")


def test_a_name_called_private_may_not_resolve_to_a_tunnel() -> None:
    teredo = "2001:0:4136:e378:8000:63bf:3fff:fdd2"
    tunnel = registry(addresses=frozenset({teredo, "fe80::1%eth0"}))
    assert teredo in (tunnel.why_not("box") or "")


def test_a_backend_knows_its_key_and_does_not_show_it() -> None:
    found = registry().get("cloud")
    assert found.secret == "k-1"
    assert "k-1" not in repr(found)
    assert found == replace(found, secret="k-2")


def test_a_name_that_does_not_resolve_is_named() -> None:
    def nowhere(host: str) -> frozenset[str]:
        raise OSError("unknown")

    lost = Registry((BOX,), {}, make=Maker(), probe=Open(), resolver=nowhere)
    assert "gpu-box" in (lost.why_not("box") or "")


def test_a_server_that_does_not_listen_is_named_and_found_when_it_does(
    listener: socket.socket,
) -> None:
    port = listener.getsockname()[1]
    here = BackendEntry("here", "Here", Kind.COMPATIBLE, "here", "m", f"http://127.0.0.1:{port}/v1")
    known = Registry((here,), {}, make=Maker(), probe=Probe())
    assert known.why_not("here") is None
    listener.close()
    assert known.why_not("here") is None, "an answer is good for some seconds"
    assert f"127.0.0.1:{port}" in (Registry((here,), {}, make=Maker()).why_not("here") or "")


@pytest.mark.parametrize(
    ("name", "destination"),
    [
        ("offline", "this machine"),
        ("cloud", "api.example.com"),
        ("box", "private network (gpu-box:8000)"),
    ],
)
def test_a_backend_says_where_text_goes(name: str, destination: str) -> None:
    assert registry().get(name).destination == destination


def test_only_the_analyst_is_billed_by_nobody() -> None:
    known = registry()
    assert known.get("offline").local
    assert not known.get("box").local
    assert known.get("box").max_output == 4096
