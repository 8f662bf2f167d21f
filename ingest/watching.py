"""A folder that the corpus follows: new, changed and removed files; the only watchdog import."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

__all__ = ["QUIET_SECONDS", "FolderWatch"]

QUIET_SECONDS = 2.0
"""A folder that has been still for so long is read: a copy under way touches its file again."""
LONGEST_SECONDS = 30.0
"""A folder that never rests is read after so long all the same."""
_OURS = frozenset({"opened", "closed_no_write"})
"""Events of reading alone."""


class FolderWatch(FileSystemEventHandler):
    """Tells when something changed in any of the folders, and they have come to rest.

    Use it as a context manager. Where the system's own notices are exhausted, folders are polled.
    """

    def __init__(
        self, folders: Sequence[Path], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders = tuple(folders)
        self._clock = clock
        self._changed = threading.Event()
        self._first = self._last = 0.0
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None

    def __enter__(self) -> FolderWatch:
        self._observer = self._started(Observer()) or self._started(PollingObserver())
        return self

    def __exit__(self, *_: object) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def _started(self, observer: BaseObserver) -> BaseObserver | None:
        try:
            for folder in self._folders:
                observer.schedule(self, str(folder), recursive=True)
            observer.start()
        except OSError:
            observer.unschedule_all()
            if isinstance(observer, PollingObserver):
                raise
            return None
        return observer

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _OURS:
            return
        with self._lock:
            self._last = self._clock()
            if not self._changed.is_set():
                self._first = self._last
            self._changed.set()

    def wait(self, quiet: float = QUIET_SECONDS, timeout: float | None = None) -> bool:
        """Wait for a change and then for rest; False where nothing changed within `timeout`."""
        if not self._changed.wait(timeout):
            return False
        while (left := self._unrest(quiet)) > 0:
            time.sleep(left)
        with self._lock:
            self._changed.clear()
        return True

    def _unrest(self, quiet: float) -> float:
        with self._lock:
            now = self._clock()
            return min(self._last + quiet, self._first + LONGEST_SECONDS) - now
