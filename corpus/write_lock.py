"""The file lock of one corpus: one writer at a time, over all processes and threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import CorpusBusy, CorpusUnwritable

__all__ = ["LOCK_FILE", "WAIT_SECONDS", "WriteLock"]

LOCK_FILE = "write.lock"
WAIT_SECONDS = 60.0


class WriteLock:
    """Held by a writer for as long as it works; it falls free when its process dies."""

    def __init__(self, path: Path, wait: float) -> None:
        self._path = path
        self._wait = wait

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises CorpusBusy after the wait, CorpusUnwritable when it cannot be."""
        lock = FileLock(self._path, timeout=self._wait, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise CorpusBusy(
                f"Another process is writing to {self._path.parent} and has not finished in "
                f"{self._wait:.0f} seconds. Wait for it to end, then run this again; "
                "nothing was changed."
            ) from error
        except OSError as error:
            raise CorpusUnwritable(
                f"{self._path} cannot be locked: {error.strerror or error}. "
                "Make the data folder writable, or choose another with --data."
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def held_if_free(self) -> Iterator[bool]:
        """Hold the lock when nobody has it and the folder can be written; tells which."""
        lock = FileLock(self._path, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except (Timeout, OSError):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
