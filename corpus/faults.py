"""Whatever an index's vendor raises, as an error of ours with its remedy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import CorpusDamaged, CorpusError, CorpusUnwritable

__all__ = ["translated"]

_NO_ROOM = re.compile(
    r"no space left|disk is full|file too large|read-?only|permission denied|quota exceeded",
    re.IGNORECASE,
)


LEAST_FREE = 64 * 1024**2
"""An index that cannot be written with fewer bytes left on its disk lacks room."""


@contextmanager
def translated(what: str, folder: Path, *, writing: bool = False) -> Iterator[None]:
    """Raise CorpusUnwritable for a disk that is full or read-only, CorpusDamaged for the rest.

    chromadb does not say why it failed to write: then the disk is asked.
    """
    try:
        yield
    except CorpusError:
        raise
    except Exception as error:  # vendors raise their own, sqlite's and bare Rust errors
        raise _ours(what, folder, error, writing) from error


def _ours(what: str, folder: Path, error: Exception, writing: bool) -> CorpusError:
    reason = f"{type(error).__name__}: {error}"
    if _NO_ROOM.search(reason) or (writing and _is_full(folder)):
        return CorpusUnwritable(
            f"The {what} at {folder} cannot be written ({reason}). Free disk space or make the "
            "folder writable, then run it again: what was ready before still is."
        )
    return CorpusDamaged(
        f"The {what} at {folder} cannot be used ({reason}). Run `loadfactor doctor --repair`: "
        "it rebuilds the index from the catalog without embedding anything."
    )


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE
    except OSError:
        return False
