"""Costs as figures and tables of inert HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from assistant.cost.cost_report import CostReport, CostRow
from assistant.cost.cost_sums import Dimension
from assistant.cost.models import Repriced
from assistant.cost.money import show_range, show_tokens, show_usd
from assistant.cost_printing import show_calls, show_each
from assistant.ui.escape import as_html, count

__all__ = ["breakdown", "elsewhere_table", "figures", "html_table", "savings_table"]

MOST_ROWS = 30
NONE = "—"
HEADINGS = {
    Dimension.DAY: "Day",
    Dimension.BACKEND: "Backend",
    Dimension.MODEL: "Model",
    Dimension.PURPOSE: "Purpose",
    Dimension.USER: "User",
    Dimension.CONVERSATION: "Conversation",
}


def figures(report: CostReport) -> None:
    """Draw what was spent, the calls and answers, the cost of a useful answer, what was saved."""
    total, totals = report.total, report.total.totals
    bounds = total.bounds
    left = [f"{totals.unpriced:,} without a price"] if totals.unpriced else []
    left += [f"{totals.unmetered:,} on own machines"] if totals.unmetered else []
    ranged = bounds is not None and bounds[0] != bounds[1]
    notes = [f"between {show_range(*bounds)}"] if bounds and ranged else []
    marked, useful = total.answers.marked, total.answers.useful
    cached, embeddings = total.sums.cached, total.sums.embeddings
    cards = (
        ("Spent", total.spent.dollars, " · ".join([*notes, *left])),
        (
            "Calls and answers",
            f"{total.sums.talks:,} → {total.answers.answers:,}",
            f"{_tokens(total)} · {total.sums.seconds:,.0f} s"
            + (f" · {count(embeddings, 'embedding')}" if embeddings else "")
            + (f" · {count(cached, 'answer')} given again" if cached else ""),
        ),
        (
            "Per useful answer",
            show_each(total.per_useful),
            " · ".join(filter(None, (f"{useful:,} useful of {marked:,} marked", _passed(total)))),
        ),
        ("Saved", _saved(report), _saved_note(report)),
    )
    st.html(
        '<div class="lf-figures">'
        + "".join(
            f'<div class="lf-figure"><div class="lf-label">{as_html(name)}</div>'
            f'<div class="lf-amount">{as_html(value)}</div>'
            f'<div class="lf-tokens">{as_html(note)}</div></div>'
            for name, value, note in cards
        )
        + "</div>"
    )


def breakdown(report: CostReport, shown: Mapping[str, str]) -> None:
    """Draw the rows of a report; `shown` gives the HTML of a key, its escaped self by default."""
    heads = ("Calls", "Tokens in", "out", "Seconds", "Answers", "Useful", "Per useful", "Passed")
    rows = [
        [shown.get(row.key or "") or as_html(row.key or NONE), *map(as_html, _cells(row))]
        for row in report.rows[:MOST_ROWS]
    ]
    total = ["All", *map(as_html, _cells(report.total))]
    html_table([HEADINGS[report.dimension], "Spent", *heads], rows, last=total)
    more = len(report.rows) - MOST_ROWS
    if more > 0:
        st.caption(f"{count(more, 'further row')} in the CSV.")


def savings_table(report: CostReport) -> None:
    """Draw what each kind of saving did; what cost more than it saved is negative."""
    rows = [
        [
            as_html(saving.kind.capitalize()),
            f"{saving.turns:,}",
            as_html(show_usd(saving.counterfactual, estimated=saving.estimated)),
            as_html(show_usd(saving.actual)),
            as_html(show_usd(saving.overhead)),
            f"<b>{as_html(show_usd(saving.saved, estimated=saving.estimated))}</b>",
            f"{saving.unknown:,}" if saving.unknown else "",
        ]
        for saving in report.savings
    ]
    heads = ("By", "Turns", "Without it", "With it", "Its own calls", "Saved", "Unknown")
    _without_empty_last(heads, rows)


def elsewhere_table(repriced: Sequence[Repriced]) -> None:
    """Draw what a period would cost on each backend, and how many calls that leaves out."""
    rows = [
        [
            as_html(one.reference.label),
            as_html(show_range(one.low, one.high, estimated=True)),
            f"{one.unpriced:,}" if one.unpriced else "",
        ]
        for one in repriced
    ]
    _without_empty_last(("On", "Cache works as here – no cache", "Calls left out"), rows)


def html_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    last: Sequence[str] | None = None,
    *,
    words: bool = False,
) -> None:
    """Draw a table of HTML cells; with `words` a row's last cell is a line of its own below it."""
    head = "".join(f'<th scope="col">{as_html(name)}</th>' for name in heads)
    body = "".join(_with_words(row) if words else f"<tr>{_row(row)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{_row(last)}</tr></tfoot>" if last else ""
    st.html(
        f'<div class="lf-scroll"><table class="lf-costs{" lf-words" * words}"><thead><tr>{head}'
        f"</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
    )


def _row(cells: Sequence[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _with_words(cells: Sequence[str]) -> str:
    *figures, why = cells
    return (
        f'<tr>{_row(figures)}</tr><tr class="lf-why"><td colspan="{len(figures)}">{why}</td></tr>'
    )


def _without_empty_last(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table whose last column is left out where it says nothing."""
    width = len(heads) if any(row[-1] for row in rows) else len(heads) - 1
    html_table(heads[:width], [row[:width] for row in rows])


def _cells(row: CostRow) -> list[str]:
    totals, answers = row.totals, row.answers
    return [
        row.spent.dollars,
        show_calls(row),
        show_tokens(totals.input_tokens, estimated=totals.estimated) if row.sums.talks else "",
        show_tokens(totals.output_tokens, estimated=totals.estimated) if row.sums.talks else "",
        f"{row.sums.seconds:,.1f}",
        f"{answers.answers:,}",
        f"{answers.useful:,} of {answers.marked:,}" if answers.marked else "",
        show_each(row.per_useful) if answers.useful else "",
        f"{answers.supported:,} of {answers.checked:,}" if answers.checked else "",
    ]


def _passed(row: CostRow) -> str:
    each, answers = row.per_supported, row.answers
    passed = f"{answers.supported:,} of {answers.checked:,} checked passed"
    if each is None or each.cost is None:
        return passed if answers.checked else ""
    return f"{each.dollars} per answer that passed every check ({passed})"


def _tokens(row: CostRow) -> str:
    totals = row.totals
    given = show_tokens(totals.output_tokens, estimated=totals.estimated)
    return f"{show_tokens(totals.input_tokens, estimated=totals.estimated)} in, {given} out"


def _saved(report: CostReport) -> str:
    estimated = any(saving.estimated for saving in report.savings)
    return show_usd(report.saved, estimated=estimated)


def _saved_note(report: CostReport) -> str:
    if not report.savings:
        return "nothing was saved yet"
    turns = count(sum(saving.turns for saving in report.savings), "saving")
    unknown = f" · {report.savings_unknown:,} unknown" if report.savings_unknown else ""
    return f"{turns}, own calls deducted{unknown}"
