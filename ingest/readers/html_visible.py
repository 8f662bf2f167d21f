"""What a reader of a page sees of it: hidden elements are taken out of the tree, tails kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ingest.readers.html_style import hides, hiding_selectors, selectors_of

__all__ = ["leave_visible"]

_WHOLE = frozenset({"html", "body"})
_WHITE = (
    r"(?:#fff(?:fff)?(?:ff)?(?![0-9a-f])|white|transparent"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255[^)]*\))"
)
_COLOR = re.compile(r"(?<![-\w])color\s*:", re.IGNORECASE)
_WHITE_TEXT = re.compile(rf"(?<![-\w])color\s*:\s*{_WHITE}", re.IGNORECASE)
_GROUND = re.compile(
    rf"(?<![-\w])background(?:-color|-image)?\s*:\s*(?!\s*(?:{_WHITE}|none|inherit|initial|unset))",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<![-\w])font(?:-size)?\s*:", re.IGNORECASE)
_TINY = re.compile(
    r"(?<![-\w])font-size\s*:\s*(?:0+(?:\.0+)?(?![.\d])|(?:0?\.\d+|1(?:\.0+)?)(?:px|pt))",
    re.IGNORECASE,
)


def leave_visible(root: Any, name_of: Callable[[Any], str]) -> tuple[str, ...]:
    """Take what cannot be seen out of the tree; return a warning where text was disguised.

    Left out are elements with the `hidden` attribute, those that their own style or a class or
    id of the page's style sheet hides, and text in white on white or too small to be seen.
    `aria-hidden` stays: it speaks to screen readers about what everyone else sees.
    """
    sheets = ["".join(e.itertext()) for e in _elements(root) if name_of(e) == "style"]
    selectors = hiding_selectors(sheets)
    for element in list(_elements(root)):
        # A page that hides all of itself waits for a script to show it.
        if name_of(element) not in _WHOLE and _is_hidden(element, selectors, name_of):
            _take_out(element)
    white = list(filter(_is_white, _elements(root)))
    unsure = [element for element in white if any(map(_is_named, _around(element)))]
    plain = set(white).difference(unsure)
    disguised = [element for element in _elements(root) if element in plain or _is_tiny(element)]
    warnings = (
        (_letters(disguised), "characters in white or too small to see were left out"),
        (_letters(unsure), "characters in white were kept: they may stand on a dark ground"),
    )
    for element in disguised:
        _take_out(element)
    return tuple(f"{count} {what}" for count, what in warnings if count)


def _letters(elements: Iterable[Any]) -> int:
    return sum(len("".join("".join(element.itertext()).split())) for element in elements)


def _elements(root: Any) -> Iterable[Any]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _is_hidden(element: Any, selectors: frozenset[str], name_of: Callable[[Any], str]) -> bool:
    if hides(element.get("style", "")) or element.get("hidden") is not None:
        return True
    names, identifier = element.get("class", ""), element.get("id", "")
    if not selectors or not (names or identifier):
        return False
    return not selectors.isdisjoint(selectors_of(name_of(element), names, identifier))


def _is_tiny(element: Any) -> bool:
    """`font-size: 0` around elements that set a size of their own only closes gaps."""
    return bool(_TINY.search(element.get("style", ""))) and not _set_inside(element, _SIZE)


def _is_white(element: Any) -> bool:
    """Tell white text without a ground that the page itself gives it."""
    style, color = element.get("style", ""), element.get("color", "")
    if not (_WHITE_TEXT.search(style) or re.fullmatch(_WHITE, color, re.IGNORECASE)):
        return False
    return not _set_inside(element, _COLOR) and not any(map(_has_ground, _around(element)))


def _set_inside(element: Any, what: re.Pattern[str]) -> bool:
    return any(what.search(inner.get("style", "")) for inner in element.iterdescendants())


def _around(element: Any) -> Iterable[Any]:
    return (element, *element.iterancestors())


def _has_ground(element: Any) -> bool:
    ground = element.get("bgcolor") or element.get("background") or ""
    named = bool(ground) and not re.fullmatch(_WHITE, ground, re.IGNORECASE)
    return named or bool(_GROUND.search(element.get("style", "")))


def _is_named(element: Any) -> bool:
    """A style sheet elsewhere may give a class or an id its ground."""
    return bool(element.get("class") or element.get("id"))


def _take_out(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    element.tail = None
    parent.remove(element)
