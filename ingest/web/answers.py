"""Pure: what an answer says of itself: why it is no document, its name, its type, its time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx2

from corpus.errors import InputRefused
from ingest.uploads import clean_name
from ingest.web.addresses import SAVE, refused

__all__ = ["document_name", "media_type", "modified_at", "refuse_unusable", "retry_pause"]

_BUSY = frozenset({429, 503})
_UNPACKED = frozenset({"", "identity", "gzip", "deflate"})
_REASONS = {
    401: "asks for a login (HTTP 401)",
    402: "is behind a paywall (HTTP 402)",
    403: "does not let programs read it (HTTP 403)",
    404: "is not there (HTTP 404)",
    410: "is no longer there (HTTP 410)",
    429: "has been asked too often (HTTP 429)",
    451: "is withheld for legal reasons (HTTP 451)",
    503: "is out of service for now (HTTP 503)",
}
_REMEDIES = {
    404: "check the address",
    410: "look for its new address, or ingest a copy that you have",
    429: f"try again later, or {SAVE}",
}
_NO_DOCUMENTS = ("image/", "audio/", "video/", "font/")
_SUFFIXES = {
    "text/html": (".html", ".htm", ".xhtml"),
    "application/xhtml+xml": (".xhtml", ".html", ".htm"),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".text", ".md", ".markdown", ".csv", ".tsv", ".html", ".htm"),
    "text/markdown": (".md", ".markdown"),
    "text/csv": (".csv",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
}
"""The endings that fit a content type; the first is added where the name has none of them."""


def refuse_unusable(address: str, response: httpx2.Response, size: int) -> None:
    """Raise InputRefused unless the head promises a document of at most `size` bytes."""
    status = response.status_code
    if status != 200:
        fault = "has a fault on its server" if status >= 500 else "cannot be read"
        reason = _REASONS.get(status, f"{fault} (HTTP {status})")
        later = f"try again later, or {SAVE}" if status >= 500 else SAVE
        raise refused(address, reason, _REMEDIES.get(status, later))
    kind = media_type(response)
    if kind.startswith(_NO_DOCUMENTS):
        raise InputRefused(f"{address} is no document but {kind}")
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in _UNPACKED:
        # One layer that we asked for: layers in layers unpack without end.
        raise refused(address, f"is packed in a way that was not asked for ({packing[:40]})")
    promised = response.headers.get("content-length", "")
    if promised.isascii() and promised.isdecimal() and int(promised) > size:
        raise refused(address, f"is over {size / 1024**2:g} MiB")


def retry_pause(response: httpx2.Response) -> float | None:
    """Seconds after which a busy server says it will answer; None where it is not or does not."""
    asked = str(response.headers.get("retry-after", "")).strip()
    if response.status_code not in _BUSY or not (asked.isascii() and asked.isdecimal()):
        return None
    return float(asked)


def media_type(response: httpx2.Response) -> str:
    """Return the content type without its parameters, in lower case; empty if not told."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def modified_at(response: httpx2.Response) -> datetime | None:
    """Return when the server says that the content was changed last."""
    try:
        moment = parsedate_to_datetime(response.headers.get("last-modified", ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def document_name(address: str, response: httpx2.Response) -> str:
    """Return what people may call the content, with an ending that fits its type.

    The server's own name for it, else the last part of the address's path, else the host.
    """
    parts = urlsplit(address)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    name = clean_name(_stated_name(response) or last or parts.hostname or address)
    fitting = _SUFFIXES.get(media_type(response), ())
    if not fitting or PurePosixPath(name).suffix.lower() in fitting:
        return name
    return clean_name(name + fitting[0])


def _stated_name(response: httpx2.Response) -> str | None:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    return header.get_filename()
