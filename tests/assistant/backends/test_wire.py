"""Connections over real HTTP: whose they are, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread, enumerate

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from assistant.backends.pump import Stopped, pump
from assistant.backends.registry import Registry
from tests.servers.loopback import Hold, LoopbackServer, Received, Reply
from tests.servers.protocols import KEY, PROTOCOLS, Protocol

ASKED = [HumanMessage("What was capex?")]


@pytest.fixture(params=PROTOCOLS, ids=lambda protocol: protocol.name)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


@pytest.fixture
def before() -> frozenset[Thread]:
    """The threads that read streams of earlier tests."""
    return readers()


def readers() -> frozenset[Thread]:
    return frozenset(thread for thread in enumerate() if "_fill" in thread.name)


def chat(protocol: Protocol, server: LoopbackServer) -> BaseChatModel:
    return Registry((protocol.entry(server),), {"TEST_KEY": KEY}).get(protocol.name).chat


def test_who_leaves_late_ends_no_other_call(protocol: Protocol, before: frozenset[Thread]) -> None:
    hold = Hold()
    with LoopbackServer() as server:
        server.queue(protocol.say("One ", "two."), protocol.say("Three ", hold, "four."))
        shared = chat(protocol, server)
        late = pump(shared, ASKED, Event())
        next(late)
        for thread in readers() - before:
            thread.join(10)
        other = pump(shared, ASKED, Event())
        said = next(text for text in _texts(other) if text)
        late.close()
        hold.until.set()
        said += "".join(_texts(other))
    assert said == "Three four."
    assert [request.headers["connection"] for request in server.requests] == ["close", "close"]


def test_fault_45_a_stop_before_the_head_of_a_reply_hangs_up_and_leaves_no_thread(
    protocol: Protocol, before: frozenset[Thread]
) -> None:
    stop, released = Event(), Event()

    def silent(request: Received) -> Reply:
        stop.set()
        released.wait(30)
        return protocol.say("One ", "two.", Hold())

    with LoopbackServer(silent) as server:
        with pytest.raises(Stopped):
            next(pump(chat(protocol, server), ASKED, stop))
        left = readers() - before
        for thread in left:
            thread.join(10)
        alive = [thread for thread in left if thread.is_alive()]
        released.set()
        assert not alive, "the call goes on though nobody reads it"
        assert server.hung_up.wait(10)


def _texts(stream: Iterator[object]) -> Iterator[str]:
    for chunk in stream:
        yield str(getattr(chunk, "text", ""))
