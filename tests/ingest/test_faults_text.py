"""Awkward text files, through the real child process: rows 23 to 25 of the faults."""

from __future__ import annotations

import codecs
import random
from pathlib import Path

import pytest

from corpus.errors import InputRefused
from ingest.blocks import Reading
from ingest.readers import HEAD_BYTES, detect, read_document

TEXT = "Capital spending rose to €4.5 billion – “more than planned”, the café chain’s owner said."


def read(folder: Path, content: bytes, name: str) -> Reading:
    path = folder / name
    path.write_bytes(content)
    return read_document(path, detect(content[:HEAD_BYTES], name))


def text_of(reading: Reading) -> str:
    return " ".join(block.text for block in reading.blocks)


BINARY = {
    "random bytes": random.Random(7).randbytes(6_000),
    "ELF": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + random.Random(8).randbytes(4_000),
    "zeros": bytes(5_000),
    "pickle": b"\x80\x04\x95" + random.Random(9).randbytes(4_000),
}


@pytest.mark.parametrize("name", ("notes.txt", "notes.md", "notes", "page.html"))
@pytest.mark.parametrize("kind", BINARY)
def test_fault_23_a_binary_with_the_name_of_a_text_is_refused(
    tmp_path: Path, kind: str, name: str
) -> None:
    with pytest.raises(InputRefused):
        read(tmp_path, BINARY[kind], name)


ENCODINGS = {
    "utf-8": TEXT.encode(),
    "utf-8 with mark": codecs.BOM_UTF8 + TEXT.encode(),
    "utf-16 le with mark": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf-16 be with mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf-16 le": TEXT.encode("utf-16-le"),
    "utf-16 be": TEXT.encode("utf-16-be"),
    "utf-32 le with mark": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    "cp1252": TEXT.encode("cp1252"),
}
FORMATS = {
    "note.txt": "{}\n",
    "note.md": "# Note\n\n{}\n",
    "note.html": "<html><body><article><p>{}</p><p>A second paragraph stands below the first one"
    " so that the article is long enough to be one.</p></article></body></html>",
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_fault_24_encodings_are_decoded_and_a_guess_is_said(
    tmp_path: Path, encoding: str, name: str
) -> None:
    before, after = FORMATS[name].split("{}")
    mark, codec = _codec(encoding)
    reading = read(tmp_path, mark + f"{before}{TEXT}{after}".encode(codec), name)
    assert TEXT in text_of(reading)
    assert bool(reading.warnings) is (encoding == "cp1252")


def _codec(encoding: str) -> tuple[bytes, str]:
    words = encoding.split()
    marks = {
        "utf-8": codecs.BOM_UTF8,
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
    }
    codec = "-".join(word for word in words if word not in {"with", "mark"})
    return (marks[codec] if "mark" in words else b"", codec)


@pytest.mark.parametrize("charset", ("windows-1252", "iso-8859-15", "utf-8"))
def test_fault_24_a_page_that_names_its_charset_needs_no_guess(
    tmp_path: Path, charset: str
) -> None:
    page = FORMATS["note.html"].replace("<html>", f'<html><meta charset="{charset}">')
    sentence = "Der Umsatz stieg auf 4,5 Milliarden €, sagte der Geschäftsführer in München."
    reading = read(tmp_path, page.format(sentence).encode(charset), "note.html")
    assert sentence in text_of(reading)
    assert reading.warnings == ()


DIRTY = {
    "bidirectional override": "capital\u202e spending\u202c",
    "isolates": "capital\u2066 spending\u2069",
    "left-to-right mark": "capital\u200e spending",
    "zero width space": "cap\u200bital spending",
    "joiners": "capi\u200dtal spend\u200cing",
    "word joiner and mark": "capital\u2060 spending\ufeff",
    "tag characters": "capital\U000e0049\U000e0047\U000e004e spending",
    "variation selector": "capital\ufe0f spending",
    "escape": "capital\x1b spending",
    "soft hyphen": "capi\u00adtal spending",
    "interlinear annotation": "capital\ufff9 spending",
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", DIRTY)
def test_fault_25_invisible_characters_are_left_out(tmp_path: Path, kind: str, name: str) -> None:
    sentence = f"The {DIRTY[kind]} of the year came to 37.6 billion in all."
    reading = read(tmp_path, FORMATS[name].format(sentence).encode(), name)
    assert "The capital spending of the year came to 37.6 billion in all." in text_of(reading)


@pytest.mark.parametrize("name", FORMATS)
def test_fault_25_a_nul_is_left_out(tmp_path: Path, name: str) -> None:
    opening = "An opening sentence that says little. " * 200
    sentence = f"{opening} The cap\0ital spending of the year came to 37.6 billion in all."
    text = text_of(read(tmp_path, FORMATS[name].format(sentence).encode(), name))
    assert "The capital spending of the year came to 37.6 billion in all." in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "surrogate",
    (b"\xed\xa0\xbd", "\ud83d".encode("utf-16-le", "surrogatepass")),
    ids=("utf-8", "utf-16"),
)
def test_fault_25_a_lone_surrogate_is_no_crash(tmp_path: Path, name: str, surrogate: bytes) -> None:
    codec = "utf-8" if len(surrogate) == 3 else "utf-16-le"
    before, after = FORMATS[name].split("{}")
    mark = codecs.BOM_UTF16_LE if codec == "utf-16-le" else b""
    start, end = (
        f"{before}The capital ".encode(codec),
        f" spending of the year.{after}".encode(codec),
    )
    text = text_of(read(tmp_path, mark + start + surrogate + end, name))
    assert "spending of the year." in text
    text.encode("utf-8")


@pytest.mark.parametrize(
    "reference", ("&#8203;", "&#x202e;", "&#xE0041;", "&#0;", "&zwj;", "&shy;")
)
@pytest.mark.parametrize("filing", (False, True))
def test_fault_25_character_references_are_cleaned_too(
    tmp_path: Path, reference: str, filing: bool
) -> None:
    sentence = f"The cap{reference}ital spending of the year came to 37.6 billion in all."
    page = FORMATS["note.html"].format(sentence)
    if filing:
        page = page.replace("<html>", "<html xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'>")
    text = text_of(read(tmp_path, page.encode(), "note.html"))
    assert "spending of the year came to 37.6 billion" in text
    assert not any(mark in text for mark in "\0\u200b\u200d\u202e\u00ad\U000e0041")
