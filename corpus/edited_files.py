"""Files of the data folder that people edit by hand: read with care, refused with a remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError

__all__ = ["read_edited", "refused"]


def read_edited(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file, empty where there is none.

    Raises CorpusError that names the file, the line and the remedy.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise refused(path, reason, "make it a readable file or remove it") from error
    except UnicodeDecodeError as error:
        raise refused(path, "it is not in UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise refused(
            path, str(error), "mend that line; names and texts stand in quotes"
        ) from error


def refused(path: Path, reason: str, remedy: str) -> CorpusError:
    """Return the error for a file that cannot be used, to be raised."""
    return CorpusError(f"{path}: {reason.rstrip('.')}. To mend it, {remedy}.")
