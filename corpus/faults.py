"""Whatever an index's vendor raises, as an error of ours with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import CorpusDamaged, CorpusError, CorpusUnwritable

__all__ = ["translated"]

_NO_ROOM = re.compile(
    r"no space left|disk is full|file too large|read-?only|permission denied|quota exceeded",
    re.IGNORECASE,
)


@contextmanager
def translated(what: str, folder: Path) -> Iterator[None]:
    """Raise CorpusUnwritable for a disk that is full or read-only, CorpusDamaged for the rest."""
    try:
        yield
    except CorpusError:
        raise
    except Exception as error:  # vendors raise their own, sqlite's and bare Rust errors
        raise _ours(what, folder, error) from error


def _ours(what: str, folder: Path, error: Exception) -> CorpusError:
    reason = f"{type(error).__name__}: {error}"
    if _NO_ROOM.search(reason):
        return CorpusUnwritable(
            f"The {what} at {folder} cannot be written ({reason}). Free disk space or make the "
            "folder writable, then run it again: what was ready before still is."
        )
    return CorpusDamaged(
        f"The {what} at {folder} cannot be used ({reason}). Run `loadfactor doctor --repair`: "
        "it rebuilds the index from the catalog without embedding anything."
    )
