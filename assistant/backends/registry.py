"""Entries of backends.toml become backends, each built explicitly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from langchain_core.language_models import BaseChatModel

from assistant.backends.analyst import OfflineAnalyst
from assistant.backends.backend import Backend
from assistant.settings import BackendEntry
from corpus.errors import ConfigurationError

__all__ = ["build_backends"]

KINDS: Mapping[str, Callable[[BackendEntry], BaseChatModel]] = {
    "offline-analyst": lambda entry: OfflineAnalyst(),
}
LOCAL_KINDS = frozenset({"offline-analyst"})


def build_backends(entries: Iterable[BackendEntry]) -> dict[str, Backend]:
    """Return the backends by name, in the file's order.

    Raises ConfigurationError naming the entry and the kinds there are.
    """
    return {entry.name: _build(entry) for entry in entries}


def _build(entry: BackendEntry) -> Backend:
    make = KINDS.get(entry.kind)
    if make is None:
        raise ConfigurationError(
            f"[backends.{entry.name}] kind = {entry.kind!r} is unknown; use one of: "
            f"{', '.join(sorted(KINDS))}."
        )
    return Backend(
        name=entry.name,
        label=entry.label,
        provider=entry.provider,
        model=entry.model,
        chat=make(entry),
        local=entry.kind in LOCAL_KINDS,
    )
