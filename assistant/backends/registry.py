"""The backends of a deployment: which there are, which can be used now, and each built once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel

from assistant.backends.backend import Backend
from assistant.backends.building import build_chat
from assistant.backends.entry import BackendEntry, Kind, Locality, locality_of
from assistant.backends.errors import BackendUnavailable
from assistant.backends.probe import Probe
from assistant.backends.resolver import Resolver
from corpus.errors import ConfigurationError

__all__ = ["Registry"]

Make = Callable[[BackendEntry, str | None], BaseChatModel]
Resolve = Callable[[str], frozenset[str]]


class Registry:
    """The entries of backends.toml, in its order.

    `environ` holds the keys and is read at every use. `local_only` makes every entry outside this
    machine and network unusable, whatever a caller asks for.
    """

    def __init__(
        self,
        entries: Iterable[BackendEntry],
        environ: Mapping[str, str] = os.environ,
        *,
        local_only: bool = False,
        make: Make = build_chat,
        probe: Probe | None = None,
        resolver: Resolve | None = None,
    ) -> None:
        self.entries = tuple(entries)
        self.local_only = local_only
        self._by_name = {entry.name: entry for entry in self.entries}
        self._environ = environ
        self._make = make
        self._probe = probe or Probe()
        self._resolve = resolver or Resolver()
        self._built: dict[tuple[str, str | None], Backend] = {}
        self._building = Lock()

    def entry(self, name: str) -> BackendEntry:
        """Raises ConfigurationError for a name that is no entry's."""
        found = self._by_name.get(name)
        if found is None:
            raise ConfigurationError(f"No backend {name!r}; there are: {', '.join(self._by_name)}.")
        return found

    def why_not(self, name: str, *, local_only: bool = False) -> str | None:
        """Return why an entry cannot be used now and what to do, None when it can."""
        entry = self.entry(name)
        if (local_only or self.local_only) and entry.locality is Locality.OUTSIDE:
            return f"{entry.label} is outside, at {entry.host}, and local only is on."
        if entry.key is not None and self._key(entry) is None:
            return f"{entry.label} needs a key: set the variable {entry.key} and start again."
        if entry.locality is Locality.NETWORK and (reason := self._not_private(entry)):
            return reason
        if entry.base_url and entry.locality is not Locality.OUTSIDE:
            return self._not_listening(entry)
        return None

    def usable(self, *, local_only: bool = False) -> tuple[BackendEntry, ...]:
        """Return the entries that can be used now."""
        return tuple(
            entry
            for entry in self.entries
            if self.why_not(entry.name, local_only=local_only) is None
        )

    def get(self, name: str, *, local_only: bool = False) -> Backend:
        """Return the backend, built on first use.

        Raises BackendUnavailable saying why it cannot be used, ConfigurationError for no entry.
        """
        reason = self.why_not(name, local_only=local_only)
        if reason is not None:
            raise BackendUnavailable(reason)
        entry = self.entry(name)
        key = self._key(entry)
        with self._building:
            known = self._built.get((name, key))
            if known is None:
                known = self._built[name, key] = _backend(entry, self._make(entry, key), key)
        return known

    def _key(self, entry: BackendEntry) -> str | None:
        return (self._environ.get(entry.key) or "").strip() or None if entry.key else None

    def _not_private(self, entry: BackendEntry) -> str | None:
        """A name that an entry calls private is so only while it resolves to private addresses."""
        host = urlsplit(entry.base_url or "").hostname or ""
        if locality_of(host) is not None:
            return None
        try:
            addresses = self._resolve(host)
        except OSError:
            return f"{entry.label}: the name {host} is not known here; correct its base_url."
        outside = sorted(
            found for found in addresses if locality_of(found.split("%")[0]) is Locality.OUTSIDE
        )
        if outside:
            return (
                f"{entry.label}: {host} is at {outside[0]}, which is no private network; "
                'set locality = "outside".'
            )
        return None

    def _not_listening(self, entry: BackendEntry) -> str | None:
        url = urlsplit(entry.base_url or "")
        port = url.port or (443 if url.scheme == "https" else 80)
        if self._probe.listens(url.hostname or "", port):
            return None
        return f"{entry.label}: no server answers at {entry.host}; start it, or correct base_url."


def _backend(entry: BackendEntry, chat: BaseChatModel, key: str | None) -> Backend:
    return Backend(
        name=entry.name,
        label=entry.label,
        provider=entry.provider,
        model=entry.model,
        chat=chat,
        local=entry.local,
        locality=entry.locality,
        host=entry.host,
        tier=entry.tier,
        max_output=None if entry.kind is Kind.OFFLINE else entry.max_output,
        fallback=entry.fallback,
        priced_as=entry.price,
        hourly_usd=entry.hourly_usd,
        service_tier=entry.service_tier,
        prompt_cache=entry.prompt_cache,
        secret=key,
    )
