"""The corpus page, run without a browser."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.settings import load_settings
from assistant.ui.document_pages import numbers, page_span
from assistant.ui.note_dates import outdated
from assistant.wiring import Runtime
from corpus.models import Document, Media, Passage
from tests.assistant.ui.conftest import FACT, REPOSITORY, add, app
from tests.assistant.ui.test_chat_page import html
from tests.assistant.ui.values import document, passage


def open_corpus() -> AppTest:
    page = app().run()
    page.switch_page("assistant/ui/pages/corpus_page.py").run()
    assert not page.exception
    return page


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader[0].upload(name, content, "text/plain")
    next(button for button in page.button if button.label == "Add to the corpus").click().run()
    assert not page.exception
    return page


def test_an_empty_corpus_says_what_to_add(product: Runtime) -> None:
    page = open_corpus()
    assert "The corpus is empty" in page.info[0].value
    assert "No documents yet" in html(page)


def test_documents_are_listed_with_totals(zephyr: Runtime) -> None:
    page = open_corpus()
    assert "1 document · 1 company · 1 passage" in html(page)
    assert list(page.dataframe[0].value["Title"]) == ["Zephyr annual report"]


@pytest.mark.parametrize(("typed", "rows"), [("zephyr 10-k", 1), ("FY2025", 1), ("amazon", 0)])
def test_the_filter_needs_every_word(zephyr: Runtime, typed: str, rows: int) -> None:
    page = open_corpus()
    page.text_input(key="filter").set_value(typed).run()
    assert len(page.dataframe) == rows


def test_an_upload_is_added_and_told(product: Runtime) -> None:
    text = (
        b"Brontide Power annual letter\n\nBrontide Power spent $41 million on turbines in 2025.\n"
    )
    page = upload(open_corpus(), "letter.txt", text)
    assert "lf-added" in html(page)
    assert "letter.txt" in html(page)
    assert len(product.corpus.documents()) == 1


def test_fault_31_a_hostile_name_is_only_a_name(product: Runtime) -> None:
    page = upload(open_corpus(), "../../<img src=x onerror=alert(1)>.txt", b"Brontide spent $41.\n")
    assert "<img" not in html(page)
    stored = product.corpus.documents()[0]
    assert "/" not in stored.name
    assert not (product.settings.data.parent.parent / stored.name).exists()


def test_fault_32_what_cannot_be_read_is_refused_with_its_reason(product: Runtime) -> None:
    page = upload(open_corpus(), "binary.txt", bytes(range(256)) * 8)
    assert "lf-refused" in html(page)
    assert product.corpus.documents() == ()


def test_the_server_and_the_app_share_one_upload_limit() -> None:
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] == load_settings({}).upload_limit_mb
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"


def add_link(page: AppTest, link: str) -> AppTest:
    page.text_input(key="link-text").set_value(link)
    next(button for button in page.button if button.label == "Add").click().run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    "path",
    ("/etc/passwd", "file:///etc/passwd", "~/notes", "..", "c:\\notes", "ftp://example.com/a"),
)
def test_fault_36_a_browser_cannot_have_the_servers_disk_read(zephyr: Runtime, path: str) -> None:
    page = add_link(open_corpus(), path)
    assert "lf-refused" in html(page)
    assert "a link begins with https://" in html(page)
    assert len(zephyr.corpus.documents()) == 1


def test_a_file_that_exists_is_refused_as_a_link(product: Runtime, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Zephyr spent $5 billion.\n")
    for given in (str(note), str(tmp_path), f"file://{note}", f" {note}"):
        page = add_link(open_corpus(), given)
        assert "a link begins with https://" in html(page)
    assert product.corpus.documents() == ()


def test_fault_33_a_link_into_the_own_network_is_refused_with_its_reason(product: Runtime) -> None:
    page = add_link(open_corpus(), "http://127.0.0.1/")
    assert "lf-refused" in html(page)
    assert "<td>is not asked (127.0.0.1 is this machine itself)" in html(page)


def test_fault_38_filings_without_a_contact_name_the_setting(product: Runtime) -> None:
    page = add_link(open_corpus(), "edgar:NVDA:10-K:2")
    assert "LOADFACTOR_EDGAR_CONTACT" in html(page)


def test_an_empty_link_asks_for_one(product: Runtime) -> None:
    page = add_link(open_corpus(), "  ")
    assert any("Paste an address" in info.value for info in page.info)


def test_what_the_reader_noticed_stands_in_the_outcome(product: Runtime) -> None:
    letter = "Brontide letter\n\nBrontide spent £41 million, “all told”.\n".encode("cp1252")
    page = upload(open_corpus(), "letter.txt", letter)
    (noticed,) = product.corpus.documents()[0].warnings
    assert '<ul class="lf-warned">' in html(page)
    assert noticed in html(page)


def opened(document: Document) -> AppTest:
    """The Corpus page with a document open, as its address says."""
    page = open_corpus()
    page.query_params["document"] = document.id
    page.run()
    assert not page.exception
    return page


def pages_of(report: Document, *texts: str) -> tuple[Passage, ...]:
    """One passage for each page; none for an empty one."""
    return tuple(
        replace(passage(report, text), id=f"{report.id}-{n}", ordinal=n, page=n, page_last=n)
        for n, text in enumerate(texts, start=1)
        if text
    )


def test_the_report_tells_facts_pages_and_warnings(product: Runtime) -> None:
    report = document(media=Media.PDF, pages=5, tables=3, warnings=("no text on <b>page</b> 2",))
    add(product.corpus, report, pages_of(report, "Zephyr spent $5 billion.", "", "", "b", ""))
    shown = html(opened(report))
    assert "Text on 2 of 5 pages, none on pages 2–3, 5 (amber)." in shown
    assert "<dt>Tables found</dt><dd>3</dd>" in shown
    assert "<dt>Company</dt><dd>Zephyr</dd>" in shown
    assert "<li>no text on &lt;b&gt;page&lt;/b&gt; 2</li>" in shown


def test_samples_are_text_and_never_markup(product: Runtime) -> None:
    report = document()
    said = "Spent $5 and $6 **in all** ![x](http://127.0.0.1:9/p.png) <img src=x onerror=alert(1)>"
    add(product.corpus, report, (passage(report, said),))
    page = opened(report)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html(page)
    assert "**in all** ![x]" in html(page)
    assert "<img" not in html(page)
    assert not any("in all" in shown.value for shown in page.markdown)


def test_slides_are_called_slides(product: Runtime) -> None:
    deck = document("Zephyr capital plan", media=Media.PPTX, pages=2)
    add(product.corpus, deck, pages_of(deck, "Turbines", "Towers"))
    shown = html(opened(deck))
    assert "Text on all 2 slides." in shown
    assert "Slide 1" in shown
    assert "<dt>Slides</dt><dd>2</dd>" in shown


def test_what_has_no_pages_has_no_strip_of_them(zephyr: Runtime) -> None:
    shown = html(opened(zephyr.corpus.documents()[0]))
    assert "Characters by" not in shown
    assert FACT in shown


def test_an_address_of_no_document_is_told(zephyr: Runtime) -> None:
    page = opened(document("Nobody's"))
    assert "no document at this address" in page.warning[0].value
    assert not [button for button in page.button if button.label.startswith("Remove")]


def test_a_changed_document_leads_to_the_one_before_and_back(product: Runtime) -> None:
    for million in (41, 43):
        letter = f"Brontide letter\n\nBrontide spent ${million} million.\n".encode()
        upload(open_corpus(), "letter.txt", letter)
    page = opened(product.corpus.documents()[0])
    assert "$43 million" in html(page)
    next(button for button in page.button if button.label.startswith("Replaces ")).click().run()
    assert "$41 million" in html(page)
    assert "no longer searched" in html(page)
    next(button for button in page.button if button.label.startswith("Replaced by ")).click().run()
    assert "$43 million" in html(page)
    next(button for button in page.button if button.label == "Close").click().run()
    assert "lf-report-title" not in html(page)


def test_an_amended_filing_and_its_amendment_name_each_other(product: Runtime) -> None:
    original = document("Zephyr 10-K", published=date(2026, 2, 1))
    amendment = document("Zephyr 10-K/A", form="10-K/A", published=date(2026, 3, 1))
    for filing in (original, amendment):
        add(product.corpus, filing, (passage(filing, FACT),))
    page = opened(original)
    table = page.dataframe[0].value
    marks = dict(zip(table["Title"], table["Amendment"], strict=True))
    assert marks["Zephyr 10-K"] == "amended by 10-K/A, 2026-03-01"
    assert marks["Zephyr 10-K/A"] == "amends 10-K, 2026-02-01"
    next(button for button in page.button if button.label.startswith("Amended by ")).click().run()
    assert any(button.label.startswith("Amends ") for button in page.button)


def test_removal_says_how_many_citations_lose_their_text(zephyr: Runtime) -> None:
    page = opened(zephyr.corpus.documents()[0])
    next(button for button in page.button if button.label.startswith("Remove “")).click().run()
    assert any("0 citations of it in old answers" in shown.value for shown in page.markdown)


def put_note(product: Runtime, title: str, day: date) -> Document:
    made = document(title, form="note", published=day, questions=("What is spent?",))
    add(product.corpus, made, (passage(made, f"{title}: {FACT}"),))
    return made


def test_the_notes_say_as_of_when_they_are(product: Runtime) -> None:
    today = datetime.now(UTC).date()
    oldest = put_note(product, "Old note", today - timedelta(days=200))
    page = open_corpus()
    assert f"1 note, as of {oldest.published}" in html(page)
    (warning,) = page.warning
    assert f"as of {oldest.published}, 200 days ago" in warning.value
    newest = put_note(product, "New note", today - timedelta(days=3))
    page = open_corpus()
    assert f"2 notes, as of {oldest.published} to {newest.published}" in html(page)
    assert not page.warning
    assert f"<dt>As of</dt><dd>{newest.published}</dd>" in html(opened(newest))


def test_a_corpus_without_notes_says_nothing_of_them(zephyr: Runtime) -> None:
    page = open_corpus()
    assert "as of" not in html(page)
    assert not page.warning


@pytest.mark.parametrize(("most", "warned"), [(90, False), (89, True)])
def test_notes_are_old_beyond_the_setting(most: int, warned: bool) -> None:
    days = (date(2026, 1, 1), date(2026, 5, 1))
    assert (outdated(days, date(2026, 7, 30), most) is not None) is warned
    assert load_settings({}).notes_max_age_days == 90
    assert load_settings({"LOADFACTOR_NOTES_MAX_AGE_DAYS": "30"}).notes_max_age_days == 30


@pytest.mark.parametrize(
    ("pages", "shown"),
    (
        ((), ""),
        ((3,), "3"),
        ((1, 2, 3, 7, 9, 10), "1–3, 7, 9–10"),
        (range(1, 60, 2), f"{', '.join(str(page) for page in range(1, 40, 2))} …"),
    ),
)
def test_page_numbers_are_told_as_spans(pages: Sequence[int], shown: str) -> None:
    assert numbers(pages) == shown


@pytest.mark.parametrize(
    ("media", "pages", "short", "shown"),
    (
        (Media.PDF, (3, 3), False, "page 3"),
        (Media.PDF, (3, 4), True, "pp. 3–4"),
        (Media.PPTX, (3, None), True, "slide 3"),
        (Media.PPTX, (3, 5), False, "slides 3–5"),
        (Media.TEXT, (None, None), False, ""),
    ),
)
def test_a_place_is_named_as_its_format_does(
    media: Media, pages: tuple[int | None, int | None], short: bool, shown: str
) -> None:
    assert page_span(media, *pages, short=short) == shown


def test_a_shared_app_names_files_and_not_the_servers_folders(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (held,) = zephyr.corpus.documents()
    place = replace(held.sources[0], location="/srv/filings/zephyr.pdf", name="zephyr.pdf")
    with zephyr.corpus.writing() as writer:
        writer.add_source(held.id, place)
    assert "/srv/filings/zephyr.pdf" in html(opened(held))
    monkeypatch.setattr("assistant.ui.document_report.several_readers", lambda: True)
    shown = html(opened(held))
    assert "zephyr.pdf" in shown
    assert "/srv/filings" not in shown
