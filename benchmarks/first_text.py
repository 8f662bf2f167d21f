"""How long until a reader sees text: the app's own share of it, in Chromium, on a scripted backend.

`python -m benchmarks.first_text`. A local server that speaks the OpenAI protocol sends its first
token after a fixed delay. Measured in the page: from the key press that submits a question to the
first visible text of its answer, less that delay. The store holds the documents of `../shared`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.material import STORE, ai_capex, runtime_over, shared_folder
from tests.e2e.browser import chromium, running_app
from tests.servers.loopback import LoopbackServer, Pause, Received, Reply
from tests.servers.openai_server import completion

__all__ = ["main"]

DELAY = 0.3
"""Seconds before the backend's first token."""
ANSWER = "The filing states the figure of the period that was asked for, with its source [1]."
BACKENDS = """
default = "scripted"

[backends.scripted]
label = "Scripted"
kind = "openai-compatible"
provider = "openai"
model = "gpt-5"
base_url = "{address}/v1"
"""
WATCH = """() => {
  window.shown = null;
  const answers = () => [...document.querySelectorAll(
    '[class*="st-key-answer-"] [data-testid="stMarkdown"]')].filter(e => e.textContent.trim());
  const before = answers().length;
  window.addEventListener('keydown', e => {
    if (e.key === 'Enter') window.submitted = performance.now();
  }, {capture: true, once: true});
  const look = new MutationObserver(() => {
    if (answers().length > before) { window.shown = performance.now(); look.disconnect(); }
  });
  look.observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def late(request: Received) -> Reply:
    reply = completion(ANSWER)
    return Reply((Pause(DELAY), *reply.body), reply.status, reply.headers, reply.content_type)


def measure(page: Page, question: str) -> float:
    """Return the seconds from submit to first visible text, less the backend's own delay."""
    done = page.locator(".lf-cost").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    page.evaluate(WATCH)
    box.press("Enter")
    page.wait_for_function("window.shown !== null")
    milliseconds = page.evaluate("window.shown - window.submitted")
    page.wait_for_function(f"document.querySelectorAll('.lf-cost').length > {done}")
    return float(milliseconds) / 1000 - DELAY


def main() -> None:
    runtime_over([shared_folder() / "docs"], "docs").close()
    questions = [case.question.text for case in ai_capex() if not case.question.history]
    with LoopbackServer(late) as server, tempfile.TemporaryDirectory() as folder:
        backends = Path(folder) / "backends.toml"
        backends.write_text(BACKENDS.format(address=server.address), encoding="utf-8")
        with (
            running_app(
                STORE / "docs",
                LOADFACTOR_BACKENDS=str(backends),
                LOADFACTOR_ANSWER_CACHE="0",
            ) as address,
            chromium() as browser,
        ):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.set_default_timeout(60_000)
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            first, *rest = [measure(page, question) for question in questions]
    report(first, rest)


def report(first: float, rest: list[float]) -> None:
    fast, slow = min(rest), max(rest)
    sys.stdout.write(
        f"\nfirst visible text, less the backend's delay of {DELAY} s: {len(rest)} questions, "
        f"median {statistics.median(rest):.3f} s, {fast:.3f} to {slow:.3f} s; the app's very first "
        f"question {first:.3f} s\n"
    )


if __name__ == "__main__":
    main()
