"""How quantities, their scales, units and the things that only look like them are written."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.omissions import TEXT_LEFT_OUT

__all__ = [
    "AFTER_BARE",
    "AND",
    "BETWEEN",
    "ITEM",
    "LABELLED",
    "MARKER",
    "MONEY_WORDS",
    "MONTH",
    "NAMED",
    "PERIOD_AFTER",
    "RANGE",
    "SCALES",
    "SPANS_OF_TIME",
    "SYMBOLS",
    "UNITS",
    "UNIT_LINE",
    "WORD_NUMBERS",
    "ends_table",
    "unscaled",
]

SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(10**3),
    "k": Decimal(10**3),
    "million": Decimal(10**6),
    "mn": Decimal(10**6),
    "mm": Decimal(10**6),
    "m": Decimal(10**6),
    "billion": Decimal(10**9),
    "bn": Decimal(10**9),
    "b": Decimal(10**9),
    "trillion": Decimal(10**12),
    "tn": Decimal(10**12),
    "t": Decimal(10**12),
    "quadrillion": Decimal(10**15),
}
SYMBOLS = {
    "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "¥", "rmb": "CNY", "cny": "CNY",
    "a$": "AUD", "c$": "CAD", "hk$": "HKD",
}  # fmt: skip
MONEY_WORDS = {"dollar": "USD", "yuan": "CNY", "renminbi": "CNY", "euro": "EUR", "yen": "JPY"}
UNITS = {
    "%": "percent", "percent": "percent", "per cent": "percent",
    "percentage point": "percentage points", "pp": "percentage points",
    "basis point": "basis points", "bps": "basis points",
    "x": "times", "times": "times", "fold": "times",
    "gigawatt": "GW", "gw": "GW", "megawatt": "MW", "mw": "MW", "kilowatt": "kW", "kw": "kW",
}  # fmt: skip
SPANS_OF_TIME = frozenset({"year", "month", "week", "day", "hour", "minute", "second", "quarter"})
_UP_TO_NINETEEN = """one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen"""
_ONES = tuple(_UP_TO_NINETEEN.split())
_TENS = tuple(
    f"{stem}ty" for stem in ("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine")
)
WORD_NUMBERS = (
    {word: Decimal(value) for value, word in enumerate(_ONES, start=1)}
    | {word: Decimal(10 * value) for value, word in enumerate(_TENS, start=2)}
    | {
        f"{ten}-{one}": Decimal(10 * tens + ones)
        for tens, ten in enumerate(_TENS, start=2)
        for ones, one in enumerate(_ONES[:9], start=1)
    }
)
_WORDS = "|".join(sorted(WORD_NUMBERS, key=len, reverse=True))

ITEM = re.compile(
    rf"""(?<![\w.,/$€£¥])(?P<before>[-−(])?\s?
    (?P<currency>(?:US|U\.S\.\s|HK|A|C)?\s?\$|[€£¥]|(?:USD|EUR|GBP|RMB|CNY)(?=\s?\d))?\s{{0,2}}
    (?P<open>[(\-−])?
    (?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?|\.\d+
      |(?:{_WORDS})\b)
    (?P<close>\))?
    (?P<scale>[\s-]?(?:hundred|thousand|million|billion|trillion|quadrillion)\b
      |\s?(?:mn|bn|tn|mm)\b|(?:[KkMmBbTt])(?![\w]))?
    (?P<money>\s(?:US\s)?(?:dollar|yuan|renminbi|euro|yen)s?\b)?
    (?P<unit>\s?%|\s?per\s?cent\b|[\s-]percentage[\s-]points?|\spp\b|[\s-]basis[\s-]points?|\s?bps\b
      |x\b|[\s-]?times\b|-?fold\b
      |[\s-](?:year|month|week|day|hour|minute|second|quarter)s?\b
      |[\s-]?(?:GW|MW|kW)h?\b|\s(?:giga|mega|kilo)watts?\b
      |\s(?:GPUs?|chips|accelerators|tokens|customers|employees|servers|users|people|clusters
        |data\scenters|countries|shares|regions)\b)?
    (?P<per>\s?/\s?(?:GPU[-\s]?)?(?:hr|hour|GPU|token|share|month|year|MW|GW|M)\b
      |\s(?:per|an)\s(?:(?:million|thousand|billion|1M)\s)?[A-Za-z0-9]+(?:[-\s](?:hours?|tokens?))?)?
    """,
    re.VERBOSE,
)
RANGE = re.compile(r"\s*(?:-|–|—|to|or|through)\s*(?:a range of\s*)?(?:about\s|approximately\s)?")
BETWEEN = re.compile(r"\bbetween\s+(?:about\s|approximately\s)?$", re.IGNORECASE)
AND = re.compile(r"\s+and\s+")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
LABELLED = re.compile(
    rf"(?:\b{MONTH}|\b(?:Q|FY|[Ff]iscal|[Yy]ear|[Ii]tem|[Nn]otes?|[Ss]ection|[Pp]ages?|pp?\.|Part|Phase"
    r"|No\.|Form|Rule|Topic|Level|Tier|Class|Series|[Vv]ersion|Chapter|Exhibit|Table|Figure|Step"
    r"|Schedule|Appendix|[Tt]op))\s*$"
)
NAMED = re.compile(r"\b[A-Z][A-Za-z]*[ -]$")
AFTER_BARE = re.compile(
    rf"(?:-[KQF]\b|\s?{MONTH}(?:\s|,|$)|st\b|nd\b|rd\b|th\b|[/:]\d|-\d|[A-Za-z])"
)
PERIOD_AFTER = re.compile(r"\s+(?:end(?:ed|ing)|period)\b")
MARKER = re.compile(r"\[[\d ,;–-]+\]|\d{4}-\d{2}-\d{2}|https?://\S+")
UNIT_LINE = re.compile(r"\bin\s+(thousands|millions|billions)\b", re.IGNORECASE)
_UNSCALED_ROW = re.compile(
    r"\bper\s+(?:\w+\s+)?(?:share|unit|gpu|hour|employee)\b|%|\bpercent|\bshares?\b|\bheadcount\b"
    r"|\bemployees\b|\brates?\b|\bratios?\b|\bmargins?\b|\bnumber of\b|\byears\b|\bcustomers\b",
    re.IGNORECASE,
)
"""Labels of rows that a table "in millions" of money does not count in millions of money."""
_LONGEST_SECTION = 120


def ends_table(line: str) -> bool:
    """Tell whether a line below a table is prose and no label among its rows."""
    omission = line.startswith(TEXT_LEFT_OUT)
    return omission or len(line) > _LONGEST_SECTION or line.endswith(".")


def unscaled(label: str, section: str) -> bool:
    """Tell whether a row counts something else than the money that its table is in."""
    return _UNSCALED_ROW.search(f"{section} {label}") is not None
