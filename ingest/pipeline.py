"""From inputs to a corpus, one after another, told as events; uploads come in the same way."""

from __future__ import annotations

import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from corpus.errors import InputRefused
from corpus.models import Source
from corpus.store import Corpus
from ingest.intake import Arrival, is_up_to_date, take
from ingest.outcome import Event, Finished, Found, Outcome, Status
from ingest.readers import HEAD_BYTES, detect
from ingest.sources import InputFile, SkippedInput, find_inputs, stat_regular

__all__ = ["clean_name", "ingest", "ingest_upload"]

_LONGEST_NAME = 120
_LONGEST_SUFFIX = 12


def ingest(inputs: Sequence[str], corpus: Corpus, *, dry_run: bool = False) -> Iterator[Event]:
    """Take in files and folders; yield Found, then for each input any Progress and one Finished.

    What cannot be taken is refused with its reason, and the batch goes on. Raises CorpusError
    when the store cannot be written, ModelUnavailable when nothing can be embedded.
    """
    found = [item for given in inputs for item in find_inputs(given)]
    yield Found(len(found))
    for item in found:
        started = time.perf_counter()
        for event in _one(item, corpus, dry_run):
            yield _timed(event, started)


def _timed(event: Event, started: float) -> Event:
    if not isinstance(event, Finished):
        return event
    return Finished(replace(event.outcome, seconds=time.perf_counter() - started))


def _one(item: InputFile | SkippedInput, corpus: Corpus, dry_run: bool) -> Iterator[Event]:
    if isinstance(item, SkippedInput):
        status = Status.REFUSED if item.refused else Status.SKIPPED
        yield Finished(Outcome(item.location, status, item.reason))
        return
    try:
        yield from _file(item, corpus, dry_run)
    except InputRefused as error:
        yield Finished(Outcome(item.location, Status.REFUSED, str(error)))


def _file(file: InputFile, corpus: Corpus, dry_run: bool) -> Iterator[Event]:
    """A file of the same size and time as when it was taken in is not even opened."""
    status = stat_regular(file.path)
    known = corpus.source(file.location)
    if known is not None:
        source, document = known
        same = (source.size, source.modified_ns) == (status.st_size, status.st_mtime_ns)
        if same and is_up_to_date(document):
            yield Finished(Outcome.of(file.location, Status.UNCHANGED, document))
            return
    source = Source(
        location=file.location,
        name=Source.name_of(file.location),
        added=datetime.now(UTC),
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
    )
    yield from take(Arrival(source, file.path, _read(file.path)), corpus, dry_run)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"cannot be read: {error.strerror or error}") from error


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
        yield from take(Arrival(source, path, data), corpus)
