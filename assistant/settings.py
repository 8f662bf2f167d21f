"""Frozen settings from the environment and backends.toml; builds nothing.

| variable | meaning | default |
|---|---|---|
| LOADFACTOR_DATA | folder of the store and the ledger | data |
| LOADFACTOR_MODELS | folder of the exported embedding model | data/models |
| LOADFACTOR_BACKENDS | the backends file | backends.toml |
| LOADFACTOR_TIMEZONE | whose midnight starts "today" | UTC |
| LOADFACTOR_EMBEDDING_MODEL | a sentence-transformers model instead of the bundled one | unset |
| LOADFACTOR_EVIDENCE_TOKENS | most tokens of evidence put before a backend | 3000 |
| LOADFACTOR_UPLOAD_LIMIT_MB | largest upload in megabytes | 100 |
| LOADFACTOR_EDGAR_CONTACT | who asks the SEC for filings: a name and an e-mail | unset |
| LOADFACTOR_NOTES_MAX_AGE_DAYS | the Corpus page warns when the newest note is older | 90 |
| LOADFACTOR_ANSWER_CACHE | 0: never give a kept answer again | 1 |
| LOADFACTOR_LOCAL_ONLY | 1: no backend outside this machine and network, whoever asks | 0 |
| LOADFACTOR_SHARED | 1: several people use one app; no one sees a list of others' chats | 0 |
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.backends.entry import AUTO, BackendEntry
from assistant.backends.entry_reading import read_entries
from assistant.cost.budget import Budgets, read_budgets
from assistant.cost.models import Overlay, Reference
from assistant.routing import Rules, read_rules
from corpus.errors import ConfigurationError

__all__ = ["Settings", "load_settings"]

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a deployment can set; see the module's table."""

    data: Path
    models: Path
    zone: ZoneInfo
    embedding_model: str | None
    evidence_tokens: int
    upload_limit_mb: int
    edgar_contact: str | None
    notes_max_age_days: int
    local_only: bool
    shared: bool
    answer_cache: bool
    default_backend: str
    backends: tuple[BackendEntry, ...]
    routing: Rules
    references: tuple[Reference, ...]
    overlays: tuple[Overlay, ...]
    budgets: Budgets
    embedding_hourly_usd: Decimal | None


def load_settings(environ: Mapping[str, str] = os.environ, data: Path | None = None) -> Settings:
    """Read the settings; `data` overrides LOADFACTOR_DATA.

    Raises ConfigurationError naming the variable or the entry, the field and the remedy.
    """
    path = _backends_path(environ)
    table = _read_toml(path)
    backends = read_entries(str(path), table.get("backends", {}))
    default = table.get("default", "offline")
    if default not in {AUTO, *(entry.name for entry in backends)}:
        raise ConfigurationError(f"{path}: default = {default!r} names no [backends.{default}].")
    return Settings(
        data=data or Path(environ.get("LOADFACTOR_DATA") or "data"),
        models=Path(environ.get("LOADFACTOR_MODELS") or "data/models"),
        zone=_zone(environ.get("LOADFACTOR_TIMEZONE", "UTC")),
        embedding_model=environ.get("LOADFACTOR_EMBEDDING_MODEL") or None,
        evidence_tokens=_positive(environ, "LOADFACTOR_EVIDENCE_TOKENS", 3000),
        upload_limit_mb=_positive(environ, "LOADFACTOR_UPLOAD_LIMIT_MB", 100),
        edgar_contact=environ.get("LOADFACTOR_EDGAR_CONTACT") or None,
        notes_max_age_days=_positive(environ, "LOADFACTOR_NOTES_MAX_AGE_DAYS", 90),
        local_only=_switch(environ, "LOADFACTOR_LOCAL_ONLY"),
        shared=_switch(environ, "LOADFACTOR_SHARED"),
        answer_cache=_switch(environ, "LOADFACTOR_ANSWER_CACHE", "1"),
        default_backend=default,
        backends=backends,
        routing=read_rules(str(path), table.get("routing", {})),
        references=tuple(_reference(path, row) for row in table.get("references", ())),
        overlays=tuple(_overlay(path, row) for row in table.get("prices", ())),
        budgets=read_budgets(str(path), table.get("budgets", {})),
        embedding_hourly_usd=_embedding_hourly(path, table.get("embedding", {})),
    )


def _backends_path(environ: Mapping[str, str]) -> Path:
    if named := environ.get("LOADFACTOR_BACKENDS"):
        return Path(named)
    here = Path("backends.toml")
    return here if here.is_file() else REPOSITORY / "backends.toml"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror}); set LOADFACTOR_BACKENDS to a backends file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error


def _text(path: Path, entry: str, row: Mapping[str, Any], key: str) -> str:
    if not isinstance(row, Mapping):
        raise ConfigurationError(f"{path}: {entry} must be a table of its own.")
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f'{path}: {entry} needs {key} = "..." (a text).')
    return value


def _reference(path: Path, row: Mapping[str, Any]) -> Reference:
    label, provider, model = (
        _text(path, "[[references]]", row, key) for key in ("label", "provider", "model")
    )
    return Reference(label=label, provider=provider, model=model)


def _overlay(path: Path, row: Mapping[str, Any]) -> Overlay:
    if not isinstance(row, Mapping):
        raise ConfigurationError(f"{path}: [[prices]] must be tables.")
    entry = f"[[prices]] {row.get('provider', '?')}/{row.get('model', '?')}"
    as_of = row.get("as_of")
    if not isinstance(as_of, date):
        raise ConfigurationError(f"{path}: {entry} needs as_of = YYYY-MM-DD.")
    cache_read = "cache_read_mtok"
    return Overlay(
        provider=_text(path, entry, row, "provider"),
        model=_text(path, entry, row, "model"),
        input_mtok=_dollars(path, entry, row, "input_mtok"),
        output_mtok=_dollars(path, entry, row, "output_mtok"),
        cache_read_mtok=_dollars(path, entry, row, cache_read) if cache_read in row else None,
        currency=_text(path, entry, row, "currency"),
        source=_text(path, entry, row, "source"),
        as_of=as_of,
    )


def _dollars(path: Path, entry: str, row: Mapping[str, Any], key: str) -> Decimal:
    remedy = f'{path}: {entry} needs {key} = "1.25" (dollars per million tokens, as text).'
    try:
        value = Decimal(_text(path, entry, row, key))
    except InvalidOperation as error:
        raise ConfigurationError(remedy) from error
    if not value.is_finite() or value < 0:
        raise ConfigurationError(remedy)
    return value


def _embedding_hourly(path: Path, table: object) -> Decimal | None:
    if not isinstance(table, Mapping) or set(table) - {"hourly_usd"}:
        raise ConfigurationError(f"{path}: [embedding] is a table with the field hourly_usd.")
    if not table:
        return None
    try:
        dollars = Decimal(_text(path, "[embedding]", table, "hourly_usd"))
    except InvalidOperation:
        dollars = Decimal("NaN")
    if not dollars.is_finite() or dollars < 0:
        raise ConfigurationError(
            f'{path}: [embedding] needs hourly_usd = "0.10" (dollars an hour, as text).'
        )
    return dollars


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not value.isdecimal() or int(value) == 0:
        raise ConfigurationError(f"{name}={value!r} must be a whole number above zero.")
    return int(value)


def _switch(environ: Mapping[str, str], name: str, default: str = "0") -> bool:
    value = environ.get(name) or default
    if value not in {"0", "1"}:
        raise ConfigurationError(f"{name}={value!r} must be 0 or 1.")
    return value == "1"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"LOADFACTOR_TIMEZONE={name!r} is no time zone; use a name such as Europe/Berlin."
        ) from error
