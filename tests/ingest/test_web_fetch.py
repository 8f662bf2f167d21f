"""Pages as servers give them: names, types, redirects, refusals, courtesy, TLS."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corpus.errors import InputRefused
from ingest.web.fetch import Fetched
from tests.servers.internet import Internet, RawServer
from tests.servers.loopback import Cut, LoopbackServer, Received, Reply

PAGE = b"<html><body><p>Capacity is sold before it is built.</p></body></html>"
CHANGED = datetime(2026, 2, 5, 12, 0, 0, tzinfo=UTC)


@contextmanager
def serving(*replies: Reply) -> Iterator[tuple[Internet, LoopbackServer]]:
    """A server that is known by two names at two addresses."""
    with LoopbackServer() as server:
        server.queue(*replies)
        internet = Internet()
        port = int(server.address.rpartition(":")[2])
        internet.put("news.example", port)
        internet.put("other.example", port, "151.101.1.1")
        yield internet, server


def page(**headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply((PAGE,), headers=named, content_type="text/html; charset=utf-8")


def fetched(internet: Internet, url: str) -> Fetched:
    found = internet.fetcher().fetch(url)
    assert found is not None
    return found


def test_a_page_comes_with_its_provenance() -> None:
    with serving(page(last_modified="Thu, 05 Feb 2026 12:00:00 GMT")) as (internet, _):
        assert fetched(internet, "HTTP://News.Example:80/2026/capacity#top") == Fetched(
            url_asked="http://news.example/2026/capacity",
            url_final="http://news.example/2026/capacity",
            content=PAGE,
            content_type="text/html",
            name="capacity.html",
            modified=CHANGED,
        )


def test_we_say_who_we_are_and_nothing_else() -> None:
    with serving(page()) as (internet, server):
        fetched(internet, "http://news.example/a?b=1")
    (request,) = server.requests
    assert request.path == "/a?b=1"
    assert request.headers["user-agent"] == f"LoadFactor/{version('load-factor')}"
    assert set(request.headers) <= {
        *("host", "user-agent", "accept", "accept-encoding", "connection"),
    }


@pytest.mark.parametrize("packing", ["gzip", "deflate", "identity"])
def test_packed_content_is_unpacked(packing: str) -> None:
    packed = {"gzip": gzip.compress(PAGE), "deflate": zlib.compress(PAGE)}.get(packing, PAGE)
    reply = Reply((packed,), headers={"content-encoding": packing}, content_type="text/html")
    with serving(reply) as (internet, _):
        assert fetched(internet, "http://news.example/").content == PAGE


def test_redirects_are_followed_to_other_hosts() -> None:
    away = Reply(status=301, headers={"location": "//other.example/moved.html"})
    with serving(away, page()) as (internet, _):
        found = fetched(internet, "http://news.example/old")
    assert (found.url_asked, found.url_final) == (
        "http://news.example/old",
        "http://other.example/moved.html",
    )
    assert found.name == "moved.html"
    assert internet.reached == [("93.184.216.34", 80), ("151.101.1.1", 80)]


def test_a_cookie_stays_with_its_host_and_its_fetch() -> None:
    first = Reply(status=302, headers={"set-cookie": "seen=1", "location": "/second"})
    second = Reply(status=302, headers={"location": "http://other.example/"})
    with serving(first, second, page(), page()) as (internet, server):
        fetcher = internet.fetcher()
        fetcher.fetch("http://news.example/")
        fetcher.fetch("http://news.example/")
    sent = [request.headers.get("cookie") for request in server.requests]
    assert sent == [None, "seen=1", None, None]


def test_proxies_and_certificates_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with LoopbackServer() as proxy, serving(page()) as (internet, _):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
        (tmp_path / ".netrc").write_text("machine news.example login me password secret")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        fetched(internet, "http://news.example/")
        assert proxy.requests == []


@pytest.mark.parametrize(
    ("path", "kind", "disposition", "name"),
    [
        ("/a/report.pdf", "application/pdf", None, "report.pdf"),
        ("/a/report", "application/pdf", None, "report.pdf"),
        ("/a/Q1%20results.html?x=1", "text/html", None, "Q1 results.html"),
        ("/viewer.aspx", "text/html", None, "viewer.aspx.html"),
        ("/", "text/html", None, "news.example.html"),
        ("/notes.md", "text/plain", None, "notes.md"),
        ("/table.csv", "text/csv", None, "table.csv"),
        ("/get?id=7", "application/pdf", 'attachment; filename="10-K 2025.pdf"', "10-K 2025.pdf"),
        ("/get", "application/pdf", "attachment; filename*=UTF-8''caf%C3%A9.pdf", "café.pdf"),
        ("/get", "text/plain", 'attachment; filename="../../etc/passwd"', "passwd.txt"),
        ("/..%2F..%2Fetc%2Fpasswd", "text/plain", None, "passwd.txt"),
        ("/data", "application/octet-stream", None, "data"),
    ],
)
def test_the_name_fits_what_the_server_says(
    path: str, kind: str, disposition: str | None, name: str
) -> None:
    headers = {"content-disposition": disposition} if disposition else {}
    with serving(Reply((b"content",), headers=headers, content_type=kind)) as (internet, _):
        assert fetched(internet, f"http://news.example{path}").name == name


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, "cannot be read (HTTP 204)"),
        (304, "cannot be read (HTTP 304)"),
        (401, "asks for a login (HTTP 401): save the page"),
        (402, "is behind a paywall (HTTP 402): save the page"),
        (403, "does not let programs read it (HTTP 403): save the page"),
        (404, "is not there (HTTP 404): check the address"),
        (410, "is no longer there (HTTP 410): look for"),
        (418, "cannot be read (HTTP 418): save the page"),
        (429, "has been asked too often (HTTP 429): try again later"),
        (451, "is withheld for legal reasons (HTTP 451)"),
        (500, "has a fault on its server (HTTP 500): try again later"),
        (503, "is out of service for now (HTTP 503): try again later"),
    ],
)
def test_a_refusal_tells_the_reason(status: int, reason: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())

    with RawServer(talk) as server:
        internet = Internet()
        internet.put("news.example", server.port)
        with pytest.raises(InputRefused) as told:
            internet.fetcher().fetch("http://news.example/page")
    assert f"http://news.example/page {reason}" in str(told.value)
    assert internet.slept == []


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/mpeg"])
def test_pictures_and_films_are_no_documents(kind: str) -> None:
    with (
        serving(Reply((b"x",), content_type=kind)) as (internet, _),
        pytest.raises(InputRefused, match=f"no document but {kind}"),
    ):
        internet.fetcher().fetch("http://news.example/x")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_once_more_when_it_says_when(status: int) -> None:
    busy = Reply(status=status, headers={"retry-after": "7"})
    with serving(busy, page()) as (internet, server):
        assert fetched(internet, "http://news.example/").content == PAGE
        server.queue(busy, busy, page())
        with pytest.raises(InputRefused, match=f"HTTP {status}"):
            internet.fetcher().fetch("http://news.example/")
    assert internet.slept == [7, 7]


@pytest.mark.parametrize("pause", ["3600", "soon", "²", ""])
def test_a_long_or_unclear_pause_is_not_waited_for(pause: str) -> None:
    reply = Reply(status=429, headers={"retry-after": pause.encode().decode("latin-1")})
    with (
        serving(reply) as (internet, server),
        pytest.raises(InputRefused, match="HTTP 429"),
    ):
        internet.fetcher().fetch("http://news.example/")
    assert internet.slept == []
    assert len(server.requests) == 1


def as_of(day: str) -> Callable[[Received], Reply]:
    """A server whose page changed on a day, and which tells so."""

    def reply(request: Received) -> Reply:
        if request.headers.get("if-modified-since") == day:
            return Reply(status=304)
        return page(last_modified=day)

    return reply


def test_what_did_not_change_is_not_sent_again() -> None:
    with LoopbackServer(as_of("Thu, 05 Feb 2026 12:00:00 GMT")) as server:
        internet = Internet()
        internet.put("news.example", int(server.address.rpartition(":")[2]))
        fetcher = internet.fetcher()
        assert fetcher.fetch("http://news.example/", since=CHANGED) is None
        assert fetcher.fetch("http://news.example/", since=CHANGED - timedelta(1)) is not None


def test_what_a_redirect_leads_to_is_fetched_whatever_its_day() -> None:
    away = Reply(status=302, headers={"location": "/latest.html"})
    with serving(away, page()) as (internet, server):
        assert internet.fetcher().fetch("http://news.example/", since=CHANGED) is not None
    asked = [request.headers.get("if-modified-since") for request in server.requests]
    assert asked == ["Thu, 05 Feb 2026 12:00:00 GMT", None]


def test_an_answer_that_breaks_off_is_refused() -> None:
    with (
        serving(Reply((b"<html>half", Cut()), content_type="text/html")) as (internet, _),
        pytest.raises(InputRefused, match=r"http://news\.example/ cannot be fetched"),
    ):
        internet.fetcher().fetch("http://news.example/")


def test_what_is_no_http_is_refused() -> None:
    with RawServer(lambda connection: connection.sendall(b"220 mail ready\r\n")) as server:
        internet = Internet()
        internet.put("news.example", server.port)
        with pytest.raises(InputRefused, match="cannot be fetched"):
            internet.fetcher().fetch("http://news.example/")


def test_an_unknown_name_and_a_dead_address_are_told() -> None:
    internet = Internet({"gone.example": ("93.184.216.34",), "empty.example": ()})
    for host, reason in (
        ("nobody.example", "nobody.example is not known"),
        ("gone.example", "no route to host"),
        ("empty.example", "empty.example has no address"),
    ):
        with pytest.raises(InputRefused, match=reason):
            internet.fetcher().fetch(f"http://{host}/")


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of a certificate that is made out to a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both = folder / "both.pem"
    both.write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=pem.decode())


def greet(connection: socket.socket) -> None:
    length = f"content-length: {len(PAGE)}\r\n\r\n".encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n" + length + PAGE)


def test_tls_is_spoken_with_the_name_though_the_address_was_checked(tmp_path: Path) -> None:
    serverside, clientside = certified(tmp_path, "bank.example")
    named: list[str | None] = []
    serverside.sni_callback = lambda _socket, name, _context: named.append(name)
    with RawServer(greet, serverside) as server:
        internet = Internet()
        internet.put("bank.example", server.port)
        found = internet.fetcher(tls=clientside).fetch("https://bank.example/")
    assert found is not None
    assert found.content == PAGE
    assert named == ["bank.example"]
    assert b"host: bank.example\r\n" in server.heads[0].lower()
    assert internet.reached == [("93.184.216.34", 443)]


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    serverside, clientside = certified(tmp_path, "bank.example")
    with RawServer(greet, serverside) as server:
        internet = Internet()
        internet.put("other.example", server.port)
        with pytest.raises(InputRefused, match="certificate is not valid for 'other"):
            internet.fetcher(tls=clientside).fetch("https://other.example/")
    assert server.heads == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    serverside, _ = certified(tmp_path, "bank.example")
    with RawServer(greet, serverside) as server:
        internet = Internet()
        internet.put("bank.example", server.port)
        with pytest.raises(InputRefused, match="certificate verify failed"):
            internet.fetcher().fetch("https://bank.example/")
    assert server.heads == []


def test_the_environment_cannot_vouch_for_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serverside, _ = certified(tmp_path, "bank.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
    with RawServer(greet, serverside) as server:
        internet = Internet()
        internet.put("bank.example", server.port)
        with pytest.raises(InputRefused, match="certificate verify failed"):
            internet.fetcher().fetch("https://bank.example/")
