from __future__ import annotations

import pytest

from assistant.backends.entry import Tier
from assistant.routing import DEFAULT_RULES, Intent, Rules, decide, intent_of, read_rules
from corpus.errors import ConfigurationError
from tests.assistant.packs import document, evidence

ONE = evidence((document("A"), "Capex was $5 billion."))
MANY = evidence(*[(document(f"D{n}"), f"Capex number {n} was $5 billion.") for n in range(6)])


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Why did Amazon shorten the useful life of its servers?", Intent.WHY),
        ("What drove the increase in depreciation?", Intent.WHY),
        ("What was the average price of an H100 hour?", Intent.COMPUTE),
        ("Capex as a share of revenue in fiscal 2025?", Intent.COMPUTE),
        ("What is net working capital? Define net working capital as assets.", Intent.COMPUTE),
        ("Does Meta spend more than Amazon?", Intent.COMPARE),
        ("Amazon versus Alphabet capex", Intent.COMPARE),
        ("What do Meta and Amazon expect to spend in 2026?", Intent.COMPARE),
        ("How has Alphabet's guidance changed?", Intent.TREND),
        ("What does Meta expect to spend in 2026?", Intent.LOOK_UP),
        ("Over how many years does Alphabet depreciate servers?", Intent.LOOK_UP),
        ("What is the useful life of servers at Oracle?", Intent.LOOK_UP),
    ],
)
def test_words_tell_what_a_question_wants(question: str, intent: Intent) -> None:
    assert intent_of(question) is intent


def test_a_look_up_in_one_place_is_routine_and_a_reason_is_hard() -> None:
    assert decide("What does Meta expect to spend in 2026?", ONE).tier is Tier.ROUTINE
    hard = decide("Why does Meta spend more?", ONE)
    assert hard.tier is Tier.HARD
    assert "why" in hard.reason


def test_evidence_scattered_over_many_documents_is_hard() -> None:
    assert decide("What does Meta expect to spend in 2026?", MANY).tier is Tier.HARD
    lenient = Rules(frozenset(), 6)
    assert decide("What does Meta expect to spend in 2026?", MANY, lenient).tier is Tier.ROUTINE


def test_a_team_decides_which_intents_are_hard() -> None:
    rules = read_rules("backends.toml", {"hard_intents": ["trend"], "hard_documents": 9})
    assert decide("Why?", ONE, rules).tier is Tier.ROUTINE
    assert decide("How has capex changed over time?", ONE, rules).tier is Tier.HARD
    assert read_rules("backends.toml", {}) == DEFAULT_RULES


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ([], "routing"),
        ({"hard": 1}, "'hard'"),
        ({"hard_intents": ["odd"]}, "hard_intents"),
        ({"hard_intents": "why"}, "hard_intents"),
        ({"hard_documents": 0}, "hard_documents"),
        ({"hard_documents": True}, "hard_documents"),
    ],
)
def test_a_wrong_rule_is_named(table: object, names: str) -> None:
    with pytest.raises(ConfigurationError, match=names):
        read_rules("backends.toml", table)
