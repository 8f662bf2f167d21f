"""The history page, run without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.ui import resources
from assistant.wiring import Runtime
from tests.assistant.ui.conftest import app
from tests.assistant.ui.test_chat_page import QUESTION, ask, html, press

PAGE = "assistant/ui/pages/history_page.py"
OTHER = "What is known of Zephyr?"


def history(page: AppTest) -> AppTest:
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def titles(page: AppTest) -> list[str]:
    """Return the titles that are listed, as the text inputs for renaming hold them."""
    return [str(box.value) for box in page.text_input if (box.key or "").startswith("title-")]


def test_without_conversations_it_says_what_to_do(zephyr: Runtime) -> None:
    page = history(app().run())
    assert "No conversation yet" in page.info[0].value


def test_conversations_are_listed_newest_first_with_their_cost(zephyr: Runtime) -> None:
    ask(app().run())
    ask(app().run(), OTHER)
    page = history(app().run())
    assert titles(page) == [OTHER, QUESTION]
    assert "1 question · ≈$" in html(page)
    page.text_input[0].set_value("known of").run()
    assert titles(page) == [OTHER]


def test_a_conversation_is_renamed_and_deleted_and_its_cost_stays(zephyr: Runtime) -> None:
    ask(app().run())
    page = history(app().run())
    box = next(box for box in page.text_input if (box.key or "").startswith("title-"))
    box.set_value("Turbines").run()
    assert titles(press(page, "rename-")) == ["Turbines"]
    spent = zephyr.meter.today()
    press(page, "delete-")
    assert titles(page) == []
    assert zephyr.meter.today() == spent
    assert zephyr.archive.conversations("local", 10) == ()


def test_the_link_of_a_conversation_opens_it_in_another_session(zephyr: Runtime) -> None:
    left = ask(app().run())
    (stored,) = zephyr.archive.conversations("local", 10)
    assert left.query_params["conversation"] in (stored.id, [stored.id])
    page = history(app().run())
    assert f"?conversation={stored.id}" in page.code[0].value
    other = app()
    other.query_params["conversation"] = stored.id
    other.run()
    assert QUESTION in html(other)


def test_fault_53_several_readers_without_sign_in_see_their_own_conversations(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = replace(zephyr, settings=replace(zephyr.settings, shared=True))
    monkeypatch.setattr(wiring, "build", lambda settings: shared)
    resources.runtime.clear()
    mine = ask(app().run())
    assert titles(history(mine)) == [QUESTION]
    other = history(app().run())
    assert titles(other) == []
    assert QUESTION not in html(other)


def test_fault_53_the_conversations_of_many_others_push_none_of_mine_out(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = replace(zephyr, settings=replace(zephyr.settings, shared=True))
    monkeypatch.setattr(wiring, "build", lambda settings: shared)
    resources.runtime.clear()
    mine = ask(app().run())
    for number in range(200):
        later = datetime.now(UTC) + timedelta(minutes=1)
        zephyr.archive.begin(f"c{number}", "local", f"t{number}", "Theirs?", "b", later)
    assert titles(history(mine)) == [QUESTION]


def test_fault_53_an_app_that_a_network_can_reach_lists_no_others_conversations(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(app().run())
    real = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda name: "0.0.0.0" if name == "server.address" else real(name)
    )
    assert titles(history(app().run())) == []
