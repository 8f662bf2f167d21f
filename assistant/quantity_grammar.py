"""How quantities, their scales, units and the things that only look like them are written."""

from __future__ import annotations

import re
from decimal import Decimal

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
    "UNSCALED_ROW",
    "WORD_NUMBERS",
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
WORD_NUMBERS = {
    word: Decimal(value)
    for value, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1
    )
} | {"eleven": Decimal(11), "twelve": Decimal(12), "fifteen": Decimal(15), "twenty": Decimal(20)}

ITEM = re.compile(
    r"""(?<![\w.,/$€£¥])(?P<before>[-−(])?\s?
    (?P<currency>(?:US|U\.S\.\s|HK|A|C)?\s?\$|[€£¥]|(?:USD|EUR|GBP|RMB|CNY)(?=\s?\d))?\s{0,2}
    (?P<open>[(\-−])?
    (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?|\.\d+
      |(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)\b)
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
UNSCALED_ROW = re.compile(r"\bper\s+(?:\w+\s+)?share\b|%|percent", re.IGNORECASE)
