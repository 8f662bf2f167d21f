"""Prices that a deployment enters itself, for models that the price data lacks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal

from assistant.cost.models import Overlay, Usage
from corpus.errors import ConfigurationError

__all__ = ["OverlayTable"]

MTOK = Decimal(10) ** 6


class OverlayTable:
    """Overlay entries by provider and model, whatever their case.

    Raises ConfigurationError for an entry in another currency than USD or entered twice.
    """

    def __init__(self, entries: Iterable[Overlay]) -> None:
        self._entries: dict[tuple[str, str], Overlay] = {}
        for entry in entries:
            _refuse_foreign_currency(entry)
            key = _key(entry.provider, entry.model)
            if key in self._entries:
                raise ConfigurationError(
                    f"[[prices]] {entry.provider}/{entry.model} is entered twice; keep one."
                )
            self._entries[key] = entry
        self.digest = _digest(self._entries) if self._entries else None

    def find(self, provider: str, model: str) -> Overlay | None:
        return self._entries.get(_key(provider, model))

    @staticmethod
    def dollars(entry: Overlay, usage: Usage) -> Decimal:
        """Return the price of a usage with known input and output; cache writes cost as input."""
        cached = usage.cache_read_tokens or 0
        fresh = (usage.input_tokens or 0) - cached
        return (
            fresh * entry.input_mtok
            + cached * _cache_rate(entry)
            + (usage.output_tokens or 0) * entry.output_mtok
        ) / MTOK

    @staticmethod
    def rates(entry: Overlay) -> Mapping[str, str]:
        return {
            "provider": entry.provider,
            "model": entry.model,
            "input_mtok": str(entry.input_mtok),
            "cache_read_mtok": str(_cache_rate(entry)),
            "output_mtok": str(entry.output_mtok),
            "source": f"{entry.source} ({entry.as_of.isoformat()})",
        }


def _cache_rate(entry: Overlay) -> Decimal:
    return entry.input_mtok if entry.cache_read_mtok is None else entry.cache_read_mtok


def _key(provider: str, model: str) -> tuple[str, str]:
    return provider.casefold(), model.casefold()


def _refuse_foreign_currency(entry: Overlay) -> None:
    if entry.currency != "USD":
        raise ConfigurationError(
            f"[[prices]] {entry.provider}/{entry.model}: currency = {entry.currency!r} cannot be "
            'added up with dollars; convert the prices and set currency = "USD".'
        )


def _digest(entries: Mapping[tuple[str, str], Overlay]) -> str:
    """Return 16 hex digits that change when any field of any entry does, order aside."""
    rows = [asdict(entries[key]) for key in sorted(entries)]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()[:16]
