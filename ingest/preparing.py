"""An input made ready for the corpus: looked up, read or fetched, recognised and cut."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import singledispatchmethod
from pathlib import Path

from corpus.errors import InputRefused, ReaderFailed
from corpus.models import Document, Source
from corpus.originals import original_path
from corpus.store import Corpus
from ingest.intake import Arrival, is_up_to_date, parse, ready_document
from ingest.outcome import Outcome, Status
from ingest.parsed import Parsed
from ingest.sources import (
    FoundInput,
    InputAddress,
    InputFile,
    InputFilings,
    SkippedInput,
    stat_regular,
)
from ingest.vanished import VanishedFile
from ingest.web.arrivals import fetched_arrival, known_since
from ingest.web.edgar import Edgar, Filing
from ingest.web.fetch import Fetched, Fetcher

__all__ = ["InputFiling", "Item", "Prepared", "Preparer", "Refusals", "read_again", "with_filings"]


@dataclass(frozen=True, slots=True)
class InputFiling:
    """One filing of EDGAR."""

    filing: Filing

    @property
    def location(self) -> str:
        return self.filing.url


Refusals = dict[str, tuple[tuple[int, int], str]]
"""Size, time and reason of files that were read and refused, by location."""

Item = InputFile | InputAddress | InputFiling | SkippedInput | VanishedFile


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of an input already, or what of it is to be stored; `note` is for its report."""

    item: Item
    outcome: Outcome | None = None
    arrival: Arrival | None = None
    parsed: Parsed | None = None
    note: str | None = None
    seconds: float = 0.0


def with_filings(found: Sequence[FoundInput], edgar: Edgar) -> Iterator[Item]:
    """Yield the inputs, each that names filings of EDGAR as the filings that it stands for."""
    for item in found:
        if not isinstance(item, InputFilings):
            yield item
            continue
        try:
            filings = edgar.latest(item.text)
        except InputRefused as error:
            yield SkippedInput(item.text, str(error), refused=True)
        else:
            yield from map(InputFiling, filings)


class Preparer:
    """Makes inputs ready, one after another; used by one thread at a time."""

    def __init__(
        self, corpus: Corpus, fetcher: Fetcher, edgar: Edgar, refusals: Refusals | None = None
    ) -> None:
        self._corpus, self._fetcher, self._edgar = corpus, fetcher, edgar
        self._refusals: Refusals = {} if refusals is None else refusals

    def prepare(self, item: Item) -> Prepared:
        """Return what is to be stored; what is refused is an outcome. Raises CorpusError."""
        started = time.perf_counter()
        try:
            prepared = self._prepared(item)
        except InputRefused as error:
            prepared = Prepared(item, Outcome(item.location, Status.REFUSED, str(error)))
        return replace(prepared, seconds=time.perf_counter() - started)

    @singledispatchmethod
    def _prepared(self, item: Item) -> Prepared:
        return Prepared(item)

    @_prepared.register
    def _skipped(self, item: SkippedInput) -> Prepared:
        status = Status.REFUSED if item.refused else Status.SKIPPED
        return Prepared(item, Outcome(item.location, status, item.reason))

    @_prepared.register
    def _file(self, item: InputFile) -> Prepared:
        """A file of the same size and time as when it was taken in is not even opened."""
        status = stat_regular(item.path)
        source = Source(
            location=item.location,
            name=Source.name_of(item.location),
            added=datetime.now(UTC),
            size=status.st_size,
            modified_ns=status.st_mtime_ns,
        )
        known = self._corpus.source(item.location)
        if known is not None and is_up_to_date(known[1]):
            before, document = known
            same = (before.size, before.modified_ns) == (source.size, source.modified_ns)
            # A lost original comes back with its file.
            if same and original_path(self._corpus.data, document.id, document.media).is_file():
                return self._unchanged(item, document)
        facts = (status.st_size, status.st_mtime_ns)
        refused = self._refusals.get(item.location)
        if refused is not None and refused[0] == facts:
            return Prepared(item, Outcome(item.location, Status.REFUSED, refused[1]))
        arrival = Arrival(source, item.path, _bytes_of(item.path))
        try:
            return self._read(item, arrival)
        except ReaderFailed:
            # It may have been the machine's want of time or memory.
            raise
        except InputRefused as error:
            self._refusals[item.location] = (facts, str(error))
            raise

    @_prepared.register
    def _address(self, item: InputAddress) -> Prepared:
        """A page that its server calls unchanged is not downloaded."""
        known = self._corpus.source(item.location)
        fetched = self._fetcher.fetch(item.url, known_since(known))
        if fetched is None:
            assert known is not None, "only what is known can be unchanged"
            return self._unchanged(item, known[1])
        with tempfile.TemporaryDirectory(prefix="loadfactor-") as folder:
            return self._read(item, fetched_arrival(fetched, Path(folder), datetime.now(UTC)))

    @_prepared.register
    def _filing(self, item: InputFiling) -> Prepared:
        """A filing never changes: what is known of it is not fetched again."""
        filing = item.filing
        known = self._corpus.source(item.location)
        if known is not None and is_up_to_date(known[1]):
            return self._unchanged(item, known[1])
        content = (known and self._kept(known[1])) or self._edgar.fetch(filing)
        fetched = Fetched(filing.url, filing.url, content, "", filing.name)
        with tempfile.TemporaryDirectory(prefix="loadfactor-") as folder:
            arrival = fetched_arrival(fetched, Path(folder), datetime.now(UTC))
            prepared = self._read(item, arrival, filing.metadata)
        if filing.amended is None:
            return prepared
        amendment = f"edgar:{filing.ticker or filing.cik}:{filing.form}/A"
        return replace(prepared, note=f"amended on {filing.amended}: {amendment} takes that in")

    def _read(
        self, item: Item, arrival: Arrival, stated: Mapping[str, object] | None = None
    ) -> Prepared:
        """Read what is new; known content needs no reading."""
        if ready_document(self._corpus, arrival.document_id) is not None:
            return Prepared(item, arrival=arrival)
        parsed = parse(arrival, self._corpus.embedder.max_tokens, stated)
        return Prepared(item, arrival=arrival, parsed=parsed)

    def _unchanged(self, item: Item, document: Document) -> Prepared:
        return Prepared(item, Outcome.of(item.location, Status.UNCHANGED, document))

    def _kept(self, document: Document) -> bytes | None:
        path = original_path(self._corpus.data, document.id, document.media)
        return path.read_bytes() if path.is_file() else None


def read_again(arrival: Arrival, max_tokens: int) -> Parsed:
    """Read content from its bytes: what it was fetched into is gone. Raises InputRefused."""
    with tempfile.TemporaryDirectory(prefix="loadfactor-") as folder:
        path = Path(folder) / "content"
        path.write_bytes(arrival.content)
        source = replace(arrival.source, modified_ns=None)
        return parse(Arrival(source, path, arrival.content), max_tokens)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"cannot be read: {error.strerror or error}") from error
