"""The chat page, run without a browser."""

from __future__ import annotations

from dataclasses import replace
from threading import Timer

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.backends.entry import Tier
from assistant.prompts import REFUSAL
from assistant.settings import Settings
from assistant.ui import resources
from assistant.wiring import Runtime
from corpus.errors import ModelMismatch
from tests.assistant.ui.conftest import CHATS, FACT, REPLY, add, app, scripted, use
from tests.assistant.ui.test_worker import Gated
from tests.assistant.ui.values import document, passage

QUESTION = "How much did Zephyr spend on property and equipment in fiscal 2025?"


def html(page: AppTest) -> str:
    """Return what is shown as HTML, without the style sheet."""
    bodies = (str(element.proto.body) for element in page.get("html"))
    return "\n".join(body for body in bodies if "<style" not in body)


def markdown(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


def ask(page: AppTest, question: str = QUESTION) -> AppTest:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    next(button for button in page.button if (button.key or "").startswith(key)).click().run()
    assert not page.exception
    return page


def test_fault_51_an_empty_corpus_says_so_and_suggests_nothing(product: Runtime) -> None:
    page = app().run()
    assert not page.exception
    assert "The corpus is empty" in page.info[0].value
    assert not [button for button in page.button if (button.key or "").startswith("starter")]


def test_an_answer_is_cited_checked_and_priced(zephyr: Runtime) -> None:
    page = ask(app().run())
    assert ":primary-badge[1]" in markdown(page)
    assert r"**\$5 billion**" in markdown(page)
    assert [button.key for button in page.button if (button.key or "").startswith("cite-")]
    assert "1 figure checked against the cited passages" in html(page)
    assert "repriced, not run" in html(page)
    assert "Scripted" in html(page)


def test_the_meter_moves_with_the_answer(zephyr: Runtime) -> None:
    page = app().run()
    before = html(page)
    assert before.count('lf-value">$0<') == 3, "this answer, the conversation and today"
    ask(page)
    settled = zephyr.meter.ledger.attempts()[0]
    assert f"≈{settled.usage.input_tokens:,} in" in html(page)
    assert html(page).count("≈$") >= 3


def test_a_citation_opens_the_passage_with_the_quote_marked(zephyr: Runtime) -> None:
    page = press(ask(app().run()), "cite-")
    assert "<mark>" in html(page)
    assert "Zephyr" in html(page)


def test_a_removed_document_is_no_longer_shown(zephyr: Runtime) -> None:
    page = ask(app().run())
    with zephyr.corpus.writing() as writer:
        writer.remove(document().id)
    assert FACT not in html(page.run()), "the list of evidence"
    assert "removed from the corpus" in html(page)
    press(page, "cite-")
    assert "removed from the corpus" in page.info[0].value
    assert "<mark>" not in html(page)


def test_an_unverified_figure_is_flagged(zephyr: Runtime) -> None:
    CHATS["offline"].replies = ["Zephyr spent $7 billion on property and equipment [1]."]
    page = ask(app().run())
    assert "Check before use" in html(page)
    assert "$7 billion" in html(page)
    assert r":orange-background[\$7 billion]" in markdown(page)


def test_an_answer_that_cites_nothing_is_shown_as_unsupported(zephyr: Runtime) -> None:
    CHATS["offline"].replies = ["Zephyr spent a lot of money on property and equipment."]
    page = ask(app().run())
    assert "Unsupported: do not rely on this answer" in html(page)


def test_fault_52_an_invented_citation_is_removed_and_told(zephyr: Runtime) -> None:
    CHATS["offline"].replies = ["Zephyr spent $5 billion on property and equipment [1][9]."]
    page = ask(app().run())
    assert "[9]" not in markdown(page)
    assert "Check before use" in html(page)


def test_a_refusal_is_a_notice_and_no_error(zephyr: Runtime) -> None:
    CHATS["offline"].replies = [REFUSAL]
    page = ask(app().run())
    assert "lf-refusal" in html(page)
    assert not page.error
    assert not page.warning


def test_fault_47_reruns_and_repeats_charge_once(zephyr: Runtime) -> None:
    page = ask(app().run())
    page.run().run()
    assert len(zephyr.meter.ledger.attempts()) == 1
    assert html(page).count("lf-question") == 1


def test_fault_47_a_rerun_in_mid_stream_picks_the_turn_up_again(zephyr: Runtime) -> None:
    conversation = resources.conversations().new()
    call = Gated()
    conversation.ask("t", QUESTION, "offline", call)
    Timer(0.3, call.gate.set).start()
    page = app()
    page.query_params["conversation"] = conversation.id
    page.run()
    assert not page.exception
    assert "1 figure checked" in html(page)
    assert call.calls == 1


def test_fault_46_who_comes_back_to_the_address_finds_the_answer(zephyr: Runtime) -> None:
    left = ask(app().run())
    back = app()
    back.query_params["conversation"] = left.query_params["conversation"]
    back.run()
    assert QUESTION in html(back)
    assert len(zephyr.meter.ledger.attempts()) == 1


def test_fault_53_another_session_sees_nothing_of_this_one(zephyr: Runtime) -> None:
    ask(app().run())
    other = app().run()
    assert QUESTION not in html(other)
    assert "Conversation" in html(other)


def test_a_new_chat_begins_empty(zephyr: Runtime) -> None:
    page = press(ask(app().run()), "new-chat")
    assert QUESTION not in html(page)
    assert [button for button in page.button if (button.key or "").startswith("starter")]


def test_a_starter_question_is_asked(zephyr: Runtime) -> None:
    page = press(app().run(), "starter-0")
    assert "Zephyr annual report" in html(page)
    assert len(zephyr.meter.ledger.attempts()) == 1


def test_fault_44_markup_in_documents_titles_and_questions_is_inert(product: Runtime) -> None:
    report = replace(
        document("<img src=x onerror=alert(1)> ![t](http://evil.example/t.png)"), companies=()
    )
    add(product.corpus, report, (passage(report, f"{FACT} <script>alert(2)</script>"),))
    page = press(ask(app().run(), f"{QUESTION} <script>alert(3)</script>"), "cite-")
    shown = html(page)
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;alert(2)" in shown
    labels = [button.label for button in page.button]
    assert not [label for label in labels if "![" in label or "<img" in label.replace(r"\<", "")]


def test_a_product_that_cannot_be_built_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def mismatched(settings: Settings) -> Runtime:
        raise ModelMismatch("The corpus was embedded with another model.")

    monkeypatch.setattr(wiring, "build", mismatched)
    resources.runtime.clear()
    page = app().run()
    assert not page.exception
    assert page.error[0].value == r"The corpus was embedded with another model\."


def test_a_failing_backend_is_explained(zephyr: Runtime) -> None:
    CHATS["offline"].replies = [RuntimeError("out of tune")]
    page = ask(app().run())
    assert "Scripted broke off its answer" in page.warning[0].value.replace("\\", "")
    assert "Scripted · 3 calls" in html(page)
    assert "went to offline.example.com" in html(page)


def test_a_question_is_asked_again_of_another_backend(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scripted("Zephyr spent $7 billion on property and equipment [1].")
    second = scripted(REPLY, name="second", label="Second")
    use(monkeypatch, zephyr, first, second)
    page = press(ask(app().run()), "again-second")
    assert html(page).count("lf-question") == 2
    assert [attempt.backend for attempt in zephyr.meter.ledger.attempts()] == ["offline", "second"]
    assert len(CHATS["second"].asked[0]) == 2, "the first answer is no history of the second"
    again = press(page, "again-second")
    assert html(again).count("lf-question") == 3


def test_the_picked_backend_answers_and_where_it_is_stands_under_the_answer(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, zephyr, scripted(REPLY), scripted(REPLY, name="second", label="Second"))
    page = app().run()
    page.selectbox[0].set_value("second").run()
    assert "second.example.com" in html(page)
    ask(page)
    assert zephyr.meter.ledger.attempts()[0].backend == "second"
    assert "went to second.example.com" in html(page)


def test_local_only_leaves_nothing_outside_to_pick(zephyr: Runtime) -> None:
    page = app().run()
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert not page.selectbox
    assert "No backend can be used now" in html(page)
    ask(page)
    assert "local only" in page.warning[0].value
    assert zephyr.meter.ledger.attempts() == ()


def test_auto_tells_its_way_from_the_routine_to_the_hard_backend(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = scripted("Zephyr spent $7 billion on property and equipment [1].", name="cheap")
    right = scripted(REPLY, name="strong", label="Strong")
    use(monkeypatch, zephyr, replace(wrong, tier=Tier.ROUTINE), right)
    page = app().run()
    page.selectbox[0].set_value("auto").run()
    ask(page)
    shown = html(page)
    assert "lf-route" in shown
    assert "did not pass the checks (unsupported figure)" in shown
    assert "2 calls" in shown
    assert r"**\$5 billion**" in markdown(page)


def test_fault_46_conversations_survive_the_app(zephyr: Runtime) -> None:
    left = ask(app().run())
    resources.conversations.clear()
    back = app()
    back.query_params["conversation"] = left.query_params["conversation"]
    back.run()
    assert not back.exception
    assert ":primary-badge[1]" in markdown(back)
    assert "1 figure checked against the cited passages" in html(back)
    press(back, "cite-")
    assert "<mark>" in html(back)
