"""One content into the corpus: known content gains a source, new content is read and stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.embedded import embedded_text
from corpus.embedding import Vectors
from corpus.errors import DocumentNotFound, InputRefused, ReaderFailed
from corpus.models import Document, DocumentState, Passage, Source
from corpus.store import Corpus
from ingest.limits import Limits
from ingest.originals import keep_original
from ingest.outcome import Event, Finished, Outcome, Progress, Status
from ingest.parsed import Parsed, Task, parsed_from_json
from ingest.passages import SPLITTER
from ingest.readers import HEAD_BYTES, detect
from ingest.readers.process import run_module

__all__ = ["Arrival", "is_up_to_date", "parse", "ready_document", "take"]

_BATCH = 64
"""Passages embedded between two reports of progress."""


@dataclass(frozen=True)
class Arrival:
    """Bytes with their provenance; `path` is where a reader finds them."""

    source: Source
    path: Path
    content: bytes

    @cached_property
    def document_id(self) -> str:
        return sha256(self.content).hexdigest()


def parse(
    arrival: Arrival,
    max_tokens: int,
    stated: Mapping[str, object] | None = None,
    limits: Limits | None = None,
) -> Parsed:
    """Read, recognise and cut in a child process; passages have at most `max_tokens` word pieces.

    `stated` is metadata that the source gives beside the content, under the keys of a Reading's.
    Raises InputRefused with the reason, ReaderFailed when the child crashes or meets a limit.
    """
    limits = limits or Limits()
    media = detect(arrival.content[:HEAD_BYTES], arrival.source.name)
    task = Task(arrival.document_id, arrival.source.name, max_tokens, dict(stated or {}))
    caps = (str(limits.pages), str(limits.characters))
    arguments = (media, str(arrival.path.resolve()), *caps, json.dumps(asdict(task)))
    output = run_module("ingest.parse_child", arguments, limits, f"{media} reader")
    _refuse_changed(arrival)
    try:
        return parsed_from_json(output)
    except ValueError as error:
        raise ReaderFailed(f"the {media} reader did not answer with passages") from error


def take(
    arrival: Arrival, parsed: Callable[[], Parsed], corpus: Corpus, dry_run: bool = False
) -> Iterator[Event]:
    """Take in bytes: known content gains a source; new content, as `parsed`, is embedded and kept.

    `parsed` is called for new content only. Raises what it raises, and CorpusError when the store
    cannot be written.
    """
    location = arrival.source.location
    known = corpus.source(location)
    before = known[1] if known and known[1].state is DocumentState.READY else None
    document = ready_document(corpus, arrival.document_id)
    if document is None:
        yield from _new(arrival, parsed(), before, corpus, dry_run)
        return
    if not dry_run:
        keep_original(corpus.data, document.id, document.media, arrival.content)
        with corpus.writing() as writer:
            writer.add_source(document.id, arrival.source)
    if before is not None and before.id == document.id:
        yield Finished(Outcome.of(location, Status.UNCHANGED, document))
    else:
        reason = f"same content as {document.name}"
        yield Finished(Outcome.of(location, Status.DUPLICATE, document, reason))


def ready_document(corpus: Corpus, document_id: str) -> Document | None:
    """Return the searched document of this content, None where it has to be read (again)."""
    try:
        document = corpus.document(document_id)
    except DocumentNotFound:
        return None
    return document if is_up_to_date(document) else None


def is_up_to_date(document: Document) -> bool:
    """Tell whether a document is searched, as this version would have cut it."""
    return document.state is DocumentState.READY and document.splitter == SPLITTER


def _new(
    arrival: Arrival, parsed: Parsed, before: Document | None, corpus: Corpus, dry_run: bool
) -> Iterator[Event]:
    source, passages = arrival.source, parsed.passages
    document = _document(arrival, parsed)
    status, reason = _status(before, arrival.document_id)
    yield Progress(source.name, document.pages, len(passages), 0)
    if not dry_run:
        vectors = yield from _embedded(document, passages, corpus)
        keep_original(corpus.data, document.id, document.media, arrival.content)
        with corpus.writing() as writer:
            writer.add(document, passages, vectors)
    yield Finished(Outcome.of(source.location, status, document, reason))


def _refuse_changed(arrival: Arrival) -> None:
    """What was read must be what was hashed."""
    source = arrival.source
    try:
        status = arrival.path.stat()
    except OSError as error:
        raise InputRefused("gone while it was read") from error
    if source.modified_ns not in (None, status.st_mtime_ns) or source.size != status.st_size:
        raise InputRefused("changed while it was read: ingest it again")


def _status(before: Document | None, document_id: str) -> tuple[Status, str | None]:
    if before is None:
        return Status.ADDED, None
    if before.id == document_id:
        return Status.UPDATED, "cut into passages anew by this version"
    return Status.UPDATED, f"replaces {before.title!r} as it was"


def _document(arrival: Arrival, parsed: Parsed) -> Document:
    recognised = parsed.recognised
    return Document(
        id=arrival.document_id,
        title=recognised.title,
        media=parsed.media,
        companies=recognised.companies,
        form=recognised.form,
        fiscal_period=recognised.fiscal_period,
        period_end=recognised.period_end,
        published=recognised.published,
        pages=parsed.pages,
        passages=len(parsed.passages),
        tables=parsed.tables,
        topics=recognised.topics,
        publisher=recognised.publisher,
        references=recognised.references,
        questions=recognised.questions,
        warnings=recognised.warnings,
        splitter=SPLITTER,
        sources=(arrival.source,),
    )


def _embedded(
    document: Document, passages: Sequence[Passage], corpus: Corpus
) -> Generator[Event, None, Vectors]:
    """Yield progress by batch and return the vectors, one row a passage."""
    rows: list[Vectors] = []
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        rows.append(corpus.embedder.embed_passages([embedded_text(p) for p in batch]))
        done = start + len(batch)
        yield Progress(document.name, document.pages, len(passages), done)
    return np.concatenate(rows)
