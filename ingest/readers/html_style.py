"""Pure: which declarations hide text, and which classes and ids a page's own style sheet hides.

Only selectors of one element are understood (`.note`, `#note`, `p.note`): what a selector of
several parts, a state or a medium hides depends on more than the page's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["hides", "hiding_selectors", "selectors_of"]

_HIDES = re.compile(
    r"(?<![-\w])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|opacity\s*:\s*0*(?:\.0+)?\s*(?:[;!]|$)"
    # Far outside the window.
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
_SHOWS = re.compile(r"(?<![-\w])(?:display|visibility|opacity|left|top)\s*:", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SIMPLE = re.compile(r"[\w-]*[.#][\w-]+")
_RULE = re.compile(r"[^{}]*[{}]?")
_MOST_RULES = 20_000


def hides(declarations: str) -> bool:
    """Tell whether an element with these declarations cannot be seen, nor anything in it."""
    return bool(_HIDES.search(declarations))


def hiding_selectors(sheets: Iterable[str]) -> frozenset[str]:
    """Return the selectors that the style sheets hide, in small letters; the last rule counts."""
    hidden: dict[str, bool] = {}
    for sheet in sheets:
        for selectors, declarations in _rules(_COMMENT.sub(" ", sheet)):
            if hides(declarations) or _SHOWS.search(declarations):
                names = (name.strip().casefold() for name in selectors.split(","))
                hidden |= {name: hides(declarations) for name in names if _SIMPLE.fullmatch(name)}
    return frozenset(name for name, is_hidden in hidden.items() if is_hidden)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selector and declarations of each rule that stands outside `@media` and its like."""
    depth, selector = 0, ""
    for found, _ in zip(_RULE.finditer(sheet), range(_MOST_RULES), strict=False):
        part = found.group()
        if part.endswith("{"):
            depth += 1
            selector = part[:-1].rpartition(";")[2].strip() if depth == 1 else selector
        elif part.endswith("}"):
            if depth == 1 and not selector.startswith("@"):
                yield selector, part[:-1]
            depth = max(0, depth - 1)


def selectors_of(tag: str, names: str, identifier: str) -> Iterator[str]:
    """Yield the simple selectors that match an element with these classes and this id."""
    for mark, value in (*((".", name) for name in names.split()), ("#", identifier)):
        if value:
            yield f"{mark}{value}".casefold()
            yield f"{tag}{mark}{value}".casefold()
