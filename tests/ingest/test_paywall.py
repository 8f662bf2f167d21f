"""A subscription barrier is told from an article that ends in an invitation to subscribe."""

from __future__ import annotations

from ingest.blocks import Block, BlockKind
from ingest.paywall import is_only_a_paywall

BARRIER = [
    "Subscribe to unlock this article",
    "Try unlimited access: only $1 for 4 weeks",
    "Then $65 per month. Complete digital access to quality analysis with expert views on any "
    "device. Cancel anytime during your trial.",
    "See why over half a million readers pay to read the Harbor Times every week.",
]
ARTICLE = [
    "The operator of data centres said on Tuesday that it would spend a third more on servers "
    "next year, as demand from two customers outgrew what it had contracted for in the spring.",
    "Its finance chief told analysts that power, and no longer chips, was now what held back new "
    "sites, and that three leases had been signed in states that promised grid connections.",
]


def blocks(texts: list[str]) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


def test_a_barrier_is_only_a_paywall() -> None:
    assert is_only_a_paywall(blocks(BARRIER))


def test_an_article_that_ends_in_a_barrier_is_an_article() -> None:
    assert not is_only_a_paywall(blocks([*ARTICLE, *BARRIER]))


def test_an_article_about_subscriptions_is_an_article() -> None:
    text = "The publisher will let readers subscribe to read single stories, its chief said. " * 3
    assert not is_only_a_paywall(blocks([text, *ARTICLE]))


def test_a_short_note_is_no_paywall() -> None:
    assert not is_only_a_paywall(blocks(["H100 hours cost $2.10 in May."]))
