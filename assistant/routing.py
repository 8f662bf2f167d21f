"""Who answers: rules that a team can read decide routine or hard. Pure.

A question is hard when its words ask for a reason, a comparison, a computation or a course over
time, or when its best evidence lies scattered over many documents. `[routing]` in backends.toml
says which of these count:

| field | meaning | default |
|---|---|---|
| hard_intents | any of why, compare, compute, trend, look-up | why, compare, compute |
| hard_documents | hard when the five best passages lie in so many documents | 5 |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.backends.entry import Tier
from assistant.conversation import Evidence
from corpus.errors import ConfigurationError
from corpus.query import understand

__all__ = ["DEFAULT_RULES", "Decision", "Intent", "Rules", "decide", "intent_of", "read_rules"]

LEADING = 5
"""Pieces of evidence, best first, that tell whether the answer lies in one place."""


class Intent(StrEnum):
    """What a question wants; the first that its words name counts."""

    WHY = "why"
    COMPUTE = "compute"
    COMPARE = "compare"
    TREND = "trend"
    LOOK_UP = "look-up"


PATTERNS: Mapping[Intent, re.Pattern[str]] = {
    Intent.WHY: re.compile(
        r"\b(?:why|reasons?|explain|what (?:drove|drives|caused)|drivers?|how come)\b",
        re.IGNORECASE,
    ),
    Intent.COMPUTE: re.compile(
        r"\b(?:calculate|compute|ratio|average|mean|median|cagr|sum of|in total|combined"
        r"|as a (?:share|percentage|percent|fraction) of|what (?:share|percentage|fraction)"
        r"|how much (?:more|less|higher|lower)|by how much|growth rate|intensity|break-?even"
        r"|pays? back|defined? (?:[\w'-]+ ){0,8}as|year[- ]over[- ]year|capital[- ]intensive"
        r"|per (?:share|employee|gpu|token|hour) (?:cost|of))\b",
        re.IGNORECASE,
    ),
    Intent.COMPARE: re.compile(
        r"\b(?:compare[ds]?|comparison|versus|vs\.?|than|difference between|between .+ and"
        r"|which (?:company|of)|who (?:spends?|spent|has|had) (?:the )?(?:most|more|least)"
        r"|rank(?:ed|ing)?|differ(?:s|ent)?|both)\b",
        re.IGNORECASE,
    ),
    Intent.TREND: re.compile(
        r"\b(?:trend|over time|over the (?:last|past)|each (?:year|quarter)|year by year"
        r"|since (?:19|20)\d\d|how has .+ (?:changed|evolved|developed|grown))\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """When a question is hard; see the module's table."""

    hard_intents: frozenset[Intent]
    hard_documents: int


DEFAULT_RULES = Rules(frozenset({Intent.WHY, Intent.COMPARE, Intent.COMPUTE}), LEADING)


@dataclass(frozen=True, slots=True)
class Decision:
    """The tier that a question asks for, and why in words for a reader."""

    tier: Tier
    reason: str


def decide(question: str, evidence: Sequence[Evidence], rules: Rules = DEFAULT_RULES) -> Decision:
    """Return whether a whole question is routine or hard, given its evidence, best first."""
    intent = intent_of(question)
    documents = len({item.document.id for item in evidence[:LEADING]})
    if intent in rules.hard_intents:
        return Decision(Tier.HARD, f"hard: a question of kind “{intent}”")
    if documents >= rules.hard_documents:
        return Decision(
            Tier.HARD,
            f"hard: the best {len(evidence[:LEADING])} passages lie in {documents} documents",
        )
    return Decision(Tier.ROUTINE, f"routine: a question of kind “{intent}”")


def intent_of(question: str) -> Intent:
    """Return what a question wants; several companies or periods make it a comparison."""
    for intent, pattern in PATTERNS.items():
        if pattern.search(question):
            return intent
    asked = understand(question)
    several = len(asked.companies) > 1 or len(asked.periods) > 1
    return Intent.COMPARE if several else Intent.LOOK_UP


def read_rules(source: str, table: object) -> Rules:
    """Read the `[routing]` table of the file `source`.

    Raises ConfigurationError naming the file, the field and the remedy.
    """
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{source}: routing must be a table, [routing].")
    unknown = sorted(set(table) - {"hard_intents", "hard_documents"})
    if unknown:
        raise ConfigurationError(
            f"{source}: [routing] has no field {unknown[0]!r}; there are hard_intents and "
            "hard_documents."
        )
    return Rules(_intents(source, table), _documents(source, table))


def _intents(source: str, table: Mapping[str, Any]) -> frozenset[Intent]:
    said = table.get("hard_intents", sorted(DEFAULT_RULES.hard_intents))
    if not isinstance(said, list) or not all(value in list(Intent) for value in said):
        raise ConfigurationError(
            f"{source}: [routing] hard_intents must be a list of: {', '.join(Intent)}."
        )
    return frozenset(Intent(value) for value in said)


def _documents(source: str, table: Mapping[str, Any]) -> int:
    said = table.get("hard_documents", DEFAULT_RULES.hard_documents)
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise ConfigurationError(
            f"{source}: [routing] needs hard_documents = a whole number above zero."
        )
    return said
