"""What is built once a process and shared by all sessions: caches around undecorated services."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import streamlit as st

from assistant import wiring
from assistant.backends.entry import AUTO
from assistant.cost.comparison import reprice_attempts
from assistant.cost.models import Attempt, Repriced
from assistant.settings import load_settings
from assistant.ui.conversations import Conversations
from assistant.wiring import Runtime
from corpus.errors import LoadFactorError
from ingest.readers import page_picture

__all__ = ["conversations", "picture", "repriced", "runtime"]

log = logging.getLogger(__name__)


@st.cache_resource(show_spinner="Opening the corpus …")
def runtime() -> Runtime:
    """Return the running product. Raises LoadFactorError when it cannot be built."""
    built = wiring.build(load_settings())
    # The first reader need not wait for the model and the vendor's library to load.
    Thread(target=_warm, args=(built,), name="warm-up", daemon=True).start()
    return built


def _warm(product: Runtime) -> None:
    name = product.settings.default_backend
    try:
        product.corpus.embedder.embed_query("capital expenditure")
        if name != AUTO and product.backends.why_not(name) is None:
            product.backends.get(name)
    except LoadFactorError as error:
        log.warning("not warmed up: %s", error)


@st.cache_resource(show_spinner=False)
def conversations() -> Conversations:
    return Conversations(runtime().archive)


@st.cache_data(show_spinner=False, max_entries=64)
def picture(path: Path, page: int, highlight: str) -> bytes:
    """Return the PNG of a PDF's page with the passage marked. Raises InputRefused."""
    return page_picture(path, page, highlight)


def repriced(attempts: Sequence[Attempt]) -> tuple[Repriced, ...]:
    """Return what these attempts' tokens would cost on the references, remembered by their ids."""
    key = tuple((attempt.id, attempt.state.value) for attempt in attempts)
    return _repriced(key, attempts)


@st.cache_data(show_spinner=False, max_entries=256)
def _repriced(
    key: tuple[tuple[str, str], ...], _attempts: Sequence[Attempt]
) -> tuple[Repriced, ...]:
    product = runtime()
    return reprice_attempts(_attempts, product.settings.references, product.prices)
