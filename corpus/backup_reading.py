"""A backup file opened and its members written out, every byte held against the manifest."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from corpus.backup_file import MANIFEST, Database, Manifest, Member, manifest_from_json
from corpus.errors import BackupRefused, CorpusUnwritable

__all__ = ["OpenBackup", "opened_backup"]

CHUNK = 1024**2
LARGEST_MANIFEST = 64 * 1024**2
OWNER_ONLY = 0o600
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for files that are broken, encrypted or compressed in a strange way."""


class OpenBackup:
    """A backup whose manifest and list of members agree; methods raise BackupRefused."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def write_to(self, folder: Path) -> None:
        """Write the members below the empty `folder`; what is there afterwards is as it was.

        Raises OSError when the disk is full.
        """
        for member in self.manifest.members:
            path = folder / member.name
            path.parent.mkdir(exist_ok=True)
            self._write(member, path)

    def _write(self, member: Member, path: Path) -> None:
        digest, size = sha256(), 0
        with self._archive.open(member.name) as source, _created(path) as target:
            # One byte more than there may be tells that there are too many.
            while chunk := source.read(min(CHUNK, member.size - size + 1)):
                size += len(chunk)
                digest.update(chunk)
                if size > member.size:
                    break
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise BackupRefused(f"{member.name} in it is damaged.")


@contextmanager
def opened_backup(file: Path, databases: Sequence[Database]) -> Iterator[OpenBackup]:
    """Open a backup. Raises BackupRefused, here and for whatever is found wrong in the block."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield OpenBackup(archive, _manifest(archive, databases))
    except BackupRefused as error:
        raise BackupRefused(f"{file} cannot be restored: {error} Nothing was changed.") from error
    except _BROKEN as error:
        raise BackupRefused(
            f"{file} cannot be restored: it is damaged, or no backup ({error}). "
            "Nothing was changed."
        ) from error
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no backup at {error.filename or file}.") from error
    except OSError as error:
        raise CorpusUnwritable(
            f"{file} cannot be restored: {error}. Free disk space or choose another place with "
            "--data; nothing was changed."
        ) from error


def _manifest(archive: zipfile.ZipFile, databases: Sequence[Database]) -> Manifest:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names:
        raise BackupRefused("it is no backup of Load Factor.")
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BackupRefused("its manifest is too large.")
    manifest = manifest_from_json(archive.read(MANIFEST), databases)
    if any(stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG) for info in infos):
        raise BackupRefused("it holds something that is no plain file.")
    told = [*(member.name for member in manifest.members), MANIFEST]
    if sorted(names) != sorted(told):
        raise BackupRefused("its files are not those that its manifest names.")
    return manifest


@contextmanager
def _created(path: Path) -> Iterator[IO[bytes]]:
    path.touch(mode=OWNER_ONLY, exist_ok=False)
    with path.open("r+b") as file:
        yield file
