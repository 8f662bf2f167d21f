"""Files from a browser: their names are only labels, and they are stored under our own."""

from __future__ import annotations

import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from corpus.errors import InputRefused
from corpus.models import Source
from corpus.store import Corpus
from ingest.intake import Arrival, parse, take
from ingest.outcome import Event, Finished, Found, Outcome, Status
from ingest.readers import HEAD_BYTES, detect

__all__ = ["clean_name", "ingest_upload"]

_LONGEST_NAME = 120
_LONGEST_SUFFIX = 12


def clean_name(name: str) -> str:
    """Return the last part of the name without what is invisible, at most 120 characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = "".join(c if c.isprintable() else " " for c in last)
    plain = " ".join(visible.split()).lstrip(".") or "upload"
    suffix = PurePosixPath(plain).suffix
    if len(plain) <= _LONGEST_NAME:
        return plain
    suffix = suffix if len(suffix) <= _LONGEST_SUFFIX else ""
    return plain[: _LONGEST_NAME - len(suffix)].rstrip() + suffix


def ingest_upload(name: str, data: bytes, corpus: Corpus, limit_mb: int = 100) -> Iterator[Event]:
    """Take in one upload; yields as `ingest` does. Size and type are checked before any parsing.

    Content under a name that was uploaded before replaces what that name held.
    """
    yield Found(1)
    started = time.perf_counter()
    label = clean_name(name)
    location = f"upload:{label}"
    try:
        for event in _taken(label, location, data, corpus, limit_mb):
            yield _timed(event, started)
    except InputRefused as error:
        yield _timed(Finished(Outcome(location, Status.REFUSED, str(error))), started)


def _timed(event: Event, started: float) -> Event:
    if not isinstance(event, Finished):
        return event
    return Finished(replace(event.outcome, seconds=time.perf_counter() - started))


def _taken(
    label: str, location: str, data: bytes, corpus: Corpus, limit_mb: int
) -> Iterator[Event]:
    if len(data) > limit_mb * 1024**2:
        size = len(data) / 1024**2
        raise InputRefused(f"{size:.1f} MiB is over the limit of {limit_mb} MiB: split the file")
    detect(data[:HEAD_BYTES], label)
    source = Source(location, label, datetime.now(UTC), size=len(data))
    with tempfile.TemporaryDirectory(prefix="loadfactor-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        arrival = Arrival(source, path, data)
        yield from take(arrival, lambda: parse(arrival, corpus.embedder.max_tokens), corpus)
