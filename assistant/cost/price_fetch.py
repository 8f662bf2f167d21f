"""Fetching price data, when somebody asks for it: from a URL or from a file.

Beyond this machine only https is spoken, and a redirect is told, not followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.cost.price_data import PriceData, PriceUpdateFailed

if TYPE_CHECKING:
    from httpx2 import Response

__all__ = ["Limits", "fetch_price_data"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may take: seconds to connect, of silence and in all; bytes."""

    connect: float = 5
    silence: float = 10
    total: float = 60
    size: int = 32 * 2**20


DEFAULT_LIMITS = Limits()


def fetch_price_data(source: str, now: datetime, limits: Limits = DEFAULT_LIMITS) -> PriceData:
    """Return what `source`, a URL or the path of a file, holds; it is not read yet.

    Raises PriceUpdateFailed naming the source and the reason.
    """
    try:
        url, payload = (
            (source, _download(source, limits))
            if "://" in source
            else _read(Path(source), limits.size)
        )
    except PriceUpdateFailed as error:
        raise PriceUpdateFailed(f"No price data from {source}: {error}.") from error
    return PriceData(url, now.astimezone(UTC), payload)


def _read(path: Path, size: int) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            content = file.read(size + 1)
    except OSError as error:
        raise PriceUpdateFailed(f"the file cannot be read ({error.strerror})") from error
    return path.resolve().as_uri(), _whole([content], Limits(size=size))


def _download(url: str, limits: Limits) -> bytes:
    # Imported here, because every command imports this module and few fetch.
    import httpx2

    here = _check_address(url)
    try:
        with (
            httpx2.Client(
                timeout=httpx2.Timeout(limits.silence, connect=limits.connect),
                follow_redirects=False,
                headers={"accept-encoding": "identity", "user-agent": "load-factor"},
                trust_env=not here,
            ) as client,
            client.stream("GET", url) as response,
        ):
            _check_status(response)
            # Raw, because a few bytes can unpack to more than the memory holds.
            return _whole(response.iter_raw(), limits)
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        # A host name that cannot be encoded fails as UnicodeError, outside the client's own tree.
        raise PriceUpdateFailed(str(error) or type(error).__name__) from error


def _check_address(url: str) -> bool:
    """Return whether `url` is on this machine; raise where it may not be asked."""
    try:
        address = urlsplit(url)
        host, secret = address.hostname or "", address.username or address.password
    except ValueError as error:
        raise PriceUpdateFailed(f"it is no address ({error})") from error
    if secret:
        raise PriceUpdateFailed(
            "an address with a password would be kept on disk; give one without"
        )
    here = _is_this_machine(host)
    if not host or address.scheme not in {"https", *(["http"] if here else [])}:
        raise PriceUpdateFailed("give a file, or an https:// address (http:// on this machine)")
    return here


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_status(response: Response) -> None:
    if response.has_redirect_location:
        target = response.headers["location"][:200]
        raise PriceUpdateFailed(
            f"it sends on to {target!r}, which is not followed; give that address if you trust it"
        )
    if response.status_code != 200:
        raise PriceUpdateFailed(f"the server answered {response.status_code}")


def _whole(chunks: Iterable[bytes], limits: Limits) -> bytes:
    started = monotonic()
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > limits.size:
            raise PriceUpdateFailed(f"it is larger than {limits.size:,} bytes")
        if monotonic() - started > limits.total:
            raise PriceUpdateFailed(f"it is not whole after {limits.total:g} seconds")
    return bytes(content)
