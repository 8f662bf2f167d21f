"""From inputs to a corpus, told as events; the next input is read while this one is embedded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import InputRefused
from corpus.models import Source
from corpus.store import Corpus
from ingest.intake import Arrival, Parsed, is_up_to_date, parse, ready_document, take
from ingest.outcome import Event, Finished, Found, Outcome, Status
from ingest.sources import InputFile, SkippedInput, find_inputs, stat_regular
from ingest.vanished import VanishedFile, forget, vanished_files

__all__ = ["ingest"]

Item = InputFile | SkippedInput | VanishedFile


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An input made ready by the reader's thread: what became of it, or what is to be stored."""

    item: Item
    outcome: Outcome | None = None
    arrival: Arrival | None = None
    parsed: Parsed | None = None
    seconds: float = 0.0


def ingest(
    inputs: Sequence[str], corpus: Corpus, *, dry_run: bool = False, follow: bool = False
) -> Iterator[Event]:
    """Take in files and folders; yield Found, then for each input any Progress and one Finished.

    With `follow`, files that are gone from a folder leave the corpus's search too. What cannot be
    taken is refused with its reason, and the batch goes on. Raises CorpusError when the store
    cannot be written, ModelUnavailable when nothing can be embedded.
    """
    found: list[Item] = [item for given in inputs for item in find_inputs(given)]
    if follow:
        found += [gone for given in inputs for gone in vanished_files(given, corpus)]
    yield Found(len(found))
    for prepared in _prepared(found, corpus):
        started = time.perf_counter() - prepared.seconds
        for event in _stored(prepared, corpus, dry_run):
            yield _timed(event, started)


def _timed(event: Event, started: float) -> Event:
    if not isinstance(event, Finished):
        return event
    return Finished(replace(event.outcome, seconds=time.perf_counter() - started))


def _prepared(found: Sequence[Item], corpus: Corpus) -> Iterator[_Prepared]:
    """Yield the inputs in order; one more is read meanwhile, in a thread that waits for its child.

    One and not more: what is read ahead is held in memory.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as reader:
        ahead: deque[Future[_Prepared]] = deque()
        for item in found:
            ahead.append(reader.submit(_prepare, item, corpus))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _prepare(item: Item, corpus: Corpus) -> _Prepared:
    started = time.perf_counter()
    try:
        prepared = _read(item, corpus)
    except InputRefused as error:
        prepared = _Prepared(item, Outcome(item.location, Status.REFUSED, str(error)))
    return replace(prepared, seconds=time.perf_counter() - started)


def _read(item: Item, corpus: Corpus) -> _Prepared:
    if isinstance(item, VanishedFile):
        return _Prepared(item)
    if isinstance(item, SkippedInput):
        status = Status.REFUSED if item.refused else Status.SKIPPED
        return _Prepared(item, Outcome(item.location, status, item.reason))
    outcome, source = _looked_up(item, corpus)
    if outcome is not None:
        return _Prepared(item, outcome)
    arrival = Arrival(source, item.path, _bytes_of(item.path))
    if ready_document(corpus, arrival.document_id) is not None:
        return _Prepared(item, arrival=arrival)
    return _Prepared(item, arrival=arrival, parsed=parse(arrival, corpus.embedder.max_tokens))


def _looked_up(file: InputFile, corpus: Corpus) -> tuple[Outcome | None, Source]:
    """A file of the same size and time as when it was taken in is not even opened."""
    status = stat_regular(file.path)
    source = Source(
        location=file.location,
        name=Source.name_of(file.location),
        added=datetime.now(UTC),
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
    )
    known = corpus.source(file.location)
    if known is not None:
        before, document = known
        same = (before.size, before.modified_ns) == (source.size, source.modified_ns)
        if same and is_up_to_date(document):
            return Outcome.of(file.location, Status.UNCHANGED, document), source
    return None, source


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"cannot be read: {error.strerror or error}") from error


def _stored(prepared: _Prepared, corpus: Corpus, dry_run: bool) -> Iterator[Event]:
    item, arrival = prepared.item, prepared.arrival
    if isinstance(item, VanishedFile):
        yield Finished(forget(item, corpus, dry_run))
    elif prepared.outcome is not None:
        yield Finished(prepared.outcome)
    elif arrival is not None:
        parsed = prepared.parsed

        def parsed_now() -> Parsed:
            # Known when it was looked up, and removed by another process since.
            return parsed or parse(arrival, corpus.embedder.max_tokens)

        try:
            yield from take(arrival, parsed_now, corpus, dry_run)
        except InputRefused as error:
            yield Finished(Outcome(item.location, Status.REFUSED, str(error)))
