"""One spelling of an address, and which addresses are public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InputRefused
from ingest.web.addresses import next_address, public_address, read_address

CLOSED_V4 = [
    IPv4Network(network)
    for network in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "255.255.255.255/32",
    ]
]
CLOSED_V6 = [
    IPv6Network(network)
    for network in [
        "::/128",
        "::1/128",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:10::/28",
        "2001:20::/28",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ]
]
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("https://example.com", "https://example.com/"),
        (" HTTPS://Example.COM:443/A?b=C#part \n", "https://example.com/A?b=C"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("https://example.com./", "https://example.com/"),
        ("https://%65xample.com/", "https://example.com/"),
        ("https://example.com?q=1", "https://example.com/?q=1"),
        ("https://example.com/a b/é", "https://example.com/a%20b/%C3%A9"),
        ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("http://0x5db8d822/", "http://93.184.216.34/"),
        ("https://[2606:2800:0220:1::1]/", "https://[2606:2800:220:1::1]/"),
    ],
)
def test_an_address_has_one_spelling(text: str, one: str) -> None:
    assert read_address(text) == one
    assert read_address(one) == one


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no address"),
        ("example.com/page", "is no address"),
        ("https://", "names no host"),
        ("https:///page", "names no host"),
        ("https:example.com", "names no host"),
        ("https://exa mple.com/", "names no valid host"),
        ("https://exa\tmple.com/", "names no valid host"),
        ("https://example.com%2f.evil.test/", "names no valid host"),
        ("https://example.com\\.evil.test/", "names no valid host"),
        ("https://ex%00ample.com/", "names no valid host"),
        ("https://℀.com/", "names no valid host"),
        ("https://[fe80::1%25eth0]/", "names no valid host"),
        ("https://[::1/", "names no valid host"),
        ("https://example.com/a\0b", "is no valid address"),
        ("https://example.com/\ud800", "is no valid address"),
        ("https://-ü.com/", "is no valid address"),
        ("http://1.2.3.4.5/", "is not asked"),
        ("http://256.1.1.1/", "is not asked"),
        ("https://example.com:22/", "names port 22"),
        ("https://example.com:0/", "names port 0"),
        ("https://example.com:65616/", "names port 65616"),
        ("https://example.com:６３７９/", "names port 6379"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InputRefused, match=reason):
        read_address(text)


def test_the_refusal_names_address_reason_and_remedy() -> None:
    with pytest.raises(InputRefused) as told:
        read_address("http://10.1.2.3/report")
    assert str(told.value) == (
        "http://10.1.2.3/report is not asked (10.1.2.3 is in a private network): "
        "save the page and ingest the file"
    )


@pytest.mark.parametrize(
    ("location", "following"),
    [
        ("/b", "https://example.com/b"),
        ("c?d=1", "https://example.com/a/c?d=1"),
        ("//example.org/", "https://example.org/"),
        ("HTTPS://EXAMPLE.org", "https://example.org/"),
    ],
)
def test_a_redirect_is_read_from_where_it_was_met(location: str, following: str) -> None:
    assert next_address("https://example.com/a/b", location) == following


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(InputRefused, match="from https to http"):
        next_address("https://example.com/", "http://example.com/")


@st.composite
def closed_v4(draw: st.DrawFn) -> IPv4Address:
    network = draw(st.sampled_from(CLOSED_V4))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def closed_v6(draw: st.DrawFn) -> IPv6Address:
    network = draw(st.sampled_from(CLOSED_V6))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def spellings_v4(draw: st.DrawFn, address: IPv4Address) -> str:
    """The address in one to four parts, each decimal, octal or hexadecimal, in any alphabet."""
    parts = list(address.packed)
    kept = draw(st.integers(0, 3))
    numbers = [*parts[:kept], int.from_bytes(parts[kept:])]
    text = ".".join(
        draw(st.sampled_from(["{}", "0x{:x}", "0X{:X}", "0{:o}"])).format(n) for n in numbers
    )
    text = draw(st.sampled_from([text, text.translate(CIRCLED), text.translate(WIDE)]))
    if draw(st.booleans()):
        text = "".join(f"%{byte:02X}" for byte in text.encode())
    return text + draw(st.sampled_from(["", "."]))


@given(st.data())
def test_no_closed_ipv4_address_is_asked_in_any_spelling(data: st.DataObject) -> None:
    address = data.draw(closed_v4())
    host = data.draw(spellings_v4(address))
    with pytest.raises(InputRefused, match="is not asked"):
        read_address(f"http://{host}/")
    with pytest.raises(ValueError, match=r"is (not|in|this|link)"):
        public_address(str(address))


@given(st.data())
def test_no_closed_ipv6_address_is_asked_in_any_spelling(data: st.DataObject) -> None:
    address = data.draw(closed_v6())
    host = data.draw(st.sampled_from([str(address), address.exploded, address.exploded.upper()]))
    with pytest.raises(InputRefused, match="is not asked"):
        read_address(f"http://[{host}]/")
    with pytest.raises(ValueError, match=r"is (not|in|this|link)"):
        public_address(f"{address}%eth0" if address.is_link_local else str(address))


@given(closed_v4())
def test_no_closed_ipv4_address_is_asked_inside_an_ipv6_address(address: IPv4Address) -> None:
    number = int(address)
    teredo = f"2001:0:4136:e378:8000:63bf:{IPv6Address(number ^ 0xFFFFFFFF).exploded[-9:]}"
    for inside in (
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"64:ff9b:1::{address}",
        str(IPv6Address((0x2002 << 112) | (number << 80))),
        teredo,
    ):
        with pytest.raises(InputRefused, match="is not asked"):
            read_address(f"http://[{inside}]/")


@given(st.ip_addresses())
def test_what_is_not_global_is_never_public(address: IPv4Address | IPv6Address) -> None:
    try:
        public = public_address(str(address))
    except ValueError:
        return
    assert public.is_global
    assert not (public.is_private or public.is_multicast or public.is_reserved)


@pytest.mark.parametrize("text", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "2a00:1450::1"])
def test_public_addresses_are_public(text: str) -> None:
    assert public_address(text) == ip_address(text)
