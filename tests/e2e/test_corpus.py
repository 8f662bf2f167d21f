"""What an analyst does on the Corpus page: adds files and links, and looks at what was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as WordDocument
from fpdf import FPDF
from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_app import go, upload

pytestmark = pytest.mark.e2e

WIDTHS = (1400, 480)
READ_MS = 60_000
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MAIN_WIDER = """(() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.scrollWidth - main.clientWidth;
})()"""


def report_pdf(path: Path) -> None:
    """Three pages, the second without text."""
    pdf = FPDF()
    pdf.set_title("Haldor Cranes annual report 2025")
    pdf.set_font("Helvetica", size=12)
    for text in (
        "Haldor Cranes Inc.\nAnnual report for the fiscal year ended December 31, 2025\n\n"
        + "Haldor Cranes lifts turbines onto towers in the north. " * 12,
        "",
        "Capital expenditures were $93.4 million in fiscal 2025. " * 8,
    ):
        pdf.add_page()
        if text:
            pdf.multi_cell(0, 8, text)
    pdf.output(str(path))


def memo_docx(path: Path) -> None:
    memo = WordDocument()
    memo.add_heading("Haldor harbour memo", 1)
    memo.add_paragraph("The harbour at Stavnes needs $12 million of dredging before 2027.")
    memo.save(str(path))


def article_html(path: Path) -> None:
    sentence = "Haldor ordered nine cranes for the northern yards, the company said on Monday. "
    path.write_text(
        "<html><head><title>Haldor orders nine cranes</title></head><body><nav>Home</nav><article>"
        f"<h1>Haldor orders nine cranes</h1><p>{sentence * 4}</p><p>{sentence * 3}</p>"
        "</article></body></html>"
    )


def plan_xlsx(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in (("Haldor plan, $ in millions", 2025, 2026), ("Cranes", 41, 57), ("Yards", 12, 19)):
        sheet.append(row)
    book.save(path)


@pytest.fixture
def mixed(uploads: Path) -> list[Path]:
    """Six files: four formats, one broken, one that is another under a second name."""
    makers: dict[str, Callable[[Path], None]] = {
        "haldor-report.pdf": report_pdf,
        "haldor-memo.docx": memo_docx,
        "haldor-article.html": article_html,
        "haldor-plan.xlsx": plan_xlsx,
    }
    for name, make in makers.items():
        make(uploads / name)
    whole = (uploads / "haldor-report.pdf").read_bytes()
    (uploads / "haldor-broken.pdf").write_bytes(whole[: len(whole) // 3])
    (uploads / "haldor-report-copy.pdf").write_bytes(whole)
    return [uploads / name for name in (*makers, "haldor-broken.pdf", "haldor-report-copy.pdf")]


def outcome(page: Page, name: str) -> Locator:
    named = page.get_by_text(name, exact=True)
    return page.locator(".lf-outcomes tr").filter(has=named)


def add_link(page: Page, link: str) -> None:
    page.get_by_role("textbox", name="Link or filing").fill(link)
    page.get_by_role("textbox", name="Link or filing").press("Enter")
    expect(outcome(page, link)).to_be_visible()


def open_first(page: Page, words: str) -> Locator:
    """Filter the documents by words, and select the first row."""
    box = page.get_by_role("textbox", name="Filter")
    box.fill(words)
    box.press("Enter")
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(800)
    table.click(position={"x": 16, "y": 52})
    report = page.locator(".st-key-report")
    expect(report.get_by_role("button", name="Remove “")).to_be_visible()
    return report


def nothing_is_wider_than_the_screen(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)
        assert page.evaluate(WIDER) <= 0
        assert page.evaluate(MAIN_WIDER) <= 0


def test_six_mixed_files_each_tell_what_became_of_them(page: Page, mixed: list[Path]) -> None:
    go(page, "Corpus")
    page.locator("input[type=file]").set_input_files(mixed)
    expect(page.get_by_text(mixed[0].name)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Add to the corpus").click()
    expect(page.locator(".lf-outcomes tr")).to_have_count(len(mixed), timeout=READ_MS)
    for name in (
        "haldor-report.pdf",
        "haldor-memo.docx",
        "haldor-article.html",
        "haldor-plan.xlsx",
    ):
        expect(outcome(page, name)).to_contain_text("added")
        expect(outcome(page, name)).to_contain_text("passage")
    expect(outcome(page, "haldor-report.pdf")).to_contain_text("3 pages")
    expect(outcome(page, "haldor-report.pdf").locator(".lf-warned")).to_contain_text("no text")
    expect(outcome(page, "haldor-broken.pdf")).to_contain_text("refused")
    expect(outcome(page, "haldor-report-copy.pdf")).to_contain_text("duplicate")
    expect(outcome(page, "haldor-report-copy.pdf")).to_contain_text(
        "same content as haldor-report.pdf"
    )

    report = open_first(page, "haldor annual report")
    expect(report).to_contain_text("Haldor Cranes annual report 2025")
    expect(report).to_contain_text("Text on 2 of 3 pages, none on page 2 (amber).")
    expect(report.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    expect(report.locator(".lf-passage").first).to_contain_text("lifts turbines onto towers")
    expect(report.locator(".lf-sources")).to_contain_text("haldor-report-copy.pdf (uploaded)")
    nothing_is_wider_than_the_screen(page)


def test_the_report_names_the_version_before_and_opens_it(page: Page, uploads: Path) -> None:
    letter = uploads / "skjold.txt"
    for million in (31, 32):
        letter.write_text(f"Skjold Wire letter\n\nSkjold Wire spent ${million} million on drums.\n")
        upload(page, letter)
        expect(outcome(page, letter.name)).to_contain_text("added" if million == 31 else "updated")
        go(page, "Chat")
        expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    go(page, "Corpus")
    report = open_first(page, "skjold")
    expect(report.locator(".lf-passage").first).to_contain_text("$32 million")
    report.get_by_role("button", name="Replaces").click()
    expect(report.locator(".lf-passage").first).to_contain_text("$31 million")
    expect(report).to_contain_text("no longer searched")
    report.get_by_role("button", name="Replaced by").click()
    expect(report.locator(".lf-passage").first).to_contain_text("$32 million")
    report.get_by_role("button", name="Close").click()
    expect(report).to_have_count(0)


def test_a_link_into_the_own_network_or_disk_is_refused(page: Page) -> None:
    go(page, "Corpus")
    add_link(page, "http://127.0.0.1/")
    expect(outcome(page, "http://127.0.0.1/")).to_contain_text("this machine itself")
    for path in ("file:///etc/passwd", "/etc/passwd", "~/.ssh", "../corpus"):
        add_link(page, path)
        expect(outcome(page, path)).to_contain_text("refused")
        expect(outcome(page, path)).to_contain_text("a link begins with https://")
    add_link(page, "edgar:NVDA:10-K")
    expect(outcome(page, "edgar:NVDA:10-K")).to_contain_text("LOADFACTOR_EDGAR_CONTACT")
    nothing_is_wider_than_the_screen(page)
