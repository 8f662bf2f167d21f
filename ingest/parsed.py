"""New content, read, recognised and cut; pure, with a JSON round trip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from corpus.errors import InputRefused
from corpus.models import Media, Passage, PassageKind
from ingest.blocks import BlockKind, Reading
from ingest.passages import split
from ingest.paywall import is_only_a_paywall
from ingest.recognise import Recognised, context_of, recognise
from ingest.recognise_form import CALL
from ingest.transcripts import with_speakers

__all__ = ["Parsed", "Task", "parsed_from_json", "parsed_of", "parsed_to_json"]

_DATES = ("period_end", "published")
_TUPLES = ("companies", "topics", "references", "questions", "warnings")


@dataclass(frozen=True, slots=True)
class Task:
    """What the parsing of a content needs beside it.

    `name` is the title where the content has none. Passages have at most `max_tokens` word pieces.
    `stated` is metadata that the source gives, under the keys of a Reading's.
    """

    document_id: str
    name: str
    max_tokens: int
    stated: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Parsed:
    """`pages` is None where the format has none; `tables` counts those that were read."""

    media: Media
    pages: int | None
    tables: int
    recognised: Recognised
    passages: tuple[Passage, ...]


def parsed_of(reading: Reading, task: Task) -> Parsed:
    """Recognise and cut a reading. Raises InputRefused where nothing is left of it."""
    if is_only_a_paywall(reading.blocks):
        raise InputRefused("only a paywall notice: save the article itself and ingest that")
    reading = replace(reading, metadata={**reading.metadata, **task.stated})
    recognised = recognise(reading, task.name)
    blocks = with_speakers(reading.blocks) if recognised.form == CALL else reading.blocks
    passages = split(blocks, task.document_id, context_of(recognised), task.max_tokens)
    if not passages:
        raise InputRefused("no text in it")
    tables = sum(block.kind is BlockKind.TABLE for block in reading.blocks)
    return Parsed(reading.media, reading.pages, tables, recognised, passages)


def parsed_to_json(parsed: Parsed) -> str:
    """Return it as one line of ASCII JSON."""
    return json.dumps(asdict(parsed), default=date.isoformat)


def parsed_from_json(text: str | bytes) -> Parsed:
    """Return what `parsed_to_json` wrote; raises ValueError for anything else."""
    try:
        values = json.loads(text)
        return Parsed(
            media=Media(values["media"]),
            pages=values["pages"],
            tables=values["tables"],
            recognised=_recognised(values["recognised"]),
            passages=tuple(map(_passage, values["passages"])),
        )
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a parsed content: {error!r}") from error


def _recognised(values: dict[str, object]) -> Recognised:
    days = {
        key: value and date.fromisoformat(str(value)) for key in _DATES if (value := values[key])
    }
    tuples = {key: tuple(value) for key in _TUPLES if isinstance(value := values[key], list)}
    return Recognised(**(values | days | tuples))  # type: ignore[arg-type]


def _passage(values: dict[str, object]) -> Passage:
    headings = values["headings"]
    assert isinstance(headings, list)
    kind = PassageKind(str(values["kind"]))
    return Passage(**(values | {"headings": tuple(headings), "kind": kind}))  # type: ignore[arg-type]
