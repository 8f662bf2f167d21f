"""Filters above the question box and on the Compare page, run without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from assistant.prompts import REFUSAL
from assistant.ui import comparing, resources
from assistant.ui.filter_choices import choices, document_labels
from assistant.wiring import Runtime
from corpus.models import Filters
from tests.assistant.ui.conftest import CHATS, FACT, REPLY, add, app, scripted, use
from tests.assistant.ui.test_chat_page import QUESTION, ask, html, press
from tests.assistant.ui.values import document, passage

ANNUAL = document(published=date(2026, 2, 1))
LETTER = document("Zephyr letter", form="note", fiscal_period=None)
OTHER = document("Boreas report", companies=("Boreas",), fiscal_period="FY2024")
HELD = (ANNUAL, LETTER, OTHER)
ELSEWHERE = "In fiscal 2024 Boreas spent $9 billion on property and equipment."


@pytest.fixture
def three(product: Runtime) -> Runtime:
    """The product with two documents of Zephyr and one of Boreas."""
    for held, text in ((ANNUAL, FACT), (LETTER, FACT), (OTHER, ELSEWHERE)):
        add(product.corpus, held, (passage(held, text),))
    return product


@pytest.fixture
def two(three: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    entries = (scripted(REPLY, name=name, label=name) for name in ("one", "two"))
    use(monkeypatch, three, *entries)
    yield three
    comparing._known.clear()


def choose(page: AppTest, label: str, *values: str) -> AppTest:
    box = next(box for box in page.multiselect if box.label == label)
    box.set_value(list(values)).run()
    assert not page.exception
    return page


def offered(page: AppTest, label: str) -> list[str]:
    return next(box.options for box in page.multiselect if box.label == label)


def since(page: AppTest, day: date) -> AppTest:
    next(box for box in page.date_input if box.label == "Published since").set_value(day).run()
    assert not page.exception
    return page


def scope(page: AppTest) -> str:
    """Return what stands on the button that opens the filters."""
    labels = [str(block.proto.popover.label) for block in page.get("popover")]
    return next(label for label in labels if "document" in label)


def prompt(name: str = "offline") -> str:
    """Return what the backend was given last."""
    return "\n".join(str(message.text) for message in CHATS[name].asked[-1])


def test_unconfined_all_documents_are_asked(three: Runtime) -> None:
    page = app().run()
    assert scope(page) == "All 3 documents"
    assert "filters-clear" not in [button.key for button in page.button]
    assert "Asked only of" not in html(ask(page))


def test_a_question_is_confined_and_says_so(three: Runtime) -> None:
    page = choose(choose(app().run(), "Company", "Zephyr"), "Form", "10-K")
    assert scope(page) == "1 of 3 documents"
    assert "<span>Zephyr</span><span>10-K</span>" in html(page)
    ask(page)
    assert "Asked only of Zephyr · 10-K" in html(page)
    assert ANNUAL.title in prompt()
    assert LETTER.title not in prompt()
    assert OTHER.title not in prompt()


def test_one_click_asks_all_documents_again(three: Runtime) -> None:
    page = since(choose(app().run(), "Company", "Zephyr"), date(2026, 1, 1))
    press(page, "filters-clear")
    assert scope(page) == "All 3 documents"
    assert all(box.value == [] for box in page.multiselect)
    assert all(box.value is None for box in page.date_input)
    assert "Asked only of" not in html(ask(page))


def test_dates_alone_confine_to_documents(three: Runtime) -> None:
    page = ask(since(app().run(), date(2026, 1, 1)))
    assert "Asked only of documents published since 2026-01-01<" in html(page)


def test_dates_reach_back_to_the_first_filings(three: Runtime) -> None:
    page = app().run()
    assert {box.min for box in page.date_input} == {date(1993, 1, 1)}
    since(page, date(1993, 1, 1))
    assert scope(page) == "1 of 3 documents"
    assert "Tab" in next(box.help for box in page.date_input)


def test_a_question_confined_to_another_company_is_no_follow_up(three: Runtime) -> None:
    page = ask(choose(app().run(), "Company", "Zephyr"), "What did it spend on lathes?")
    ask(page, "And on looms?")
    assert "lathes" in prompt(), "the same documents are asked"
    ask(choose(page, "Company", "Boreas"), "And on property and equipment?")
    assert "lathes" not in prompt() and "looms" not in prompt()
    ask(choose(page, "Company", "Zephyr"), "And on presses?")
    assert "looms" in prompt() and "property and equipment?" not in prompt()


def test_only_what_leaves_a_document_is_offered(three: Runtime) -> None:
    page = app().run()
    assert offered(page, "Company") == ["Boreas", "Zephyr"]
    assert offered(page, "Fiscal period") == ["FY2025", "FY2024"]
    choose(page, "Company", "Boreas")
    assert offered(page, "Company") == ["Boreas", "Zephyr"]
    assert offered(page, "Form") == ["10-K"]
    assert offered(page, "Document") == ["Boreas report"]


def test_what_is_chosen_stays_on_offer_when_nothing_has_it_any_more() -> None:
    gone = Filters(companies=("Gone",), forms=("8-K",), periods=("FY2020",), documents=("gone",))
    found = choices(gone, HELD)
    assert (found.companies, found.forms) == (("Gone",), ("8-K",))
    assert (found.periods, found.documents) == (("FY2020",), ("gone",))


def test_documents_of_one_title_are_told_apart() -> None:
    twin = replace(LETTER, id="ab" * 32)
    labels = document_labels((*HELD, twin))
    assert len(set(labels.values())) == 4
    assert labels[ANNUAL.id] == ANNUAL.title
    assert labels[twin.id] == "Zephyr letter · Zephyr letter.txt · ababab"


def test_removed_documents_are_named_so_and_told_apart() -> None:
    assert document_labels(HELD, (ANNUAL.id, "ef" * 32))["ef" * 32] == "A removed document"
    labels = document_labels(HELD, ("ef" * 32, "ab" * 32))
    assert labels["ef" * 32] == "A removed document · efefef"
    assert len(set(labels.values())) == 5


def test_a_removed_document_stays_in_the_filter_without_its_id(three: Runtime) -> None:
    page = choose(app().run(), "Document", LETTER.id)
    with three.corpus.writing() as writer:
        writer.remove(LETTER.id)
    assert "A removed document" in offered(page.run(), "Document")


def test_filters_that_leave_nothing_are_told_and_cost_nothing(three: Runtime) -> None:
    page = since(choose(app().run(), "Company", "Zephyr"), date(2030, 1, 1))
    assert scope(page) == "0 of 3 documents"
    assert "No document is left" in html(page)
    ask(page)
    told = page.warning[0].value.replace("\\", "")
    assert "No document is within the filters: Zephyr · since 2030-01-01." in told
    assert "Without “since 2030-01-01” there would be 2 documents." in told
    assert three.meter.ledger.attempts() == ()


def test_each_conversation_has_its_own_and_keeps_it(three: Runtime) -> None:
    page = ask(choose(app().run(), "Company", "Zephyr"))
    ask(page, f"{QUESTION} Once more?")
    assert html(page).count("Asked only of Zephyr") == 2
    assert scope(press(page, "new-chat")) == "All 3 documents"


def test_another_page_does_not_lose_them(three: Runtime) -> None:
    page = choose(app().run(), "Company", "Zephyr")
    page.switch_page("assistant/ui/pages/corpus_page.py").run()
    page.switch_page("assistant/ui/pages/chat.py").run()
    assert scope(page) == "2 of 3 documents"
    assert next(box.value for box in page.multiselect if box.label == "Company") == ["Zephyr"]


def test_a_conversation_that_is_opened_again_is_confined_as_it_was(three: Runtime) -> None:
    left = ask(choose(app().run(), "Document", LETTER.id))
    resources.conversations.clear()  # another process
    back = app()
    back.query_params["conversation"] = left.query_params["conversation"]
    back.run()
    assert not back.exception
    assert "Asked only of Zephyr letter" in html(back)
    assert scope(back) == "1 of 3 documents"
    press(back, "filters-clear")
    assert scope(back) == "All 3 documents"
    assert "Asked only of Zephyr letter" in html(back), "that is how it was asked"


def test_asking_again_asks_the_same_documents(three: Runtime) -> None:
    page = ask(choose(app().run(), "Company", "Zephyr"))
    press(press(page, "filters-clear"), "again-offline")
    assert html(page).count("Asked only of Zephyr") == 2
    assert OTHER.title not in prompt()


def test_a_refusal_is_of_the_documents_that_were_asked(three: Runtime) -> None:
    CHATS["offline"].replies = [REFUSAL]
    page = ask(choose(app().run(), "Company", "Boreas"))
    assert "Not in the documents asked" in html(page)
    assert "Not in the corpus" not in html(page)


def test_a_hostile_title_is_inert(product: Runtime) -> None:
    hostile = replace(document("<img src=x onerror=alert(1)>"), companies=("<b>Vex</b>",))
    add(product.corpus, hostile, (passage(hostile, FACT),))
    page = choose(choose(app().run(), "Company", "<b>Vex</b>"), "Document", hostile.id)
    shown = html(ask(page))
    assert "<b>Vex" not in shown
    assert "<img" not in shown
    assert "Asked only of &lt;b&gt;Vex" in shown


def compare_page() -> AppTest:
    page = app().run()
    page.switch_page("assistant/ui/pages/compare_page.py").run()
    assert not page.exception
    return page


def test_a_comparison_reads_only_what_is_within_its_filters(two: Runtime) -> None:
    page = choose(compare_page(), "Company", "Boreas")
    assert scope(page) == "1 of 3 documents"
    page.text_area[0].set_value(QUESTION)
    press(page, "compare-run")
    assert OTHER.title in prompt("one")
    assert ANNUAL.title not in prompt("one")
    assert prompt("one") == prompt("two")


def test_a_refusal_in_a_comparison_is_of_the_documents_that_were_asked(two: Runtime) -> None:
    CHATS["two"].replies = [REFUSAL]
    page = choose(compare_page(), "Company", "Boreas")
    page.text_area[0].set_value(QUESTION)
    press(page, "compare-run")
    assert "Not in the documents asked" in html(page)
    assert "Not in the corpus" not in html(page)


def test_a_comparison_of_no_document_is_not_begun(two: Runtime) -> None:
    page = since(compare_page(), date(2030, 1, 1))
    page.text_area[0].set_value(QUESTION)
    press(page, "compare-run")
    assert "No document is within the filters" in page.warning[0].value
    assert two.meter.ledger.attempts() == ()
