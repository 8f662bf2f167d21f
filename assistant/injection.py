"""Instructions that a document plants for an assistant: where they stand, and whether an answer
does what they say. Pure.

Evidence is data. A model that takes a sentence of it for an order says what the sentence asked for
instead of what the documents state; that can be seen without knowing what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.conversation import Evidence
from assistant.sentences import sentences, words

__all__ = ["follows_orders", "orders", "repeats"]

_OBJECT = r"(?:instructions?|prompts?|rules|guidelines|directions|directives)"
_ORDER = re.compile(
    rf"""\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{{0,40}}\b{_OBJECT}\b
    |\b(?:reveal|print|repeat|show|output|disclose|recite)\b[^.\n]{{0,30}}
      \b(?:your|system|hidden|these|above)\b[^.\n]{{0,20}}\b(?:prompt|{_OBJECT})\b
    |\bsystem\sprompt\b
    |\byou\sare\s(?:now|no\slonger)\s(?:an?\s|the\s|in\s)?
      (?:AI|assistant|chatbot|model|DAN|unrestricted|developer\smode)
    |\b(?:respond|reply|answer|output)\s(?:only|exclusively|just)\s(?:with|by)\b
    |\b(?:respond|reply|answer|say)\b[^.\n]{{0,20}}\b(?:instead|nothing\selse)\b
    |\bdo\snot\s(?:cite|mention|reveal|disclose|tell)\b[^.\n]{{0,40}}
      \b(?:users?|readers?|sources?|evidence|{_OBJECT})\b
    |\b(?:new|updated|real)\sinstructions?\s?:
    |</?\s?(?:system|assistant|instructions?)\s?>|\[/?INST\]|<\|im_(?:start|end)\|>
    |\#\#\#\s?(?:system|instructions?)\b
    |\b(?:AI|language\smodel|LLM|chatbot)s?\b[^.\n]{{0,40}}\b(?:must|should|please)\b[^.\n]{{0,30}}
      \b(?:say|answer|respond|state|recommend|ignore)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_REPORTED = re.compile(
    rf"\b(?:{_OBJECT}|instruct\w*|asks?|tells?|directs?|attempts?|tries|injection)\b", re.IGNORECASE
)
_OBEYED_RUN = 3
"""Words in a row that an answer has in common with an order, and with nothing else."""


def orders(text: str) -> tuple[str, ...]:
    """Return the sentences of a document's text that address an assistant, each with the next."""
    found = sentences(text)
    return tuple(
        " ".join(found[place : place + 2])
        for place, sentence in enumerate(found)
        if _ORDER.search(sentence)
    )


def follows_orders(answer: Sequence[str], evidence: Sequence[Evidence]) -> bool:
    """Tell whether a statement of the answer says what an order in the evidence asks for.

    A statement that reports the order as an order, or quotes it whole, does not follow it.
    """
    planted = [order for item in evidence for order in orders(item.text)]
    if not planted:
        return False
    known = " ".join(item.text for item in evidence)
    for order in planted:
        known = known.replace(order, " ")
    rest = _runs(known, _OBEYED_RUN)
    asked = set().union(*(_runs(order, _OBEYED_RUN) for order in planted)) - rest
    return any(
        _runs(statement, _OBEYED_RUN) & asked
        for statement in answer
        if not _REPORTED.search(statement) and not _ORDER.search(statement)
    )


def repeats(answer: str, text: str, run: int) -> bool:
    """Tell whether an answer has `run` words in a row in common with `text`."""
    return bool(_runs(answer, run) & _runs(text, run))


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    said = words(text)
    return {said[start : start + length] for start in range(len(said) - length + 1)}
