"""An entry of backends.toml as a frozen value. Pure: builds and asks nothing.

| field | meaning | default |
|---|---|---|
| label | the name that readers see | required |
| kind | offline-analyst, openai, openai-compatible, anthropic, google, ollama | required |
| provider | the provider's name in the price data | required |
| model | the model's name at the provider | required |
| base_url | where requests go | the provider's own; required for openai-compatible |
| key | the environment variable that holds the key, never the key itself | unset |
| tier | routine or hard: what `auto` uses it for | hard |
| locality | this machine, private network or outside | read off base_url |
| max_output | most tokens of an answer | 4096 |
| timeout | longest silence in seconds | 60 |
| price | "provider/model" of the price data to price by | provider and model |
| fallback | the entry that answers when this one fails | unset |
| hourly_usd | dollars, as text, that an hour of our own machine costs while it answers | unset |
| service_tier | the tier to ask for, such as flex; kinds openai, openai-compatible | standard |
| prompt_cache | let Anthropic cache prompts: a write costs a quarter more, a hit a tenth | false |
| stream_usage | ask for token counts by stream_options; false where a server refuses that | true |
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

__all__ = [
    "AUTO",
    "DEFAULT_MAX_OUTPUT",
    "DEFAULT_TIMEOUT",
    "BackendEntry",
    "Kind",
    "Locality",
    "Tier",
    "destination",
    "locality_of",
]

DEFAULT_MAX_OUTPUT = 4096
DEFAULT_TIMEOUT = 60

TRANSLATED = tuple(map(ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")))
"""6to4, Teredo and NAT64 (RFC 3056, 4380, 6052, 8215): what is sent there goes on to an address of
IPv4 that may be anybody's. Which of them count as global differs between versions of Python."""

AUTO = "auto"
"""The name by which a reader asks for routing; no entry may take it."""


class Kind(StrEnum):
    OFFLINE = "offline-analyst"
    OPENAI = "openai"
    COMPATIBLE = "openai-compatible"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    OLLAMA = "ollama"


class Tier(StrEnum):
    ROUTINE = "routine"
    HARD = "hard"


class Locality(StrEnum):
    """How far a question and its evidence travel."""

    MACHINE = "this machine"
    NETWORK = "private network"
    OUTSIDE = "outside"

    @property
    def distance(self) -> int:
        """Return 0 for this machine; the larger, the further."""
        return list(Locality).index(self)


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """One `[backends.NAME]` table; `base_url` is None only for the offline analyst.

    `price` is (provider, model) of the price data, `timeout` in seconds, `max_output` in tokens,
    `hourly_usd` in dollars.
    """

    name: str
    label: str
    kind: Kind
    provider: str
    model: str
    base_url: str | None = None
    key: str | None = None
    tier: Tier = Tier.HARD
    locality: Locality = Locality.MACHINE
    max_output: int = DEFAULT_MAX_OUTPUT
    timeout: int = DEFAULT_TIMEOUT
    price: tuple[str, str] | None = None
    fallback: str | None = None
    stream_usage: bool = True
    hourly_usd: Decimal | None = None
    service_tier: str | None = None
    prompt_cache: bool = False

    @property
    def host(self) -> str | None:
        """Return host and port as the address names them, None for the offline analyst."""
        return urlsplit(self.base_url).netloc if self.base_url else None

    @property
    def priced_as(self) -> tuple[str, str] | None:
        return self.price

    @property
    def local(self) -> bool:
        """Tell whether it runs on machines of our own, so that no provider bills it.

        A server of another kind may pass calls on to one that does, and says nothing of that.
        """
        ollama = self.kind is Kind.OLLAMA and self.locality is not Locality.OUTSIDE
        unpriced = self.price is None and (self.kind is Kind.OFFLINE or ollama)
        return unpriced or self.hourly_usd is not None

    @property
    def destination(self) -> str:
        return destination(self.locality, self.host)


def destination(locality: Locality, host: str | None) -> str:
    """Return where the text goes, as readers are told: "this machine", "api.openai.com".

    What a server on this machine or network passes on goes outside through it.
    """
    if host is None or locality is Locality.MACHINE:
        return Locality.MACHINE.value
    if locality is Locality.NETWORK:
        return f"{Locality.NETWORK.value} ({host})"
    near = locality_of(urlsplit(f"//{host}").hostname or "")
    return host if near in {None, Locality.OUTSIDE} else f"{Locality.OUTSIDE.value}, through {host}"


def locality_of(host: str) -> Locality | None:
    """Return how far a host name or address is as far as it says itself, else None.

    A name that only a resolver knows says nothing, but for localhost.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return Locality.MACHINE
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return Locality.MACHINE
    outside = address.is_global or any(address in network for network in TRANSLATED)
    return Locality.OUTSIDE if outside else Locality.NETWORK
