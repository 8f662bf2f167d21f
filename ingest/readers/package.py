"""Office packages: which one a zip is, told by its content types, and that it is safe to open."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from xml.parsers import expat

from corpus.errors import InputRefused
from corpus.models import Media

__all__ = ["OLE", "ZIP", "opened_package", "package_media", "refuse_entities", "refuse_ole"]

ZIP = b"PK\x03\x04"
"""What a zip archive begins with."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an office file of before 2007 begins with, and a newer one that has a password."""

_ENTRY = b"PK\x01\x02"
_MOST_PARTS = 10_000
_MOST_UNPACKED = 500 * 1024**2
_HIGHEST_RATIO = 200
_LARGE_PART = 10 * 1024**2
_TYPES = "[Content_Types].xml"
_MOST_TYPES = 1024**2
_ROOT_RELATIONS = "_rels/.rels"
_STRICT = b"http://purl.oclc.org/ooxml/"
_BLOCK = 4096
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_MAIN = (
    (Media.DOCX, re.compile(rb"word(?:processingml)?\.(?:document|template)[\w.]*\.main\+xml")),
    (Media.PPTX, re.compile(rb"(?:presentationml|powerpoint)\.[\w.]+\.main\+xml")),
    (Media.XLSX, re.compile(rb"(?:spreadsheetml|ms-excel)\.(?:sheet|template)[\w.]*\.main\+xml")),
)
_BINARY_SHEET = re.compile(rb"ms-excel\.sheet\.binary")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_NEWER = {".doc": ".docx", ".dot": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".pps": ".pptx"}
_STREAMS = (("WordDocument", ".docx"), ("Workbook", ".xlsx"), ("PowerPoint Document", ".pptx"))


def package_media(content: bytes) -> Media:
    """Return DOCX, PPTX or XLSX for an office file; only its list of content types is unpacked.

    Raises InputRefused for any other archive, and for one that is damaged or would unpack to more
    than a document holds.
    """
    with opened_package(content) as archive:
        types = _read(archive, _TYPES, _MOST_TYPES)
        if _OPEN_DOCUMENT in _read(archive, "mimetype", _BLOCK):
            raise InputRefused("an OpenDocument file: save it as .docx, .xlsx or .pptx")
        if _BINARY_SHEET.search(types):
            raise InputRefused("a binary workbook (.xlsb): save it as .xlsx")
        for media, main in _MAIN:
            if main.search(types):
                if _STRICT in _read(archive, _ROOT_RELATIONS, _MOST_TYPES):
                    raise InputRefused(f"Strict Open XML: save it as plain .{media}")
                return media
    raise InputRefused("a zip archive, no office file: unpack it and ingest the files in it")


@contextmanager
def opened_package(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive whose directory promises nothing out of proportion.

    Raises InputRefused otherwise, and for whatever damage shows while it is open.
    """
    if content.count(_ENTRY) > _MOST_PARTS:
        raise InputRefused(f"a zip archive of more than {_MOST_PARTS:,} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.infolist():
                _refuse_odd(part)
            # Sizes can be trusted: zipfile unpacks no more of a part than its entry declares.
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise InputRefused(f"would unpack to more than {_MOST_UNPACKED // 1024**2} MiB")
            yield archive
    except _UNREADABLE as error:
        reason = f"a damaged zip archive ({error}): open and save the file in its program"
        raise InputRefused(reason) from error


def _refuse_odd(part: zipfile.ZipInfo) -> None:
    path = PurePosixPath(part.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
        raise InputRefused("a part's name leads out of the archive: no program writes that")
    if part.flag_bits & 1:
        raise InputRefused("protected by a password: save it without one")
    most = _HIGHEST_RATIO * max(part.compress_size, 1)
    if part.file_size > _LARGE_PART and part.file_size > most:
        raise InputRefused(f"a part would unpack to {_HIGHEST_RATIO} times its size and more")


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(most)
    except KeyError:
        return b""


def refuse_entities(archive: zipfile.ZipFile) -> None:
    """Raise InputRefused where a part declares a document type: office files never hold one.

    Each part is unpacked up to its first element; whether it is XML, its name does not tell.
    """
    if any(_has_doctype(archive, part) for part in archive.infolist()):
        raise InputRefused("its XML declares entities, which office files never do")


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    parser = expat.ParserCreate()
    seen: list[bool] = []
    parser.StartDoctypeDeclHandler = lambda *_: seen.append(True)
    parser.StartElementHandler = lambda *_: seen.append(False)
    with archive.open(part) as stream:
        try:
            while not seen and (block := stream.read(_BLOCK)):
                parser.Parse(block, False)
        except expat.ExpatError:
            return False  # No XML, or broken: its reader will say.
    return bool(seen) and seen[0]


def refuse_ole(content: bytes, suffix: str) -> None:
    """Raise InputRefused with the remedy for an old office file, or one that has a password."""
    if _wide("EncryptedPackage") in content:
        raise InputRefused("protected by a password: save it without one")
    told = (newer for stream, newer in _STREAMS if _wide(stream) in content)
    newer = next(told, _NEWER.get(suffix, ".docx, .xlsx or .pptx"))
    raise InputRefused(f"an office file of the format before 2007: save it as {newer}")


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")
