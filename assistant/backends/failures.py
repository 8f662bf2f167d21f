"""What vendors raise, as errors of ours: one boundary, no vendor's names, no key in any message.

The SDKs disagree on classes but not on shapes: an error that came over HTTP carries a status and
headers, all others are told apart by the connection errors at their root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.backends.backend import Backend
from assistant.backends.errors import TIMEOUT, UNREACHABLE, CallFailed
from corpus.errors import LoadFactorError

__all__ = ["translated"]

LONGEST_QUOTE = 240
WORKED = frozenset({408, 504, 524})
"""A gateway lost its patience: behind it the model may have done its work."""
TRANSIENT = WORKED | {409, 425, 429, 500, 502, 503, 529}
SECRETS = re.compile(
    r"Bearer\s+\S+|\b(?:sk|pk|rk|gsk|hf|xai|key)[-_][\w*-]{6,}|\bAIza[\w-]{6,}", re.IGNORECASE
)
NOT_SENT = ("ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror", "PoolTimeout")


def translated(backend: Backend, error: Exception) -> Exception:
    """Return the error that a caller should see; errors of our own come back as they are.

    A CallFailed says whether the call may be repeated and whether it may have been billed.
    """
    if isinstance(error, LoadFactorError):
        return error
    status = _status(error)
    if status is not None and status >= 300:
        return _refused(backend, error, status)
    names = {type(one).__name__ for one in _chain(error)}
    if names.intersection(NOT_SENT) or type(error) is ConnectionError:
        return CallFailed(
            f"{backend.label} cannot be reached at {backend.host or 'its address'}; "
            "see that the server runs and the network is up.",
            reason=UNREACHABLE,
            transient=True,
            billable=False,
        )
    if any("Timeout" in name or "timed out" in name for name in names):
        return CallFailed(
            f"{backend.label} said nothing for too long; try again, or raise its timeout in "
            "backends.toml.",
            reason=TIMEOUT,
            transient=True,
        )
    return CallFailed(
        f"{backend.label} broke off its answer ({_quote(backend, error)}); try again.",
        reason="interrupted",
        transient=True,
    )


def _refused(backend: Backend, error: Exception, status: int) -> CallFailed:
    return CallFailed(
        f"{backend.label} {_what(backend, status, error)}",
        reason=f"http {status}",
        transient=status in TRANSIENT,
        billable=status in WORKED,
        retry_after=_retry_after(error),
    )


def _what(backend: Backend, status: int, error: Exception) -> str:
    if status in {401, 403}:
        # The provider's own words often repeat a part of the key.
        return f"refused the key (HTTP {status}); check the variable that its entry names."
    if status == 429:
        return "is over its rate limit or quota (HTTP 429); wait, or look at the account's limits."
    if 300 <= status < 400:
        return f"redirects elsewhere (HTTP {status}), which is not followed; correct its base_url."
    if status == 404:
        return f"does not know this model or address (HTTP 404: {_quote(backend, error)})."
    if status in TRANSIENT:
        return f"is overloaded or down (HTTP {status}); try again later."
    return f"refused the request (HTTP {status}: {_quote(backend, error)})."


def _status(error: Exception) -> int | None:
    """Return the HTTP status of an error that an SDK made of a response, None for others."""
    for one in _chain(error):
        for name in ("status_code", "code"):
            value = getattr(one, name, None)
            if isinstance(value, int) and 100 <= value < 600:
                return value
    return None


def _retry_after(error: Exception) -> float | None:
    """Return the seconds of a Retry-After header; its rare form as a date is not read."""
    for one in _chain(error):
        headers = getattr(getattr(one, "response", None), "headers", None)
        said = headers.get("retry-after") if isinstance(headers, Mapping) else None
        if said is not None and re.fullmatch(r"\d+(?:\.\d+)?", said.strip()):
            return float(said)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _quote(backend: Backend, error: Exception) -> str:
    """Return the provider's own words, in short, without the key or anything like one."""
    said = " ".join(str(_detail(error) or getattr(error, "message", None) or error).split())
    # Half a character could be neither shown nor stored.
    said = said.encode(errors="replace").decode()
    if backend.secret:
        said = said.replace(backend.secret, "…")
    clean = SECRETS.sub("…", said) or type(error).__name__
    return clean if len(clean) <= LONGEST_QUOTE else f"{clean[:LONGEST_QUOTE]}…"


def _detail(error: Exception) -> object:
    """Return the reason inside the body of an error reply, where servers put it by many names."""
    body = getattr(error, "body", None)
    if not isinstance(body, Mapping):
        return None
    inner = body.get("error")
    return (
        (inner.get("message") if isinstance(inner, Mapping) else inner)
        or body.get("message")
        or body.get("detail")
    )
