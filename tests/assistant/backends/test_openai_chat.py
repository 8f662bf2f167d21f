"""OpenAI-style servers over real HTTP: what is sent, what comes out, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from operator import add
from threading import Timer

import openai
import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage

from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.openai_chat import openai_chat
from assistant.backends.reading import read_usage
from assistant.backends.wire import Line
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import dollars
from tests.servers.loopback import Hold, LoopbackServer, Reply
from tests.servers.openai_server import USAGE, completion, refusal, response

KEY = "sk-ours-0123456789"
ASKED = [SystemMessage("Answer from the evidence."), HumanMessage("What was capex?")]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PRICES = Prices()
A = {
    "prompt_tokens": 10_000,
    "completion_tokens": 1_200,
    "total_tokens": 11_200,
    "prompt_tokens_details": {"cached_tokens": 8_000},
    "completion_tokens_details": {"reasoning_tokens": 700},
}
A_RESPONSES = {
    "input_tokens": 10_000,
    "output_tokens": 1_200,
    "total_tokens": 11_200,
    "input_tokens_details": {"cached_tokens": 8_000},
    "output_tokens_details": {"reasoning_tokens": 700},
}
BARE = {"prompt_tokens": 10_000, "completion_tokens": 1_200, "total_tokens": 11_200}


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def entry(
    server: LoopbackServer,
    model: str = "gpt-5",
    kind: Kind = Kind.COMPATIBLE,
    *,
    stream_usage: bool = True,
) -> BackendEntry:
    return BackendEntry(
        name="x",
        label="X",
        kind=kind,
        provider="openai",
        model=model,
        base_url=f"{server.address}/v1",
        max_output=512,
        timeout=30,
        stream_usage=stream_usage,
    )


def ask(
    server: LoopbackServer,
    reply: Reply,
    model: str = "gpt-5",
    kind: Kind = Kind.COMPATIBLE,
    *,
    key: str | None = KEY,
    stream_usage: bool = True,
) -> list[AIMessageChunk]:
    server.queue(reply)
    chat = openai_chat(entry(server, model, kind, stream_usage=stream_usage), key)
    return list(chat.stream(ASKED))


def cost(chunk: AIMessageChunk, provider: str, model: str) -> int | None:
    told = read_usage(chunk)
    assert told is not None
    return PRICES.price(provider, model, told.usage, NOON, tier=told.tier).cost


def test_text_comes_in_chunks_and_usage_once_at_the_end(server: LoopbackServer) -> None:
    chunks = ask(server, completion("Capex was $37.6 billion."))
    assert [str(chunk.text) for chunk in chunks] == ["Capex", " was", " $37.6", " billion.", ""]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False] * 4 + [True]
    total = reduce(add, chunks)
    assert total.usage_metadata == chunks[-1].usage_metadata
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.response_metadata["model_name"] == "gpt-5"


def test_trap_01_usage_is_asked_for_whatever_the_address(server: LoopbackServer) -> None:
    ask(server, completion("Yes."))
    assert server.requests[0].body["stream_options"] == {"include_usage": True}


def test_a_server_that_refuses_the_option_is_not_asked_but_heard(server: LoopbackServer) -> None:
    chunks = ask(server, completion("Yes."), stream_usage=False)
    assert "stream_options" not in server.requests[0].body
    assert chunks[-1].usage_metadata is not None


@pytest.mark.parametrize(
    "reply",
    [
        completion("One two three four.", usage=A, repeat=2),
        completion("One two three four.", usage=None, every=[A] * 4),
        completion(
            "One two three four.",
            usage=A,
            every=[A | {"completion_tokens": n, "total_tokens": 10_000 + n} for n in (1, 2, 3)],
        ),
    ],
    ids=["sent twice", "in every chunk", "cumulative"],
)
def test_trap_02_the_last_usage_counts(server: LoopbackServer, reply: Reply) -> None:
    chunks = ask(server, reply)
    assert sum(chunk.usage_metadata is not None for chunk in chunks) == 1
    assert cost(reduce(add, chunks), "openai", "gpt-5") == dollars("0.0155")
    assert cost(chunks[-1], "openai", "gpt-5") == dollars("0.0155")


@pytest.mark.parametrize(
    ("provider", "model", "usage", "tier", "usd"),
    [
        ("openai", "gpt-5", A, None, "0.0155"),
        ("openai", "gpt-5", A, "flex", "0.00775"),
        ("openai", "gpt-5", A, "priority", "0.031"),
        ("openai", "gpt-5", A, "default", "0.0155"),
        ("zai", "glm-5.2", A, None, "0.01016"),
        ("moonshotai", "kimi-k2.6", BARE | {"cached_tokens": 8_000}, None, "0.00798"),
        (
            "deepseek",
            "deepseek-v4-pro",
            BARE | {"prompt_cache_hit_tokens": 8_000, "prompt_cache_miss_tokens": 2_000},
            None,
            "0.003872",
        ),
        ("openrouter", "qwen/qwen3-max", A, None, "0.0192"),
        (
            "x-ai",
            "grok-4.20",
            {
                "prompt_tokens": 10_120,
                "completion_tokens": 1_499,
                "total_tokens": 14_428,
                "prompt_tokens_details": {"cached_tokens": 128},
                "completion_tokens_details": {"reasoning_tokens": 2_809},
            },
            None,
            "0.0232856",
        ),
        ("perplexity", "sonar", {"prompt_tokens": 1_000, "completion_tokens": 500}, None, "0.0135"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_golden_costs_through_http(
    server: LoopbackServer,
    provider: str,
    model: str,
    usage: Mapping[str, object],
    tier: str | None,
    usd: str,
) -> None:
    chunks = ask(server, completion("Yes.", usage=usage, model=model, service_tier=tier), model)
    assert cost(chunks[-1], provider, model) == dollars(usd)


def test_golden_21_an_unknown_model_is_unpriced(server: LoopbackServer) -> None:
    chunks = ask(server, completion("Yes.", usage=A), "qwen3-max")
    assert cost(chunks[-1], "dashscope", "qwen3-max") is None


@pytest.mark.parametrize("model", ["gpt-5.6-sol", "gpt-5.4-pro"])
def test_newer_models_speak_the_responses_protocol(server: LoopbackServer, model: str) -> None:
    reply = response("Capex was $5 billion.", usage=A_RESPONSES, model=model)
    chunks = ask(server, reply, model, Kind.OPENAI)
    (request,) = server.requests
    assert request.path == "/v1/responses"
    assert (request.body["store"], request.body["max_output_tokens"]) == (False, 512)
    assert "".join(str(chunk.text) for chunk in chunks) == "Capex was $5 billion."
    assert sum(chunk.usage_metadata is not None for chunk in chunks) == 1
    expected = PRICES.price("openai", model, read_usage(chunks[-1]).usage, NOON).cost  # type: ignore[union-attr]
    assert expected is not None
    if model == "gpt-5.6-sol":
        assert expected == dollars("0.0352")
    assert chunks[-1].response_metadata["finish_reason"] == "stop"


def test_a_response_that_ran_out_says_length(server: LoopbackServer) -> None:
    reply = response("Capex", incomplete="max_output_tokens")
    chunks = ask(server, reply, "gpt-5.6-sol", Kind.OPENAI)
    assert chunks[-1].response_metadata["finish_reason"] == "length"


def test_limits_have_the_name_that_each_kind_knows(server: LoopbackServer) -> None:
    ask(server, completion("Yes."))
    ask(server, completion("Yes."), "gpt-5-mini", Kind.OPENAI)
    compatible, official = (request.body for request in server.requests)
    assert compatible["max_tokens"] == 512
    assert not {"max_completion_tokens", "store", "temperature"} & set(compatible)
    assert official["max_completion_tokens"] == 512
    assert official["store"] is False
    assert "temperature" not in official


def test_a_compatible_server_never_gets_the_newer_protocol(server: LoopbackServer) -> None:
    ask(server, completion("Yes."), "gpt-5.4-pro")
    assert server.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("kind", [Kind.COMPATIBLE, Kind.OPENAI])
@pytest.mark.parametrize(("model", "path"), [("gpt-5", "chat/completions"), ("gpt-5.6-sol", "")])
@pytest.mark.parametrize("tier", ["flex", None])
def test_a_service_tier_is_asked_for_where_the_entry_names_one(
    server: LoopbackServer, kind: Kind, model: str, path: str, tier: str | None
) -> None:
    new = kind is Kind.OPENAI and not path
    server.queue(response("Yes.") if new else completion("Yes."))
    named = replace(entry(server, model, kind), service_tier=tier)
    assert "Yes." in "".join(str(chunk.text) for chunk in openai_chat(named, KEY).stream(ASKED))
    (request,) = server.requests
    assert request.path == ("/v1/responses" if new else "/v1/chat/completions")
    standard = "default" if kind is Kind.OPENAI else None
    assert request.body.get("service_tier") == (tier or standard)
    assert ("service_tier" in request.body) is (tier is not None or kind is Kind.OPENAI)


def content(parts: object) -> bytes:
    """A chunk whose content comes in parts, as Mistral's does."""
    choice = {"index": 0, "delta": {"content": parts}, "finish_reason": None}
    told = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps(told | {'choices': [choice]})}\n\n".encode()


def test_content_in_parts_is_text_without_the_thoughts(server: LoopbackServer) -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Let me think."}]}
    said = [{"type": "text", "text": "Capex "}, "odd", {"type": "text", "text": "rose."}]
    chunks = ask(server, completion(content([thought]), content(said), " Yes."))
    assert "".join(str(chunk.text) for chunk in chunks) == "Capex rose. Yes."


def test_thoughts_are_no_text(server: LoopbackServer) -> None:
    chunks = ask(server, completion("Yes.", reasoning="Let me think."))
    assert "".join(str(chunk.text) for chunk in chunks) == "Yes."


def test_nothing_reported_is_nothing_known(server: LoopbackServer) -> None:
    chunks = ask(server, completion("Yes.", usage=None))
    assert all(chunk.usage_metadata is None for chunk in chunks)
    assert chunks[-1].response_metadata["finish_reason"] == "stop"


@pytest.mark.parametrize("kind", [Kind.COMPATIBLE, Kind.OPENAI])
def test_the_environment_adds_and_changes_nothing(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    with LoopbackServer() as elsewhere:
        for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, elsewhere.address)
        monkeypatch.setenv("LANGSMITH_GATEWAY", elsewhere.address)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-theirs")
        monkeypatch.setenv("OPENAI_ORG_ID", "org-theirs")
        monkeypatch.setenv("OPENAI_ORGANIZATION", "org-theirs")
        monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-theirs")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-theirs: theirs")
        ask(server, completion("Yes."), kind=kind, key=None)
        assert elsewhere.requests == []
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer none"
    assert "theirs" not in str(request)


def test_the_key_is_in_its_header_and_nowhere_else(server: LoopbackServer) -> None:
    server.queue(completion("Yes."))
    chat = openai_chat(entry(server), KEY)
    chunks = list(chat.stream(ASKED))
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(request.body) + repr(chat) + str(chunks)


def test_a_refusal_is_raised_once(server: LoopbackServer) -> None:
    with pytest.raises(openai.RateLimitError):
        ask(server, refusal(429, {"retry-after": "0"}))
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed(server: LoopbackServer) -> None:
    with LoopbackServer() as elsewhere:
        moved = Reply((b"{}",), 307, {"location": f"{elsewhere.address}/v1/chat/completions"})
        with pytest.raises(openai.APIStatusError):
            ask(server, moved)
        assert elsewhere.requests == []


@pytest.mark.parametrize("kind", [Kind.COMPATIBLE, Kind.OPENAI])
def test_a_held_stream_can_be_hung_up(server: LoopbackServer, kind: Kind) -> None:
    line, model = Line(), "gpt-5.6-sol" if kind is Kind.OPENAI else "gpt-5"
    server.queue(response("Capex", Hold()) if kind is Kind.OPENAI else completion("Capex", Hold()))
    with line.open():
        stream = openai_chat(entry(server, model, kind), KEY).stream(ASKED)
        assert str(next(stream).text) == "Capex"
        Timer(0.1, line.hang_up).start()
        with pytest.raises(Exception, match=r"closed|incomplete|Connection"):
            list(stream)
    assert server.hung_up.wait(10)


def test_usage_is_told_as_it_came(server: LoopbackServer) -> None:
    told = read_usage(ask(server, completion("Yes."))[-1])
    assert told is not None
    assert told.usage.raw is not None
    assert {name: told.usage.raw[name] for name in USAGE} == USAGE
