"""Folders as wholes: one put in another's place in one step, and names kept through a power cut."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

__all__ = ["exchange", "sync_folder"]

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def exchange(new: Path, old: Path, aside: Path) -> None:
    """Put the folder `new` in the place of `old`, which goes to the absent `aside`.

    All three are in one folder. On Linux a kill at any moment leaves a whole folder at `old`, for
    the two change places in one system call; elsewhere one between two renames leaves it at
    `aside`. Raises OSError; then `old` is where it was.
    """
    new.rename(aside)
    if not _exchanged(aside, old):
        aside.rename(new)
        old.rename(aside)
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise
    sync_folder(old.parent)


def sync_folder(folder: Path) -> None:
    """Write new names of a folder to the disk, where the system lets folders be opened."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two names change places; False where system or file system cannot."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
