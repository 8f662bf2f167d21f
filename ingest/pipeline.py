"""From inputs to a corpus, told as events; the next input is read while this one is embedded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from corpus.errors import InputRefused
from corpus.models import Source
from corpus.store import Corpus
from ingest.intake import take
from ingest.outcome import Event, Finished, Found, Outcome, Status
from ingest.parsed import Parsed
from ingest.preparing import Item, Prepared, Preparer, Refusals, read_again, with_filings
from ingest.sources import find_inputs
from ingest.vanished import VanishedFile, forget, vanished_files
from ingest.web.edgar import Edgar
from ingest.web.fetch import Fetcher

__all__ = ["ingest"]


def ingest(
    inputs: Sequence[str],
    corpus: Corpus,
    *,
    dry_run: bool = False,
    follow: bool = False,
    fetcher: Fetcher | None = None,
    edgar: Edgar | None = None,
    refusals: Refusals | None = None,
) -> Iterator[Event]:
    """Take in files, folders, addresses and filings of EDGAR.

    Yields Found, then for each input any Progress and one Finished. With `follow`, files that are
    gone from a folder leave the corpus's search too. `fetcher` asks for addresses; without
    `edgar`, filings are refused for want of a contact. A file that `refusals` holds is not read
    again while it is the same; new refusals join them. What cannot be taken is refused with its
    reason, and the batch goes on. Raises CorpusError when the store cannot be written,
    ModelUnavailable when nothing can be embedded.
    """
    with ExitStack() as stack:
        filings = edgar or stack.enter_context(Edgar.of(None))
        named = [item for given in inputs for item in find_inputs(given, corpus.data)]
        found: list[Item] = list(with_filings(named, filings))
        if follow:
            found += [gone for given in inputs for gone in vanished_files(given, corpus)]
        yield Found(len(found))
        preparer = Preparer(corpus, fetcher or Fetcher(), filings, refusals)
        rehearsed: dict[str, str] = {}
        for prepared in _read_ahead(found, preparer):
            started = time.perf_counter() - prepared.seconds
            for event in _stored(prepared, corpus, dry_run):
                told = _told(event, started, prepared.note)
                yield _as_if_stored(told, rehearsed) if dry_run else told


def _as_if_stored(event: Event, rehearsed: dict[str, str]) -> Event:
    """The second of two equal new contents would find the first one stored."""
    if not isinstance(event, Finished):
        return event
    outcome = event.outcome
    content = outcome.document_id or ""
    if outcome.status is Status.ADDED and content in rehearsed:
        reason = f"same content as {rehearsed[content]}"
        return Finished(replace(outcome, status=Status.DUPLICATE, reason=reason))
    rehearsed.setdefault(content, Source.name_of(outcome.input))
    return event


def _told(event: Event, started: float, note: str | None) -> Event:
    if not isinstance(event, Finished):
        return event
    outcome = event.outcome
    reason = "; ".join(filter(None, (outcome.reason, note))) or None
    return Finished(replace(outcome, reason=reason, seconds=time.perf_counter() - started))


def _read_ahead(found: Sequence[Item], preparer: Preparer) -> Iterator[Prepared]:
    """Yield the inputs in order; one more is read meanwhile, in a thread that waits for its child.

    One and not more: what is read ahead is held in memory.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as reader:
        ahead: deque[Future[Prepared]] = deque()
        try:
            for item in found:
                ahead.append(reader.submit(preparer.prepare, item))
                if len(ahead) > 1:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            # Whoever stops does not wait for an input that was not begun.
            reader.shutdown(wait=False, cancel_futures=True)


def _stored(prepared: Prepared, corpus: Corpus, dry_run: bool) -> Iterator[Event]:
    item, arrival = prepared.item, prepared.arrival
    if isinstance(item, VanishedFile):
        yield Finished(forget(item, corpus, dry_run))
    elif prepared.outcome is not None:
        yield Finished(prepared.outcome)
    elif arrival is not None:

        def parsed_now() -> Parsed:
            # Known when it was looked up; its place holds other content since, or it was removed.
            return prepared.parsed or read_again(arrival, corpus.embedder.max_tokens)

        try:
            yield from take(arrival, parsed_now, corpus, dry_run)
        except InputRefused as error:
            yield Finished(Outcome(item.location, Status.REFUSED, str(error)))
