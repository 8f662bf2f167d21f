"""The words of a Word paragraph as a reader of the final text sees them.

Inserted text is kept; what was deleted or moved away, is hidden, or is a field's instruction, a
comment or the second version of a drawing is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import qn

from ingest.readers.clean import one_line

__all__ = ["is_on", "paragraph_text", "value_of"]

_LEFT_OUT = frozenset(
    qn(name)
    for name in (
        *("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:delText", "w:instrText", "w:txbxContent"),
        *("w:annotationRef", "w:rubyPr", "w:rt", "w:sdtPr", "w:sdtEndPr"),
    )
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SPACES = frozenset(map(qn, ("w:tab", "w:br", "w:cr", "w:ptab")))
_NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def paragraph_text(paragraph: Any, hidden_style: Callable[[str], bool]) -> str:
    """Return the visible text of a `w:p` in one line; text boxes in it are left out.

    `hidden_style` tells of a character style, by its id, that it hides.
    """
    return one_line("".join(_texts(paragraph, hidden_style)))


def _texts(element: Any, hidden_style: Callable[[str], bool]) -> Iterator[str]:
    # A stack instead of recursion: a hostile file nests without end.
    stack = [element]
    while stack:
        at = stack.pop()
        if at.tag in _LEFT_OUT or (at.tag == qn("w:r") and _is_hidden(at, hidden_style)):
            continue
        if at.tag in (qn("w:t"), _MATH_TEXT):
            yield at.text or ""
        elif at.tag in _SPACES:
            yield " "
        elif at.tag == qn("w:noBreakHyphen"):
            yield "-"
        elif at.tag in _NOTES:
            yield f" ({_NOTES[at.tag]} {at.get(qn('w:id'))})"
        else:
            stack.extend(reversed(at))


def _is_hidden(run: Any, hidden_style: Callable[[str], bool]) -> bool:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    if properties.find(qn("w:vanish")) is not None:
        return is_on(properties, "w:vanish")
    style = value_of(properties, "w:rStyle")
    return bool(style) and hidden_style(style)


def is_on(properties: Any, name: str) -> bool:
    """Tell whether a switch such as `w:b` is there and not turned off."""
    switch = properties.find(qn(name)) if properties is not None else None
    return switch is not None and switch.get(qn("w:val"), "1") not in {"0", "false", "off", "none"}


def value_of(properties: Any, name: str) -> str:
    """Return the `w:val` of a child, "" where there is none."""
    child = properties.find(qn(name)) if properties is not None else None
    return "" if child is None else str(child.get(qn("w:val"), ""))
