"""Claude over real HTTP: what is sent, what comes out, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from operator import add
from threading import Timer
from typing import Any

import anthropic
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage

from assistant.backends.anthropic_chat import anthropic_chat
from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.reading import read_usage
from assistant.backends.wire import Line
from assistant.cost.prices import Prices
from assistant.prompts import render
from tests.assistant.cost.samples import NOON, dollars
from tests.servers.anthropic_server import failure, failure_event, message
from tests.servers.loopback import Cut, Hold, LoopbackServer, Reply

KEY = "sk-ant-ours-0123456789"
ASKED = [SystemMessage("Answer from the evidence."), HumanMessage("What was capex?")]

GOLDEN_10 = {
    "input_tokens": 2_000,
    "cache_read_input_tokens": 8_000,
    "cache_creation_input_tokens": 1_500,
    "cache_creation": {"ephemeral_5m_input_tokens": 1_000, "ephemeral_1h_input_tokens": 500},
    "output_tokens": 1_200,
    "service_tier": "standard",
}
INPUT_10 = {name: count for name, count in GOLDEN_10.items() if name != "output_tokens"}
GOLDEN_11 = {**GOLDEN_10, "server_tool_use": {"web_search_requests": 3}}


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def entry(server: LoopbackServer, timeout: int = 30) -> BackendEntry:
    return BackendEntry(
        name="claude",
        label="Claude",
        kind=Kind.ANTHROPIC,
        provider="anthropic",
        model="claude-sonnet-4-6",
        base_url=server.address,
        key="ANTHROPIC_API_KEY",
        max_output=512,
        timeout=timeout,
    )


def ask(server: LoopbackServer, *replies: Reply, timeout: int = 30) -> Iterator[AIMessageChunk]:
    server.queue(*replies)
    return anthropic_chat(entry(server, timeout), KEY).stream(ASKED)


def cost(chunk: AIMessageChunk, model: str = "claude-sonnet-4-6") -> int | None:
    told = read_usage(chunk)
    assert told is not None
    return Prices().price("anthropic", model, told.usage, NOON, tier=told.tier).cost


def test_text_comes_in_chunks_and_usage_once_at_the_end(server: LoopbackServer) -> None:
    chunks = list(ask(server, message("Capex ", "was ", "$37.6 billion.", usage=GOLDEN_10)))
    assert [str(chunk.text) for chunk in chunks if chunk.text] == [
        "Capex ",
        "was ",
        "$37.6 billion.",
    ]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False] * 4 + [True]
    last, total = chunks[-1], reduce(add, chunks)
    assert last.usage_metadata == {
        "input_tokens": 11_500,
        "output_tokens": 1_200,
        "total_tokens": 12_700,
        "input_token_details": {
            "ephemeral_5m_input_tokens": 1_000,
            "ephemeral_1h_input_tokens": 500,
            "cache_read": 8_000,
        },
    }
    assert last.response_metadata["raw_usage"] == GOLDEN_10
    assert last.response_metadata["service_tier"] == "standard"
    assert total.usage_metadata == last.usage_metadata
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.response_metadata["model_name"] == "claude-sonnet-4-6"


@pytest.mark.parametrize(
    ("usage", "end", "expected"),
    [
        (GOLDEN_10, None, "0.03315"),
        (GOLDEN_10, {}, "0.03315"),
        (INPUT_10, {"output_tokens": 1_200}, "0.03315"),
        (INPUT_10, {**GOLDEN_10, "input_tokens": None, "cache_creation": None}, "0.03315"),
        ({**INPUT_10, "input_tokens": 1}, GOLDEN_10, "0.03315"),
        ({**GOLDEN_10, "cache_creation_input_tokens": 0}, None, "0.03315"),
        (GOLDEN_11, None, "0.06315"),
    ],
    ids=["usual", "only at start", "split", "nulls", "cumulative", "zero beside a split", "search"],
)
def test_golden_cases_10_and_11(
    server: LoopbackServer,
    usage: Mapping[str, object],
    end: Mapping[str, object] | None,
    expected: str,
) -> None:
    *_, last = ask(server, message("Yes.", usage=usage, end=end))
    assert cost(last) == dollars(expected)


@pytest.mark.parametrize(("tokens", "expected"), [(100_000, "0.0105"), (100_001, "0.0525005")])
def test_golden_case_13(server: LoopbackServer, tokens: int, expected: str) -> None:
    usage = {"input_tokens": tokens, "output_tokens": 1_000}
    *_, last = ask(server, message("Yes.", usage=usage, model="claude-haiku-5-5"))
    assert cost(last, "claude-haiku-5-5") == dollars(expected)


def test_a_write_without_a_lifetime_is_told_as_such(server: LoopbackServer) -> None:
    usage = {"input_tokens": 10, "cache_creation_input_tokens": 30, "output_tokens": 5}
    *_, last = ask(server, message("Yes.", usage=usage))
    assert last.usage_metadata is not None
    assert last.usage_metadata["input_tokens"] == 40
    assert last.usage_metadata["input_token_details"] == {"cache_creation": 30}


def test_thinking_is_counted_and_never_visible(server: LoopbackServer) -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 9,
        "output_tokens_details": {"thinking_tokens": 7},
    }
    chunks = list(ask(server, message("Ye", "s.", usage=usage, thinking="They ask for capex.")))
    total = reduce(add, chunks)
    assert [str(chunk.text) for chunk in chunks if chunk.text] == ["Ye", "s."]
    assert str(total.text) == "Yes."
    assert total.usage_metadata is not None
    assert total.usage_metadata["output_token_details"] == {"reasoning": 7}


@pytest.mark.parametrize(
    ("said", "expected"),
    [("stop_sequence", "stop"), ("max_tokens", "length"), ("refusal", "refusal")],
)
def test_the_reason_of_the_end(server: LoopbackServer, said: str, expected: str) -> None:
    total = reduce(add, ask(server, message("Yes.", stop_reason=said)))
    assert total.response_metadata["finish_reason"] == expected


@pytest.mark.parametrize("reply", [message("Yes.", usage=None), message("Yes.", stop_reason=None)])
def test_usage_is_unknown_where_none_was_told_or_the_end_is_missing(
    server: LoopbackServer, reply: Reply
) -> None:
    assert reduce(add, ask(server, reply)).usage_metadata is None


def test_what_is_sent(server: LoopbackServer) -> None:
    list(ask(server, message("Yes.")))
    (request,) = server.requests
    assert request.path == "/v1/messages"
    assert request.body == {
        "model": "claude-sonnet-4-6",
        "max_tokens": 512,
        "stream": True,
        "system": "Answer from the evidence.",
        "messages": [{"role": "user", "content": "What was capex?"}],
    }


EVIDENCE = '<evidence n="1">\ntitle: 10-K\n---\nCapex was $5 billion.\n</evidence>\n'
HISTORY = [
    SystemMessage("Answer from the evidence."),
    HumanMessage("What of 2024?"),
    AIMessage("It was $4 billion."),
]
EPHEMERAL = {"type": "ephemeral"}


def sent(server: LoopbackServer, last: str, *, prompt_cache: bool) -> dict[str, Any]:
    """Return the body of a request with an earlier turn and this last message."""
    server.queue(message("Yes."))
    named = replace(entry(server), prompt_cache=prompt_cache)
    list(anthropic_chat(named, KEY).stream([*HISTORY, HumanMessage(last)]))
    found: dict[str, Any] = server.requests[-1].body
    return found


def test_instructions_and_evidence_are_marked_for_the_cache(server: LoopbackServer) -> None:
    question = "<question>\nWhat was capex?\n</question>"
    body = sent(server, EVIDENCE + question, prompt_cache=True)
    assert body["system"] == [
        {"type": "text", "text": "Answer from the evidence.", "cache_control": EPHEMERAL}
    ]
    assert body["messages"] == [
        {"role": "user", "content": "What of 2024?"},
        {"role": "assistant", "content": "It was $4 billion."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": EVIDENCE, "cache_control": EPHEMERAL},
                {"type": "text", "text": question},
            ],
        },
    ]


def test_what_the_prompts_write_is_split_where_the_evidence_ends(server: LoopbackServer) -> None:
    said = render("What was capex?", (), ())
    server.queue(message("Yes."))
    list(anthropic_chat(replace(entry(server), prompt_cache=True), KEY).stream(said))
    body = server.requests[-1].body
    (asked,) = body["messages"]
    evidence, question = (block["text"] for block in asked["content"])
    assert evidence + question == said[-1].text
    assert question == "<question>\nWhat was capex?\n</question>"
    assert [block["text"] for block in body["system"]] == [said[0].text]


@pytest.mark.parametrize("last", ["What was capex?", "<question>\nWhat?\n</question>"])
def test_a_message_without_evidence_stays_whole(server: LoopbackServer, last: str) -> None:
    body = sent(server, last, prompt_cache=True)
    assert body["messages"][-1] == {"role": "user", "content": last}


def test_without_prompt_cache_nothing_is_marked(server: LoopbackServer) -> None:
    last = f"{EVIDENCE}<question>\nWhat was capex?\n</question>"
    body = sent(server, last, prompt_cache=False)
    assert body["system"] == "Answer from the evidence."
    assert body["messages"][-1] == {"role": "user", "content": last}
    assert "cache" not in json.dumps(body)


def test_the_key_stands_in_one_header_and_nowhere_else(server: LoopbackServer) -> None:
    list(ask(server, message("Yes.")))
    (request,) = server.requests
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]
    assert KEY not in request.path + json.dumps(request.body)
    assert KEY not in repr(anthropic_chat(entry(server), KEY))


def test_the_environment_changes_neither_address_nor_key_nor_headers(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(ask(server, message("Yes.")))
    with LoopbackServer() as trap:
        for name in (
            "ANTHROPIC_BASE_URL",
            "ANTHROPIC_API_URL",
            "ANTHROPIC_PROXY",
            "HTTP_PROXY",
            "ALL_PROXY",
            "LANGSMITH_GATEWAY",
        ):
            monkeypatch.setenv(name, trap.address)
        for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "LANGSMITH_GATEWAY_API_KEY"):
            monkeypatch.setenv(name, "sk-trap")
        monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "authorization: Bearer sk-trap\nx-trap: 1")
        list(ask(server, message("Yes.")))
        assert trap.requests == []
    before, after = server.requests
    assert after == before


def test_a_redirect_is_not_followed(server: LoopbackServer) -> None:
    with LoopbackServer() as elsewhere:
        away = Reply((), 307, {"location": f"{elsewhere.address}/v1/messages"})
        with pytest.raises(anthropic.APIStatusError) as caught:
            list(ask(server, away))
        assert elsewhere.requests == []
    assert caught.value.status_code == 307


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "authentication_error"), (429, "rate_limit_error"), (529, "overloaded_error")],
)
def test_a_refused_call_is_made_once(server: LoopbackServer, status: int, kind: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        list(ask(server, failure(status, kind, {"retry-after": "7"}), message("Yes.")))
    assert caught.value.status_code == status
    assert caught.value.response.headers["retry-after"] == "7"
    assert len(server.requests) == 1


def test_an_error_in_mid_stream_is_raised_after_the_text(server: LoopbackServer) -> None:
    stream = ask(server, message("Capex ", failure_event("overloaded_error")))
    read: list[AIMessageChunk] = []
    with pytest.raises(anthropic.APIStatusError, match="overloaded_error"):
        read.extend(stream)
    assert [chunk.usage_metadata for chunk in read] == [None, None]
    assert "".join(str(chunk.text) for chunk in read) == "Capex "


@pytest.mark.parametrize("silent", [False, True])
def test_a_cut_or_silent_stream_is_an_error(server: LoopbackServer, silent: bool) -> None:
    stream = ask(server, message("Capex ", Hold() if silent else Cut()), timeout=1)
    with pytest.raises(Exception, match="timed out" if silent else "reset by peer"):
        list(stream)


def test_a_held_stream_can_be_hung_up(server: LoopbackServer) -> None:
    line = Line()
    with line.open():
        stream = ask(server, message("Capex ", Hold()))
        assert "Capex " in (str(chunk.text) for chunk in stream)
        Timer(0.1, line.hang_up).start()
        with pytest.raises(Exception, match="closed connection"):
            list(stream)
    assert server.hung_up.wait(10)
