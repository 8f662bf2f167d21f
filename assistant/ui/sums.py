"""The arithmetic behind the meter: each call line by line, budgets, savings, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import streamlit as st

from assistant.cost.arithmetic import Line, arithmetic, source_of
from assistant.cost.budget import Standing
from assistant.cost.models import Attempt, AttemptState, CostSource, Purpose, UsageSource
from assistant.cost.money import show_range, show_usd
from assistant.cost.savings import Saving
from assistant.cost.spent import spent
from assistant.ui.escape import as_html
from assistant.ui.prices import elsewhere_price
from assistant.ui.readings import MeterView
from assistant.ui.resources import runtime

__all__ = ["draw", "saving_sentence"]

HELP = (
    "**Dollars and tokens** are read from the ledger of this deployment, one row for every call. "
    "≈ marks an estimate (the provider reported no usage, or the answer is still coming), — what "
    "has no known price. What runs on this machine is *not metered* unless `hourly_usd` is set in "
    "`backends.toml`.\n\n"
    "**Repriced, not run** is what the same tokens would cost at another model's list price, "
    "from a cache that works as it did here to no cache at all. Other models count tokens "
    "differently and answer at other lengths."
)
PURPOSES = {Purpose.EMBED: "embedding of the question", Purpose.CHECK: "check of the backend"}
STATES = {
    AttemptState.OPEN: "running",
    AttemptState.STOPPED: "stopped",
    AttemptState.ERROR: "failed",
    AttemptState.CACHED: "given again",
}


def draw(view: MeterView) -> None:
    """Draw the arithmetic of the last answer, then budgets and the conversation elsewhere."""
    if view.attempts:
        st.html('<div class="lf-sums-title">This answer, line by line</div>')
        calls_first = sorted(view.attempts, key=lambda row: row.purpose is Purpose.EMBED)
        st.html("".join(map(_call, calls_first)))
        if len(view.attempts) > 1:
            st.html(f'<div class="lf-sum">Together {as_html(spent(view.attempts).dollars)}</div>')
    else:
        st.html('<div class="lf-where">Nothing was asked yet in this conversation.</div>')
    if view.savings:
        st.html(_list("Saved", map(saving_sentence, view.savings)))
    if view.budgets:
        st.html(_list("Budgets", map(_budget, view.budgets)))
    if view.elsewhere:
        rows = (f"{row.reference.label}: {elsewhere_price(row)}" for row in view.elsewhere)
        st.html(_list("This conversation elsewhere · repriced, not run", rows))
    st.markdown(HELP)


def saving_sentence(saving: Saving) -> str:
    """Return what saved how much, with the amounts that it is the difference of."""
    name = saving.kind.value.capitalize()
    if saving.saved is None:
        return f"{name}: — (a part of it has no known price)"
    mark = saving.estimated
    overhead = f" − {show_usd(saving.overhead)} for other calls" if saving.overhead else ""
    verb = "saved" if saving.saved >= 0 else "cost more by"
    return (
        f"{name} {verb} {show_usd(abs(saving.saved), estimated=mark)}: "
        f"{show_usd(saving.counterfactual, estimated=mark)} without it − "
        f"{show_usd(saving.actual)} paid{overhead}"
    )


def _call(row: Attempt) -> str:
    head = " · ".join(_head(row))
    lines = "".join(map(_line, arithmetic(row)))
    table = f"<table>{lines}{_total(row)}</table>"
    notes = " · ".join(_notes(row))
    return (
        f'<div class="lf-sums"><b>{as_html(head)}</b>{table}'
        f'<div class="lf-where">{as_html(notes)}</div></div>'
    )


def _head(row: Attempt) -> Iterator[str]:
    known = {entry.name: entry.label for entry in runtime().backends.entries}
    yield known.get(row.backend, row.backend)
    if row.purpose in PURPOSES:
        yield PURPOSES[row.purpose]
    if row.state in STATES:
        yield STATES[row.state]


def _line(line: Line) -> str:
    rate = f"× ${line.rate:f} {line.per}" if line.rate is not None else ""
    amount = show_usd(line.amount) if line.amount is not None else ""
    cells = (line.what, line.quantity, rate, amount)
    return f"<tr>{''.join(f'<td>{as_html(cell)}</td>' for cell in cells)}</tr>"


def _total(row: Attempt) -> str:
    exact = f"{row.cost:,} pico-dollars" if row.cost is not None else ""
    return (
        f'<tr class="lf-total"><td>cost</td><td></td><td>{as_html(exact)}</td>'
        f"<td>{as_html(spent((row,)).dollars)}</td></tr>"
    )


def _notes(row: Attempt) -> Iterator[str]:
    yield source_of(row)
    if row.state is AttemptState.CACHED:
        return
    if row.usage.source is UsageSource.ESTIMATED:
        yield "tokens counted by our own tokenizer (≈)"
    elif row.usage.source is UsageSource.PROVIDER:
        yield "tokens as the provider reported them"
        if row.usage.cache_read_tokens is None:
            yield "cache unknown"
    if row.cost_source is CostSource.ESTIMATED:
        yield f"between {show_range(row.cost_low, row.cost_high)}"
    if row.total_seconds is not None and row.cost_source is not CostSource.LOCAL:
        yield f"{row.total_seconds:.1f} s"


def _budget(budget: Standing) -> str:
    return f"{budget.sentence}{' · nearly used up' if budget.warns else ''}"


def _list(title: str, rows: Iterable[str]) -> str:
    items = "".join(f"<li>{as_html(row)}</li>" for row in rows)
    return f'<div class="lf-sums"><b>{as_html(title)}</b><ul>{items}</ul></div>'
