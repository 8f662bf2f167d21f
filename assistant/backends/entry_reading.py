"""The `[backends]` table of backends.toml, read and checked field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from assistant.backends.entry import (
    AUTO,
    DEFAULT_MAX_OUTPUT,
    DEFAULT_TIMEOUT,
    BackendEntry,
    Kind,
    Locality,
    Tier,
    locality_of,
)
from corpus.errors import ConfigurationError

__all__ = ["DEFAULT_URLS", "FIELDS", "read_entries"]

DEFAULT_URLS: Mapping[Kind, str] = {
    Kind.OPENAI: "https://api.openai.com/v1",
    Kind.ANTHROPIC: "https://api.anthropic.com",
    Kind.GOOGLE: "https://generativelanguage.googleapis.com",
    Kind.OLLAMA: "http://127.0.0.1:11434",
}
NEEDS_KEY = frozenset({Kind.OPENAI, Kind.ANTHROPIC, Kind.GOOGLE})
FIELDS = tuple(field.name for field in fields(BackendEntry) if field.name != "name")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
CLOUD = re.compile(r"[:-]cloud\Z")
"""How Ollama names models that its server on this machine passes on to its own."""
Member = TypeVar("Member", bound=StrEnum)


def read_entries(source: str, table: object) -> tuple[BackendEntry, ...]:
    """Read the `[backends]` table of the file `source`, in its order.

    Raises ConfigurationError naming the file, the entry, the field and the remedy.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{source}: backends must be tables such as [backends.offline].")
    entries = tuple(_Row(source, name, row).entry() for name, row in table.items())
    _check_fallbacks(source, entries)
    return entries


def _check_fallbacks(source: str, entries: Iterable[BackendEntry]) -> None:
    by_name = {entry.name: entry for entry in entries}
    for entry in by_name.values():
        seen = [entry]
        while (name := seen[-1].fallback) is not None:
            found = by_name.get(name)
            if found is None or found in seen:
                wrong = "names no entry" if found is None else "comes back to itself"
                raise ConfigurationError(
                    f"{source}: [backends.{seen[-1].name}] fallback = {name!r} {wrong}; "
                    "name another entry."
                )
            if found.locality.distance > entry.locality.distance:
                raise ConfigurationError(
                    f"{source}: [backends.{entry.name}] falls back to {name!r}, which is further "
                    f"away ({found.locality}); who chose {entry.locality} would not expect that."
                )
            seen.append(found)


@dataclass(frozen=True, slots=True)
class _Row:
    source: str
    name: str
    row: Any

    def entry(self) -> BackendEntry:
        self._check_shape()
        kind = self._member("kind", Kind, None)
        url = self._base_url(kind)
        locality = self._locality(url, kind)
        key = self._key(kind)
        if key and url and url.scheme != "https" and locality is Locality.OUTSIDE:
            raise self._wrong("would send its key unencrypted; base_url must begin with https://.")
        return BackendEntry(
            name=self.name,
            label=self._text("label"),
            kind=kind,
            provider=self._text("provider"),
            model=self._text("model"),
            base_url=url.geturl().rstrip("/") if url else None,
            key=key,
            tier=self._member("tier", Tier, Tier.HARD),
            locality=locality,
            max_output=self._count("max_output", DEFAULT_MAX_OUTPUT),
            timeout=self._count("timeout", DEFAULT_TIMEOUT),
            price=self._price(),
            fallback=self._text("fallback") if "fallback" in self.row else None,
            stream_usage=self._flag("stream_usage", default=True),
            hourly_usd=self._hourly(locality),
            service_tier=self._service_tier(kind),
            prompt_cache=self._prompt_cache(kind),
        )

    def _wrong(self, remedy: str) -> ConfigurationError:
        return ConfigurationError(f"{self.source}: [backends.{self.name}] {remedy}")

    def _check_shape(self) -> None:
        if not isinstance(self.row, Mapping):
            raise self._wrong("must be a table of its own.")
        if self.name == AUTO or not NAME.fullmatch(self.name):
            raise self._wrong(f'needs another name: letters, digits, - and _, not "{AUTO}".')
        unknown = sorted(set(self.row) - set(FIELDS))
        if unknown:
            raise self._wrong(f"has no field {unknown[0]!r}; there are: {', '.join(FIELDS)}.")

    def _text(self, field: str) -> str:
        value = self.row.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(f'needs {field} = "..." (a text).')
        return value

    def _count(self, field: str, default: int) -> int:
        value = self.row.get(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong(f"needs {field} = a whole number above zero.")
        return value

    def _flag(self, field: str, *, default: bool) -> bool:
        value = self.row.get(field, default)
        if not isinstance(value, bool):
            raise self._wrong(f"needs {field} = true or false.")
        return value

    def _member(self, field: str, kind: type[Member], default: Member | None) -> Member:
        if default is not None and field not in self.row:
            return default
        value = self._text(field)
        if value not in list(kind):
            raise self._wrong(f"{field} = {value!r} is unknown; use one of: {', '.join(kind)}.")
        return kind(value)

    def _base_url(self, kind: Kind) -> SplitResult | None:
        if kind is Kind.OFFLINE:
            if "base_url" in self.row:
                raise self._wrong("answers inside this process; take its base_url out.")
            return None
        url = urlsplit(self.row.get("base_url", DEFAULT_URLS.get(kind)) or self._text("base_url"))
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise self._wrong('needs base_url = "https://host/path".')
        if url.username is not None or url.query or url.fragment:
            raise self._wrong("base_url may hold no user, password, query or fragment.")
        return url

    def _locality(self, url: SplitResult | None, kind: Kind) -> Locality:
        said = self._member("locality", Locality, Locality.OUTSIDE)
        if url is None or url.hostname is None:
            return Locality.MACHINE
        if kind is Kind.OLLAMA and CLOUD.search(self._text("model")):
            if "locality" in self.row and said is not Locality.OUTSIDE:
                raise self._wrong("runs in Ollama's cloud, wherever its server is: it is outside.")
            return Locality.OUTSIDE
        known = locality_of(url.hostname)
        if known is None and said is Locality.MACHINE:
            raise self._wrong('is "this machine" only with base_url at 127.0.0.1 or localhost.')
        if known is not None and "locality" in self.row and said.distance < known.distance:
            raise self._wrong(f"locality = {said.value!r} is not so: {url.hostname} is {known}.")
        return said if known is None or "locality" in self.row else known

    def _key(self, kind: Kind) -> str | None:
        if "key" not in self.row and kind not in NEEDS_KEY:
            return None
        if not VARIABLE.fullmatch(str(self.row.get("key", ""))):
            # The value is not repeated: it may be a key.
            raise self._wrong(
                'needs key = "NAME_OF_A_VARIABLE": the environment holds keys, never this file.'
            )
        return self._text("key")

    def _hourly(self, locality: Locality) -> Decimal | None:
        if "hourly_usd" not in self.row:
            return None
        if locality is Locality.OUTSIDE:
            raise self._wrong("is outside: its provider bills it; take hourly_usd out.")
        if "price" in self.row:
            raise self._wrong("has price and hourly_usd; keep one of them.")
        try:
            dollars = Decimal(self._text("hourly_usd"))
        except InvalidOperation:
            dollars = Decimal("NaN")
        if not dollars.is_finite() or dollars < 0:
            raise self._wrong('needs hourly_usd = "0.35" (dollars an hour, as text).')
        return dollars

    def _service_tier(self, kind: Kind) -> str | None:
        if "service_tier" not in self.row:
            return None
        if kind not in {Kind.OPENAI, Kind.COMPATIBLE}:
            raise self._wrong(f"cannot ask for a service_tier: kind {kind.value} has none here.")
        return self._text("service_tier")

    def _prompt_cache(self, kind: Kind) -> bool:
        if "prompt_cache" in self.row and kind is not Kind.ANTHROPIC:
            raise self._wrong("needs no prompt_cache: only Anthropic's prompts are marked for it.")
        return self._flag("prompt_cache", default=False)

    def _price(self) -> tuple[str, str] | None:
        if "price" not in self.row:
            return None
        provider, _, model = self._text("price").partition("/")
        if not provider or not model:
            raise self._wrong('needs price = "provider/model" as the price data names them.')
        return provider, model
