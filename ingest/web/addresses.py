"""Pure: which addresses may be asked, told from their text; no name is looked up here.

An address is brought into one spelling first, so that no other spelling of a number, a letter or
a dot leads around a check. What is public is listed, everything else is refused: networks that
are reserved today stay closed when they are given a use.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urljoin

import httpx2

from corpus.errors import InputRefused

__all__ = ["SAVE", "PublicAddress", "next_address", "public_address", "read_address", "refused"]

SAVE = "save the page and ingest the file"

_PORTS = frozenset({80, 443, 8080, 8443})
"""Where web servers listen; whoever may name any port can probe a network for its services."""
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*):(?://([^/?#]*)(.*))?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::([0-9]{0,5}))?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_LONGEST_SHOWN = 200

_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # relays of 6to4
            "2001::/23",  # protocol assignments, among them Teredo: private IPv4 inside
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: any IPv4 inside
            "3fff::/20",  # documentation
        ),
    )
)

PublicAddress = IPv4Address | IPv6Address


def refused(address: str, reason: str, remedy: str = SAVE) -> InputRefused:
    """Return the error that names the address, what is wrong with it and what to do."""
    shown = address if len(address) <= _LONGEST_SHOWN else f"{address[:_LONGEST_SHOWN]}..."
    return InputRefused(f"{shown} {reason}: {remedy}")


def read_address(text: str) -> str:
    """Return an http or https address as it is asked and known again.

    Scheme and host are in lower case and ASCII, a numeric host is an IP address in its usual
    spelling; default port, fragment and the root's dot are dropped. Raises InputRefused for
    another scheme, a name or password in it, another port than 80, 443, 8080 and 8443, a host
    that is none, and an IP address that is not public.
    """
    found = _ADDRESS.match(text.strip())
    if found is None:
        raise refused(text, "is no address", "give one that begins with https://")
    scheme, authority, rest = found[1].lower(), found[2], found[3]
    if scheme not in {"http", "https"}:
        raise refused(text, f"is a {scheme}: address, only http and https are read")
    if not authority:
        raise refused(text, "names no host", "give an address like https://example.com/page")
    path = rest.partition("#")[0]
    slash = "" if path.startswith("/") else "/"
    try:
        url = httpx2.URL(f"{scheme}://{_host_and_port(text, authority)}{slash}{path}")
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise refused(text, f"is no valid address ({error})") from error
    return str(url)


def next_address(address: str, location: str) -> str:
    """Return where `address` sends on to; raises InputRefused as read_address, and for a downgrade.

    From https nothing leads to http: what follows could be read and changed on the way.
    """
    try:
        following = read_address(urljoin(address, location))
    except ValueError as error:
        raise refused(address, "sends on to what is no address") from error
    except InputRefused as error:
        raise InputRefused(f"{address} sends on: {error}") from error
    if address.startswith("https:") and not following.startswith("https:"):
        raise refused(address, f"sends on from https to {following}")
    return following


def public_address(text: str) -> PublicAddress:
    """Return the IP address; raises ValueError, fit for a reader, unless anyone may ask it."""
    address = ip_address(text)
    in_use = address in _GLOBAL_V6 if address.version == 6 else address.is_global
    special = any(address.version == net.version and address in net for net in _SPECIAL)
    if not in_use or special or address.is_multicast or address.is_reserved:
        raise ValueError(f"{address} is {_kind(address)}")
    return address


def _kind(address: PublicAddress) -> str:
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "link-local, where cloud machines keep their credentials"
    return "in a private network" if address.is_private else "not a public address"


def _host_and_port(text: str, authority: str) -> str:
    plain = unicodedata.normalize("NFKC", unquote(authority)).replace("。", ".")
    if "@" in plain:
        raise refused(text, "holds a user name or password", "give it without, or save the page")
    found = _AUTHORITY.fullmatch(plain)
    if found is None:
        raise refused(text, "names no valid host")
    if found[3] and int(found[3]) not in _PORTS:
        ports = ", ".join(map(str, sorted(_PORTS)))
        raise refused(text, f"names port {found[3]}; ports that are asked: {ports}")
    return _host(text, found[1], found[2]) + (f":{int(found[3])}" if found[3] else "")


def _host(text: str, numbers: str | None, name: str | None) -> str:
    try:
        if numbers:
            return f"[{public_address(numbers)}]"
        host = (name or "").lower().removesuffix(".")
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            # As the system's own functions read it: 127.1, 0x7f.1, 2130706433.
            return str(public_address(socket.inet_ntoa(socket.inet_aton(host))))
    except (OSError, ValueError) as error:
        raise refused(text, f"is not asked ({error})") from error
    return host
