"""Office files made to harm, through the real child; and one of each kind through an ingest."""

from __future__ import annotations

import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from openpyxl import Workbook
from pptx import Presentation

from corpus.errors import InputRefused
from corpus.models import Media
from corpus.store import Corpus
from ingest.blocks import Reading
from ingest.originals import original_path
from ingest.outcome import Finished, Status
from ingest.pipeline import ingest
from ingest.readers import read_document
from tests.fakes import HashingEmbedder
from tests.office_files import rewritten

REPOSITORY = Path(__file__).parents[2]
OFFICE = (Media.DOCX, Media.PPTX, Media.XLSX)
MAIN = {
    Media.DOCX: "word/document.xml",
    Media.PPTX: "ppt/slides/slide1.xml",
    Media.XLSX: "xl/worksheets/sheet1.xml",
}
ROOT = {Media.DOCX: "<w:document", Media.PPTX: "<p:sld ", Media.XLSX: "<worksheet"}
BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document() -> Any:
    made = docx.Document()
    made.add_paragraph("Rents fell in Bergen.")
    return made


def deck() -> Any:
    made = Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Rents fell in Bergen."
    return made


def book() -> Any:
    made = Workbook()
    sheet: Any = made.active
    sheet.append(["Site", "Rent ($m)"])
    sheet.append(["Bergen", 7])
    return made


MAKERS: dict[Media, Callable[[], Any]] = {
    Media.DOCX: document,
    Media.PPTX: deck,
    Media.XLSX: book,
}


def made(folder: Path, media: Media) -> Path:
    path = folder / f"plain.{media}"
    MAKERS[media]().save(str(path))
    return path


def said(reading: Reading) -> str:
    return " ".join(f"{block.text} {block.rows}" for block in reading.blocks)


@pytest.mark.parametrize("media", OFFICE)
def test_a_part_that_unpacks_out_of_proportion_is_refused(tmp_path: Path, media: Media) -> None:
    path = made(tmp_path, media)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("media/zeros.bin", bytes(60 * 1024**2))
    with pytest.raises(InputRefused, match="200 times its size"):
        read_document(path, media)


def test_what_unpacks_to_too_much_in_all_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, Media.XLSX)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(60):
            archive.writestr(f"media/{number}.bin", bytes(9 * 1024**2))
    with pytest.raises(InputRefused, match="unpack to more than 500 MiB"):
        read_document(path, Media.XLSX)


@pytest.mark.parametrize("media", OFFICE)
def test_entities_are_refused_and_never_unfolded(tmp_path: Path, media: Media) -> None:
    change = (ROOT[media], BILLION_LAUGHS + ROOT[media])
    bomb = rewritten(made(tmp_path, media), tmp_path / "bomb", {MAIN[media]: change})
    with pytest.raises(InputRefused, match="declares entities"):
        read_document(bomb, media)


@pytest.mark.parametrize("media", OFFICE)
def test_a_file_that_an_entity_names_is_not_read(tmp_path: Path, media: Media) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    change = (ROOT[media], entity + ROOT[media])
    path = rewritten(made(tmp_path, media), tmp_path / "thief", {MAIN[media]: change})
    with pytest.raises(InputRefused) as refused:
        read_document(path, media)
    assert "the secret" not in str(refused.value)


@pytest.mark.parametrize("media", OFFICE)
def test_another_office_file_under_that_name_is_refused(tmp_path: Path, media: Media) -> None:
    other = OFFICE[OFFICE.index(media) - 1]
    with pytest.raises(InputRefused, match=f"a .{other} file, no .{media}"):
        read_document(made(tmp_path, other), media)


@pytest.mark.parametrize("media", OFFICE)
def test_damage_is_refused_with_its_remedy(tmp_path: Path, media: Media) -> None:
    change = (ROOT[media], f"<open>{ROOT[media]}")
    path = rewritten(made(tmp_path, media), tmp_path / "broken", {MAIN[media]: change})
    with pytest.raises(InputRefused, match=r"a broken .*: open and save it"):
        read_document(path, media)


@pytest.mark.parametrize("media", OFFICE)
def test_nothing_that_a_file_links_to_is_fetched(tmp_path: Path, media: Media) -> None:
    folder, _, name = MAIN[media].rpartition("/")
    kinds = ("image", "oleObject", "attachedTemplate", "externalLinkPath", "hyperlink")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        links = "".join(
            f'<Relationship Id="rX{kind}" Type="{RELATIONS}/{kind}" TargetMode="External" '
            f'Target="{address}/{kind}"/>'
            for kind in kinds
        )
        part = f"{folder}/_rels/{name}.rels"
        plain = made(tmp_path, media)
        with zipfile.ZipFile(plain) as archive:
            has = part in archive.namelist()
        ending = {part: ("</Relationships>", f"{links}</Relationships>")} if has else {}
        namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
        whole = {} if has else {part: f'<Relationships xmlns="{namespace}">{links}</Relationships>'}
        path = rewritten(plain, tmp_path / "linked", ending, whole)
        assert "Bergen" in said(read_document(path, media))
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_million_empty_rows_are_no_text_and_no_harm(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(3, 1_000_000))
    path = rewritten(
        made(tmp_path, Media.XLSX),
        tmp_path / "rows",
        {MAIN[Media.XLSX]: ("</sheetData>", f"{rows}</sheetData>")},
    )
    assert read_document(path, Media.XLSX).blocks[1].rows == (
        ("Site", "Rent ($m)"),
        ("Bergen", "7"),
    )


def test_a_size_that_a_sheet_only_claims_costs_nothing(tmp_path: Path) -> None:
    change = ('<dimension ref="A1:B2"/>', '<dimension ref="A1:XFD1048576"/>')
    path = rewritten(made(tmp_path, Media.XLSX), tmp_path / "claims", {MAIN[Media.XLSX]: change})
    assert "Bergen" in said(read_document(path, Media.XLSX))


def test_cells_at_the_far_corner_cost_nothing(tmp_path: Path) -> None:
    far = book()
    far.active["XFD1048576"] = "far away"
    path = tmp_path / "far.xlsx"
    far.save(path)
    assert "far away" in said(read_document(path, Media.XLSX))


def test_merged_areas_that_cover_everything_cost_nothing(tmp_path: Path) -> None:
    wide = book()
    wide.active.merge_cells("D1:XFD1")
    path = tmp_path / "wide.xlsx"
    wide.save(path)
    change = {MAIN[Media.XLSX]: ("D1:XFD1", "A1:XFD1048576")}
    reading = read_document(rewritten(path, tmp_path / "all", change), Media.XLSX)
    assert len(said(reading)) < 10_000


def test_endless_nesting_ends_the_child_or_the_document_and_not_the_parent(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 200 + "</w:sdtContent></w:sdt>" * 200
    change = {MAIN[Media.DOCX]: ("<w:body>", f"<w:body>{deep}")}
    path = rewritten(made(tmp_path, Media.DOCX), tmp_path / "deep", change)
    with pytest.raises(InputRefused):
        read_document(path, Media.DOCX)


@pytest.mark.parametrize("media", (*OFFICE, Media.CSV))
def test_a_child_imports_only_the_library_of_its_format(tmp_path: Path, media: Media) -> None:
    vendors = {Media.DOCX: "docx", Media.PPTX: "pptx", Media.XLSX: "openpyxl"}
    if media is Media.CSV:
        path = tmp_path / "table.csv"
        path.write_text("Site,MW\nOslo,80\n")
    else:
        path = made(tmp_path, media)
    script = (
        "import sys; from ingest.readers.__main__ import main; main(sys.argv[1:]);"
        "heavy = {'docx', 'pptx', 'openpyxl', 'pypdf', 'trafilatura', 'pandas', 'torch'};"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    arguments = ("60", str(3 * 1024**3), media, str(path), "9", "9999")
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == vendors.get(media, "")


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    opened = Corpus.open(data, embedder)
    yield opened
    opened.close()


def test_one_file_of_each_kind_goes_through_an_ingest(tmp_path: Path, corpus: Corpus) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for media in OFFICE:
        made(folder, media)
    (folder / "plain.csv").write_text("Site,MW\nOslo,80\n")
    (folder / "torn.docx").write_bytes(b"PK\x03\x04 torn")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    outcomes = [e.outcome for e in ingest([str(folder)], corpus) if isinstance(e, Finished)]
    by_name = {Path(outcome.input).name: outcome for outcome in outcomes}
    assert {name: outcome.status for name, outcome in by_name.items()} == {
        "old.doc": Status.SKIPPED,
        "plain.csv": Status.ADDED,
        "plain.docx": Status.ADDED,
        "plain.pptx": Status.ADDED,
        "plain.xlsx": Status.ADDED,
        "torn.docx": Status.REFUSED,
    }
    assert by_name["plain.pptx"].pages == 1
    documents = {document.media: document for document in corpus.documents()}
    assert set(documents) == {*OFFICE, Media.CSV}
    for media, kept in documents.items():
        path = original_path(corpus.data, kept.id, media)
        assert path.suffix == f".{media}"
        assert path.read_bytes() == (folder / f"plain.{media}").read_bytes()
    hits = corpus.search("rents in Bergen")
    assert {hit.document.media for hit in hits} >= set(OFFICE)
