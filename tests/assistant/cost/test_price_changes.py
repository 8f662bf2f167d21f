from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.cost.models import Overlay
from assistant.cost.price_card import price_card, rates_by_kind
from assistant.cost.price_changes import ChangeKind, PriceChange, price_changes
from assistant.cost.price_data import PriceData
from assistant.cost.prices import Prices
from tests.assistant.cost.price_payloads import encoded, model_of, raw_providers
from tests.assistant.cost.samples import NOON

OPENAI = ("openai", "gpt-5")
PRO = ("deepseek", "deepseek-v4-pro")
HOUSE = Overlay(
    provider="house",
    model="own",
    input_mtok=Decimal("1.20"),
    output_mtok=Decimal("6"),
    cache_read_mtok=None,
    currency="USD",
    source="our contract",
    as_of=date(2026, 11, 1),
)
BUNDLED = Prices()


def prices(raw: object, *overlay: Overlay) -> Prices:
    return Prices(overlay, PriceData("https://prices.example.com/", NOON, encoded(raw)))


def changed(raw: list[dict[str, Any]], model: tuple[str, str]) -> PriceChange:
    (change,) = price_changes(BUNDLED, prices(raw), [model], NOON)
    return change


def test_the_same_data_changes_nothing() -> None:
    models = [OPENAI, PRO, ("openai", "gpt-5.6-sol"), ("google", "gemini-2.5-pro")]
    same = prices(raw_providers(["openai", "deepseek", "google"]))
    changes = price_changes(BUNDLED, same, models, NOON)
    assert [(change.provider, change.model) for change in changes] == models
    assert {change.kind for change in changes} == {ChangeKind.SAME}
    assert [change.rates for change in changes] == [{}] * 4


def test_a_changed_rate_is_told_by_its_kind() -> None:
    raw = raw_providers()
    model_of(raw, *OPENAI)["prices"]["input_mtok"] = 1.5
    change = changed(raw, OPENAI)
    assert change.kind is ChangeKind.CHANGED
    assert change.rates == {"input_mtok": ("1.25", "1.5")}


def test_a_change_beyond_a_size_is_told() -> None:
    raw = raw_providers()
    sizes = model_of(raw, "openai", "gpt-5.6-sol")["prices"][-1]["prices"]["input_mtok"]
    sizes["tiers"][0]["price"] = 9
    assert changed(raw, ("openai", "gpt-5.6-sol")).rates == {
        "input_mtok beyond 272000 tokens": ("8", "9")
    }


def test_a_change_of_some_hours_is_told() -> None:
    raw = raw_providers()
    model_of(raw, *PRO)["prices"][-1]["prices"]["input_mtok"] = 1.5
    assert changed(raw, PRO).rates == {"input_mtok 06:00–10:00 UTC": ("1.32", "1.5")}


def test_a_change_of_a_service_tier_is_told() -> None:
    raw = raw_providers()
    variants = model_of(raw, *OPENAI)["price_variants"]
    flex = next(one for one in variants if "flex" in one["when"].values())
    flex["prices"]["output_mtok"] = 4
    assert changed(raw, OPENAI).rates == {"flex output_mtok": ("5", "4")}


def test_a_rate_that_comes_or_goes_is_told() -> None:
    raw = raw_providers()
    rates = model_of(raw, *OPENAI)["prices"]
    del rates["cache_read_mtok"]
    rates["cache_write_mtok"] = 2
    change = changed(raw, OPENAI)
    assert change.rates["cache_read_mtok"] == ("0.125", None)
    assert change.rates["cache_write_mtok"] == (None, "2")


def test_models_that_lose_or_get_a_price() -> None:
    few = prices(raw_providers(["openai"]))
    for old, new, kind in (
        (BUNDLED, few, ChangeKind.LOST),
        (few, BUNDLED, ChangeKind.NEW),
        (few, few, ChangeKind.UNPRICED),
    ):
        (change,) = price_changes(old, new, [PRO], NOON)
        assert change.kind is kind


def test_what_the_deployment_entered_keeps_its_price() -> None:
    old, new = Prices([HOUSE]), prices(raw_providers(["openai"]), HOUSE)
    (change,) = price_changes(old, new, [("house", "own")], NOON)
    assert change.kind is ChangeKind.SAME
    assert change.new is not None
    assert change.new.source == "our contract (2026-11-01)"
    assert change.new.version == new.version


def test_noughts_change_nothing() -> None:
    entered = replace(HOUSE, input_mtok=Decimal("1.2"))
    (change,) = price_changes(Prices([HOUSE]), Prices([entered]), [("house", "own")], NOON)
    assert change.kind is ChangeKind.SAME


def test_the_hours_in_force_come_first() -> None:
    peak = price_card(BUNDLED, *PRO, NOON.replace(hour=2))
    noon = price_card(BUNDLED, *PRO, NOON)
    assert peak is not None
    assert noon is not None
    assert peak.spans == noon.spans[::-1]
    assert rates_by_kind(noon)["input_mtok"] == "0.66"
    assert rates_by_kind(peak)["input_mtok"] == "1.32"
    assert rates_by_kind(peak)["input_mtok 10:00–24:00 UTC"] == "0.66"


@given(st.decimals(min_value=0, max_value=1000, places=6), st.sampled_from((OPENAI, PRO)))
def test_a_change_names_the_new_rate_exactly(rate: Decimal, model: tuple[str, str]) -> None:
    old, new = (
        Overlay(*model, one, Decimal(1), None, "USD", "page", date(2026, 11, 1))
        for one in (Decimal(7), rate)
    )
    (change,) = price_changes(Prices([old]), Prices([new]), [model], NOON)
    told = change.rates.get("input_mtok")
    assert (told is None) == (rate == 7)
    if told:
        assert told == ("7", str(rate))
