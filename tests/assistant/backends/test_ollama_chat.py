"""Ollama over real HTTP: what is sent and what comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from operator import add
from threading import Timer

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from ollama import ResponseError

from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.ollama_chat import ollama_chat
from assistant.backends.wire import Line
from tests.servers.loopback import Cut, Hold, LoopbackServer, Reply
from tests.servers.ollama_server import USAGE, failure, failure_line, missing_model, ollama

KEY = "sk-ollama-ours-0123456789"
ASKED = [SystemMessage("Answer from the evidence."), HumanMessage("What was capex?")]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def entry(server: LoopbackServer, timeout: int = 30) -> BackendEntry:
    return BackendEntry(
        name="ollama",
        label="Ollama",
        kind=Kind.OLLAMA,
        provider="ollama",
        model="qwen3:8b",
        base_url=server.address,
        max_output=512,
        timeout=timeout,
    )


def ask(
    server: LoopbackServer, *replies: Reply, key: str | None = None, timeout: int = 30
) -> Iterator[AIMessageChunk]:
    server.queue(*replies)
    return ollama_chat(entry(server, timeout), key).stream(ASKED)


def test_text_comes_in_chunks_and_usage_once_at_the_end(server: LoopbackServer) -> None:
    chunks = list(ask(server, ollama("Capex ", "was ", "$37.6 billion.")))
    assert [str(chunk.text) for chunk in chunks] == ["Capex ", "was ", "$37.6 billion.", ""]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False] * 3 + [True]
    last, total = chunks[-1], reduce(add, chunks)
    assert last.usage_metadata == {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}
    assert last.response_metadata["raw_usage"] == USAGE
    assert total.usage_metadata == last.usage_metadata
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.response_metadata["model_name"] == "qwen3:8b"


def test_thinking_is_never_visible(server: LoopbackServer) -> None:
    chunks = list(ask(server, ollama("Ye", "s.", thinking="They ask for capex.")))
    assert [str(chunk.text) for chunk in chunks if chunk.text] == ["Ye", "s."]
    assert str(reduce(add, chunks).text) == "Yes."


def test_an_answer_that_reached_its_limit_says_so(server: LoopbackServer) -> None:
    total = reduce(add, ask(server, ollama("Yes", done_reason="length")))
    assert total.response_metadata["finish_reason"] == "length"


@pytest.mark.parametrize("usage", [None, {"eval_count": 20}])
def test_usage_is_unknown_where_a_count_is_missing(
    server: LoopbackServer, usage: dict[str, int] | None
) -> None:
    assert reduce(add, ask(server, ollama("Yes.", usage=usage))).usage_metadata is None


def test_what_is_sent(server: LoopbackServer) -> None:
    list(ask(server, ollama("Yes.")))
    (request,) = server.requests
    assert request.path == "/api/chat"
    assert request.body["model"] == "qwen3:8b"
    assert request.body["options"] == {"num_predict": 512}
    assert request.body["messages"] == [
        {"role": "system", "content": "Answer from the evidence."},
        {"role": "user", "content": "What was capex?"},
    ]


def test_the_key_stands_in_one_header_and_nowhere_else(server: LoopbackServer) -> None:
    list(ask(server, ollama("Yes."), key=KEY))
    (request,) = server.requests
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in request.path + json.dumps(request.body)
    assert KEY not in repr(ollama_chat(entry(server), KEY))


@pytest.mark.parametrize("key", [None, KEY])
def test_the_environment_changes_neither_address_nor_key_nor_headers(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    list(ask(server, ollama("Yes."), key=key))
    with LoopbackServer() as trap:
        for name in ("OLLAMA_HOST", "HTTP_PROXY", "ALL_PROXY", "LANGSMITH_GATEWAY"):
            monkeypatch.setenv(name, trap.address)
        monkeypatch.setenv("OLLAMA_API_KEY", "sk-trap")
        list(ask(server, ollama("Yes."), key=key))
        assert trap.requests == []
    before, after = server.requests
    assert after == before
    assert ("authorization" in after.headers) == (key is not None)


def test_a_redirect_is_not_followed(server: LoopbackServer) -> None:
    with LoopbackServer() as elsewhere:
        with pytest.raises(ResponseError) as caught:
            list(ask(server, Reply((), 307, {"location": elsewhere.address}), key=KEY))
        assert elsewhere.requests == []
    assert caught.value.status_code == 307


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [
        (missing_model("qwen3:8b"), 404, "model 'qwen3:8b' not found"),
        (failure(503, "server busy"), 503, "server busy"),
    ],
)
def test_a_refused_call_is_made_once(
    server: LoopbackServer, reply: Reply, status: int, said: str
) -> None:
    with pytest.raises(ResponseError, match=said) as caught:
        list(ask(server, reply, ollama("Yes.")))
    assert caught.value.status_code == status
    assert len(server.requests) == 1


def test_an_error_in_mid_stream_is_raised_after_the_text(server: LoopbackServer) -> None:
    stream = ask(server, ollama("Capex ", failure_line("the model runner stopped")))
    read: list[AIMessageChunk] = []
    with pytest.raises(ResponseError, match="the model runner stopped"):
        read.extend(stream)
    assert [(str(chunk.text), chunk.usage_metadata) for chunk in read] == [("Capex ", None)]


@pytest.mark.parametrize("silent", [False, True])
def test_a_cut_or_silent_stream_is_an_error(server: LoopbackServer, silent: bool) -> None:
    stream = ask(server, ollama("Capex ", Hold() if silent else Cut()), timeout=1)
    with pytest.raises(Exception, match="timed out" if silent else "reset by peer"):
        list(stream)


def test_a_held_stream_can_be_hung_up(server: LoopbackServer) -> None:
    line = Line()
    with line.open():
        stream = ask(server, ollama("Capex ", Hold()))
        assert "Capex " in (str(chunk.text) for chunk in stream)
        Timer(0.1, line.hang_up).start()
        with pytest.raises(Exception, match="closed connection"):
            list(stream)
    assert server.hung_up.wait(10)
