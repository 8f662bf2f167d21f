"""Pure: a subscription barrier that was saved in place of the article."""

from __future__ import annotations

import re

from ingest.blocks import Block, BlockKind

__all__ = ["is_only_a_paywall"]

_OFFER = re.compile(
    r"\bsubscri(?:be|ption)|\bunlock\b|\bfree trial\b|\btrial\b|\bper month\b|\bfor \d+ weeks?\b"
    r"|\bcancel (?:any|or change)|\balready a (?:subscriber|member)\b|\bsign in to\b"
    r"|\bdigital access\b|\bdelivery\b|\boffers?\b|\bsave \S+%|\blog in\b|\bsavings\b|\bnow \$\d",
    re.IGNORECASE,
)
_BARRIER = re.compile(
    r"\bsubscribe to (?:unlock|continue|read|keep reading)|\bto (?:continue|keep) reading\b"
    r"|\b(?:unlock|finish) (?:this|the) (?:article|story)|\bsubscribers? only\b"
    r"|\bthis (?:article|content|story) is (?:only )?(?:for|available to) subscribers",
    re.IGNORECASE,
)
_MOST_WORDS = 600
_MOST_BODY = 60
_SENTENCE = 12


def is_only_a_paywall(blocks: tuple[Block, ...]) -> bool:
    """Tell whether the text asks for a subscription and holds no article besides.

    Body are the words of paragraphs of a sentence or more without an offer in them; a short
    article that ends in "subscribe to continue reading" has more of them than a barrier.
    """
    text = "\n".join(block.text for block in blocks)
    if len(text.split()) > _MOST_WORDS or not _BARRIER.search(text):
        return False
    paragraphs = [block.text for block in blocks if block.kind is BlockKind.PARAGRAPH]
    body = sum(
        len(paragraph.split())
        for paragraph in paragraphs
        if len(paragraph.split()) >= _SENTENCE and not _OFFER.search(paragraph)
    )
    return body <= _MOST_BODY
