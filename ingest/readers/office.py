"""What the readers of office files share: their first checks, their properties, their limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zipfile import ZipFile

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.blocks import Block
from ingest.limits import Limits
from ingest.readers.clean import one_line
from ingest.readers.package import package_media, refuse_entities

__all__ = ["core_metadata", "no_more_than", "refuse_other"]

_TEMPLATE_TITLES = frozenset({"powerpoint presentation", "word document", "untitled", "workbook"})


def refuse_other(archive: ZipFile, data: bytes, media: Media) -> None:
    """Raise InputRefused for a package of another kind, or one whose XML declares entities."""
    found = package_media(data)
    if found is not media:
        raise InputRefused(f"a .{found} file, no .{media}")
    refuse_entities(archive)


def core_metadata(properties: Any) -> dict[str, object]:
    """Return title, author and dates of a file under "office:", as its program stored them.

    The dates are the file's, not the content's: a template's creation day says nothing of when
    a report was published.
    """
    author = getattr(properties, "author", None) or getattr(properties, "creator", None)
    title = one_line(str(properties.title or ""))
    values = {
        "office:title": "" if title.casefold() in _TEMPLATE_TITLES else title,
        "office:author": one_line(str(author or "")),
        "office:created": _day(properties.created),
        "office:modified": _day(properties.modified),
    }
    return {key: value for key, value in values.items() if value}


def _day(moment: object) -> str:
    return moment.date().isoformat() if isinstance(moment, datetime) else ""


def no_more_than(limits: Limits, blocks: Iterable[Block]) -> None:
    """Raise InputRefused where the blocks hold more characters than a document may."""
    size = sum(len(block.text) + sum(map(len, _cells(block))) for block in blocks)
    if size > limits.characters:
        raise InputRefused(f"more than {limits.characters:,} characters of text")


def _cells(block: Block) -> Iterable[str]:
    return (cell for row in block.rows for cell in row)
