import io
import zipfile

import docx
import pytest
from openpyxl import Workbook
from pptx import Presentation

from corpus.errors import InputRefused
from corpus.models import Media
from ingest.readers import detect

HTML = b"<!DOCTYPE html><html><body><p>Hello</p></body></html>"
INLINE = b"<?xml version='1.0' encoding='ASCII'?>\n<!--XBRL-->\n<html xmlns='x'><body/></html>"


ODD = "../../word/document.xml"
TABLE = "site,mw,rent\n" + "Oslo,80,7\n" * 6
LETTER = "Dear Ann,\nwe met in Oslo, as you know,\nand agreed.\nYours,\nBo\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def archive(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, text in parts.items():
            made.writestr(zipfile.ZipInfo(name), text)
    return stream.getvalue()


def types(main: str) -> str:
    return f'<Types><Override PartName="/a.xml" ContentType="{main}"/></Types>'


def wide(name: str) -> bytes:
    return OLE + name.encode("utf-16-le") + bytes(512)


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
        (b"one column\n1\n", "table.csv", Media.CSV),
        (b"a\tb\n", "table.TSV", Media.CSV),
        (HTML, "table.csv", Media.HTML),
        (TABLE.encode(), "export", Media.CSV),
        (TABLE.replace(",", ";").encode(), "export.txt", Media.CSV),
        (LETTER.encode(), "letter.txt", Media.TEXT),
        (TABLE.encode(), "table.md", Media.MARKDOWN),
    ),
)
def test_content_decides_then_the_name(head: bytes, name: str, media: Media) -> None:
    assert detect(head, name) is media


@pytest.mark.parametrize(
    ("head", "name", "reason"),
    (
        (b"", "empty.txt", "0 bytes"),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "sheet.txt", "a damaged zip archive"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 64, "tool.txt", "binary"),
        (b"just words", "report.pdf", "no PDF"),
        (b'{"a": 1}', "manifest.jsonl", r"supported: PDF, HTML, Word \(.docx\), PowerPoint"),
        (b"just words", "report.docx", "no Word document"),
        (b"just words", "book.xlsm", "no workbook"),
        (archive(**{"a.txt": "words"}), "report.docx", "a zip archive, no office file: unpack"),
        (archive(**{"a.txt": "words"})[:60], "report.docx", "a damaged zip archive"),
        (archive(**{ODD: "words"}), "report.docx", "leads out of the archive"),
        (archive(**{"/etc/passwd": "words"}), "report.docx", "leads out of the archive"),
        (archive(**{"..\\x": "words"}), "report.docx", "leads out of the archive"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "a.odt", "OpenDocument"),
        (
            archive(**{"[Content_Types].xml": types("application/vnd.ms-excel.sheet.binary")}),
            "book.xlsb",
            r"a binary workbook \(.xlsb\): save it as .xlsx",
        ),
        (OLE, "letter.doc", "before 2007: save it as .docx"),
        (OLE, "letter", "before 2007: save it as .docx, .xlsx or .pptx"),
        (wide("Workbook"), "letter.doc", "before 2007: save it as .xlsx"),
        (wide("EncryptedPackage"), "letter.docx", "protected by a password"),
    ),
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    head: bytes, name: str, reason: str
) -> None:
    with pytest.raises(InputRefused, match=reason):
        detect(head, name)


@pytest.mark.parametrize("name", ("report", "report.docx", "report.xlsx", "report.txt"))
def test_office_files_are_told_apart_by_what_they_hold(name: str) -> None:
    made = ((docx.Document(), Media.DOCX), (Presentation(), Media.PPTX), (Workbook(), Media.XLSX))
    for document, media in made:
        stream = io.BytesIO()
        document.save(stream)
        assert detect(stream.getvalue(), name) is media
