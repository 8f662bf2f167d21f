"""Why a piece of evidence was chosen, as the screen tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.inquiry import NO_FILTERS
from assistant.ui.citations import why
from assistant.wiring import Runtime
from corpus.models import Filters, Hit, Reason, ReasonKind
from tests.assistant.ui.conftest import app
from tests.assistant.ui.test_chat_page import ask, html

REASONS = (
    Reason(ReasonKind.COMPANY, "Zephyr"),
    Reason(ReasonKind.ITEM, "capital expenditures"),
    Reason(ReasonKind.TERMS, "<b>spend</b> & $5"),
)


def test_reasons_are_shown_each_with_what_it_is() -> None:
    shown = why(REASONS)
    assert '<span title="company">Zephyr</span>' in shown
    assert '<span title="item">capital expenditures</span>' in shown


def test_no_reason_takes_no_line() -> None:
    assert why(()) == ""


def test_a_reason_is_inert() -> None:
    shown = why(REASONS)
    assert "<b>" not in shown
    assert "&lt;b&gt;spend&lt;/b&gt; &amp; $5" in shown


def test_the_list_of_evidence_says_why_also_when_it_is_opened_again(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = zephyr.corpus.search

    def with_reasons(question: str, k: int = 10, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        return tuple(replace(hit, reasons=REASONS) for hit in search(question, k, filters))

    monkeypatch.setattr(zephyr.corpus, "search", with_reasons)
    page = ask(app().run())
    assert why(REASONS) in html(page)
    (conversation,) = zephyr.archive.conversations("local", 10)
    again = app()
    again.query_params["conversation"] = conversation.id
    assert why(REASONS) in html(again.run())
