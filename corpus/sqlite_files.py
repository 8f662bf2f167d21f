"""SQLite files as wholes: copied while others use them, checked, and held by one process alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.errors import CorpusBusy, CorpusDamaged

__all__ = ["copy_database", "held_alone", "require_sound", "unexchanged"]


def copy_database(source: Path, target: Path) -> None:
    """Copy one state of a database, whoever reads and writes it meanwhile, whole or not at all.

    Raises OSError, or sqlite3.Error when the source cannot be read or the disk is full.
    """
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with closing(_existing(source)) as old, closing(sqlite3.connect(unfinished)) as new:
        old.backup(new)
    unfinished.replace(target)


def require_sound(path: Path, name: str) -> None:
    """Raise CorpusDamaged when SQLite finds `path` inconsistent; `name` is what it is called."""
    try:
        with closing(_existing(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise CorpusDamaged(
            f"{name} is damaged ({'; '.join(found)}). Restore an earlier backup with "
            "`loadfactor restore FILE --replace`."
        )


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Keep a database from everyone else; raises CorpusBusy when somebody has it open.

    In WAL mode every connection that was ever used holds a shared lock until it is closed, so
    that an idle app is met as well as a busy one.
    """
    with closing(_existing(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise CorpusBusy(
                f"{path} is in use ({error}). Close the app and every other command on this "
                "folder, then run this again; nothing was changed."
            ) from error
        except sqlite3.DatabaseError:
            # Too damaged to be locked is too damaged to be in use.
            pass
        yield


@contextmanager
def unexchanged(path: Path) -> Iterator[None]:
    """Raise CorpusBusy where another file took the place of `path` in the block, as a restore does.

    Who waited for the old file has it open, and would write its log beside the new one.
    """
    before = _identity(path)
    yield
    if before not in (None, _identity(path)):
        raise CorpusBusy(f"{path.parent} was restored from a backup just now: run this again.")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _existing(path: Path, timeout: float = 30.0) -> sqlite3.Connection:
    """Connect to a file that is there; SQLite would make an absent one."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=timeout, uri=True)
