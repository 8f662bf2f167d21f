from __future__ import annotations

from dataclasses import replace

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel

from assistant.backends.entry import BackendEntry, Kind, Locality, Tier
from assistant.backends.errors import BackendUnavailable
from assistant.backends.registry import Registry
from assistant.planning import Plan, planner
from tests.assistant.packs import document, evidence

ROUTINE = "What does Meta expect to spend in 2026?"
HARD = "Why does Meta spend more?"
EVIDENCE = evidence((document("A"), "Capex was $5 billion."))


def entry(name: str, tier: Tier, fallback: str | None = None, **more: str) -> BackendEntry:
    return BackendEntry(
        name, name.title(), Kind.COMPATIBLE, "p", "m", f"https://{name}.example.com",
        key=more.get("key"), tier=tier, locality=Locality.OUTSIDE, fallback=fallback,
    )  # fmt: skip


CHEAP, STRONG = entry("cheap", Tier.ROUTINE), entry("strong", Tier.HARD)


def plan(
    question: str, *entries: BackendEntry, name: str = "auto", local_only: bool = False
) -> Plan:
    def make(entry: BackendEntry, key: str | None) -> BaseChatModel:
        return FakeListChatModel(responses=["x"])

    registry = Registry(entries, {}, make=make)
    return planner(registry, name, local_only=local_only)(question, EVIDENCE)


def names(found: Plan) -> list[list[str]]:
    return [[leg.backend.name for leg in chain] for chain in found]


def test_a_named_backend_is_asked_alone() -> None:
    assert names(plan(HARD, CHEAP, STRONG, name="cheap")) == [["cheap"]]


def test_auto_tries_the_routine_backend_and_keeps_the_hard_one_in_reserve() -> None:
    found = plan(ROUTINE, STRONG, CHEAP)
    assert names(found) == [["cheap"], ["strong"]]
    assert "routine" in found[0][0].reason
    assert "did not pass" in found[1][0].reason


def test_auto_sends_a_hard_question_to_the_hard_backend() -> None:
    found = plan(HARD, CHEAP, STRONG)
    assert names(found) == [["strong"]]
    assert "why" in found[0][0].reason


def test_auto_makes_do_with_what_can_be_used() -> None:
    unkeyed = replace(STRONG, key="ABSENT_KEY")
    found = plan(HARD, CHEAP, unkeyed)
    assert names(found) == [["cheap"]]
    assert "no hard backend" in found[0][0].reason
    assert names(plan(ROUTINE, STRONG)) == [["strong"]]


def test_who_stands_in_follows_in_order_if_it_can_be_used() -> None:
    first = entry("first", Tier.HARD, fallback="second")
    second = replace(entry("second", Tier.HARD, fallback="third"), key="ABSENT_KEY")
    third = entry("third", Tier.HARD)
    found = plan(HARD, first, second, third, name="first")
    assert names(found) == [["first", "third"]]
    assert found[0][1].reason == "First failed"


def test_local_only_leaves_nothing_outside_in_the_plan() -> None:
    here = BackendEntry("here", "Here", Kind.OFFLINE, "local", "m", tier=Tier.ROUTINE)
    assert names(plan(HARD, CHEAP, STRONG, here, local_only=True)) == [["here"]]
    with pytest.raises(BackendUnavailable, match="No backend"):
        plan(HARD, CHEAP, STRONG, local_only=True)
    with pytest.raises(BackendUnavailable, match="local only"):
        plan(HARD, CHEAP, STRONG, name="strong", local_only=True)
