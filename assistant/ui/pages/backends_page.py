"""Backends: what can answer, where it is, what it costs, and whether it works."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from assistant.backends.entry import BackendEntry
from assistant.checkup import check_backend
from assistant.cost.models import Usage, UsageSource
from assistant.forecasting import forecasts
from assistant.printing import checkup_line
from assistant.ui import state
from assistant.ui.escape import as_html, as_label, count
from assistant.ui.resources import runtime
from corpus.errors import LoadFactorError

HOW = (
    "Backends are entries of `backends.toml`. One that needs a key is used once the variable that "
    "it names is set; one on a server, once the server answers. A check makes one short call, "
    "which is metered like any other."
)


def main() -> None:
    registry = runtime().backends
    reasons = {
        entry.name: registry.why_not(entry.name, local_only=state.local_only())
        for entry in registry.entries
    }
    ready = sum(reason is None for reason in reasons.values())
    st.html(
        '<div class="lf-title">Backends</div><div class="lf-promise">'
        f"{count(len(reasons), 'backend')}, {ready} ready</div>"
    )
    st.markdown(HOW)
    for entry in registry.entries:
        _row(entry, reasons[entry.name])


def _row(entry: BackendEntry, why_not: str | None) -> None:
    with st.container(
        key=f"backend-{entry.name}", horizontal=True, vertical_alignment="center", gap="medium"
    ):
        ready = '<span class="lf-status lf-added">ready</span>'
        missing = '<span class="lf-status">not ready</span>'
        st.html(
            f'<div class="lf-evidence"><div><b>{as_html(entry.label)}</b> '
            f"{missing if why_not else ready}</div>"
            f'<div class="lf-where">{as_html(_facts(entry))}</div>'
            f'<div class="lf-preview">{as_html(why_not or _last_check(entry.name))}</div></div>'
        )
        if why_not is None:
            st.button("Check", key=f"check-{entry.name}", on_click=_check, args=(entry.name,))


def _facts(entry: BackendEntry) -> str:
    facts = (entry.name, entry.model, entry.destination, entry.tier, _price(entry))
    return " · ".join(fact for fact in (*facts, _next_question(entry)) if fact)


def _next_question(entry: BackendEntry) -> str:
    product = runtime()
    told = forecasts(product.backends, entry.name, product.meter, product.settings.evidence_tokens)
    ((_, forecast),) = told
    return "" if forecast.expected is None else f"next question {forecast.sentence}"


def _price(entry: BackendEntry) -> str:
    """Return today's rates for a million tokens, — where none is known."""
    if entry.local:
        hourly = entry.hourly_usd
        return "not metered" if hourly is None else f"${hourly:f} an hour"
    usage = Usage(input_tokens=1, output_tokens=1, source=UsageSource.PROVIDER)
    name = entry.price or (entry.provider, entry.model)
    rates = runtime().prices.price(*name, usage, datetime.now(UTC)).rates or {}
    if "input_mtok" not in rates or "output_mtok" not in rates:
        return "— no price"
    return f"${rates['input_mtok']} in, ${rates['output_mtok']} out per million tokens"


def _last_check(name: str) -> str:
    found = state.checkups().get(name)
    return "" if found is None else f"Check: {checkup_line(found)}"


def _check(name: str) -> None:
    product = runtime()
    try:
        backend = product.backends.get(name, local_only=state.local_only())
        state.remember_checkup(check_backend(backend, product.meter))
    except LoadFactorError as error:
        st.toast(as_label(str(error)), icon=":material/error:")


main()
