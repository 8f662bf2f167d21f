"""The same model under the names that providers, gateways and invoices give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["ModelKey", "find_model", "model_key"]

ModelKey = tuple[str, ...]

DATE = re.compile(r"(?<!\d)20\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)")
WORD = re.compile(r"[a-z]+|\d+")

VARIANTS = frozenset(
    (
        *("mini", "nano", "lite", "pro", "max", "plus", "turbo", "ultra", "large", "small"),
        *("image", "audio", "live", "native", "realtime", "tts", "transcribe", "embedding"),
        *("codex", "search", "thinking", "vision", "preview", "exp", "chat", "o"),
    )
)
"""Words after a model's name that make it another model: "gemini 2.5 flash lite" is no flash."""


def model_key(name: str) -> ModelKey:
    """Return what the names of one model have in common; empty for a name without words.

    The vendor before a slash, a variant after a colon, the date of a snapshot, "latest", case
    and signs do not count, nor does order: "Claude Haiku 3.5" is "claude-3-5-haiku-20241022".
    """
    bare = name.rpartition("/")[2].partition(":")[0]
    return tuple(sorted(word for word in _words(bare) if word != "latest"))


def find_model(text: str, names: Iterable[str]) -> str | None:
    """Return the longest of `names` that stands in a text such as the name of a product."""
    words = _words(text)
    longest = sorted(names, key=lambda name: (-len(_words(name)), name))
    return next((name for name in longest if _stands_in(words, _words(name))), None)


def _stands_in(words: Sequence[str], sought: Sequence[str]) -> bool:
    length = len(sought)
    return any(
        words[start : start + length] == sought and not _goes_on(words[start + length :])
        for start in range(len(words) - length + 1)
        if length
    )


def _goes_on(following: Sequence[str]) -> bool:
    """Tell whether the next word belongs to a model's name: a number or a variant."""
    return bool(following) and (following[0].isdigit() or following[0] in VARIANTS)


def _words(name: str) -> Sequence[str]:
    return WORD.findall(DATE.sub(" ", name.casefold()))
