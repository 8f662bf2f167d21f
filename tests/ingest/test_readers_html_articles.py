"""Articles: the text without its surroundings, and where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.models import Media
from ingest.blocks import BlockKind, Reading
from ingest.limits import Limits
from ingest.passages import split
from ingest.readers import read_document
from ingest.readers.html import read_html

NEWS = """<!doctype html><html lang="en"><head><title>Power lifts hosting costs | The Ledger</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
"headline":"Power lifts hosting costs","datePublished":"2026-04-14T08:30:00Z",
"author":[{"@type":"Person","name":"Maria Quill"},{"@type":"Person","name":"Jon Reed"}],
"publisher":{"@type":"Organization","name":"The Ledger"}}</script>
<link rel="canonical" href="https://ledger.example/2026/power"></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/s">Subscribe today</a></li></ul></nav>
</header><div id="cookie-banner" class="cookie-consent"><p>We use cookies to improve what you see.
Accept all cookies or manage your preferences.</p><button>Accept</button></div>
<main><article><h1>Power lifts hosting costs</h1>
<p>Hosting companies paid 18% more for electricity in the first quarter than a year before, three
operators said on Tuesday, and they expect to pass most of it on to their customers.</p>
<h2>Longer contracts</h2><p>The share of capacity that is sold for five years or more rose to 62%
from 41%, because lenders ask for contracts that outlast the loans for the machines.</p>
<ul><li>Five years: 62% of the capacity sold in the quarter</li>
<li>One year: 11% of the capacity sold in the quarter</li></ul>
<table><caption>Price of a megawatt-hour (in dollars)</caption>
<thead><tr><th rowspan="2">Region</th><th colspan="2">First quarter</th></tr>
<tr><th>2025</th><th>2026</th></tr></thead>
<tbody><tr><th>North</th><td>$41.20</td><td>$48.60</td></tr>
<tr><th>South</th><td>$38.00</td><td>$44.90</td></tr></tbody></table>
<p>Analysts had expected the increase to be smaller, at about a tenth, and to be over by summer,
when new turbines come to the grid in two of the regions.</p></article>
<aside class="related"><h3>Related articles</h3><ul><li><a href="/a">Maker beats forecast</a></li>
<li><a href="/b">Five stocks to watch</a></li></ul></aside>
<section id="comments" class="comments"><h3>2 comments</h3><div class="comment"><p>This is what I
have been saying for years about the grid and nobody listened.</p></div></section></main>
<footer><p>Copyright 2026. All rights reserved. Terms of use.</p></footer></body></html>"""

BLOG = """<html><head><title>Notes on racks</title><meta name="author" content="Sam Field"></head>
<body><div class="navbar"><a href="/">home</a> <a href="/about">about me</a></div>
<div class="sidebar"><ul><li><a href="/1">An older post about fans</a></li></ul></div>
<div class="post"><h1>Notes on racks</h1><span class="date">March 3, 2026</span>
<p>A rack that drew 40 kilowatts two years ago draws 130 today, and the floor below it was never
built for the weight of it.</p><pre><code>power = racks * 130</code></pre>
<p>We moved 12 of them last month. It took nine days, two cranes and one very patient electrician,
and the cost came to $310,000.</p></div></body></html>"""

GERMAN = """<html lang="de"><head><title>Rechenzentren brauchen Strom</title>
<meta property="article:published_time" content="2026-02-10"></head><body><nav><a href="/">Start</a>
<a href="/abo">Abo abschließen</a></nav><article><h1>Rechenzentren brauchen Strom</h1>
<p>Der Verbrauch der Rechenzentren stieg im vergangenen Jahr um 14 Prozent auf 26,4 Milliarden
Kilowattstunden, teilte der Verband am Dienstag in Köln mit.</p><p>Für das laufende Jahr erwartet
der Verband höchstens 9 Prozent mehr, weil Anschlüsse fehlen.</p></article></body></html>"""

UNTITLED = """<html><body><div><p>The supplier raised its guidance for the second time this year
and now expects revenue of $4.1 billion, it said in a letter to its customers.</p><p>The letter
names three reasons, of which the first is the price of memory and the second the price of power.
</p></div></body></html>"""


def read(page: str) -> Reading:
    return read_html(page.encode(), Limits())


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks if block.kind is not BlockKind.TABLE]


def test_a_news_page_keeps_its_article_and_nothing_around_it() -> None:
    reading = read(NEWS)
    assert texts(reading) == [
        "Power lifts hosting costs",
        "Hosting companies paid 18% more for electricity in the first quarter than a year before,"
        " three operators said on Tuesday, and they expect to pass most of it on to their"
        " customers.",
        "Longer contracts",
        "The share of capacity that is sold for five years or more rose to 62% from 41%, because"
        " lenders ask for contracts that outlast the loans for the machines.",
        "• Five years: 62% of the capacity sold in the quarter",
        "• One year: 11% of the capacity sold in the quarter",
        "Analysts had expected the increase to be smaller, at about a tenth, and to be over by"
        " summer, when new turbines come to the grid in two of the regions.",
    ]


def test_structured_data_gives_authors_date_site_and_address() -> None:
    reading = read(NEWS)
    assert reading.title == "Power lifts hosting costs"
    expected = {
        "html:author": "Maria Quill; Jon Reed",
        "html:date": "2026-04-14",
        "html:sitename": "The Ledger",
        "html:url": "https://ledger.example/2026/power",
    }
    assert {key: reading.metadata[key] for key in expected} == expected


def test_a_table_in_an_article_keeps_caption_and_spanning_heads() -> None:
    (table,) = (block for block in read(NEWS).blocks if block.kind is BlockKind.TABLE)
    assert (table.text, table.heads) == ("Price of a megawatt-hour (in dollars)", 2)
    assert table.rows == (
        ("Region", "First quarter", "First quarter"),
        ("", "2025", "2026"),
        ("North", "$41.20", "$48.60"),
        ("South", "$38.00", "$44.90"),
    )


def test_a_blog_without_structured_data() -> None:
    reading = read(BLOG)
    assert (reading.title, reading.metadata["html:author"]) == ("Notes on racks", "Sam Field")
    assert reading.metadata["html:date"] == "2026-03-03"
    text = " ".join(texts(reading))
    assert "the cost came to $310,000." in text and "power = racks * 130" in text
    assert not any(word in text for word in ("about me", "older post"))


def test_an_article_that_is_not_english() -> None:
    reading = read(GERMAN)
    assert reading.metadata["html:date"] == "2026-02-10"
    assert (
        "26,4 Milliarden Kilowattstunden, teilte der Verband am Dienstag in Köln mit."
        in " ".join(texts(reading))
    )
    assert "Abo" not in " ".join(texts(reading))


def test_a_page_without_a_title_has_none() -> None:
    reading = read(UNTITLED)
    assert reading.title is None
    assert len(texts(reading)) == 2


def test_words_that_look_like_a_mark_of_ours_do_no_harm() -> None:
    page = UNTITLED.replace("it said", "it said zqtable7zq").replace(
        "</div>", f"{_table('9')}</div>"
    )
    reading = read(page)
    assert "zqtable" not in " ".join(texts(reading))


def _table(number: str) -> str:
    rows = "".join(f"<tr><td>Site {n}</td><td>{n}</td></tr>" for n in range(3))
    return f"<table><tr><td>zqtable{number}zq</td><td>2025</td></tr>{rows}</table>"


@pytest.mark.parametrize("page", (NEWS, BLOG, GERMAN))
def test_a_saved_page_and_its_bytes_under_another_name_give_the_same_passages(
    tmp_path: Path, page: str
) -> None:
    saved, fetched = tmp_path / "Power lifts.html", tmp_path / "3f9a"
    for path in (saved, fetched):
        path.write_bytes(page.encode())
    one, other = (read_document(path, Media.HTML) for path in (saved, fetched))
    assert one == other
    assert split(one.blocks, "a" * 64, ("x",)) == split(other.blocks, "a" * 64, ("x",))
