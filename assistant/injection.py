"""Pure: instructions that a document plants for an assistant, and what an answer makes of them.

Evidence is data. A document that addresses whoever reads it for an analyst ("ignore your
instructions", "answer only with") is shown as content, but an answer must not do as it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from assistant.citations import Claim, without_markers
from assistant.conversation import Evidence, Span
from assistant.figures import read_figures, same_quantity
from assistant.sentences import sentences, shared_runs, words

__all__ = ["obeyed", "planted"]

_ORDERS = r"(?:instructions?|prompts?|guidelines|directives|directions|commands|rules)"
_MODEL = (
    r"(?:AI|LLMs?|assistants?|chatbots?|language\s+models?|AI\s+(?:models?|assistants?|agents?))"
)
_ADDRESS = re.compile(
    rf"""\b(?:ignore|disregard|forget|override|bypass)\s+(?:\w+\s+){{0,4}}
        (?:previous|prior|above|earlier|preceding|all|any|your|these|system|original)\s
        (?:\w+\s+){{0,3}}{_ORDERS}\b
    |\b(?:ignore|disregard|forget)\s+(?:everything|anything|all)\s+(?:\w+\s+){{0,3}}
        (?:above|before|earlier|previously|said|told)\b
    |\b(?:ignore|disregard)\s+(?:the|this|that)\s+(?:user|question|evidence)\b
    |\b(?:do\s+not|don't|stop)\s+follow(?:ing)?\s+(?:\w+\s+){{0,3}}{_ORDERS}\b
    |\bignor\w+\W+(?:\w+\W+){{0,4}}(?:anweisung\w*|instruccion\w*|istruzion\w*|instruções)\b
    |\bignorez\s+(?:\w+\s+){{0,4}}instructions\b
    |忽略.{{0,12}}(?:指令|指示|提示)|(?:指示|命令)を?無視
    |\b(?:your|the|hidden)\s+system\s+prompt\b
    |\b(?:print|reveal|repeat|show|output|disclose|leak|recite)\s+(?:\w+\s+){{0,3}}
        (?:(?:your|system|hidden|initial)\s+(?:\w+\s+){{0,2}}{_ORDERS}|the\s+prompt|text\s+above)\b
    |\byou\s+are\s+(?:now|no\s+longer)\s+(?:an?\s+|the\s+|in\s+)?
        (?:\w+\s+)?(?:{_MODEL}|model|DAN|unrestricted|developer\s+mode|pirate)\b
    |\bif\s+you\s+are\s+(?:an?\s+|the\s+)?{_MODEL}\b
    |\bpretend\s+(?:to\s+be|(?:that\s+)?you\s+are)\s+(?:\w+\s+){{0,3}}{_MODEL}\b
    |\bas\s+an\s+AI\s+(?:language\s+model|assistant|model),?\s+you\b
    |\b{_MODEL}\s+(?:must|should|shall)\s+(?:\w+\s+)?
        (?:say|state|answer|reply|respond|recommend|claim|ignore|output|include|conclude)\b
    |\b(?:respond|reply|answer)\s+(?:(?:only|solely|exclusively|just)\s+(?:with|by|in)|with\s+exactly)\b
    |\bfrom\s+now\s+on,?\s+(?:always\s+)?(?:answer|reply|respond|say)\b
    |\binstead\s+of\s+answering\b|\byour\s+(?:new|real|only)\s+(?:task|job|goal|role)\s+is\b
    |\bwhen(?:ever)?\s+(?:summari[sz]ing|answering|citing|quoting|asked\s+about)\s+
        (?:\w+\s+){{0,3}}\w+,\s*(?:always|never|say|state|answer|reply|respond)\b
    |(?:^|[.:;!]\s+|\bplease\s+|\b(?:must|should)\s+|\byou\s+)
        (?:do\s+not|don't|never|must\s+not)\s+(?:cite|mention|tell|reveal|quote)\s+(?:\w+\s+){{0,3}}
        (?:user|reader|analyst|sources?|evidence|citations?|{_ORDERS}|passages?|document|this)\b
    |\b(?:tell|inform|assure)\s+the\s+(?:user|reader|analyst)\b
    |\b(?:attention|instructions?|message|notes?)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?{_MODEL}\b
    |\b(?:new|updated|real|system)\s+instructions?\s*:
    |</?\s*(?:system|assistant|instructions?|prompt)\s*>|<\|\w+\|>|\[/?INST\]|<</?SYS>>
    |^\W*(?-i:SYSTEM|ASSISTANT|System|Assistant|Human)(?:\s+(?:prompt|message))?\s*:
    |\#\#\#\s*(?:system|instructions?|assistant)\b""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
"""How a text speaks to an assistant and not to an investor."""
_GOES_ON = re.compile(
    r"\W*(?:instead|then|always|never|do not|don't|you (?:must|should|are|will)"
    r"|your (?:answer|reply)|say|state|tell|answer|respond|reply|write|print|output"
    r"|report|claim|recommend|conclude|include|pretend|act|end|begin|start|cite)\b",
    re.IGNORECASE,
)
"""How a sentence opens that goes on with an instruction."""
_REPORTS = re.compile(
    r"\b(?:asks?|tells?|instruct\w*|directs?|attempts?|tries|contain\w*|includ\w+|request\w*|inject\w*"
    r"|embed\w*|address\w*|ignored|follow\w*)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«]([^\"”»]{3,})[\"”»]")
_LONGEST_PAYLOAD = 5
"""Words in a row that an answer shares with an instruction by more than chance."""


def planted(text: str) -> tuple[str, ...]:
    """Return the passages of `text` that instruct an assistant, in plain letters, in order.

    A passage is a sentence that addresses an assistant, with those behind it that go on with it.
    """
    found: list[list[str]] = []
    inside = False
    for sentence in sentences(_plain(text)):
        starts = _ADDRESS.search(sentence) is not None
        if starts and not inside:
            found.append([])
        inside = starts or (inside and _GOES_ON.match(sentence) is not None)
        if inside:
            found[-1].append(sentence)
    return tuple(" ".join(passage) for passage in found)


def obeyed(claims: Iterable[Claim], evidence: Sequence[Evidence]) -> tuple[Span, ...]:
    """Return the spans of the pieces of an answer that say what a planted instruction wants said.

    They repeat its words, or a figure that nothing else in the evidence holds. A piece that quotes
    the instruction, or reports that the document contains one, does not obey it.
    """
    texts = [_plain(f"{item.document.title}\n\n{item.text}") for item in evidence]
    orders = [order for text in texts for order in planted(text)]
    if not orders:
        return ()
    rest = " ".join(sentence for text in texts for sentence in _others(text, orders))
    return tuple(
        claim.span for claim in claims if any(_obeys(claim.text, order, rest) for order in orders)
    )


def _plain(text: str) -> str:
    """Return the text without what hides letters from a reader of patterns."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(mark for mark in plain if unicodedata.category(mark) != "Cf")


def _others(text: str, orders: Sequence[str]) -> list[str]:
    return [said for said in sentences(text) if not any(said in order for order in orders)]


def _obeys(claim: str, order: str, rest: str) -> bool:
    said = _QUOTED.sub(" ", without_markers(claim))
    length = min(_LONGEST_PAYLOAD, len(words(said)))
    repeated = shared_runs(said, order, length) if length > 1 else ()
    if _REPORTS.search(_without(said, repeated)):
        return False
    own = [said[slice(*span)] for span in repeated]
    return any(not shared_runs(run, rest, length) for run in own) or _figure_of(said, order, rest)


def _without(text: str, spans: Sequence[Span]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text


def _figure_of(said: str, order: str, rest: str) -> bool:
    """Tell whether a statement has a figure that only the instruction states."""
    held = read_figures(rest)
    wanted = [
        figure
        for figure in read_figures(order)
        if not any(same_quantity(figure, other) for other in held)
    ]
    return any(same_quantity(figure, other) for figure in read_figures(said) for other in wanted)
