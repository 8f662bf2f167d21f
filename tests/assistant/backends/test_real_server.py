"""The OpenAI-compatible backend against a server that we did not write."""

from __future__ import annotations

from functools import reduce
from operator import add

import openai
import pytest
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
)

from assistant.backends.backend import Backend
from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.errors import CallFailed
from assistant.backends.failures import translated
from assistant.backends.openai_chat import openai_chat
from assistant.backends.wire import Line
from tests.servers.real_server import REPLY, RealServer

ASKED: list[BaseMessage] = [
    SystemMessage("Answer from the evidence."),
    HumanMessage("What was capex, in $ — or in €?"),
]
FOLLOWED_UP: list[BaseMessage] = [*ASKED, AIMessage("It was $5 billion."), HumanMessage("And now?")]
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
ENDLESS = 100_000
"""More tokens than the babbler says before any call waiting behind it has given up."""


def entry(
    server: RealServer,
    model: str | None = None,
    *,
    max_output: int = 100,
    stream_usage: bool = True,
) -> BackendEntry:
    return BackendEntry(
        name="real",
        label="Real server",
        kind=Kind.COMPATIBLE,
        provider="transformers",
        model=model or server.model,
        base_url=server.base_url,
        max_output=max_output,
        stream_usage=stream_usage,
    )


def ask(asked: BackendEntry, messages: list[BaseMessage] = ASKED) -> list[AIMessageChunk]:
    return list(openai_chat(asked, None).stream(messages))


def texts(chunks: list[AIMessageChunk]) -> list[str]:
    return [str(chunk.text) for chunk in chunks if chunk.text]


def count(server: RealServer, text: str) -> int:
    return len(server.tokenizer.encode(text).ids)


def written(messages: list[BaseMessage]) -> str:
    """Return the prompt as the models' chat template writes it."""
    said = "".join(f"<|{ROLES[message.type]}|>{message.text}" for message in messages)
    return f"{said}<|assistant|>"


def told(asked: BackendEntry, error: Exception) -> CallFailed:
    """Return the error as the product tells it."""
    chat = openai_chat(asked, None)
    backend = Backend(asked.name, asked.label, asked.provider, asked.model, chat, local=False)
    failed = translated(backend, error)
    assert isinstance(failed, CallFailed)
    return failed


def test_the_reply_streams_token_by_token(real_server: RealServer) -> None:
    said = texts(ask(entry(real_server)))
    assert "".join(said) == REPLY
    assert len(said) == count(real_server, REPLY)
    assert "[1]" not in said, "a marker comes in pieces"


@pytest.mark.parametrize("stream_usage", [True, False])
@pytest.mark.parametrize("messages", [ASKED, FOLLOWED_UP])
def test_usage_comes_once_and_agrees_with_the_models_own_tokenizer(
    real_server: RealServer, messages: list[BaseMessage], stream_usage: bool
) -> None:
    """The server reports usage whether it is asked to or not; the end is a token of the reply."""
    chunks = ask(entry(real_server, stream_usage=stream_usage), messages)
    given, made = count(real_server, written(messages)), count(real_server, REPLY) + 1
    assert [chunk.usage_metadata for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    last, total = chunks[-1], reduce(add, chunks)
    assert last.usage_metadata == {
        "input_tokens": given,
        "output_tokens": made,
        "total_tokens": given + made,
    }
    assert total.usage_metadata == last.usage_metadata
    assert last.response_metadata["raw_usage"]["prompt_tokens"] == given
    assert last.response_metadata["raw_usage"]["completion_tokens"] == made
    assert total.response_metadata["finish_reason"] == "stop"
    assert total.response_metadata["model_name"] == "reciter@main"


def test_max_output_ends_an_answer(real_server: RealServer) -> None:
    chunks = ask(entry(real_server, max_output=5))
    assert "".join(texts(chunks)) == "Zephyr spent **$5 billion"
    total = reduce(add, chunks)
    assert total.usage_metadata is not None
    assert total.usage_metadata["output_tokens"] == 5
    assert total.response_metadata["finish_reason"] == "length"


def test_one_chat_model_answers_again_and_another_model_beside_it(real_server: RealServer) -> None:
    chat = openai_chat(entry(real_server), None)
    assert [str(reduce(add, chat.stream(ASKED)).text) for _ in range(2)] == [REPLY, REPLY]
    babble = reduce(add, ask(entry(real_server, real_server.babbler, max_output=40)))
    assert babble.text
    assert "[1]" not in str(babble.text)
    assert babble.response_metadata["finish_reason"] == "length"


def test_a_call_that_is_hung_up_makes_way_for_the_next(real_server: RealServer) -> None:
    """A model of this server makes one call at a time: the next waits until this one ends."""
    line = Line()
    with line.open():
        stream = openai_chat(entry(real_server, real_server.babbler, max_output=ENDLESS), None)
        chunks = stream.stream(ASKED)
        assert texts([next(chunks), next(chunks)])
        line.hang_up()
        with pytest.raises(openai.APIConnectionError):
            list(chunks)
    babble = reduce(add, ask(entry(real_server, real_server.babbler, max_output=3)))
    assert babble.usage_metadata is not None
    assert babble.usage_metadata["output_tokens"] == 3


def test_an_unknown_model_is_an_error_that_a_reader_can_be_told(real_server: RealServer) -> None:
    """This server says no more than that it failed; the cause is in its log."""
    with pytest.raises(openai.InternalServerError) as caught:
        ask(entry(real_server, "no-such-model"))
    failed = told(entry(real_server), caught.value)
    assert failed.reason == "http 500"
    assert not failed.billable
    assert "Real server" in str(failed)


def test_a_refusal_in_another_shape_than_openais_can_be_read(real_server: RealServer) -> None:
    chat = openai_chat(entry(real_server), None)
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        list(chat.stream(ASKED, extra_body={"top_k": 3}))
    assert caught.value.body == {"detail": "Unexpected fields in the request: {'top_k'}"}
    failed = told(entry(real_server), caught.value)
    assert failed.reason == "http 422"
    assert not failed.transient
