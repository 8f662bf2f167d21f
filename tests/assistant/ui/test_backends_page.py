"""The backends page, run without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from assistant.backends.entry import BackendEntry, Kind, Locality
from assistant.cost.models import Purpose
from assistant.wiring import Runtime
from tests.assistant.ui.conftest import CHATS, REPLY, app, scripted, use
from tests.assistant.ui.test_chat_page import html, press


def backends(page: AppTest) -> AppTest:
    page.switch_page("assistant/ui/pages/backends_page.py").run()
    assert not page.exception
    return page


def test_each_entry_says_where_it_is_what_it_costs_and_what_it_lacks(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyless = replace(scripted(REPLY, name="keyless", label="Keyless"), key="ABSENT_KEY")
    unpriced = replace(scripted(REPLY, name="own", label="Own"), model="our-own")
    offline = BackendEntry("offline", "Analyst", Kind.OFFLINE, "local", "offline-analyst-1")
    use(monkeypatch, zephyr, offline, keyless, unpriced)
    shown = html(backends(app().run()))
    assert "3 backends, 2 ready" in shown
    assert "ABSENT_KEY" in shown
    assert "$1.25 in, $10 out per million tokens" in shown
    assert "— no price" in shown
    assert "own.example.com" in shown


def test_a_check_makes_one_metered_call_and_tells_what_it_showed(zephyr: Runtime) -> None:
    page = press(backends(app().run()), "check-offline")
    assert "answers, streams, reports no usage" in html(page)
    (row,) = zephyr.meter.ledger.attempts()
    assert row.purpose is Purpose.CHECK
    CHATS["offline"].replies = [RuntimeError("gone")]
    assert "broke off its answer" in html(press(page, "check-offline"))


def test_local_only_shuts_entries_here_too(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = replace(scripted(REPLY, name="near"), locality=Locality.OUTSIDE)
    use(monkeypatch, zephyr, near)
    page = app().run()
    page.toggle[0].set_value(True).run()
    assert "local only is on" in html(backends(page))
