"""The figures of a slide's charts as tables, and the words of its diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from ingest.blocks import Block, BlockKind
from ingest.readers.clean import one_line
from ingest.readers.number_format import shown

__all__ = ["chart_block", "diagram_texts"]

_MOST_POINTS = 10_000
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Points = dict[int, str]


def chart_block(chart: Any) -> Iterator[Block]:
    """Yield a chart as a table, one row a category, one column a series.

    Values are those that the presentation itself holds; the workbook behind it is not opened.
    """
    root = chart._chartSpace
    series = list(root.iter(qn("c:ser")))
    names = [_name(one, number) for number, one in enumerate(series, start=1)]
    labels = [_points(one, ("c:cat", "c:xVal")) for one in series]
    values = [_points(one, ("c:val", "c:yVal")) for one in series]
    places = sorted({at for points in values for at in points})[:_MOST_POINTS]
    first = next((points for points in labels if points), {})
    rows = [
        (first.get(at, str(at + 1)), *(points.get(at, "") for points in values)) for at in places
    ]
    if rows:
        caption = _title(root)
        yield Block(BlockKind.TABLE, caption, rows=(("", *names), *rows), heads=1)


def _title(root: Any) -> str:
    """The chart's title, and those of its value axes: there the unit is written."""
    title = root.find(f"{qn('c:chart')}/{qn('c:title')}")
    axes = (axis.find(qn("c:title")) for axis in root.iter(qn("c:valAx")))
    said = (
        one_line("".join(part.text or "" for part in element.iter(qn("a:t"))))
        for element in (title, *axes)
        if element is not None
    )
    return "\n".join(dict.fromkeys(filter(None, said)))


def _name(series: Any, number: int) -> str:
    name = series.find(qn("c:tx"))
    texts = [v.text or "" for v in name.iter(qn("c:v"))] if name is not None else []
    return one_line(" ".join(texts)) or f"Series {number}"


def _points(series: Any, names: tuple[str, ...]) -> Points:
    """Return the points by place, numbers in their format; outer levels of categories in front."""
    holder = next((found for n in names if (found := series.find(qn(n))) is not None), None)
    if holder is None:
        return {}
    levels = list(holder.iter(qn("c:lvl")))
    if levels:
        return _joined([_level(level, "") for level in levels])
    code = next(holder.iter(qn("c:formatCode")), None)
    return _level(holder, (code.text or "") if code is not None else "")


def _level(holder: Any, code: str) -> Points:
    numeric = next(holder.iter(qn("c:numCache"), qn("c:numLit")), None) is not None
    points: Points = {}
    for point in holder.iter(qn("c:pt")):
        value = point.find(qn("c:v"))
        text = one_line(value.text or "") if value is not None else ""
        place = point.get("idx", "")
        if text and place.isdecimal():
            points[int(place)] = _figure(text, code) if numeric else text
    return points


def _figure(text: str, code: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return shown(float(number), code) or text


def _joined(levels: list[Points]) -> Points:
    """Inner categories with the outer one that was named last: "2025 Q1"."""
    inner = levels[0]
    texts: Points = {}
    for place in sorted(inner):
        outer = (
            next((level[at] for at in sorted(level, reverse=True) if at <= place), "")
            for level in reversed(levels[1:])
        )
        texts[place] = " ".join(filter(None, (*outer, inner[place])))
    return texts


def diagram_texts(shape: Any) -> Iterator[str]:
    """Yield the words of a diagram (SmartArt), one text a node."""
    for ids in shape.element.iter(f"{{{_DIAGRAM}}}relIds"):
        relation = shape.part.rels.get(ids.get(f"{{{_RELATIONS}}}dm", ""))
        if relation is None or relation.is_external:
            continue
        for node in parse_xml(relation.target_part.blob).iter(f"{{{_DIAGRAM}}}t"):
            if text := one_line(" ".join(part.text or "" for part in node.iter(qn("a:t")))):
                yield text
