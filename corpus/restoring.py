"""A backup put in the place of a data folder, which stays as it is until all of it stands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.backup_file import CATALOG, Database, Manifest
from corpus.backup_reading import OpenBackup, opened_backup
from corpus.catalog import Catalog
from corpus.errors import CorpusBusy, CorpusError, CorpusUnwritable
from corpus.folders import exchange, sync_folder
from corpus.generation import Generation
from corpus.health import Health, examine
from corpus.indexes import Indexes
from corpus.sqlite_files import held_alone
from corpus.upkeep import rebuild_indexes
from corpus.write_lock import LOCK_FILE, WAIT_SECONDS, WriteLock

__all__ = ["Restored", "restore"]

MODELS = "models"
"""Exported embedding models: not in a backup, and of use to whatever corpus."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that stands at `data`; `aside` is where the old folder is kept, if there was one.

    `health` is what doctor says of it: a passage without a vector has none in its backup either.
    """

    data: Path
    manifest: Manifest
    health: Health
    aside: Path | None


def restore(
    file: Path,
    data: Path,
    now: datetime,
    databases: Sequence[Database] = (CATALOG,),
    *,
    replace: bool = False,
    wait: float = WAIT_SECONDS,
) -> Restored:
    """Make `data` what it was when `file` was written, with both indexes rebuilt.

    Nothing is embedded. A folder with a store in it is replaced only with `replace`, and kept
    aside under another name. Until the last step everything happens beside it. Raises
    BackupRefused, CorpusBusy when somebody has the store open, CorpusUnwritable, and CorpusError
    for a place that is refused.
    """
    data = data.resolve()
    _refuse_place(data, replace)
    with _held(data, wait), _workplace(data) as work:
        with opened_backup(file, databases) as backup:
            _write_out(backup, work)
        health = _rebuilt(work)
        return Restored(data, backup.manifest, health, _put_in_place(work, data, now))


def _refuse_place(data: Path, replace: bool) -> None:
    if data.exists() and not data.is_dir():
        raise CorpusError(f"{data} is no folder: choose another with --data.")
    if data.is_dir() and os.path.ismount(data):
        raise CorpusError(
            f"{data} is where a disk is mounted and cannot be exchanged as a whole: restore into "
            f"a folder within it (--data {data / 'store'})."
        )
    if _holds_something(data) and not replace:
        raise CorpusError(
            f"{data} is not empty. With --replace the backup takes its place, and what is there "
            "now is kept under another name."
        )


def _holds_something(data: Path) -> bool:
    return data.is_dir() and any(path.name != MODELS for path in data.iterdir())


@contextmanager
def _held(data: Path, wait: float) -> Iterator[None]:
    """Let nobody else restore into, write to or read the folder."""
    with ExitStack() as stack:
        try:
            data.parent.mkdir(parents=True, exist_ok=True)
            mutex = FileLock(_beside(data, "restoring.lock"), timeout=0)
            stack.enter_context(mutex)
        except Timeout as error:
            raise CorpusBusy(f"Another restore into {data} is at work: wait for it.") from error
        except OSError as error:
            raise CorpusUnwritable(
                f"{data.parent} cannot be written: {error.strerror or error}. "
                "Choose another place with --data."
            ) from error
        stack.callback(_unlink, mutex.lock_file)
        if _holds_something(data):
            stack.enter_context(WriteLock(data / LOCK_FILE, wait).held())
            for path in sorted(data.glob("*.db")):
                stack.enter_context(held_alone(path))
        yield


@contextmanager
def _workplace(data: Path) -> Iterator[Path]:
    """An empty folder beside `data`, gone afterwards; what a killed restore left goes first."""
    work = _beside(data, "restoring")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        yield work
    except OSError as error:
        raise CorpusUnwritable(
            f"{data} cannot be restored: {error}. Free disk space or choose another place with "
            "--data; nothing was changed."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_out(backup: OpenBackup, work: Path) -> None:
    free = shutil.disk_usage(work).free
    if backup.manifest.size > free:
        raise CorpusUnwritable(
            f"The backup holds {backup.manifest.size:,} bytes, {work.parent} has {free:,} free. "
            "Free disk space or choose another place with --data; nothing was changed."
        )
    backup.write_to(work)


def _rebuilt(data: Path) -> Health:
    """Build the indexes of a folder that has none, and return what doctor finds then."""
    catalog = Catalog.open(data / CATALOG.name)
    lock = WriteLock(data / LOCK_FILE, WAIT_SECONDS)
    generation = Generation(catalog, data / "generation")
    indexes = Indexes(data, catalog, generation, lock)
    try:
        with lock.held():
            rebuild_indexes(catalog, generation, indexes)
            return examine(catalog, indexes, data)
    finally:
        indexes.close()
        catalog.close()


def _put_in_place(work: Path, data: Path, now: datetime) -> Path | None:
    """Move the new folder to its place in one step; return where the old one is kept."""
    if not data.exists():
        work.rename(data)
        sync_folder(data.parent)
        return None
    aside = _unused(data.with_name(f"{data.name}.before-{now:%Y%m%d-%H%M%S}"))
    exchange(work, data, aside)
    with suppress(OSError):
        # Without them the next question exports the model anew.
        (aside / MODELS).rename(data / MODELS)
    with suppress(OSError):
        aside.rmdir()
    return aside if aside.exists() else None


def _beside(data: Path, suffix: str) -> Path:
    return data.with_name(f".{data.name}.{suffix}")


def _unused(path: Path) -> Path:
    numbered = (path.with_name(f"{path.name}-{number}") for number in range(2, 1_000))
    return next(name for name in (path, *numbered) if not name.exists())


def _unlink(path: str) -> None:
    # Windows refuses to remove an open file.
    with suppress(OSError):
        Path(path).unlink()
