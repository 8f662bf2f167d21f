"""Files that the corpus knows from a folder and that the folder no longer holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.models import Document
from corpus.store import Corpus
from ingest.outcome import Outcome, Status
from ingest.sources import SkippedInput

__all__ = ["VanishedFile", "forget", "vanished_files"]


@dataclass(frozen=True, slots=True)
class VanishedFile:
    """A location without its file, and the document that it holds in the corpus."""

    location: str
    document: Document


def vanished_files(given: str, corpus: Corpus) -> Iterator[VanishedFile | SkippedInput]:
    """Yield what is gone from a folder, by path.

    A folder that is there but empty is more likely a drive that is not: nothing is forgotten then.
    """
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        return
    known = _known_under(folder, corpus)
    gone = [file for file in known if _is_gone(Path(file.location))]
    if gone and not any(folder.iterdir()):
        reason = (
            f"the folder is empty, {len(gone)} documents are known from it: nothing was forgotten. "
            "Is a drive missing? Otherwise use `loadfactor remove`"
        )
        yield SkippedInput(given, reason, refused=True)
    else:
        yield from gone


def _is_gone(path: Path) -> bool:
    """What cannot be looked at (no permission, a lost network drive) is not gone."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _known_under(folder: Path, corpus: Corpus) -> list[VanishedFile]:
    inside = f"{folder}{os.sep}"
    known = [
        VanishedFile(source.location, document)
        for document in corpus.documents()
        for source in document.sources
        if source.location.startswith(inside)
    ]
    return sorted(known, key=lambda file: file.location)


def forget(file: VanishedFile, corpus: Corpus, dry_run: bool) -> Outcome:
    """Take the location out of the corpus; a document without another place leaves the search.

    Raises CorpusBusy after the wait, CorpusUnwritable.
    """
    held = corpus.source(file.location)
    document = held[1] if held else file.document
    elsewhere = [source.name for source in document.sources if source.location != file.location]
    if not dry_run:
        with corpus.writing() as writer:
            writer.detach(file.location)
    left = f"still held as {elsewhere[-1]}" if elsewhere else "old answers still open it"
    return Outcome.of(file.location, Status.REMOVED, document, f"gone from the folder; {left}")
