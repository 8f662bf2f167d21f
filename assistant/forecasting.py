"""The next question's cost before it is sent, for a backend or for those that `auto` may ask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from assistant import memory
from assistant.backends.entry import AUTO, BackendEntry, Kind, Tier
from assistant.backends.registry import Registry
from assistant.cost.forecast import Forecast, Sizes
from assistant.cost.meter import Meter
from assistant.prompts import SYSTEM
from corpus.tokens import count_tokens

__all__ = ["forecasts", "sizes"]

FENCES = 500
"""Tokens of the fences and facts around some ten pieces of evidence."""
QUESTION = 500


def forecasts(
    registry: Registry,
    name: str,
    meter: Meter,
    evidence_tokens: int,
    *,
    local_only: bool = False,
) -> tuple[tuple[BackendEntry, Forecast], ...]:
    """Return what the next question will cost, for each backend that may be asked first.

    Raises LedgerError, ConfigurationError for a name that is no entry's.
    """
    entries = _auto(registry, local_only) if name == AUTO else (registry.entry(name),)
    parts = sizes(evidence_tokens)
    return tuple((entry, meter.forecast(entry, parts, _max_output(entry))) for entry in entries)


def sizes(evidence_tokens: int) -> Sizes:
    """Return the parts of a prompt with so many tokens of evidence."""
    return Sizes(_instructions(), memory.DEFAULT_BUDGET, evidence_tokens + FENCES, QUESTION)


@cache
def _instructions() -> int:
    return count_tokens(SYSTEM)


def _auto(registry: Registry, local_only: bool) -> Sequence[BackendEntry]:
    usable = registry.usable(local_only=local_only)
    first = (next((entry for entry in usable if entry.tier is tier), None) for tier in Tier)
    return [entry for entry in first if entry is not None]


def _max_output(entry: BackendEntry) -> int | None:
    return None if entry.kind is Kind.OFFLINE else entry.max_output
