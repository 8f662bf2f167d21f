"""What was fetched, made ready for the intake, which knows files; and when to ask for it again."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import InputRefused
from corpus.models import Document, Source
from ingest.intake import Arrival, is_up_to_date
from ingest.web.fetch import Fetched

__all__ = ["fetched_arrival", "known_since"]


def fetched_arrival(fetched: Fetched, folder: Path, added: datetime) -> Arrival:
    """Write the content into `folder` and return it with its provenance: the address asked.

    The file gets the time that the server gave, which the source remembers; not where a redirect
    led elsewhere, for what the address is sent on to may change without any new date. Raises
    InputRefused when it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=folder)
        path = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(fetched.content)
        modified = _changed_ns(fetched)
        if modified is not None:
            os.utime(path, ns=(modified, modified))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputRefused(
            f"{fetched.url_asked} cannot be kept in {folder} ({reason}): free some space"
        ) from error
    source = Source(fetched.url_asked, fetched.name, added, len(fetched.content), modified)
    return Arrival(source, path, fetched.content)


def known_since(known: tuple[Source, Document] | None) -> datetime | None:
    """Return the moment since which a change matters; None where the content is needed anyway."""
    if known is None or known[0].modified_ns is None or not is_up_to_date(known[1]):
        return None
    return datetime.fromtimestamp(known[0].modified_ns // 10**9, UTC)


def _changed_ns(fetched: Fetched) -> int | None:
    """Nanoseconds since the epoch; dates before it are a server's way to say that it has none."""
    if fetched.modified is None or fetched.url_final != fetched.url_asked:
        return None
    seconds = int(fetched.modified.timestamp())
    return seconds * 10**9 if seconds > 0 else None
