"""What a reader and an analyst do, in a browser, on the running app."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.e2e.browser import ingest

pytestmark = pytest.mark.e2e

RECORD = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const working = document.querySelector('.lf-working');
    const shown = document.querySelector('[class*="st-key-answer-"] [data-testid="stMarkdown"]');
    window.seen.push([working ? working.textContent : '', shown ? shown.textContent.length : 0]);
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def ask(page: Page, question: str) -> None:
    answers = page.locator(".lf-cost").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".lf-cost")).to_have_count(answers + 1)


def chips(page: Page) -> Locator:
    return page.locator('[class*="st-key-cite-"] button:visible')


def go(page: Page, name: str) -> None:
    page.locator(".st-key-nav").get_by_role("link", name=name).click()


def upload(page: Page, file: Path) -> None:
    go(page, "Corpus")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name=f"Remove {file.name}")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Add to the corpus").click()
    expect(page.locator(".lf-outcomes")).to_contain_text(file.name)


def annual_report(path: Path) -> Path:
    pdf = FPDF()
    pdf.set_title("Quarrystone Robotics annual report 2025")
    pdf.set_font("Helvetica", size=13)
    for text in (
        "Quarrystone Robotics Inc.\nAnnual report for the fiscal year ended December 31, 2025\n\n"
        + "Quarrystone Robotics builds cutting machines for slate and granite. " * 20,
        "Capital expenditures\n\nIn fiscal 2025 Quarrystone Robotics spent $412.7 million on "
        "purchases of property and equipment, compared with $288.1 million in fiscal 2024. "
        + "The Lindqvist hall opened in May. "
        * 20,
    ):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    pdf.output(str(path))
    return path


def test_a_reader_asks_reads_and_opens_the_source(page: Page) -> None:
    expect(page.locator(".lf-meter")).to_contain_text("0 in · 0 out")
    page.locator(".st-key-starters button").first.wait_for()
    page.evaluate(RECORD)
    page.locator(".st-key-starters button").first.click()
    expect(page.locator(".lf-cost")).to_contain_text("repriced, not run")
    seen = page.evaluate("window.seen")
    assert any(working for working, _ in seen), "the answer came without a sign of work"
    lengths = [length for _, length in seen]
    assert lengths[0] == 0
    assert lengths[-1] > 40

    expect(page.locator(".lf-meter")).to_contain_text("≈$")
    assert "0 in · 0 out" not in page.locator(".lf-cell").first.inner_text()
    chips(page).first.click()
    panel = page.get_by_test_id("stDialog")
    cited = panel.locator(".lf-passage").first
    expect(cited).to_be_visible()
    assert cited.locator("mark, .lf-quoted").count() >= 1
    meter, over = page.locator(".lf-meter").bounding_box(), panel.bounding_box()
    assert meter is not None
    assert over is not None
    assert over["y"] >= meter["y"] + meter["height"], "the open passage hides the meter"


def test_the_meter_stays_in_sight(page: Page) -> None:
    for width in (1400, 480):
        page.set_viewport_size({"width": width, "height": 700})
        for question in ("What capex does Meta guide to for 2026?",) * 2:
            ask(page, question)
        page.mouse.move(width // 2, 400)
        page.mouse.wheel(0, 5000)
        box = page.locator(".lf-meter").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 140
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_an_analyst_adds_a_filing_and_cites_it(page: Page, uploads: Path) -> None:
    upload(page, annual_report(uploads / "quarrystone.pdf"))
    expect(page.locator(".lf-outcomes")).to_contain_text("added")
    go(page, "Chat")
    ask(page, "How much did Quarrystone Robotics spend on property and equipment in fiscal 2025?")
    expect(page.locator('[class*="st-key-answer-"]').first).to_contain_text("$412.7 million")
    chips(page).first.click()
    panel = page.get_by_test_id("stDialog")
    expect(panel.locator("mark").first).to_contain_text("$412.7 million")
    expect(panel.get_by_test_id("stImage").locator("img").first).to_be_visible()
    picture = panel.locator("img").first.element_handle()
    page.wait_for_function("image => image.complete && image.naturalWidth > 300", arg=picture)
    expect(panel).to_contain_text("Page 2")


def test_fault_01_an_ingest_by_command_answers_the_next_question(
    page: Page, store: Path, uploads: Path
) -> None:
    question = "How much did Osprey Cable spend on its landing station?"
    ask(page, question)
    expect(page.locator(".lf-refusal")).to_be_visible()
    letter = uploads / "osprey.txt"
    letter.write_text(
        "Osprey Cable letter\n\nOsprey Cable spent $63 million on its landing station.\n"
    )
    ingest(store, letter)
    ask(page, question)
    expect(page.locator('[class*="st-key-answer-"]').last).to_contain_text("$63 million")


def test_an_analyst_removes_a_document(page: Page, uploads: Path) -> None:
    letter = uploads / "brontide.txt"
    letter.write_text("Brontide Power annual letter\n\nBrontide spent $41 million on turbines.\n")
    upload(page, letter)
    page.get_by_role("textbox", name="Filter").fill("brontide")
    page.get_by_role("textbox", name="Filter").press("Enter")
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(500)
    table.click(position={"x": 16, "y": 52})
    page.get_by_role("button", name="Remove “").click()
    page.get_by_test_id("stDialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No document matches the filter.")).to_be_visible()


def test_fault_41_to_44_a_hostile_document_is_inert(page: Page, uploads: Path) -> None:
    hostile = uploads / "<img src=x onerror=alert(1)>.md"
    hostile.write_text(
        "---\ntitle: 'Vexmoor ![t](http://127.0.0.1:9/t.png) <script>alert(2)</script>'\n---\n\n"
        "Vexmoor Energy spent $77.3 million to $81.9 million on turbines in 2025, "
        "see ![pixel](http://127.0.0.1:9/p.png?q=1) and [here](http://evil.example/x) "
        "or http://evil.example/y <img src=http://127.0.0.1:9/i.png onerror=alert(3)>.\n",
        encoding="utf-8",
    )
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    upload(page, hostile)
    go(page, "Chat")
    ask(page, "How much did Vexmoor Energy spend on turbines in 2025?")
    answer = page.locator('[class*="st-key-answer-"]').first
    expect(answer).to_contain_text("$77.3 million to $81.9 million")
    assert page.locator(".katex").count() == 0
    assert page.locator('a[href*="evil.example"]').count() == 0
    chips(page).first.click()
    expect(page.get_by_test_id("stDialog").locator(".lf-passage").first).to_be_visible()
    assert page.locator("img, script[src*='127.0.0.1:9']").count() == 0
    assert dialogs == []


def test_fault_46_a_closed_tab_finds_its_answer_again(page: Page) -> None:
    ask(page, "Over how many years does Alphabet depreciate servers?")
    page.wait_for_url("**conversation=**")
    left = page.url
    page.goto("about:blank")
    page.goto(left)
    expect(page.locator(".lf-question")).to_have_text(
        "Over how many years does Alphabet depreciate servers?"
    )
    expect(page.locator(".lf-cost")).to_have_count(1)


def test_fault_51_what_the_corpus_does_not_hold_is_refused_calmly(page: Page) -> None:
    ask(page, "What is the population of Lisbon?")
    expect(page.locator(".lf-refusal")).to_have_text("Not in the corpus")
    assert page.get_by_test_id("stAlert").count() == 0
