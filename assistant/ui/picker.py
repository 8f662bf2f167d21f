"""Who answers: the backend of the next question, and whether it may leave this network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.backends.entry import AUTO
from assistant.forecasting import forecasts
from assistant.ui import state
from assistant.ui.escape import as_html
from assistant.ui.resources import runtime

__all__ = ["choices", "draw", "name_of"]

AUTO_LABEL = "Auto: routine or hard"
AUTO_HELP = "Asks a routine backend, and a hard one where the question or the checks call for it."


def choices() -> tuple[str, ...]:
    """Return the names that can be asked now, in the file's order, `auto` last."""
    usable = runtime().backends.usable(local_only=state.local_only())
    return (*(entry.name for entry in usable), *([AUTO] if usable else []))


def draw(*, disabled: bool) -> None:
    """Draw the choice beside the chat input; what is unusable is listed on the Backends page."""
    names = choices()
    if state.backend() not in names and (standing_in := _standing_in(names)):
        state.choose_backend(standing_in)
    chosen = state.backend()
    # Left to itself, the box would go on showing what it last did.
    state.show_picked(chosen if chosen in names else None)
    with st.container(key="picker", horizontal=True, vertical_alignment="center", gap="small"):
        if names:
            st.selectbox(
                "Backend",
                names,
                # What was set above is shown; with None, the reader could clear the box.
                index=0 if chosen in names else None,
                placeholder=f"{name_of(chosen)} (not ready)",
                format_func=name_of,
                key=state.PICKED_BACKEND,
                on_change=state.take_picked_backend,
                label_visibility="collapsed",
                disabled=disabled,
                width=240,
            )
        _local_only(disabled=disabled)
        st.html(f'<span class="lf-where">{as_html(_going())}<br>{as_html(_forecast())}</span>')


def name_of(name: str) -> str:
    """Return how readers know a backend, `auto` included."""
    return AUTO_LABEL if name == AUTO else runtime().backends.entry(name).label


def _local_only(*, disabled: bool) -> None:
    forced = runtime().settings.local_only
    st.toggle(
        "Local only",
        value=state.local_only(),
        key=state.PICKED_LOCALITY,
        on_change=state.take_picked_locality,
        disabled=disabled or forced,
        help="Set for the whole deployment."
        if forced
        else "No backend outside this machine and its private network can be asked.",
    )


def _forecast() -> str:
    """Tell what the next question will cost, before anything is sent."""
    product = runtime()
    if not choices():
        return ""
    found = forecasts(
        product.backends,
        state.backend(),
        product.meter,
        product.settings.evidence_tokens,
        local_only=state.local_only(),
    )
    if len(found) == 1:
        return f"The next question costs {found[0][1].sentence}"
    told = "; ".join(f"{forecast.sentence} on {entry.label}" for entry, forecast in found)
    return f"The next question costs {told}"


def _going() -> str:
    name = state.backend()
    if not choices():
        return "No backend can be used now; see Backends."
    if name != AUTO:
        return runtime().backends.why_not(name, local_only=state.local_only()) or _way(name)
    usable = runtime().backends.usable(local_only=state.local_only())
    return "May go to " + ", ".join(dict.fromkeys(entry.destination for entry in usable))


def _way(name: str) -> str:
    first, *others = _destinations(name)
    more = f"; should it fail, to {', '.join(others)}" if others else ""
    return f"Question and evidence go to {first}{more}"


def _destinations(name: str) -> tuple[str, ...]:
    """Return where a backend and those that can stand in for it send the text, each place once."""
    backends, usable = runtime().backends, choices()
    found: list[str] = []
    following: str | None = name
    while following is not None:
        entry = backends.entry(following)
        if following in usable:
            found.append(entry.destination)
        following = entry.fallback
    return tuple(dict.fromkeys(found))


def _standing_in(names: Sequence[str]) -> str | None:
    """Return who takes the place of a choice that cannot be used now: nobody who sends the text
    further, or to somebody else outside, than the reader chose."""
    known = {entry.name: entry for entry in runtime().backends.entries}
    chosen = known.get(state.backend())
    if chosen is None:
        return names[0] if names else None
    for entry in known.values():
        nearer = entry.locality.distance < chosen.locality.distance
        if entry.name in names and (nearer or entry.destination == chosen.destination):
            return entry.name
    return None
