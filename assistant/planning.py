"""Which backends answer a question, in which order: a named one or `auto`, and who stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.backends.backend import Backend
from assistant.backends.entry import AUTO, Tier
from assistant.backends.errors import BackendUnavailable
from assistant.backends.registry import Registry
from assistant.conversation import Evidence
from assistant.routing import DEFAULT_RULES, Decision, Rules, decide

__all__ = ["Leg", "Plan", "Planner", "only", "planner"]

CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Leg:
    """A backend that may be asked, and why in words for a reader."""

    backend: Backend
    reason: str


Plan = tuple[tuple[Leg, ...], ...]
"""Chains of legs. Within a chain the next leg stands in for one that failed; the next chain is
asked when all of one failed, or when its answer does not pass the checks."""

Planner = Callable[[str, Sequence[Evidence]], Plan]
"""Makes a plan of a whole question and its evidence. Raises BackendUnavailable."""


def only(backend: Backend) -> Planner:
    """Return the planner that asks this backend and no other."""
    return lambda question, evidence: ((Leg(backend, CHOSEN),),)


def planner(
    registry: Registry, name: str, *, local_only: bool = False, rules: Rules = DEFAULT_RULES
) -> Planner:
    """Return the planner for a backend by its name, or for `auto`.

    Raises BackendUnavailable for a named backend that cannot be used now, ConfigurationError for a
    name that is no entry's.
    """
    if name != AUTO:
        chain = tuple(_chain(registry, name, CHOSEN, local_only))
        return lambda question, evidence: (chain,)
    return lambda question, evidence: _routed(
        registry, decide(question, evidence, rules), local_only
    )


def _routed(registry: Registry, decision: Decision, local_only: bool) -> Plan:
    usable = registry.usable(local_only=local_only)
    first = {tier: next((e for e in usable if e.tier is tier), None) for tier in Tier}
    routine, hard = first[Tier.ROUTINE], first[Tier.HARD]
    chains = []
    if routine is not None and (decision.tier is Tier.ROUTINE or hard is None):
        lacking = "" if decision.tier is Tier.ROUTINE else "; no hard backend can be used"
        reason = f"{decision.reason}{lacking}"
        chains.append(tuple(_chain(registry, routine.name, reason, local_only)))
    if hard is not None:
        reason = decision.reason if not chains else "the answer before did not pass the checks"
        chains.append(tuple(_chain(registry, hard.name, reason, local_only)))
    if not chains:
        raise BackendUnavailable(
            "No backend can be used now; `loadfactor backends` says what each one lacks."
        )
    return tuple(chains)


def _chain(registry: Registry, name: str, reason: str, local_only: bool) -> Iterator[Leg]:
    """Yield a backend and those that stand in for it; of the latter only what can be used now."""
    first = registry.get(name, local_only=local_only)
    yield Leg(first, reason)
    before, following = first, first.fallback
    while following is not None:
        entry = registry.entry(following)
        if registry.why_not(following, local_only=local_only) is None:
            backend = registry.get(following, local_only=local_only)
            yield Leg(backend, f"{before.label} failed")
            before = backend
        following = entry.fallback
