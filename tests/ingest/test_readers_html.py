import subprocess
import sys

import pytest

from corpus.errors import InputRefused
from ingest.blocks import Block, BlockKind, Reading
from ingest.limits import Limits
from ingest.readers.html import read_html

HEAD = (
    "<?xml version='1.0' encoding='ASCII'?><!--made--><html xmlns='http://www.w3.org/1999/xhtml'"
    " xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><head><title>abc-20251231</title></head><body>"
)
COVER = (
    "<div style='display:none'><ix:header><ix:hidden>"
    "<ix:nonNumeric name='dei:DocumentFiscalYearFocus'>2025</ix:nonNumeric>"
    "<ix:nonNumeric name='dei:AmendmentFlag'>false</ix:nonNumeric></ix:hidden></ix:header></div>"
    "<p><ix:nonNumeric name='dei:EntityRegistrantName'>ABC <i>Corp</i></ix:nonNumeric></p>"
)


def read(body: str) -> Reading:
    return read_html(f"{HEAD}{COVER}{body}</body></html>".encode(), Limits())


def blocks(body: str) -> tuple[Block, ...]:
    """The blocks after the cover's one paragraph."""
    return read(body).blocks[1:]


def test_cover_facts_are_metadata_and_hidden_ones_no_text() -> None:
    reading = read("<p>Text.</p>")
    assert reading.metadata == {
        "dei:DocumentFiscalYearFocus": "2025",
        "dei:AmendmentFlag": "false",
        "dei:EntityRegistrantName": "ABC Corp",
        "html:title": "abc-20251231",
    }
    assert [block.text for block in reading.blocks] == ["ABC Corp", "Text."]


def test_the_tail_of_a_fact_is_kept_without_stray_spaces() -> None:
    body = "<p>Revenue of $<ix:nonFraction name='us-gaap:R'>95.2</ix:nonFraction> billion grew</p>"
    assert blocks(body)[0].text == "Revenue of $95.2 billion grew"


@pytest.mark.parametrize(
    "hidden",
    (
        "<script>secret()</script>",
        "<style>.secret{}</style>",
        "<!-- secret -->",
        "<?secret?>",
        "<div style='color:red; display : NONE'>secret</div>",
        "<span style='visibility:hidden'>secret</span>",
        "<p hidden='hidden'>secret</p>",
        "<noscript>secret</noscript>",
        "<template>secret</template>",
    ),
)
def test_hidden_parts_are_not_text_but_their_tails_are(hidden: str) -> None:
    text = " ".join(block.text for block in blocks(f"<div>before {hidden} after</div>"))
    assert text == "before after"


def test_a_statement_keeps_rows_periods_and_scale() -> None:
    body = """
    <p>Cash flows are as follows (in millions):</p>
    <table>
      <tr><td colspan="3"></td><td colspan="9">Year Ended December 31,</td></tr>
      <tr><td colspan="3"></td><td colspan="3">2024</td><td></td><td colspan="3">2025</td></tr>
      <tr><td colspan="3">Investing:</td><td colspan="7"></td></tr>
      <tr><td colspan="3">Net income</td><td>$</td><td>30,425</td><td></td><td></td>
          <td>$</td><td>59,248</td><td></td></tr>
      <tr><td colspan="3">Purchases of <b>property</b></td>
          <td colspan="2">(<ix:nonFraction>37,256</ix:nonFraction></td><td>)</td><td></td>
          <td colspan="2">(27,045</td><td>)</td></tr>
      <tr><td colspan="3">Growth</td><td colspan="2">12</td><td>%</td><td></td>
          <td colspan="2">—</td><td>%</td></tr>
    </table>"""
    assert blocks(body) == (
        Block(
            BlockKind.TABLE,
            "Cash flows are as follows (in millions):",
            rows=(
                ("", "Year Ended December 31,", "Year Ended December 31,"),
                ("", "2024", "2025"),
                ("Investing:",),
                ("Net income", "$30,425", "$59,248"),
                ("Purchases of property", "(37,256)", "(27,045)"),
                ("Growth", "12%", "—%"),
            ),
            heads=2,
        ),
    )


def test_an_empty_cell_keeps_its_column() -> None:
    body = """<table><tr><td>Item</td><td>2024</td><td>2025</td></tr>
    <tr><td>A</td><td>1</td><td>2</td></tr><tr><td>B</td><td></td><td>3</td></tr></table>"""
    assert blocks(body)[0].rows[-1] == ("B", "", "3")


def test_a_cell_over_two_rows_stands_in_both() -> None:
    body = """<table><tr><td rowspan="2">Both</td><td>1</td><td>2</td></tr>
    <tr><td>3</td><td>4</td></tr><tr><td>C</td><td>5</td><td>6</td></tr></table>"""
    assert blocks(body)[0].rows == (
        ("Both", "1", "2"),
        ("Both", "3", "4"),
        ("C", "5", "6"),
    )


def test_tables_that_only_lay_out_prose_become_paragraphs() -> None:
    body = """<table><tr><td>•</td><td>first point</td></tr>
    <tr><td>•</td><td>second</td></tr></table>
    <table><tr><td>Item 7.</td><td>Discussion and Analysis</td></tr></table>"""
    assert blocks(body) == (
        Block(BlockKind.PARAGRAPH, "• first point"),
        Block(BlockKind.PARAGRAPH, "• second"),
        Block(BlockKind.HEADING, "Item 7. Discussion and Analysis", level=2),
    )


def test_bold_lines_are_headings_and_bold_words_are_not() -> None:
    bold = "<span style='font-weight:700'>{}</span>"
    body = f"""<div>{bold.format("Liquidity and Capital")}</div>
    <div>{bold.format("Overview.")} We sell <b>things</b>.</div>
    <div>{bold.format("RISK FACTORS")}</div><div>Item 1A.Risk Factors</div>"""
    assert [(block.text, block.level) for block in blocks(body)] == [
        ("Liquidity and Capital", 4),
        ("Overview. We sell things.", 0),
        ("RISK FACTORS", 3),
        ("Item 1A. Risk Factors", 2),
    ]


def test_a_sentence_goes_on_over_a_page_break() -> None:
    page = """<div>{}</div><div>{}</div><hr style="page-break-after:always"/>
    <div><a href="#toc">Table of Contents</a></div><div>ABC Corp Annual Report</div>"""
    first = "We expect to spend considerably more on servers and on network equipment in"
    body = page.format(first, 41) + page.format("2026 and in later years.", 42)
    body = body.replace("2026 and", "the year 2026 and")
    body += "".join(page.format(f"Page {word} ends.", 43) for word in ("three", "four", "five"))
    texts = [block.text for block in blocks(body)]
    assert texts == [
        f"{first} the year 2026 and in later years.",
        *(f"Page {word} ends." for word in ("three", "four", "five")),
    ]


def test_a_filing_that_is_no_xml_is_read_as_html() -> None:
    page = (
        "<HTML><BODY><P>UNITED STATES SECURITIES AND EXCHANGE COMMISSION<P>FORM 10-K"
        "<P>Revenue&nbsp;rose<BR>by half &amp; more</BODY>"
    )
    texts = [block.text for block in read_html(page.encode("latin-1"), Limits()).blocks]
    assert texts[-2:] == ["Revenue rose", "by half & more"]


ARTICLE = """<html><head><title>Menu | Chips are scarce - The Daily</title>
<meta property="og:title" content="Chips are scarce">
<meta property="og:site_name" content="The Daily">
<meta name="author" content="Ada Writer">
<meta property="article:published_time" content="2026-03-22">
<link rel="canonical" href="https://daily.example/chips"></head>
<body><nav><a href="/">Home</a><a href="/x">Subscribe to the newsletter</a></nav>
<article><h1>Chips are scarce</h1>
<p>The supply of accelerators stays short, as {0}, and prices have risen for the third month.</p>
<h2>What it costs</h2>
<p>An hour of the newest accelerator costs $2.95 at the median of thirty providers, {0}.</p>
<table><tr><th>Provider</th><th>Price</th></tr><tr><td>Alpha</td><td>$2.50</td></tr>
<tr><td>Beta</td><td>$3.10</td></tr></table>
<p>The buyers say that they {0} and would pay more for capacity that is certain.</p>
</article><script>track("secret")</script><footer>Copyright, terms, cookies</footer>
</body></html>""".format("people who build data centers have told us this week in some detail")


def test_an_article_is_reduced_to_its_text_with_table_and_origin() -> None:
    reading = read_html(ARTICLE.encode(), Limits())
    texts = " ".join(block.text for block in reading.blocks)
    assert "$2.95 at the median" in texts
    assert not any(word in texts for word in ("newsletter", "secret", "cookies"))
    assert "What it costs" in [b.text for b in reading.blocks if b.kind is BlockKind.HEADING]
    tables = [block.rows for block in reading.blocks if block.kind is BlockKind.TABLE]
    assert tables == [(("Provider", "Price"), ("Alpha", "$2.50"), ("Beta", "$3.10"))]
    assert reading.title == "Chips are scarce"
    assert reading.metadata["html:author"] == "Ada Writer"
    assert reading.metadata["html:date"] == "2026-03-22"
    assert reading.metadata["html:sitename"] == "The Daily"
    assert reading.metadata["html:url"] == "https://daily.example/chips"


@pytest.mark.parametrize("page", ("<html><body></body></html>", "<html><script>x</script></html>"))
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(InputRefused, match="no text"):
        read_html(page.encode(), Limits())


@pytest.mark.parametrize(
    "hostile",
    (
        "<div>" * 60_000,
        "<table><tr><td>" * 5_000,
        "<table><tr>" + "<td colspan='9999999999'>1</td>" * 2_000 + "</tr></table>",
        "<ix:nonNumeric>" * 5_000,
    ),
)
def test_hostile_nesting_ends_in_text_or_a_refusal(hostile: str) -> None:
    try:
        assert read(f"<p>kept</p>{hostile}deep").blocks
    except InputRefused as refusal:
        assert "no" in str(refusal)


def test_entities_are_not_expanded_from_a_document_type() -> None:
    bomb = (
        "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>"
        "<!ENTITY b '&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        "<html xmlns:ix='x'><body><p>safe &b; &f;</p></body></html>"
    )
    text = " ".join(block.text for block in read_html(bomb.encode(), Limits()).blocks)
    assert "safe" in text and "aaaa" not in text and "root:" not in text


def test_reading_a_filing_does_not_wait_for_trafilatura() -> None:
    script = (
        "import sys\nfrom ingest.readers.html import read_html\nfrom ingest.limits import Limits\n"
        "read_html(sys.stdin.buffer.read(), Limits())\nprint('trafilatura' in sys.modules)"
    )
    page = f"{HEAD}{COVER}</body></html>".encode()
    done = subprocess.run([sys.executable, "-c", script], input=page, capture_output=True)
    assert done.stdout.strip() == b"False", done.stderr
