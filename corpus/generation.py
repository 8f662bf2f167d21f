"""How every process notices that another one wrote.

The generation is a row of the catalog. It is odd while a writer is at work on the indexes and
grows with every change, so that odd with a free lock means: a writer died. A file mirrors it for a
cheap check; the row wins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from corpus.catalog import Catalog
from corpus.catalog_changes import CatalogChanges
from corpus.errors import CorpusUnwritable

__all__ = ["Generation"]

TRUST_SECONDS = 1.0
"""How long an unchanged mirror is believed: a writer can die between the row and the mirror."""


class Generation:
    """The generation of one corpus; the caller holds the write lock for every change."""

    def __init__(
        self, catalog: Catalog, mirror: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._catalog = catalog
        self._changes = CatalogChanges(catalog)
        self._mirror = mirror
        self._clock = clock
        self._seen: tuple[str, int, float] | None = None

    def current(self) -> int:
        """Return the generation, from the mirror when that has not moved."""
        text = self._mirrored()
        seen = self._seen
        if text and seen and seen[0] == text and self._clock() - seen[2] < TRUST_SECONDS:
            return seen[1]
        value = self._catalog.generation()
        self._seen = (text, value, self._clock())
        return value

    def start(self) -> int:
        """Mark a writer at work: return the next odd generation."""
        value = self._catalog.generation()
        return self._set(value + 1 + value % 2)

    def finish(self) -> int:
        """Mark the work done: return the next even generation."""
        value = self._catalog.generation()
        return self._set(value + 1 + (value + 1) % 2)

    def after(self) -> int:
        """Return the generation for a change under way: two more, so that odd stays odd."""
        return self._catalog.generation() + 2

    def publish(self) -> None:
        """Mirror the row after a transaction that moved it."""
        self._write(str(self._catalog.generation()))

    def _set(self, value: int) -> int:
        self._changes.set_generation(value)
        self._write(str(value))
        return value

    def _mirrored(self) -> str:
        try:
            return self._mirror.read_text(encoding="ascii")
        except OSError:
            return ""

    def _write(self, text: str) -> None:
        temporary = self._mirror.with_suffix(".new")
        try:
            temporary.write_text(text, encoding="ascii")
            temporary.replace(self._mirror)
        except OSError as error:
            raise CorpusUnwritable(
                f"{self._mirror} cannot be written: {error.strerror}. "
                "Free disk space or make the data folder writable, then run it again."
            ) from error
