import pytest

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.readers import detect

HTML = b"<!DOCTYPE html><html><body><p>Hello</p></body></html>"
INLINE = b"<?xml version='1.0' encoding='ASCII'?>\n<!--XBRL-->\n<html xmlns='x'><body/></html>"


@pytest.mark.parametrize(
    ("head", "name", "media"),
    (
        (b"%PDF-1.7\n...", "report.pdf", Media.PDF),
        (b"%PDF-1.7\n...", "report.txt", Media.PDF),
        (b"junk\n" * 20 + b"%PDF-1.4", "report", Media.PDF),
        (HTML, "page.pdf", Media.HTML),
        (HTML, "page.txt", Media.HTML),
        (INLINE, "filing.htm", Media.HTML),
        (b"\xef\xbb\xbf" + HTML, "page", Media.HTML),
        (HTML.decode().encode("utf-16"), "page.html", Media.HTML),
        (b"<p>A fragment</p>", "page.html", Media.HTML),
        (b"no tags at all", "page.html", Media.TEXT),
        (b"# Title", "note.md", Media.MARKDOWN),
        (b"<div align=center>logo</div>\n# Title", "README.md", Media.MARKDOWN),
        (b"plain", "note.TXT", Media.TEXT),
        (b"plain", "upload", Media.TEXT),
        ("wide text".encode("utf-16"), "note.txt", Media.TEXT),
        ("wide text without a mark".encode("utf-16-le"), "note.txt", Media.TEXT),
        ("caf\xe9 \x93quoted\x94".encode("latin-1"), "note.txt", Media.TEXT),
    ),
)
def test_content_decides_then_the_name(head: bytes, name: str, media: Media) -> None:
    assert detect(head, name) is media


@pytest.mark.parametrize(
    ("head", "name", "reason"),
    (
        (b"", "empty.txt", "0 bytes"),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "sheet.txt", "binary"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 64, "tool.txt", "binary"),
        (b"just words", "report.pdf", "no PDF"),
        (b'{"a": 1}', "manifest.jsonl", "supported: PDF, HTML, Markdown"),
    ),
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    head: bytes, name: str, reason: str
) -> None:
    with pytest.raises(InputRefused, match=reason):
        detect(head, name)
