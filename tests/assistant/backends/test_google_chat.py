"""Gemini over real HTTP: what is sent, what comes out, and what it costs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import add
from threading import Timer

import pytest
from google.genai.errors import APIError
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage

from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.google_chat import google_chat
from assistant.backends.reading import read_usage
from assistant.backends.wire import Line
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, dollars
from tests.servers.google_server import blocked, failure, failure_event, gemini
from tests.servers.loopback import Cut, Hold, LoopbackServer, Reply

KEY = "AIza-ours-0123456789"
ASKED = [SystemMessage("Answer from the evidence."), HumanMessage("What was capex?")]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def entry(server: LoopbackServer, timeout: int = 30) -> BackendEntry:
    return BackendEntry(
        name="gemini",
        label="Gemini",
        kind=Kind.GOOGLE,
        provider="google",
        model="gemini-2.5-pro",
        base_url=server.address,
        key="GEMINI_API_KEY",
        max_output=512,
        timeout=timeout,
    )


def ask(server: LoopbackServer, *replies: Reply, timeout: int = 30) -> Iterator[AIMessageChunk]:
    server.queue(*replies)
    return google_chat(entry(server, timeout), KEY).stream(ASKED)


def test_text_comes_in_chunks_and_usage_once_at_the_end(server: LoopbackServer) -> None:
    early = {"promptTokenCount": 120, "cachedContentTokenCount": 90, "candidatesTokenCount": 4}
    usage = {
        "promptTokenCount": 100,
        "toolUsePromptTokenCount": 30,
        "cachedContentTokenCount": 80,
        "candidatesTokenCount": 20,
        "thoughtsTokenCount": 7,
        "totalTokenCount": 157,
    }
    chunks = list(ask(server, gemini("Capex ", "was ", "$37.6 billion.", usage=usage, early=early)))
    assert [str(chunk.text) for chunk in chunks] == ["Capex ", "was ", "$37.6 billion.", ""]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False] * 3 + [True]
    last, total = chunks[-1], reduce(add, chunks)
    assert last.usage_metadata == {
        "input_tokens": 130,
        "output_tokens": 27,
        "total_tokens": 157,
        "input_token_details": {"cache_read": 80},
        "output_token_details": {"reasoning": 7},
    }
    assert last.response_metadata["raw_usage"] == usage
    assert total.usage_metadata == last.usage_metadata
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.response_metadata["model_name"] == "gemini-2.5-pro"


@pytest.mark.parametrize(
    ("model", "usage", "expected"),
    [
        ("gemini-2.5-pro", {"promptTokenCount": 200_000, "candidatesTokenCount": 1_000}, "0.260"),
        (
            "gemini-2.5-pro",
            {"promptTokenCount": 200_001, "candidatesTokenCount": 300, "thoughtsTokenCount": 700},
            "0.5150025",
        ),
        (
            "gemini-3-flash-preview",
            {
                "promptTokenCount": 20_212,
                "cachedContentTokenCount": 16_298,
                "candidatesTokenCount": 931,
            },
            "0.0055649",
        ),
    ],
)
def test_golden_cases_12_and_19(
    server: LoopbackServer, model: str, usage: Mapping[str, object], expected: str
) -> None:
    *_, last = ask(server, gemini("Yes.", usage=usage, early=usage, model=model))
    told = read_usage(last)
    assert told is not None
    assert Prices().price("google", model, told.usage, NOON).cost == dollars(expected)


def test_what_was_not_counted_is_left_out(server: LoopbackServer) -> None:
    *_, last = ask(server, gemini("Yes."))
    assert last.usage_metadata == {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}


def test_thoughts_are_never_visible(server: LoopbackServer) -> None:
    chunks = list(ask(server, gemini("Ye", "s.", thinking="They ask for capex.")))
    assert [str(chunk.text) for chunk in chunks if chunk.text] == ["Ye", "s."]
    assert str(reduce(add, chunks).text) == "Yes."


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (gemini("Yes.", finish_reason="MAX_TOKENS"), "length"),
        (gemini("Yes.", finish_reason="SAFETY"), "safety"),
        (blocked("PROHIBITED_CONTENT"), "prohibited_content"),
    ],
)
def test_the_reason_of_the_end(server: LoopbackServer, reply: Reply, expected: str) -> None:
    total = reduce(add, ask(server, reply))
    assert total.response_metadata["finish_reason"] == expected


@pytest.mark.parametrize("reply", [gemini("Yes.", usage=None), gemini("Yes.", finish_reason=None)])
def test_usage_is_unknown_where_none_was_told_or_the_end_is_missing(
    server: LoopbackServer, reply: Reply
) -> None:
    assert reduce(add, ask(server, reply)).usage_metadata is None


def test_what_is_sent(server: LoopbackServer) -> None:
    list(ask(server, gemini("Yes.")))
    (request,) = server.requests
    assert request.path == "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
    assert request.body["contents"] == [{"role": "user", "parts": [{"text": "What was capex?"}]}]
    assert request.body["systemInstruction"]["parts"] == [{"text": "Answer from the evidence."}]
    assert request.body["generationConfig"] == {"candidateCount": 1, "maxOutputTokens": 512}
    assert "x-server-timeout" not in request.headers


def test_the_key_stands_in_one_header_and_nowhere_else(server: LoopbackServer) -> None:
    list(ask(server, gemini("Yes.")))
    (request,) = server.requests
    assert [name for name, value in request.headers.items() if KEY in value] == ["x-goog-api-key"]
    assert KEY not in request.path + json.dumps(request.body)
    assert KEY not in repr(google_chat(entry(server), KEY))


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_the_environment_changes_neither_address_nor_key_nor_headers(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_HTTP_CLIENT", library)
    list(ask(server, gemini("Yes.")))
    with LoopbackServer() as trap:
        for name in (
            "GOOGLE_GEMINI_BASE_URL",
            "GOOGLE_VERTEX_BASE_URL",
            "HTTP_PROXY",
            "ALL_PROXY",
            "LANGSMITH_GATEWAY",
        ):
            monkeypatch.setenv(name, trap.address)
        for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "LANGSMITH_GATEWAY_API_KEY"):
            monkeypatch.setenv(name, "sk-trap")
        for name in ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"):
            monkeypatch.setenv(name, "true")
        for name in ("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_GENAI_API_VERSION"):
            monkeypatch.setenv(name, "trap")
        list(ask(server, gemini("Yes.")))
        assert trap.requests == []
    before, after = server.requests
    assert after == before


def test_the_key_is_never_put_into_the_environment(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    written: list[bytes] = []
    # Every assignment to os.environ comes through here, also one that is taken back.
    monkeypatch.setattr(os, "putenv", lambda name, value: written.append(name))
    list(ask(server, gemini("Yes.")))
    monkeypatch.undo()
    assert written == []


def test_a_redirect_is_not_followed(server: LoopbackServer) -> None:
    with LoopbackServer() as elsewhere:
        with pytest.raises(APIError) as caught:
            list(ask(server, Reply((), 307, {"location": elsewhere.address})))
        assert elsewhere.requests == []
    assert caught.value.code == 307


@pytest.mark.parametrize(
    ("status", "name"),
    [(403, "PERMISSION_DENIED"), (429, "RESOURCE_EXHAUSTED"), (503, "UNAVAILABLE")],
)
def test_a_refused_call_is_made_once(server: LoopbackServer, status: int, name: str) -> None:
    with pytest.raises(APIError) as caught:
        list(ask(server, failure(status, name, {"retry-after": "7"}), gemini("Yes.")))
    assert caught.value.code == status
    assert caught.value.response.headers["retry-after"] == "7"
    assert len(server.requests) == 1


def test_an_error_in_mid_stream_is_raised_after_the_text(server: LoopbackServer) -> None:
    stream = ask(server, gemini("Capex ", failure_event(503, "UNAVAILABLE")))
    read: list[AIMessageChunk] = []
    with pytest.raises(APIError, match="UNAVAILABLE"):
        read.extend(stream)
    assert [(str(chunk.text), chunk.usage_metadata) for chunk in read] == [("Capex ", None)]


@pytest.mark.parametrize("silent", [False, True])
def test_a_cut_or_silent_stream_is_an_error(server: LoopbackServer, silent: bool) -> None:
    stream = ask(server, gemini("Capex ", Hold() if silent else Cut()), timeout=1)
    with pytest.raises(Exception, match="timed out" if silent else "reset by peer"):
        list(stream)


def test_a_held_stream_can_be_hung_up(server: LoopbackServer) -> None:
    line = Line()
    with line.open():
        stream = ask(server, gemini("Capex ", Hold()))
        assert "Capex " in (str(chunk.text) for chunk in stream)
        Timer(0.1, line.hang_up).start()
        with pytest.raises(Exception, match="closed connection"):
            list(stream)
    assert server.hung_up.wait(10)
