"""What a Word document's styles say of its paragraphs: headings, lists, hidden text."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from ingest.readers.word_text import is_on, value_of

__all__ = ["Styles"]

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_DEEPEST = 6
_LONGEST_CHAIN = 20


class Styles:
    """A document's styles by id, each with the styles that it is based on."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def _by_id(self) -> dict[str, Any]:
        root = self._document.styles.element
        return {str(style.get(qn("w:styleId"))): style for style in root.findall(qn("w:style"))}

    def name(self, style_id: str) -> str:
        """Return the name that people know a style by, "" for an unknown one."""
        style = self._by_id.get(style_id)
        return value_of(style, "w:name")

    def hides(self, style_id: str) -> bool:
        """Tell whether text in this style is hidden."""
        for style in self._chain(style_id):
            properties = style.find(qn("w:rPr"))
            if properties is not None and properties.find(qn("w:vanish")) is not None:
                return is_on(properties, "w:vanish")
        return False

    def level(self, style_id: str, properties: Any) -> int | None:
        """Return a heading's level, 1 to 6; 0 for text of a list, None where no style tells.

        The paragraph's own outline level comes first, then that of its style, then its name.
        """
        if own := value_of(properties, "w:outlineLvl"):
            return _outline(own)
        for style in self._chain(style_id):
            name = value_of(style, "w:name")
            if named := _HEADING.fullmatch(name):
                return min(int(named.group(1)) or 1, _DEEPEST)
            if name.casefold() == "title":
                return 1
            if outline := value_of(style.find(qn("w:pPr")), "w:outlineLvl"):
                return _outline(outline)
        return 0 if self.is_list(style_id, properties) else None

    def is_list(self, style_id: str, properties: Any) -> bool:
        """Tell whether a paragraph is an item of a list, by itself or by its style."""
        holders = [properties, *(style.find(qn("w:pPr")) for style in self._chain(style_id))]
        for holder in holders:
            numbering = holder.find(qn("w:numPr")) if holder is not None else None
            if numbering is not None:
                return value_of(numbering, "w:numId") != "0"
        return False

    def _chain(self, style_id: str) -> list[Any]:
        chain: list[Any] = []
        while (style := self._by_id.get(style_id)) is not None and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style_id = value_of(style, "w:basedOn")
        return chain


def _outline(value: str) -> int | None:
    """Outline levels count from 0; the tenth is body text."""
    level = int(value) + 1 if value.isdecimal() else 10
    return min(level, _DEEPEST) if level < 10 else None
