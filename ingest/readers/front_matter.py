"""The YAML over a Markdown text: what it states, and the text below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import yaml

from ingest.readers.clean import one_line

__all__ = ["WIKI_LINK", "FrontMatter", "body_below", "split_front_matter"]

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# No link's name is longer or holds brackets: without bounds each "[" is tried to the text's end.
WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\\]{0,200}\\?\|)?([^\[\]|]{1,200})\]\]")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`body` is the text below, from the 1-based `line` of the whole on.

    `stated` holds values as JSON knows them: dates in ISO form.
    """

    body: str
    line: int = 1
    stated: dict[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def body_below(text: str) -> tuple[str, int]:
    """Return the text below what looks like front matter, and the 1-based line it begins on."""
    match = _FRONT.match(text)
    end = match.end() if match else 0
    return text[end:], text.count("\n", 0, end) + 1


def split_front_matter(text: str) -> FrontMatter:
    """Return front matter and body; YAML that is broken is a warning, and dropped.

    Only for a process under limits: YAML of a few lines may mean gigabytes.
    """
    match = _FRONT.match(text)
    if not match:
        return FrontMatter(text)
    body, line = body_below(text)
    try:
        values = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError):
        return FrontMatter(body, line, warnings=("front matter is broken YAML; it was not read",))
    if not isinstance(values, dict):
        # A rule, prose and another rule: text, not front matter.
        return FrontMatter(text)
    return FrontMatter(body, line, {one_line(str(key)): _plain(v) for key, v in values.items()})


def _plain(value: object) -> object:
    """Return a YAML value as JSON knows it: dates in ISO form, anything unknown as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {one_line(str(key)): _plain(item) for key, item in value.items()}
    return one_line(WIKI_LINK.sub(r"\1", str(value)))
