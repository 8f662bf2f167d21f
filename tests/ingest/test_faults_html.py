"""Hostile and awkward pages, through the real child process: rows 19 and 26 to 28 of the faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import InputRefused, ReaderFailed
from corpus.models import Media
from ingest.blocks import Reading
from ingest.readers import HEAD_BYTES, Limits, detect, read_document

XHTML = (
    "<?xml version='1.0' encoding='ASCII'?><html xmlns='http://www.w3.org/1999/xhtml'"
    " xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><head><title>abc-20251231</title>{head}</head>"
    "<body>{body}</body></html>"
)
STORY = (
    "<html><head><title>Rates of the week</title>{head}</head><body><article>"
    "<h1>Rates of the week</h1><p>An hour of the newest accelerator costs $2.95 at the median of"
    " thirty providers this week, a tenth less than in the spring of last year.</p>{body}"
    "<p>The buyers say that they would pay more for capacity that is certain, and some of them"
    " already do so under contracts of three years.</p></article></body></html>"
)
PAGES = {"filing": XHTML, "article": STORY}


def read(folder: Path, content: str | bytes, name: str = "page.html") -> Reading:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path, detect(path.read_bytes()[:HEAD_BYTES], name))


def words(reading: Reading) -> str:
    rows = (cell for block in reading.blocks for row in block.rows for cell in row)
    return " ".join((*(block.text for block in reading.blocks), *rows))


@pytest.mark.parametrize(
    ("content", "expected"),
    (
        (STORY.format(head="", body=""), "costs $2.95 at the median"),
        (XHTML.format(head="", body="<p>Net sales rose to 716.9 billion.</p>"), "716.9 billion"),
    ),
)
def test_fault_19_html_named_pdf_is_read_as_html(
    tmp_path: Path, content: str, expected: str
) -> None:
    reading = read(tmp_path, content, "annual.pdf")
    assert reading.media is Media.HTML
    assert expected in words(reading)


@pytest.mark.parametrize("content", (b"", b"%PD", b"\x00\x01\x02\x03" * 500, b"not a pdf at all"))
def test_fault_19_other_bytes_named_pdf_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputRefused):
        read(tmp_path, content, "annual.pdf")


HIDDEN = {
    "script": "<script>var secret = 1;</script>",
    "style": "<style>.secret {color: red}</style>",
    "comment": "<!-- secret -->",
    "noscript": "<noscript>secret</noscript>",
    "template": "<template>secret</template>",
    "display none": "<div style='color:red; DISPLAY : none'>secret</div>",
    "visibility hidden": "<p style='visibility:hidden'>secret</p>",
    "opacity": "<p style='opacity:0'>secret</p>",
    "hidden attribute": "<p hidden=''>secret</p>",
    "nested": "<div style='display:none'><p><b>secret</b></p></div>",
    "off the page": "<p style='position:absolute;left:-9999px'>secret</p>",
    "no size": "<p style='font-size:0'>secret</p>",
    "one pixel": "<p style='font-size:1px'>secret</p>",
    "white on white": "<p style='color:#ffffff'>secret</p>",
    "white on stated white": "<div style='background:#fff'><p style='color:white'>secret</p></div>",
    "class": "<p class='gone'>secret</p>",
    "one of two classes": "<p class='wide gone'>secret</p>",
    "tag and class": "<div class='away'>secret</div>",
    "id": "<p id='ghost'>secret</p>",
}
SHEET = (
    "<style>/* a note */ .gone, .else { display : none } div.away{visibility:hidden}"
    "#ghost{color:red;display:none!important}</style>"
)


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_fault_26_what_cannot_be_seen_is_not_indexed(
    tmp_path: Path, kind: str, hidden: str
) -> None:
    body = f"<p>Visible words of a paragraph before it.</p>{HIDDEN[hidden]}<p>And after it.</p>"
    text = words(read(tmp_path, PAGES[kind].format(head=SHEET, body=body)))
    assert "secret" not in text
    assert "Visible words of a paragraph before it." in text and "And after it." in text


SHOWN = {
    "hidden only in print": (
        "<style>@media print {.story {display:none}}</style>",
        "class='story'",
    ),
    "shown again later": ("<style>.a{display:none} .a{display:block}</style>", "class='a'"),
    "hidden only in a menu": ("<style>.menu .a{display:none}</style>", "class='a'"),
    "white on a dark ground": ("", "style='background-color:#003366;color:#fff'"),
    "white, ground elsewhere": ("", "class='hero' style='color:#fff'"),
    "small print": ("", "style='font-size:6pt'"),
    "beside a margin": ("", "style='margin-left:-1000px;padding-top:200px'"),
}


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("shown", SHOWN)
def test_fault_26_what_can_be_seen_stays(tmp_path: Path, kind: str, shown: str) -> None:
    head, attributes = SHOWN[shown]
    body = f"<p {attributes}>A paragraph that everyone who opens the page can see and read.</p>"
    text = words(read(tmp_path, PAGES[kind].format(head=head, body=body)))
    assert "that everyone who opens the page" in text


def test_fault_26_disguised_text_is_reported(tmp_path: Path) -> None:
    body = "<p style='color:#fff'>ignore that</p><p style='font-size:0'>and this</p>"
    (warning,) = read(tmp_path, STORY.format(head="", body=body)).warnings
    assert warning == "17 characters in white or too small to see were left out"


def test_fault_26_white_text_that_may_be_seen_is_reported(tmp_path: Path) -> None:
    body = "<p class='hero' style='color:white'>A paragraph in white on what the sheet says.</p>"
    (warning,) = read(tmp_path, STORY.format(head="", body=body)).warnings
    assert "may stand on a dark ground" in warning


def test_fault_26_closing_gaps_between_blocks_hides_nothing(tmp_path: Path) -> None:
    body = "<div style='font-size:0'><p style='font-size:12pt'>Shown.</p></div>"
    assert "Shown." in words(read(tmp_path, XHTML.format(head="", body=body)))


NESTED_HEADER = (
    "<div style='display:none'><ix:header><ix:hidden>"
    "<ix:nonNumeric name='dei:DocumentType'>10-K</ix:nonNumeric>"
    "<ix:nonFraction name='us-gaap:Secret'>987654</ix:nonFraction></ix:hidden>"
    "<ix:references><p>secret</p></ix:references><ix:resources>secret</ix:resources></ix:header>"
    "</div>"
)


@pytest.mark.parametrize(
    "header",
    (
        NESTED_HEADER,
        NESTED_HEADER.replace("<div style='display:none'>", "<div>"),
        f"<div><div><span>{NESTED_HEADER}</span></div></div>",
    ),
)
@pytest.mark.parametrize("broken", (False, True))
def test_fault_27_header_and_hidden_facts_are_no_text(
    tmp_path: Path, header: str, broken: bool
) -> None:
    fact = "<ix:nonFraction name='us-gaap:Revenues'>1,234</ix:nonFraction>"
    page = XHTML.format(head="", body=f"{header}<p>Revenue was {fact} in all.</p>")
    reading = read(tmp_path, page.replace("</body>", "<p>open<br></body>") if broken else page)
    text = words(reading)
    assert "Revenue was 1,234 in all." in text
    assert "secret" not in text and "987654" not in text
    assert reading.metadata["dei:DocumentType"] == "10-K"


@pytest.mark.parametrize(
    ("markup", "text"),
    (
        ("$<ix:nonFraction>95.2</ix:nonFraction> billion", "$95.2 billion"),
        ("<b>$</b><span><ix:nonFraction>95.2</ix:nonFraction></span> billion", "$95.2 billion"),
        ("($<ix:nonFraction>1.5</ix:nonFraction>) per share", "($1.5) per share"),
        ("a<span hidden='hidden'>x</span> rise of <b>5</b>%", "a rise of 5%"),
        ("before<!-- c --> after<?pi x?> end", "before after end"),
        ("lives of <ix:nonNumeric>five</ix:nonNumeric>-year terms", "lives of five-year terms"),
    ),
)
def test_fault_28_the_tail_of_an_element_is_kept(tmp_path: Path, markup: str, text: str) -> None:
    body = f"<p>In all, {markup}, as said.</p><table><tr><td>A</td><td>1</td></tr>"
    body += f"<tr><td>{markup}</td><td>2</td></tr></table>"
    reading = read(tmp_path, XHTML.format(head="", body=body))
    assert f"In all, {text}, as said." in words(reading)
    assert text in [row[0] for block in reading.blocks for row in block.rows]


BOMB = (
    "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'lollollol'>"
    + "".join(
        f"<!ENTITY {name} '{f'&{before};' * 10}'>"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "<!ENTITY file SYSTEM 'file:///etc/passwd'>]><html xmlns='http://www.w3.org/1999/xhtml'"
    " xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><body><p>safe &i; &file;</p></body></html>"
)
CELLS = "<td colspan='9999'>1</td>" * 200
HOSTILE = {
    "deep": "<html><body><p>kept</p>" + "<div>" * 100_000 + "deep",
    "deep filing": XHTML.format(
        head="", body="<p>kept</p>" + "<div>" * 100_000 + "</div>" * 99_999
    ),
    "deep tables": "<html><body><p>kept</p>" + "<table><tr><td>" * 2_000,
    "entities": BOMB,
    "endless attribute": "<html><body><p>kept</p><p title='" + "x" * 12_000_000,
    "endless tag": "<html><body><p>kept</p><" + "x" * 5_000_000,
    "many attributes": "<html><body><p>kept</p><p "
    + " ".join(f"a{n}=''" for n in range(20_000))
    + ">",
    "wide spans": XHTML.format(
        head="", body=f"<p>kept</p><table>{f'<tr>{CELLS}</tr>' * 10}</table>"
    ),
    "high spans": XHTML.format(
        head="",
        body="<p>kept</p><table>" + "<tr><td rowspan='9999'>1</td></tr>" * 500 + "</table>",
    ),
    "hidden siblings": XHTML.format(head="", body="<p>kept</p>" + "<b hidden=''>x</b>y" * 30_000),
    "style sheet": f"<html><head><style>{'.a{display:none}' * 60_000}{'{' * 90_000}</style></head>"
    "<body><p>kept</p></body></html>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_markup_ends_in_text_or_a_reason(tmp_path: Path, kind: str) -> None:
    limits = Limits(seconds=8.0, memory=2 * 1024**3)
    path = tmp_path / "page.html"
    path.write_text(HOSTILE[kind])
    try:
        text = words(read_document(path, Media.HTML, limits))
    except (InputRefused, ReaderFailed) as error:
        assert str(error)
    else:
        assert "kept" in text or "safe" in text
        assert "root:" not in text and "lollollollol" not in text
