"""One content into the corpus: known content gains a source, new content is read and stored."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from corpus.embedding import Vectors
from corpus.errors import DocumentNotFound, InputRefused
from corpus.models import Document, DocumentState, Media, Passage, Source
from corpus.store import Corpus
from ingest.blocks import Reading
from ingest.originals import keep_original
from ingest.outcome import Event, Finished, Outcome, Progress, Status
from ingest.passages import SPLITTER, split
from ingest.paywall import is_only_a_paywall
from ingest.readers import HEAD_BYTES, detect, read_document
from ingest.recognise import Recognised, context_of, recognise

__all__ = ["Arrival", "is_up_to_date", "take"]

_BATCH = 64
"""Passages embedded between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes with their provenance; `path` is where a reader finds them."""

    source: Source
    path: Path
    content: bytes

    @property
    def document_id(self) -> str:
        return sha256(self.content).hexdigest()


def take(arrival: Arrival, corpus: Corpus, dry_run: bool = False) -> Iterator[Event]:
    """Take in bytes: known content gains a source, new content is read, split and embedded.

    Raises InputRefused with the reason, CorpusError when the store cannot be written.
    """
    location = arrival.source.location
    known = corpus.source(location)
    before = known[1] if known and known[1].state is DocumentState.READY else None
    document = _ready(corpus, arrival.document_id)
    if document is None:
        yield from _new(arrival, before, corpus, dry_run)
    elif before is not None and before.id == document.id:
        if not dry_run:
            _link(corpus, document, arrival.source)
        yield Finished(Outcome.of(location, Status.UNCHANGED, document))
    else:
        if not dry_run:
            _link(corpus, document, arrival.source)
        reason = f"same content as {document.name}"
        yield Finished(Outcome.of(location, Status.DUPLICATE, document, reason))


def _ready(corpus: Corpus, document_id: str) -> Document | None:
    try:
        document = corpus.document(document_id)
    except DocumentNotFound:
        return None
    return document if is_up_to_date(document) else None


def is_up_to_date(document: Document) -> bool:
    """Tell whether a document is searched, as this version would have cut it."""
    return document.state is DocumentState.READY and document.splitter == SPLITTER


def _link(corpus: Corpus, document: Document, source: Source) -> None:
    with corpus.writing() as writer:
        writer.add_source(document.id, source)


def _new(
    arrival: Arrival, before: Document | None, corpus: Corpus, dry_run: bool
) -> Iterator[Event]:
    source = arrival.source
    media = detect(arrival.content[:HEAD_BYTES], source.name)
    reading = read_document(arrival.path, media)
    _refuse_changed(arrival)
    if is_only_a_paywall(reading.blocks):
        raise InputRefused("only a paywall notice: save the article itself and ingest that")
    recognised = recognise(reading, source.name)
    context = context_of(recognised)
    passages = split(reading.blocks, arrival.document_id, context, corpus.embedder.max_tokens)
    if not passages:
        raise InputRefused("no text in it")
    document = _document(arrival, media, reading, recognised, len(passages))
    status, reason = _status(before, arrival.document_id)
    yield Progress(source.name, reading.pages, len(passages), 0)
    if not dry_run:
        vectors = yield from _embedded(document, passages, corpus)
        keep_original(corpus.data, document.id, media, arrival.content)
        with corpus.writing() as writer:
            writer.add(document, passages, vectors)
    yield Finished(Outcome.of(source.location, status, document, reason))


def _refuse_changed(arrival: Arrival) -> None:
    """What was read must be what was hashed."""
    source, status = arrival.source, arrival.path.stat()
    if source.modified_ns not in (None, status.st_mtime_ns) or source.size != status.st_size:
        raise InputRefused("changed while it was read: ingest it again")


def _status(before: Document | None, document_id: str) -> tuple[Status, str | None]:
    if before is None:
        return Status.ADDED, None
    if before.id == document_id:
        return Status.UPDATED, "cut into passages anew by this version"
    return Status.UPDATED, f"replaces {before.title!r} as it was"


def _document(
    arrival: Arrival, media: Media, reading: Reading, recognised: Recognised, passages: int
) -> Document:
    return Document(
        id=arrival.document_id,
        title=recognised.title,
        media=media,
        companies=recognised.companies,
        form=recognised.form,
        fiscal_period=recognised.fiscal_period,
        period_end=recognised.period_end,
        published=recognised.published,
        pages=reading.pages,
        passages=passages,
        topics=recognised.topics,
        publisher=recognised.publisher,
        references=recognised.references,
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
        rows.append(corpus.embedder.embed_passages([p.indexed_text for p in batch]))
        done = start + len(batch)
        yield Progress(document.name, document.pages, len(passages), done)
    return np.concatenate(rows)
