"""Price data that a deployment fetched: a file in its data folder, and where it is from.

Nothing fetches by itself. Without the file, prices are those that the genai-prices package brings.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ConfigurationError, LoadFactorError

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot

__all__ = [
    "PACKAGE",
    "PRICES_FILE",
    "PriceData",
    "PriceUpdateFailed",
    "bundled_snapshot",
    "bundled_version",
    "default_source",
    "load_price_data",
    "read_snapshot",
    "remove_price_data",
    "store_price_data",
]

PACKAGE = "genai-prices"
PRICES_FILE = "prices.json"
LONGEST_REASON = 200
REMEDY = "run `loadfactor prices --update` again, or `loadfactor prices --bundled` to go back"


class PriceUpdateFailed(LoadFactorError):
    """Price data could not be fetched, read or stored; the data in force stays."""


@dataclass(frozen=True, slots=True)
class PriceData:
    """A payload as it was fetched; `url` says from where, `fetched_at` is aware, in UTC."""

    url: str
    fetched_at: datetime
    payload: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def size(self) -> int:
        """Return the payload's length in bytes."""
        return len(self.payload)

    @property
    def version(self) -> str:
        """Return what the ledger keeps: "genai-prices data of 2026-11-20 (sha256 1a2b3c4d)"."""
        return f"{PACKAGE} data of {self.fetched_at.date()} (sha256 {self.sha256[:8]})"


def bundled_version() -> str:
    return f"{PACKAGE} {version(PACKAGE)}"


def default_source() -> str:
    """Return the address that the price data's own package updates from."""
    from genai_prices.update_prices import DEFAULT_UPDATE_URL

    return DEFAULT_UPDATE_URL


def bundled_snapshot() -> DataSnapshot:
    """Return the package's own data; takes 0.4 s the first time."""
    from genai_prices.data import providers
    from genai_prices.data_snapshot import DataSnapshot

    return DataSnapshot(providers=providers, from_auto_update=False)


def read_snapshot(payload: bytes) -> DataSnapshot:
    """Return the price data that `payload` holds; rates keep their digits, no float is made.

    Raises PriceUpdateFailed with the reason where it holds none.
    """
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import _providers_from_raw

    try:
        raw = json.loads(payload.decode(), parse_float=Decimal)
        if not isinstance(raw, list):
            raise ValueError("a list of providers is expected")
        providers = _providers_from_raw(raw)
    except (ValueError, TypeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:LONGEST_REASON]
        raise PriceUpdateFailed(f"it is no whole price data ({reason})") from error
    if not any(provider.models for provider in providers):
        raise PriceUpdateFailed("it is no whole price data (it names no model)")
    return DataSnapshot(providers=providers, from_auto_update=False)


def load_price_data(folder: Path) -> PriceData | None:
    """Return the price data that was stored in `folder`, None where none was.

    Checks the payload against its hash, and reads it only where another version of the package
    stored it. Raises ConfigurationError for a damaged file.
    """
    path = folder / PRICES_FILE
    try:
        return _read_record(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); {REMEDY}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, PriceUpdateFailed) as error:
        raise ConfigurationError(f"{path} is damaged ({error}); {REMEDY}.") from error


def _read_record(content: bytes) -> PriceData:
    record = json.loads(content)
    fetched_at = datetime.fromisoformat(record["fetched_at"]).astimezone(UTC)
    data = PriceData(str(record["url"]), fetched_at, record["payload"].encode())
    if (data.sha256, data.size) != (record["sha256"], record["size"]):
        raise ValueError("its payload is not the one that was stored")
    if record["read_by"] != bundled_version():
        read_snapshot(data.payload)
    return data


def store_price_data(folder: Path, data: PriceData) -> None:
    """Put `data` in force for what starts from now on, in one step; `data` was read before.

    Raises PriceUpdateFailed where the folder cannot be written.
    """
    record = {
        "url": data.url,
        "fetched_at": data.fetched_at.isoformat(),
        "sha256": data.sha256,
        "size": data.size,
        "read_by": bundled_version(),
        "payload": data.payload.decode(),
    }
    path = folder / PRICES_FILE
    half = folder / f".{PRICES_FILE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with half.open("w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink()
        raise PriceUpdateFailed(f"{path} cannot be written ({error.strerror}).") from error


def remove_price_data(folder: Path) -> bool:
    """Go back to the package's own data; False where nothing had been stored.

    Raises PriceUpdateFailed where the file cannot be removed.
    """
    path = folder / PRICES_FILE
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise PriceUpdateFailed(f"{path} cannot be removed ({error.strerror}).") from error
    return True
