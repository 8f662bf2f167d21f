"""Inputs told apart: files, what folders hold, addresses, filings; what is left alone and why."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import InputRefused
from corpus.originals import ORIGINALS
from ingest.readers.detect import SUPPORTED
from ingest.web.addresses import read_address

__all__ = [
    "MOST_BYTES",
    "FoundInput",
    "InputAddress",
    "InputFile",
    "InputFilings",
    "SkippedInput",
    "find_inputs",
    "stat_regular",
]

MOST_BYTES = 100 * 1024**2
"""The largest file that is read, in bytes."""

_SUFFIXES = frozenset(
    {
        *(".pdf", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt", ".text"),
        *(".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm", ".csv", ".tsv"),
    }
)
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:\S", re.IGNORECASE)
_EDGAR = re.compile(r"\s*edgar:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to take in; `location` is its absolute path, by which it is known again."""

    path: Path

    @property
    def location(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class InputAddress:
    """A page to fetch; `url` is in its one spelling, and by it the page is known again."""

    url: str

    @property
    def location(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class InputFilings:
    """Filings to fetch from EDGAR, as given: `edgar:NVDA:10-K`."""

    text: str

    @property
    def location(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SkippedInput:
    """Something that is not taken in: refused when it was named, skipped when a folder held it."""

    location: str
    reason: str
    refused: bool


FoundInput = InputFile | InputAddress | InputFilings | SkippedInput


def find_inputs(given: str, store: Path | None = None) -> Iterator[FoundInput]:
    """Yield what an input stands for: itself, or the visible files of a folder, sorted by path.

    Nothing is fetched here, and no name is looked up; an address that may not be asked is refused.
    Links inside a folder are not followed, whatever they lead to; devices, pipes and sockets are
    never opened. A link that was named outright is followed. The data folder `store` is no input,
    wherever it lies: it holds a copy of everything that was ever taken in. A file of one's own in
    it may be named outright.
    """
    try:
        yield from _found(given, store.resolve() if store else None)
    except InputRefused as error:
        yield SkippedInput(given, str(error), refused=True)


def _found(given: str, store: Path | None) -> Iterator[FoundInput]:
    if _EDGAR.match(given):
        yield InputFilings(given)
        return
    if _ADDRESS.match(given):
        yield InputAddress(read_address(given))
        return
    path = _local(given)
    if store is not None and (path == store or path.is_relative_to(store / ORIGINALS)):
        raise InputRefused("within the data folder: what is there was taken in already")
    if path.is_dir():
        yield from _walk(path, store)
    else:
        stat_regular(path)
        yield InputFile(path)


def _local(given: str) -> Path:
    if "\0" in given or not given.strip():
        raise InputRefused("not a path")
    try:
        path = Path(given).expanduser().resolve()
        path.lstat()
    except FileNotFoundError as error:
        other = ", and no http or https address" if _SCHEME.match(given) else ""
        raise InputRefused(f"no such file or folder{other}") from error
    except (OSError, RuntimeError) as error:
        raise InputRefused(f"cannot be opened: {error}") from error
    return path


def stat_regular(path: Path) -> os.stat_result:
    """Return the file's status; raises InputRefused unless it is a regular file of fair size."""
    try:
        status = path.stat()
        str(path).encode("utf-8")
    except OSError as error:
        raise InputRefused(f"cannot be read: {error.strerror or error}") from error
    except UnicodeEncodeError as error:
        raise InputRefused("its path is not valid UTF-8: rename the file or its folder") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputRefused("not a regular file")
    if status.st_size > MOST_BYTES:
        size, most = status.st_size / 1024**2, MOST_BYTES // 1024**2
        raise InputRefused(f"{size:.0f} MiB is over the limit of {most} MiB: split the file")
    return status


def _walk(folder: Path, store: Path | None) -> Iterator[InputFile | SkippedInput]:
    unreadable: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        here = Path(root)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if name not in links and not name.startswith(".") and here / name != store
        )
        for name in sorted([*files, *links]):
            if not name.startswith("."):
                yield _sorted_out(here / name)
    for error in unreadable:
        reason = f"folder cannot be read: {error.strerror or error}"
        yield SkippedInput(str(error.filename), reason, refused=True)


def _sorted_out(path: Path) -> InputFile | SkippedInput:
    location = os.fsencode(path).decode("utf-8", "backslashreplace")
    if path.is_symlink():
        return SkippedInput(location, "a link; links in folders are not followed", refused=False)
    if path.suffix.casefold() not in _SUFFIXES:
        kind = f"unsupported type {path.suffix}" if path.suffix else "no file type in its name"
        return SkippedInput(location, f"{kind}; supported: {SUPPORTED}", refused=False)
    if not path.is_file():
        return SkippedInput(location, "not a regular file", refused=False)
    try:
        stat_regular(path)
    except InputRefused as error:
        return SkippedInput(location, str(error), refused=True)
    return InputFile(path)
