"""Who opened a row, and is that process still alive? A lock file answers: it dies with its holder.

Process ids are reused and mean nothing in another container; a held lock does neither.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Lock
from uuid import uuid4

from filelock import FileLock, Timeout

__all__ = ["Owner"]


class Owner:
    """A name of our own, alive for as long as this object's process holds its lock in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.id = uuid4().hex
        self._folder = folder
        self._lock = _lock(folder, self.id)
        self._claiming = Lock()

    def claim(self) -> str:
        """Take the lock, once, and return the id. Raises OSError when the folder is unwritable."""
        with self._claiming:
            if not self._lock.is_locked:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._lock.acquire()
        return self.id

    def release(self) -> None:
        with self._claiming:
            if self._lock.is_locked:
                self._lock.release()
                _unlink(self._folder, self.id)

    def is_gone(self, owner_id: str) -> bool:
        """Tell whether no living process holds `owner_id`; what a dead one left is swept up."""
        if owner_id == self.id:
            return False
        if not _path(self._folder, owner_id).exists():
            return True
        lock = _lock(self._folder, owner_id)
        try:
            with lock.acquire(blocking=False):
                _unlink(self._folder, owner_id)
        except Timeout:
            return False
        return True

    def sweep(self) -> None:
        """Remove the lock files of dead processes."""
        for path in self._folder.glob("*.lock"):
            self.is_gone(path.stem)


def _path(folder: Path, owner_id: str) -> Path:
    return folder / f"{owner_id}.lock"


def _lock(folder: Path, owner_id: str) -> FileLock:
    # Any thread may release what another claimed.
    return FileLock(_path(folder, owner_id), thread_local=False)


def _unlink(folder: Path, owner_id: str) -> None:
    # Windows refuses to remove an open file; it is swept up later.
    with suppress(OSError):
        _path(folder, owner_id).unlink()
