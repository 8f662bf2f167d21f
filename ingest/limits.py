"""What one reader may spend on one document."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["Limits", "confine_this_process"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps for reading one document.

    `seconds` is wall time and, for the reader's process, CPU time; `memory` is address space in
    bytes; a PDF beyond `pages` is read up to there; a document whose text is beyond `characters`
    is refused.
    """

    seconds: float = 180.0
    memory: int = 3 * 1024**3
    pages: int = 5_000
    characters: int = 20_000_000


def confine_this_process(seconds: float, memory: int) -> None:
    """Bind this process to CPU seconds and bytes of address space, where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    caps = ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_AS, memory))
    for what, amount in caps:
        # macOS refuses RLIMIT_AS; the parent's wall time still holds there.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (amount, amount))
