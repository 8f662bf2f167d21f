"""Rows 33 to 37 of the faults: addresses that lead inside, and answers without end."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from itertools import count

import pytest

from corpus.errors import InputRefused
from ingest.sources import SkippedInput, find_inputs
from ingest.web.fetch import Fetcher
from ingest.web.network import Limits
from tests.servers.internet import Internet, RawServer
from tests.servers.loopback import Hold, LoopbackServer, Received, Reply

MIB = 1024**2
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


def port_of(server: LoopbackServer) -> int:
    return int(server.address.rpartition(":")[2])


def refusal(internet: Internet, url: str, limits: Limits | None = None) -> str:
    with pytest.raises(InputRefused) as told:
        internet.fetcher(limits).fetch(url)
    return str(told.value)


LITERALS = {
    "loopback": "http://127.0.0.1/",
    "loopback by port": "http://127.0.0.1:8080/",
    "loopback elsewhere in the range": "https://127.255.255.254/",
    "loopback IPv6": "http://[::1]/",
    "unspecified": "http://0.0.0.0/",
    "unspecified IPv6": "http://[::]/",
    "private 10": "http://10.0.0.1/",
    "private 172.16": "http://172.31.255.1/",
    "private 192.168": "http://192.168.1.1/",
    "unique local": "http://[fd12:3456::1]/",
    "CGNAT": "http://100.64.0.1/",
    "link-local": "http://[fe80::1]/",
    "link-local with zone": "http://[fe80::1%25eth0]/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "multicast": "http://224.0.0.1/",
    "multicast IPv6": "http://[ff02::1]/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "site-local": "http://[fec0::1]/",
    "IPv4-mapped": "http://[::ffff:127.0.0.1]/",
    "IPv4-compatible": "http://[::127.0.0.1]/",
    "NAT64": "http://[64:ff9b::7f00:1]/",
    "NAT64 local": "http://[64:ff9b:1::7f00:1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "Teredo": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "short": "http://127.1/",
    "one number": "http://2130706433/",
    "hexadecimal": "http://0x7f.1/",
    "one hexadecimal number": "http://0x7f000001/",
    "octal": "http://0177.0.0.1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "wide digits": "http://１２７.０.０.１/",
    "ideographic dots": "http://127。0。0。1/",
    "trailing dot": "http://127.0.0.1./",
    "percent-encoded": "http://%31%32%37.0.0.1/",
}


@pytest.mark.parametrize("url", LITERALS.values(), ids=LITERALS)
def test_fault_33_an_address_inside_is_refused_before_anything_is_asked(url: str) -> None:
    internet = Internet()
    assert "save the page and ingest the file" in refusal(internet, url)
    assert (internet.asked, internet.reached) == ([], [])
    (item,) = find_inputs(url)
    assert isinstance(item, SkippedInput)
    assert item.refused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ],
)
def test_fault_33_a_name_of_an_address_inside_is_refused_before_connecting(address: str) -> None:
    internet = Internet({"inside.example": (address,)})
    told = refusal(internet, "https://inside.example/")
    assert "inside.example is not asked" in told
    assert internet.reached == []


def test_fault_33_one_address_inside_among_public_ones_closes_the_name() -> None:
    internet = Internet({"both.example": ("93.184.216.34", "10.0.0.1")})
    assert "10.0.0.1 is in a private network" in refusal(internet, "https://both.example/")
    assert internet.reached == []


def test_fault_33_the_real_resolver_is_checked_too() -> None:
    with LoopbackServer() as server:
        for host in ("localhost", "127.0.0.1"):
            with pytest.raises(InputRefused, match="this machine itself"):
                Fetcher().fetch(f"http://{host}:8080/")
        assert server.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "//127.1/",
        "http://2130706433/",
        "http://①②⑦.⓪.⓪.①/".encode().decode("latin-1"),
        "http://[::ffff:10.0.0.1]/",
        "http://inside.example/",
        "file:///etc/passwd",
        "http://user@public.example/",
    ],
)
def test_fault_34_a_redirect_inside_is_refused_at_that_hop(location: str) -> None:
    with LoopbackServer() as server:
        internet = Internet({"inside.example": ("10.0.0.1",)})
        internet.put("public.example", port_of(server))
        server.queue(Reply(status=302, headers={"location": "/second"}))
        server.queue(Reply(status=302, headers={"location": location}))
        refusal(internet, "http://public.example/first")
        assert [request.path for request in server.requests] == ["/first", "/second"]
        assert set(internet.reached) == {("93.184.216.34", 80)}


def test_fault_34_a_redirect_without_end_is_refused() -> None:
    numbers = count()

    def onwards(_: Received) -> Reply:
        return Reply(status=301, headers={"location": f"/{next(numbers)}"})

    with LoopbackServer(onwards) as server:
        internet = Internet()
        internet.put("public.example", port_of(server))
        told = refusal(internet, "http://public.example/")
        assert "sends on more than 5 times" in told
        assert len(server.requests) == 6


def test_fault_35_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = iter([("93.184.216.34",), ("127.0.0.1",), ("127.0.0.1",)])

    class Rebinding(Internet):
        def resolve(self, host: str) -> Sequence[str]:
            self.asked.append(host)
            return next(answers)

    with LoopbackServer() as server:
        server.queue(Reply((b"<html><p>public</p></html>",), content_type="text/html"))
        internet = Rebinding(servers={"93.184.216.34": port_of(server)})
        fetched = internet.fetcher().fetch("http://rebinding.example/")
        assert fetched is not None
        assert internet.asked == ["rebinding.example"]
        assert internet.reached == [("93.184.216.34", 80)]
        assert server.requests[0].headers["host"] == "rebinding.example"


def test_fault_35_a_name_that_moves_inside_between_two_hops_is_refused() -> None:
    answers = iter([("93.184.216.34",), ("127.0.0.1",)])

    class Rebinding(Internet):
        def resolve(self, host: str) -> Sequence[str]:
            self.asked.append(host)
            return next(answers)

    with LoopbackServer() as server:
        away = {"location": "/again", "connection": "close"}
        server.queue(Reply(status=302, headers=away))
        internet = Rebinding(servers={"93.184.216.34": port_of(server)})
        assert "this machine itself" in refusal(internet, "http://rebinding.example/")
        assert internet.reached == [("93.184.216.34", 80)]


def test_fault_35_an_address_that_is_down_yields_to_the_next_that_was_checked() -> None:
    with LoopbackServer() as server:
        server.queue(Reply((b"text",), content_type="text/plain"))
        internet = Internet({"two.example": ("2606:2800:220:1::1", "93.184.216.34")})
        internet.servers["93.184.216.34"] = port_of(server)
        assert internet.fetcher().fetch("http://two.example/") is not None
        assert [address for address, _ in internet.reached] == list(internet.names["two.example"])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http and https are read"),
        ("FILE:///etc/passwd", "only http and https are read"),
        ("ftp://example.com/a.pdf", "only http and https are read"),
        ("gopher://example.com/", "only http and https are read"),
        ("javascript:alert(1)", "only http and https are read"),
        ("data:text/html,hello", "only http and https are read"),
        ("https://user@example.com/", "holds a user name or password"),
        ("https://user:secret@example.com/", "holds a user name or password"),
        ("https://@example.com/", "holds a user name or password"),
        ("https://example.com@127.0.0.1/", "holds a user name or password"),
        ("https://example.com:443@127.0.0.1/", "holds a user name or password"),
        ("https://example.com%40127.0.0.1/", "holds a user name or password"),
        ("https://example.com\\@127.0.0.1/", "holds a user name or password"),
        ("https://example.com＠127.0.0.1/", "holds a user name or password"),
    ],
)
def test_fault_36_other_schemes_and_names_in_addresses_are_refused(url: str, reason: str) -> None:
    internet = Internet()
    assert reason in refusal(internet, url)
    assert (internet.asked, internet.reached) == ([], [])
    (item,) = find_inputs(url)
    assert isinstance(item, SkippedInput)
    assert item.refused


def endless(piece: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(piece)

    return talk


def drip(start: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return talk


def told_by(talk: Callable[[socket.socket], None], limits: Limits) -> str:
    with RawServer(talk) as server:
        internet = Internet()
        internet.put("public.example", server.port)
        return refusal(internet, "http://public.example/", limits)


SMALL = Limits(silence=20, total=60, size=MIB)
SHORT = Limits(silence=20, total=0.5)


def test_fault_37_an_endless_answer_is_ended_at_the_cap() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(OK + b"\r\n")
        endless(b"x" * 65536)(connection)

    assert "over 1 MiB" in told_by(talk, SMALL)


def test_fault_37_a_length_over_the_cap_is_refused_before_the_content() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(OK + b"content-length: 104857601\r\n\r\n")
        connection.recv(1)

    assert "over 100 MiB" in told_by(talk, Limits())


@pytest.mark.parametrize("piece", [b"x-header: endless\r\n", b"x"], ids=["lines", "one line"])
def test_fault_37_endless_headers_are_ended(piece: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(OK)
        endless(piece * 512)(connection)

    assert "Receive buffer too long" in told_by(talk, SMALL)


def test_fault_37_endless_answers_before_the_answer_are_ended() -> None:
    hints = endless(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 512)
    assert "over 1 MiB" in told_by(hints, SMALL)


@pytest.mark.parametrize("start", [OK, OK + b"\r\n"], ids=["header", "content"])
def test_fault_37_a_slow_answer_is_ended_in_time(start: bytes) -> None:
    assert "not whole after 0.5 seconds" in told_by(drip(start, b"x"), SHORT)


def test_fault_37_a_silent_server_is_given_up() -> None:
    with LoopbackServer() as server:
        server.queue(Reply((b"<html>", Hold()), content_type="text/html"))
        internet = Internet()
        internet.put("public.example", port_of(server))
        told = refusal(internet, "http://public.example/", Limits(silence=0.2))
        assert "does not answer, or stopped in the middle" in told
        assert server.hung_up.wait(10)


def test_fault_37_a_server_that_never_greets_is_given_up_in_time() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    assert "not whole after 0.5 seconds" in told_by(silent, SHORT)


def bomb(packing: str) -> bytes:
    zeros = bytes(256 * MIB)
    return gzip.compress(zeros, 9) if packing == "gzip" else zlib.compress(zeros, 9)


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_fault_37_a_bomb_is_counted_as_it_unpacks(packing: str) -> None:
    packed = bomb(packing)
    assert len(packed) < MIB
    with LoopbackServer() as server:
        headers = {"content-encoding": packing}
        server.queue(Reply((packed,), headers=headers, content_type="text/html"))
        internet = Internet()
        internet.put("public.example", port_of(server))
        tracemalloc.start()
        told = refusal(internet, "http://public.example/", SMALL)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert "over 1 MiB unpacked" in told
    assert peak < 16 * MIB


@pytest.mark.parametrize("packing", ["gzip, gzip", "gzip, deflate", "br", "zstd", "x"])
def test_fault_37_packing_that_was_not_asked_for_is_refused(packing: str) -> None:
    with LoopbackServer() as server:
        headers = {"content-encoding": packing}
        server.queue(Reply((gzip.compress(b"text"),), headers=headers, content_type="text/html"))
        internet = Internet()
        internet.put("public.example", port_of(server))
        assert "was not asked for" in refusal(internet, "http://public.example/")


def test_fault_37_redirects_share_one_budget_of_time() -> None:
    def slowly(connection: socket.socket) -> None:
        time.sleep(0.2)
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nlocation: /more\r\nconnection: close\r\n"
            b"content-length: 0\r\n\r\n"
        )

    assert "not whole after 0.5 seconds" in told_by(slowly, SHORT)
