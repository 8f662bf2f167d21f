"""What a question says of how to answer, told from what it asks; pure.

"Answer in USD millions" and "by relying on the balance sheet" say how; a clause that defines a
ratio says what. Where all of a question says how, the question is its own subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["subject_of"]

_STATEMENT = (
    r"(?:statements?|balance sheets?|p&l|line items?|information|data(?![\s-]+cent)|details?"
    r"|figures|numbers|filings?|reports?|documents?|excerpts?|evidence|context|passages?|sources?"
    r"|10-?[kq]|tables?)"
)
_ANSWER = (
    r"(?:answers?|responses?|reply|replies|results?|conclusions?|judge?ments?|output|reasoning"
    r"|calculations?|workings?|work|steps|solution|explanation)"
)
_ASKING = (
    r"(?:what|how|which|who|whom|whose|when|where|why|is|are|was|were|did|does|do|has|have|had|can"
    r"|could|would|will|should|calculate|compute|compare|summari[sz]e|describe|list|find|tell|give"
    r"|show|identify|by (?:how|what)|in (?:what|which)|of (?:what|which))\b"
)
_POLITE = r"\W*(?:(?:please|kindly|then|also|and|just|only|so|finally|note:?|important:?),?\s+)*"
_QUANTIFIER = r"(?:the|your|an?|this|all|any|every|each|its|final|short|brief|one-\w+|what was)"

_SAYS_HOW = re.compile(
    rf"{_POLITE}(?:"
    # Answer in ..., Respond ..., Round to ..., Approach the question by ...
    r"(?:answer|respond|reply|round|approach|address|format)\b"
    # Give / provide / base / keep / write ... the answer, a response, your judgments
    r"|(?:give|provide|state|report|express|present|base|keep|limit|write|format|return|show|explain"
    r"|include|support|justify|calculate|compute|derive|extract|draw|make|phrase|submit|display"
    rf"|structure)\b(?:\s*\([^)]*\))?(?:\s+(?:me|us))?(?:\s+{_QUANTIFIER})*"
    rf"(?:\s+[\w-]+)?\s+(?:{_ANSWER}|what was asked|the question)\b"
    # Base it on, Rely on, Refer to, Use ... the statement; cite your sources
    r"|(?:base|basing|rely|refer|stick|confine|restrict|limit|look)\b[^.?!]*\b(?:on|upon|to|at)\b"
    rf"[^.?!]*\b{_STATEMENT}\b"
    rf"|(?:use|using|consult|consider|take)\b[^.?!:]*\b{_STATEMENT}\b"
    rf"|(?:cite|quote|reference|mention|give|include|name)\b[^.?!]*\b(?:sources?|pages?|passages?"
    r"|citations?|page numbers?|quotes?)\b"
    # Assume that you are an analyst, You are ..., Act as ...
    r"|(?:assume|assuming|imagine|suppose|pretend|act|think|behave|work)\b[^.?!]*?"
    r"\b(?:you|role|perspective|standpoint|like an?|as an?|as if)\b"
    r"|(?:i['’]m|i\s+am)\s+an?\b"
    r"|you(?:'re|\s+are)\s+(?:an?|the|my|our)\b|(?:take|adopt|assume)\s+the\s+\w+\s+of\b"
    # Be brief, Do not guess, Keep it short, Think step by step
    r"|be\s+(?:as\s+)?(?:brief|concise|short|precise|specific|exact|accurate|careful|thorough|terse)"
    r"|(?:do\s+not|don['’]t|never|avoid)\s+(?:guess|speculate|make|use|include|explain|add|round"
    r"|rely|show|assume|hallucinate|invent|give|answer|cite)\w*\b"
    r"|keep\s+it\b|think\s+(?:step|carefully)|(?:step\s+by\s+step)\b"
    r"|no\s+(?:explanation|reasoning|text|commentary|prose|need|rounding)\b"
    r"|(?:a|one)\s+(?:number|word|sentence|line)\s+(?:is\s+enough|only|will\s+do|suffices)\b"
    # We want to calculate a metric. Please help us ...
    rf"|(?:we|i)\s+(?:want|need|would\s+like|have|are\s+trying|am\s+trying)\b[^.?!]*"
    r"\b(?:metric|ratio|figure|number|quantity|question|calculation|help)\W*$"
    r"|(?:help|assist)\s+(?:me|us)\b[^.?!]*\b(?:it|this|that|them|answers?|question|metric)\b"
    r"|(?:thanks?|thank\s+you)\b"
    r")",
    re.IGNORECASE,
)
_IF_NOT = re.compile(
    r"\W*(?:and\s+|but\s+)?(?:if|where|when|in\s+case|unless|should)\b.*?[,;]?\s*(?:then|please|just"
    r"|simply|also|so)?,?\s*\b(?:state|say|answer|indicate|mention|explain|note|respond|report|write"
    r"|tell|return|reply|specify|clarify)\b(?!d|s\b|ment)",
    re.IGNORECASE | re.DOTALL,
)
_LEADS = re.compile(
    r"\W*(?:please\s+)?(?!(?:in|ex)cluding\b)(?:according\s+to|based\s+(?:\w+\s+)?(?:on|upon)|(?:by\s+)?[a-z]+ing\b"
    r"|by\s+[a-z]+ing\b|in\s+(?:agreement|accordance|line|keeping)\s+with|per|given|from|with"
    r"|as\s+an?\s+(?:[\w-]+\s+){0,4}(?:analyst|investor|accountant|banker|auditor|advisor|manager)"
    rf"|in\s+(?:one|two|a)\s+(?:words?|sentences?|lines?|paragraphs?)|to\s+the\s+best\s+of)\b"
    rf"(?P<source>[^?]*?),\s*(?=(?:please\s+)?{_ASKING})",
    re.IGNORECASE,
)
_COLON = re.compile(
    r"[^?:]*\b(?:questions?|metrics?|question\s+is|ask|asked|task|following)\b[^?:]*:\s*(?=\S)",
    re.IGNORECASE,
)
_UNIT = (
    r"(?:usd|us\s+dollars|u\.s\.\s+dollars|dollars|\$|units?|millions?|billions?|thousands?|percents?"
    r"|percentages?|percentage\s+points?|basis\s+points|bps|%|decimals?|decimal\s+places?)"
)
_BRACKETED = re.compile(
    r"\s*[(\[](?![^)\]]*(?:percent\w*|%)\s+of\b)(?:please\s+)?(?:(?:answer|expressed?|stated?|give[n]?|report(?:ed)?)\s+)?"
    rf"(?:in|as|to|rounded|round)\b[^)\]]*?{_UNIT}(?!\w)[^)\]]*[)\]]",
    re.IGNORECASE,
)
_ASIDE = re.compile(rf",\s*in\s+(?:units\s+of\s+)?{_UNIT}(?!\w)[^,.?!]{{0,20}},", re.IGNORECASE)
_TRAILING = re.compile(
    r",?\s*(?:(?:(?<=,)|(?<=, )|\band\s+)(?:and\s+)?(?:(?:don['’]t|do\s+not)\s+)?"
    r"round(?:ed|ing)?\b[^.?!]*"
    r"|\b(?:rounded|expressed|stated|answered)\s+(?:in|to|as)\b(?![^.?!]*(?:percent\w*|%)\s+of\b)"
    rf"[^.?!]*?{_UNIT}(?!\w)[^.?!]*"
    r"|\bin\s+(?:units\s+of\s+)?(?:usd|us\s+dollars|u\.s\.\s+dollars)(?:\s+(?:in\s+)?\w+ions?|\s+thousands?)?"
    r"|\bin\s+(?:units\s+of\s+)?(?:percents?|millions?|billions?|thousands?|basis\s+points)"
    r"(?:\s+of\s+(?:usd|us\s+dollars|dollars))?"
    r"|\bto\s+(?:the\s+nearest\s+\w+|(?:one|two|three|\d)\s+decimals?(?:\s+places?)?)"
    r"|\bto\s+the\s+best\s+of\s+your\s+\w+"
    r"|\b(?:with|in|using|under|within)\s+(?:at\s+most\s+)?(?:one|two|three|four|five|a|\d+)\s+"
    r"(?:short\s+)?(?:bullets?(?:\s+points?)?|sentences?|words?|paragraphs?|lines?)"
    r"|\b(?:(?:citing|quoting)\b[^.?!]*|with\s+(?:the\s+|your\s+)?)"
    r"\b(?:pages?|page\s+numbers?|sources?|citations?))(?=\s*[.?!]*\s*$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!;])(?<!\b[A-Z]\.)(?<!\bvs\.)(?<!\bInc\.)(?<!\bCo\.)\s+(?=\S)")


def subject_of(question: str, keeps: Callable[[str], bool]) -> str:
    """Return `question` without what it says of how to answer; never empty where it is not.

    `keeps` tells whether a clause names what a search needs, as a company or a period: such an
    introduction ("According to its 10-K for 2023, ...") stays.
    """
    plain = " ".join(question.split())  # long runs of spaces are slow to match
    parts = [_bare(part, keeps) for part in _SENTENCE.split(plain)]
    subject = " ".join(part for part in parts if part).rstrip("; ")
    return subject if re.search(r"\w{2}", subject) else plain


def _bare(part: str, keeps: Callable[[str], bool]) -> str:
    """Return a sentence without its introduction and units, "" where it only says how."""
    asks = part.rstrip().endswith("?")
    if (lead := _COLON.match(part)) and not keeps(lead.group()):
        part = part[lead.end() :]
    elif not asks and (_SAYS_HOW.match(part) or _IF_NOT.match(part)):
        return ""
    while (lead := _LEADS.match(part)) and _is_how(lead, keeps):
        part = part[lead.end() :]
    plain = _TRAILING.sub("", _BRACKETED.sub("", _ASIDE.sub("", part)))
    return plain.strip()


def _is_how(lead: re.Match[str], keeps: Callable[[str], bool]) -> bool:
    named = re.search(
        rf"\b(?:{_STATEMENT}|question|abilities|analyst|investor)\b", lead.group(), re.I
    )
    brief = re.match(r"\W*(?:in|to|as)\b", lead.group(), re.I)
    return bool(named or brief) and not keeps(lead.group())
