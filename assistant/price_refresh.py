"""Prices of a deployment's models, and what newer price data would change in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.cost.price_card import PriceCard, price_card
from assistant.cost.price_changes import ChangeKind, PriceChange, price_changes
from assistant.cost.price_data import (
    PriceData,
    PriceUpdateFailed,
    default_source,
    load_price_data,
    read_snapshot,
)
from assistant.cost.price_fetch import fetch_price_data
from assistant.cost.prices import Prices
from assistant.settings import Settings
from corpus.errors import ConfigurationError

__all__ = ["Listing", "PricedModel", "Refresh", "list_prices", "prepare_refresh", "priced_models"]


@dataclass(frozen=True, slots=True)
class PricedModel:
    """A model by the names of the price data, and what of the deployment is priced by it.

    `used_by` names backends and the labels of references.
    """

    provider: str
    model: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What each model costs, None where it is unpriced; `data` is what was fetched, if it was."""

    cards: Mapping[PricedModel, PriceCard | None]
    version: str
    data: PriceData | None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Price data that could be put in force, and what that would change; nothing is stored yet.

    `damaged` says why the data in force could not be read, None where it could; changes are then
    those against the package's own data.
    """

    data: PriceData
    changes: Mapping[PricedModel, PriceChange]
    damaged: str | None


def priced_models(settings: Settings) -> tuple[PricedModel, ...]:
    """Return each model that the deployment prices by, once, backends before references.

    Machines of our own are priced by the hour, if at all: their models are not among them.
    """
    used: dict[tuple[str, str], list[str]] = {}
    for entry in (entry for entry in settings.backends if not entry.local):
        used.setdefault(entry.price or (entry.provider, entry.model), []).append(entry.name)
    for reference in settings.references:
        used.setdefault((reference.provider, reference.model), []).append(reference.label)
    return tuple(PricedModel(*name, tuple(users)) for name, users in used.items())


def list_prices(settings: Settings, at: datetime) -> Listing:
    """Return what each model of the deployment costs in the UTC day of `at`.

    Raises ConfigurationError for stored price data that is damaged.
    """
    data = load_price_data(settings.data)
    prices = Prices(settings.overlays, data)
    models = priced_models(settings)
    cards = {model: price_card(prices, model.provider, model.model, at) for model in models}
    return Listing(cards, prices.version, data)


def prepare_refresh(settings: Settings, source: str | None, at: datetime) -> Refresh:
    """Fetch and read price data, by default the newest of its makers, and compare; store nothing.

    Raises PriceUpdateFailed, naming the source and the reason, also where the data has a price for
    none of the models that are priced now.
    """
    damaged = None
    try:
        old = Prices(settings.overlays, load_price_data(settings.data))
    except ConfigurationError as error:
        old, damaged = Prices(settings.overlays), str(error)
    try:
        data = fetch_price_data(source or default_source(), at)
        changes = _changes(settings, old, data, at)
    except PriceUpdateFailed as error:
        in_force = damaged or f"The prices in force stay: {old.version}."
        raise PriceUpdateFailed(f"{error} {in_force}") from error
    return Refresh(data, changes, damaged)


def _changes(
    settings: Settings, old: Prices, data: PriceData, at: datetime
) -> dict[PricedModel, PriceChange]:
    refused = f"No price data from {data.url}:"
    try:
        read_snapshot(data.payload)
    except PriceUpdateFailed as error:
        raise PriceUpdateFailed(f"{refused} {error}.") from error
    models = priced_models(settings)
    names = [(model.provider, model.model) for model in models]
    changes = price_changes(old, Prices(settings.overlays, data), names, at)
    # What the deployment entered itself keeps its price whatever the data holds.
    priced = [change for change in changes if change.old and change.old.source == old.version]
    if priced and all(change.kind is ChangeKind.LOST for change in priced):
        raise PriceUpdateFailed(f"{refused} it has a price for none of the models in use.")
    return dict(zip(models, changes, strict=True))
