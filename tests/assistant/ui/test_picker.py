"""Who answers the next question, and where the picker says that it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.backends.entry import BackendEntry, Locality
from assistant.backends.probe import Probe
from assistant.backends.registry import Registry
from assistant.ui import resources
from assistant.wiring import Runtime
from tests.assistant.ui.conftest import CHATS, REPLY, app, scripted, use
from tests.assistant.ui.test_chat_page import QUESTION, ask, html


class Servers(Probe):
    """Whether the servers of this machine listen, as the test says."""

    up = True

    def listens(self, host: str, port: int) -> bool:
        return self.up


def near(name: str, label: str) -> BackendEntry:
    return replace(
        scripted(REPLY, name=name, label=label),
        base_url="http://127.0.0.1:9/v1",
        locality=Locality.MACHINE,
    )


def offer(
    monkeypatch: pytest.MonkeyPatch,
    product: Runtime,
    *entries: BackendEntry,
    default: str,
    environ: Mapping[str, str] | None = None,
) -> Servers:
    """Let the product have these backends; return what says whether those near listen."""
    servers = Servers()
    known = Registry(
        entries, environ or {}, make=lambda entry, key: CHATS[entry.name], probe=servers
    )
    settings = replace(product.settings, default_backend=default)
    changed = replace(product, backends=known, settings=settings)
    monkeypatch.setattr(wiring, "build", lambda settings: changed)
    resources.runtime.clear()
    resources.conversations.clear()
    return servers


def picked(page: AppTest) -> object:
    return page.selectbox(key="picked backend").value


def asked(product: Runtime) -> list[str]:
    return [row.backend for row in product.meter.ledger.attempts()]


def test_a_choice_that_cannot_be_used_for_a_moment_is_not_replaced_by_one_further_away(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = scripted(REPLY, name="cloud", label="Cloud")
    servers = offer(monkeypatch, zephyr, cloud, near("near", "Near"), default="near")
    page = app().run()
    assert picked(page) == "near"
    servers.up = False
    page.run()
    assert picked(page) is None
    assert page.selectbox(key="picked backend").placeholder == "Near (not ready)"
    assert "no server answers at 127.0.0.1:9" in html(page)
    ask(page)
    assert "no server answers at 127.0.0.1:9" in page.warning[0].value.replace("\\", "")
    assert asked(zephyr) == []
    servers.up = True
    ask(page, f"{QUESTION} Once more?")
    assert picked(page) == "near"
    assert asked(zephyr) == ["near"]
    page.selectbox(key="picked backend").set_value("cloud").run()
    ask(page, f"{QUESTION} And now?")
    assert asked(zephyr) == ["near", "cloud"], "who chooses it may have it"


def test_a_choice_that_cannot_be_used_is_replaced_by_one_that_is_nearer(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = scripted(REPLY, name="cloud", label="Cloud")
    other = scripted(REPLY, name="other", label="Other")
    keyed = replace(scripted(REPLY, name="keyed", label="Keyed"), key="KEYED_KEY")
    offer(monkeypatch, zephyr, other, keyed, cloud, near("near", "Near"), default="keyed")
    assert picked(app().run()) == "near"


def test_another_model_at_the_same_place_may_stand_in(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scripted(REPLY, name="other", label="Other")
    large = replace(scripted(REPLY, name="large", label="Large"), key="LARGE_KEY")
    small = replace(scripted(REPLY, name="small", label="Small"), base_url=large.base_url)
    offer(monkeypatch, zephyr, other, large, small, default="large")
    assert picked(app().run()) == "small"


def test_the_picker_names_where_the_question_goes_should_the_choice_fail(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.asking.FIRST_WAIT", 0.01)
    one = replace(
        scripted(RuntimeError("x"), name="one", label="One"), fallback="lost", max_output=10
    )
    lost = replace(scripted(REPLY, name="lost"), fallback="two", key="LOST_KEY")
    use(monkeypatch, zephyr, one, lost, scripted(REPLY, name="two", label="Two"))
    page = app().run()
    going = "Question and evidence go to one.example.com; should it fail, to two.example.com"
    assert going in html(page)
    ask(page)
    places = {row.sent_to for row in zephyr.meter.ledger.attempts()}
    assert places == {"one.example.com", "two.example.com"}
