from __future__ import annotations

from dataclasses import replace

import pytest
from langchain_core.language_models import FakeListChatModel

from assistant.backends.backend import Backend
from assistant.backends.entry import Locality
from assistant.backends.errors import CallFailed
from assistant.backends.failures import translated
from corpus.errors import CorpusBusy

BACKEND = Backend(
    "house", "House", "house", "m", FakeListChatModel(responses=["x"]), local=False,
    locality=Locality.OUTSIDE, host="llm.example.com",
)  # fmt: skip


class Refusal(Exception):
    """An error as SDKs make them of a response."""

    def __init__(self, status: int, body: object = None, headers: object = None) -> None:
        super().__init__(f"Error code: {status}")
        self.status_code = status
        self.body = body
        self.response = type("Response", (), {"headers": headers or {}})()


def failed(error: Exception) -> CallFailed:
    found = translated(BACKEND, error)
    assert isinstance(found, CallFailed)
    return found


def test_our_own_errors_stay_as_they_are() -> None:
    error = CorpusBusy("busy")
    assert translated(BACKEND, error) is error


@pytest.mark.parametrize(
    ("status", "says", "transient"),
    [
        (401, "refused the key", False),
        (403, "refused the key", False),
        (429, "rate limit", True),
        (307, "redirects", False),
        (404, "does not know", False),
        (400, "refused the request", False),
        (500, "overloaded or down", True),
        (529, "overloaded or down", True),
    ],
)
def test_a_status_is_explained(status: int, says: str, transient: bool) -> None:
    error = failed(Refusal(status))
    assert says in str(error)
    assert f"HTTP {status}" in str(error)
    assert (error.transient, error.billable, error.reason) == (transient, False, f"http {status}")


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "max_tokens is too large"}},
        {"message": "max_tokens is too large"},
        {"detail": "max_tokens is too large"},
        {"error": "max_tokens is too large"},
    ],
)
def test_the_providers_reason_is_passed_on(body: object) -> None:
    assert "max_tokens is too large" in str(failed(Refusal(400, body)))


@pytest.mark.parametrize("secret", ["sk-abcdef123456", "Bearer abc.def", "AIzaSyB-123456789"])
def test_nothing_like_a_key_is_passed_on(secret: str) -> None:
    said = str(failed(Refusal(400, {"error": {"message": f"bad key {secret} given"}})))
    assert secret.split()[-1] not in said
    assert "sk-abc" not in str(failed(Refusal(401, {"error": {"message": "sk-abcdef123"}})))


def test_the_key_itself_is_not_passed_on_whatever_it_looks_like() -> None:
    key = "0123456789abcdef.Zq3Xw9Lk"
    error = Refusal(400, {"error": {"message": f"bad key {key} given"}})
    found = translated(replace(BACKEND, secret=key), error)
    assert str(found) == "House refused the request (HTTP 400: bad key … given)."
    assert key in str(failed(error)), "what is nobody's key is no secret"


def test_half_a_character_is_not_passed_on() -> None:
    said = str(failed(Refusal(400, {"error": {"message": "no \ud83d here"}})))
    assert "no ? here" in said
    assert "no ? here" in str(failed(ValueError("no \ud83d here")))


@pytest.mark.parametrize("status", [408, 504, 524])
def test_who_lost_patience_may_have_let_the_model_work(status: int) -> None:
    error = failed(Refusal(status))
    assert (error.transient, error.billable) == (True, True)


def test_a_wait_that_the_provider_asks_for_is_read() -> None:
    assert failed(Refusal(429, headers={"retry-after": "7"})).retry_after == 7.0
    dated = {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert failed(Refusal(429, headers=dated)).retry_after is None
    assert failed(Refusal(429)).retry_after is None


def test_what_never_arrived_is_not_billed() -> None:
    for error in (ConnectionRefusedError("no"), ConnectionError("no")):
        found = failed(error)
        assert (found.reason, found.billable, found.transient) == ("unreachable", False, True)
        assert "llm.example.com" in str(found)


def test_silence_and_breaks_may_be_billed() -> None:
    class ReadTimeout(Exception):
        pass

    silent, broken = failed(ReadTimeout("x")), failed(ValueError("not json"))
    assert (silent.reason, silent.billable) == ("timeout", True)
    assert (broken.reason, broken.billable) == ("interrupted", True)


def test_an_error_after_a_good_head_is_no_refusal() -> None:
    assert failed(Refusal(200, {"error": {"message": "overloaded"}})).reason == "interrupted"
