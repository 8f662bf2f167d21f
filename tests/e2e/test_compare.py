"""Comparing in the browser: side by side, measured, taken away as CSV, opened by its link."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import MODELS
from tests.e2e.browser import ingest, running_app
from tests.e2e.test_app import go
from tests.e2e.test_backends import DOCUMENT, QUESTION, RIGHT, Stage, say_right
from tests.servers.loopback import Hold, LoopbackServer
from tests.servers.openai_server import completion

pytestmark = pytest.mark.e2e

WRONG = "Zephyr Wind spent $99.9 billion on turbines in 2025 [1][7]."


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    data = tmp_path_factory.mktemp("compare")
    letter = data / "zephyr.md"
    letter.write_text(DOCUMENT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOADFACTOR_MODELS", str(MODELS))
        ingest(data, letter)
        with LoopbackServer(say_right) as first, LoopbackServer(say_right) as second:
            yield Stage(data, first, second)


@pytest.fixture(scope="module")
def address(stage: Stage) -> Iterator[str]:
    with running_app(stage.data, **stage.environ) as url:
        yield url


def begin(page: Page) -> None:
    go(page, "Compare")
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_role("button", name="Compare", exact=True).click()


def column(page: Page, backend: str) -> Any:
    return page.locator(f".st-key-answer-{backend}")


def downloaded(page: Page, button: str) -> list[dict[str, str]]:
    with page.expect_download() as waited:
        page.get_by_role("button", name=button).click()
    text = Path(waited.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_two_backends_side_by_side(page: Page, stage: Stage, browser: Browser) -> None:
    hold = Hold()
    stage.first.queue(completion(RIGHT, hold=hold))
    stage.second.queue(completion(WRONG, model="gpt-5-mini"))
    begin(page)
    live = page.locator(".st-key-answer-live-scripted")
    expect(live).to_contain_text("$57.0 billion")
    expect(live).to_contain_text("≈$0.0")
    expect(page.locator(".st-key-answer-live-second")).to_contain_text("answered")
    expect(page.locator(".st-key-answer-live-second")).to_contain_text("$99.9 billion")
    hold.until.set()

    expect(column(page, "scripted")).to_contain_text("$37.6 billion to $57.0 billion")
    expect(column(page, "second")).to_contain_text("Check before use")
    table = page.locator(".lf-comparison")
    expect(table).to_contain_text("cheapest")
    expect(table.locator("tr", has_text="Figures verified")).to_contain_text("2 of 2")
    expect(table.locator("tr", has_text="Citations valid")).to_contain_text("1 of 2")
    sent = [server.requests[-1].body["messages"] for server in (stage.first, stage.second)]
    assert sent[0] == sent[1]

    first, second = downloaded(page, "Answers (CSV)")
    rows = {row["backend"]: row for row in stage.rows() if row["purpose"] == "compare"}
    assert (first["backend"], second["backend"]) == ("scripted", "second")
    for told in (first, second):
        assert int(rows[told["backend"]]["cost"]) == round(float(told["cost_usd"]) * 10**12)

    link = page.get_by_test_id("stCode").inner_text().strip()
    calls = len(stage.rows())
    other = browser.new_page()
    other.set_default_timeout(60_000)
    other.goto(link)
    expect(column(other, "scripted")).to_contain_text("$37.6 billion to $57.0 billion")
    expect(other.locator(".lf-comparison")).to_contain_text("cheapest")
    other.close()
    assert len(stage.rows()) == calls, "a link asks nobody"


def test_stop_keeps_what_there_was(page: Page, stage: Stage) -> None:
    stage.first.hung_up.clear()
    stage.first.queue(completion("Zephyr Wind spent $37.6 billion", hold=Hold()))
    begin(page)
    expect(page.locator(".st-key-answer-live-scripted")).to_contain_text("$37.6 billion")
    expect(page.locator(".st-key-answer-live-second")).to_contain_text("answered")
    page.get_by_role("button", name="Stop").click()
    expect(column(page, "scripted")).to_contain_text("Stopped before the end")
    expect(column(page, "second")).to_contain_text("$57.0 billion")
    assert stage.first.hung_up.wait(10)


def test_a_question_set_becomes_a_chart_and_two_tables(
    page: Page, stage: Stage, uploads: Path
) -> None:
    asked = [
        {"id": "q1", "question": QUESTION, "must_contain": ["37.6"]},
        {"id": "q2", "question": "What colour are its turbines?", "answerable": False},
    ]
    file = uploads / "turbines.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    go(page, "Compare")
    page.get_by_text("A question set").click()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text("2 questions, 2 with a gold answer")).to_be_visible()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    expect(page.locator(".lf-comparison").first).to_contain_text("1 of 2")
    assert [row["correct"] for row in downloaded(page, "Answers (CSV)")] == [
        "true", "true", "false", "false",
    ]  # fmt: skip
    page.get_by_role("button", name="New comparison").click()
    expect(page.get_by_role("link", name="turbines.jsonl")).to_be_visible()
