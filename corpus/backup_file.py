"""What a backup file is: a ZIP of members with a manifest of their sizes and hashes.

ZIP rather than tar: it has no links and no devices, any member is read without the ones before
it, and every system opens it. What is compressed already (PDF, Office files) is stored as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.catalog_schema import SCHEMA_VERSION
from corpus.errors import BackupRefused
from corpus.originals import ORIGINALS

__all__ = [
    "CATALOG",
    "MANIFEST",
    "Database",
    "Manifest",
    "Member",
    "is_member_name",
    "manifest_from_json",
]

MANIFEST = "load-factor-backup.json"
FORMAT = "load-factor-backup"
FORMAT_VERSION = 1
LONGEST_NAME = 255
_PLAIN = r"[^./\\:\x00-\x1f][^/\\:\x00-\x1f]*"
_NAME = re.compile(rf"{ORIGINALS}/{_PLAIN}|{_PLAIN}\.(?:db|toml|json)")
"""Plain file names at the top or among the originals: nothing leads out of the folder."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the data folder that tells the version of its schema by `query`.

    `known` is the newest version that this program reads.
    """

    name: str
    query: str
    known: int


CATALOG = Database(
    "catalog.db", "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema'", SCHEMA_VERSION
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the data folder: its relative name, size in bytes and SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `created` is an ISO time in UTC, `schemas` the versions by database."""

    product: str
    created: str
    schemas: Mapping[str, int]
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """The bytes of all members as they were."""
        return sum(member.size for member in self.members)

    def to_json(self) -> str:
        header = {"format": FORMAT, "format_version": FORMAT_VERSION}
        return json.dumps(header | asdict(self), indent=1)


def is_member_name(name: str) -> bool:
    """Tell whether a file of this name, relative to the data folder, can be in a backup."""
    fits = _NAME.fullmatch(name) and name != MANIFEST and len(name) <= LONGEST_NAME
    return bool(fits) and name.isprintable()


def manifest_from_json(text: bytes, databases: Sequence[Database]) -> Manifest:
    """Return the manifest; raises BackupRefused for one that is foreign, newer or unsafe."""
    try:
        values = json.loads(text)
        if values["format"] != FORMAT:
            raise BackupRefused(f"it says that its format is {values['format']!r}.")
        _refuse_newer("format", int(values["format_version"]), FORMAT_VERSION)
        manifest = _manifest(values)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BackupRefused(f"its manifest cannot be read ({error!r}).") from error
    for database in databases:
        _refuse_newer(database.name, manifest.schemas.get(database.name, 0), database.known)
    if any(member.size < 0 for member in manifest.members):
        raise BackupRefused("its manifest names a size below nothing.")
    _refuse_unsafe([member.name for member in manifest.members])
    return manifest


def _manifest(values: dict[str, Any]) -> Manifest:
    members = tuple(
        Member(str(row["name"]), int(row["size"]), str(row["sha256"])) for row in values["members"]
    )
    schemas = {str(name): int(version) for name, version in values["schemas"].items()}
    return Manifest(str(values["product"]), str(values["created"]), schemas, members)


def _refuse_newer(what: str, found: int, known: int) -> None:
    if found > known:
        raise BackupRefused(
            f"its {what} has version {found}, this program knows up to {known}. "
            "Update Load Factor, then restore it."
        )


def _refuse_unsafe(names: Sequence[str]) -> None:
    for name in names:
        if not is_member_name(name):
            raise BackupRefused(f"it names a file that no backup holds: {name[:80]!r}.")
    # Some systems know no difference between upper and lower case.
    if len({name.casefold() for name in names}) != len(names):
        raise BackupRefused("it names a file twice.")
    if CATALOG.name not in names:
        raise BackupRefused(f"it holds no {CATALOG.name}.")
