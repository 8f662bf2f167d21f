"""The whole data folder in one file, while readers and the app go on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from corpus.backup_file import CATALOG, MANIFEST, Database, Manifest, Member, is_member_name
from corpus.errors import CorpusError, CorpusUnwritable
from corpus.folders import sync_folder
from corpus.originals import ORIGINALS
from corpus.sqlite_files import copy_database, require_sound
from corpus.write_lock import LOCK_FILE, WAIT_SECONDS, WriteLock

__all__ = ["Backup", "back_up"]

CHUNK = 1024**2
EDITED = ("[!.]*.toml", "[!.]*.json")
"""What analysts and commands keep beside the databases."""
COMPRESSED = frozenset({".pdf", ".docx", ".pptx", ".xlsx"})
SQLITE = b"SQLite format 3\0"
OWNER_ONLY = 0o600
"""The ledger holds what people asked."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written; `size` is that of `file` in bytes."""

    file: Path
    size: int
    manifest: Manifest

    @property
    def originals(self) -> int:
        return sum(m.name.startswith(f"{ORIGINALS}/") for m in self.manifest.members)


def back_up(
    data: Path,
    file: Path,
    now: datetime,
    databases: Sequence[Database] = (CATALOG,),
    *,
    force: bool = False,
    wait: float = WAIT_SECONDS,
) -> Backup:
    """Write databases, originals and edited files of `data` to `file`, whole or not at all.

    `databases` tell the versions of their schemas; every other `*.db` comes along without. Derived
    indexes and models are left out. Writers wait meanwhile, readers do not. Raises CorpusBusy
    after the wait, CorpusDamaged for a database that SQLite finds inconsistent, CorpusUnwritable,
    and CorpusError for a place that is refused.
    """
    data, file = data.absolute(), file.absolute()
    _refuse_place(data, file, force)
    with WriteLock(data / LOCK_FILE, wait).held(), _workplace(file) as work:
        unfinished = work / "unfinished.zip"
        manifest = _write(data, work, unfinished, now, databases)
        unfinished.replace(file)
        sync_folder(file.parent)
        return Backup(file, file.stat().st_size, manifest)


def _refuse_place(data: Path, file: Path, force: bool) -> None:
    if not (data / CATALOG.name).is_file():
        raise CorpusError(f"There is no store in {data}: choose the folder with --data.")
    if file.resolve().is_relative_to(data.resolve()):
        raise CorpusError(f"{file} is within {data}: a backup is kept elsewhere.")
    if not file.parent.is_dir():
        raise CorpusError(f"{file.parent} is no folder: make it first, or choose another.")
    if file.is_dir() or (file.exists() and not force):
        raise CorpusError(f"{file} exists: choose another name, or --force to write over it.")


@contextmanager
def _workplace(file: Path) -> Iterator[Path]:
    """A folder beside `file` that is gone afterwards; what killed backups left goes too."""
    prefix = f".{file.name}.unfinished-"
    try:
        for left in file.parent.glob(f"{_escaped(prefix)}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=file.parent) as work:
            yield Path(work)
    except (OSError, sqlite3.Error) as error:
        raise CorpusUnwritable(
            f"The backup {file} cannot be written: {error}. Free disk space or choose another "
            "place; nothing was changed."
        ) from error


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _write(
    data: Path, work: Path, unfinished: Path, now: datetime, databases: Sequence[Database]
) -> Manifest:
    schemas: dict[str, int] = {}
    members: list[Member] = []
    unfinished.touch(mode=OWNER_ONLY)
    with unfinished.open("r+b") as raw:
        with zipfile.ZipFile(raw, "w") as archive:
            for path in _databases(data, databases):
                copy = work / path.name
                copy_database(path, copy)
                require_sound(copy, str(path))
                schemas |= _schema(copy, databases)
                members.append(_add(archive, copy, path.name))
                copy.unlink()
            members += [_add(archive, path, name) for name, path in _files(data)]
            manifest = Manifest(
                version("load-factor"), now.isoformat(timespec="seconds"), schemas, tuple(members)
            )
            archive.writestr(MANIFEST, manifest.to_json(), zipfile.ZIP_DEFLATED)
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _databases(data: Path, known: Sequence[Database]) -> Iterator[Path]:
    """Yield our databases, damaged or not, and any other file that SQLite wrote (no Thumbs.db)."""
    names = {database.name for database in known}
    for path in sorted(data.glob("[!.]*.db")):
        if path.name in names or _head(path) in (b"", SQLITE):
            yield path


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(SQLITE))


def _schema(copy: Path, databases: Sequence[Database]) -> dict[str, int]:
    """Return the version of a database's schema; one without any table has none yet."""
    queries = {database.name: database.query for database in databases}
    with closing(sqlite3.connect(copy)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        if not made or copy.name not in queries:
            return {}
        row = connection.execute(queries[copy.name]).fetchone()
    return {copy.name: int(row[0])} if row else {}


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    """Yield names and paths of everything but databases; half-written originals are hidden."""
    edited = [path for pattern in EDITED for path in sorted(data.glob(pattern))]
    for path in (*edited, *sorted((data / ORIGINALS).glob("[!.]*"))):
        name = path.relative_to(data).as_posix()
        if not is_member_name(name):
            raise CorpusError(f"{path} cannot be part of a backup: rename it or move it away.")
        if path.is_file():
            yield name, path


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> Member:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    stored = path.suffix.lower() in COMPRESSED
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    digest, size = sha256(), 0
    with path.open("rb") as source, archive.open(info, "w") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(name, size, digest.hexdigest())
