from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.cost.invoice import Invoice, InvoiceLine, read_invoice
from assistant.cost.model_names import find_model, model_key
from assistant.cost.reconcile import (
    ExplanationKind,
    LedgerDay,
    ReconciledRow,
    Reconciliation,
    reconcile,
)
from assistant.cost_printing import explained
from tests.assistant.cost.samples import dollars

FIRST = date(2026, 11, 20)
LAST = date(2026, 11, 29)
MODELS = ("gpt-5", "gpt-5-mini", "claude-sonnet-4-6", "qwen3-max", "o3")


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def called(
    number: int,
    cost: str | None,
    model: str = "gpt-5",
    *,
    calls: int = 10,
    low: str | None = None,
    high: str | None = None,
    unpriced: int = 0,
    stopped: int = 0,
    provider: str = "openai",
    tokens: tuple[int, int] | tuple[None, None] = (None, None),
) -> LedgerDay:
    known = None if cost is None else dollars(cost)
    return LedgerDay(
        *(day_of(number), provider, model, calls, known),
        *(known if low is None else dollars(low), known if high is None else dollars(high)),
        *(unpriced, stopped, stopped, *tokens),
    )


def billed(number: int, amount: str, model: str | None = "gpt-5", text: str = "") -> InvoiceLine:
    day = day_of(number)
    return InvoiceLine(2, day, day, model, text or model or "", None, None, dollars(amount))


def invoice_of(lines: Iterable[InvoiceLine], provider: str | None = None) -> Invoice:
    return Invoice("costs.csv", "CSV", provider, FIRST, LAST, tuple(lines), (), ())


def compare(lines: Iterable[InvoiceLine], ledger: Sequence[LedgerDay]) -> Reconciliation:
    return reconcile(invoice_of(lines), ledger)


def kinds(row: ReconciledRow) -> list[ExplanationKind]:
    return [found.kind for found in row.explanations]


def only_row(result: Reconciliation) -> ReconciledRow:
    (row,) = result.rows
    return row


def test_what_agrees_needs_no_explanation() -> None:
    result = compare([billed(0, "0.0155")], [called(0, "0.0155")])
    row = only_row(result)
    assert (row.day, row.model, row.difference, row.explanations) == (FIRST, "gpt-5", 0, ())
    assert (row.invoiced, row.metered, row.calls) == (dollars("0.0155"), dollars("0.0155"), 10)
    assert (result.difference, result.differing, result.unexplained) == (0, 0, 0)


@pytest.mark.parametrize(
    ("invoiced", "served"),
    (
        ("gpt-5-2025-08-07", "gpt-5"),
        ("gpt-5", "gpt-5-2025-08-07"),
        ("claude-sonnet-4-6-20260101", "claude-sonnet-4-6"),
        ("Claude Sonnet 4.6", "claude-sonnet-4-6"),
        ("Claude Haiku 3.5", "claude-3-5-haiku-20241022"),
        ("qwen/qwen3-max", "qwen3-max"),
        ("qwen/qwen3-max:free", "Qwen3 Max"),
        ("deepseek/deepseek-v4.1-flash-20260910", "deepseek-v4.1-flash"),
        ("gpt-4o-latest", "GPT-4o"),
    ),
)
def test_one_model_under_two_names(invoiced: str, served: str) -> None:
    row = only_row(compare([billed(0, "1", invoiced)], [called(0, "1", served)]))
    assert (row.model, row.difference) == (served, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    (
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5", "gpt-5.6-sol"),
        ("gpt-4o", "gpt-4"),
        ("claude-sonnet-4-5", "claude-sonnet-4-6"),
        ("qwen3-max", "qwen3-max-thinking"),
    ),
)
def test_other_models_are_kept_apart(one: str, other: str) -> None:
    assert model_key(one) != model_key(other)


@pytest.mark.parametrize(
    ("text", "found"),
    (
        ("Generate content output token count gemini 2.5 flash short input text", "flash"),
        ("Generate content output token count gemini 2.5 flash lite input text", None),
        ("Generate_content image output for Gemini 2.5 Flash Native Image Generation", None),
        ("Gemini 2.5 Pro input, long context", "pro"),
        ("Gemini 2.5 Pro (20260101) input", "pro"),
        ("Cloud Run CPU", None),
        ("", None),
    ),
)
def test_models_are_found_in_the_names_of_products(text: str, found: str | None) -> None:
    names = {"flash": "gemini-2.5-flash", "pro": "gemini-2.5-pro"}
    assert find_model(text, [*names.values(), "", "?"]) == (names[found] if found else None)


def test_the_longest_name_in_a_text_is_meant() -> None:
    assert find_model("GPT-5 mini tokens", ["gpt-5", "gpt-5-mini"]) == "gpt-5-mini"


def test_lines_and_calls_of_one_day_and_model_meet_in_one_row() -> None:
    lines = [billed(0, "0.5", "gpt-5-2025-08-07"), billed(0, "0.25", "gpt-5")]
    ledger = [called(0, "0.5"), called(0, "0.25", "gpt-5-2025-08-07", calls=2)]
    row = only_row(compare(lines, ledger))
    assert (row.difference, row.calls, len(row.lines), len(row.ledger)) == (0, 12, 2, 2)


def test_an_invoice_without_models_is_compared_by_day() -> None:
    lines = [billed(0, "3", None), billed(1, "1", None)]
    result = compare(lines, [called(0, "1"), called(0, "2", "o3"), called(1, "1")])
    assert [(row.model, row.difference) for row in result.rows] == [(None, 0), (None, 0)]


def test_products_that_name_a_called_model_are_matched_by_it() -> None:
    lines = [
        billed(0, "1", None, "output token count gemini 2.5 flash short"),
        billed(0, "5", None, "Cloud Run CPU"),
    ]
    rows = compare(lines, [called(0, "1", "gemini-2.5-flash")]).rows
    assert [(row.model, row.difference) for row in rows] == [
        ("Cloud Run CPU", dollars("5")),
        ("gemini-2.5-flash", 0),
    ]
    assert kinds(rows[0]) == [ExplanationKind.OTHER_CHARGE]
    assert "Cloud Run CPU" in rows[0].explanations[0].sentence


def test_a_line_over_several_days_compares_the_period() -> None:
    line = replace(billed(0, "3"), until=LAST)
    row = only_row(compare([line], [called(0, "1"), called(5, "2")]))
    assert (row.day, row.until, row.difference) == (FIRST, LAST, 0)


def test_only_the_invoices_period_and_provider_are_compared() -> None:
    ledger = [called(0, "1"), called(-1, "2", calls=3), called(10, "2"), called(0, "9", "glm-5.2")]
    ledger[3] = replace(ledger[3], provider="zai")
    result = reconcile(invoice_of([billed(0, "1")], provider="openai"), ledger)
    assert (result.difference, result.outside, result.outside_calls) == (0, 2, 13)
    assert (result.elsewhere, result.elsewhere_calls) == (1, 10)
    named = reconcile(invoice_of([billed(0, "1")], provider="openai"), ledger, provider="zai")
    assert named.metered == dollars("9")


def test_within_the_range_of_stopped_calls() -> None:
    result = compare([billed(0, "1.2")], [called(0, "1", low="0.9", high="1.3", stopped=2)])
    row = only_row(result)
    assert kinds(row) == [ExplanationKind.RANGE]
    assert "$0.90–$1.30" in row.explanations[0].sentence
    assert "of 10 calls, 2 were stopped" in row.explanations[0].sentence
    assert result.unexplained == 0
    beyond = compare([billed(0, "1.31")], [called(0, "1", low="0.9", high="1.3", stopped=2)])
    assert kinds(only_row(beyond)) == [ExplanationKind.UNEXPLAINED]


def test_calls_without_a_price() -> None:
    row = only_row(compare([billed(0, "1.5")], [called(0, None, unpriced=10)]))
    assert (row.metered, row.metered_low, row.metered_high) == (None, None, None)
    assert (row.difference, kinds(row)) == (dollars("1.5"), [ExplanationKind.UNPRICED])
    some = only_row(compare([billed(0, "1.5")], [called(0, "1", unpriced=3)]))
    assert "3 of 10 calls have no price" in some.explanations[0].sentence
    less = only_row(compare([billed(0, "0.5")], [called(0, "0.7", unpriced=3)]))
    assert kinds(less) == [ExplanationKind.UNEXPLAINED]


def test_rounding_to_cents() -> None:
    lines = [billed(0, "0.50"), billed(0, "0.25")]
    result = compare(lines, [called(0, "0.7599")])
    assert kinds(only_row(result)) == [ExplanationKind.ROUNDING]
    assert "$0.01; over 2 lines" in only_row(result).explanations[0].sentence
    beyond = compare(lines, [called(0, "0.7601")])
    assert kinds(only_row(beyond)) == [ExplanationKind.UNEXPLAINED]
    exact = compare([billed(0, "0.500001")], [called(0, "0.5049")])
    assert kinds(only_row(exact)) == [ExplanationKind.UNEXPLAINED]


def test_a_day_that_begins_elsewhere() -> None:
    lines = [billed(0, "1.301"), billed(1, "0.7"), billed(4, "2.4"), billed(5, "1.61")]
    ledger = [called(0, "1"), called(1, "1"), called(4, "2"), called(5, "2")]
    rows = compare(lines, ledger).rows
    assert [kinds(row) for row in rows] == [[ExplanationKind.DAY_BOUNDARY]] * 2 + [
        [ExplanationKind.UNEXPLAINED]
    ] * 2
    assert "2026-11-20 to 2026-11-21" in rows[0].explanations[0].sentence


def test_a_day_boundary_over_three_days_and_into_a_day_that_only_one_side_has() -> None:
    lines = [billed(0, "1.5"), billed(1, "0.8"), billed(2, "0.7")]
    rows = compare(lines, [called(0, "1"), called(1, "1"), called(2, "1")]).rows
    assert [kinds(row) for row in rows] == [[ExplanationKind.DAY_BOUNDARY]] * 3
    rows = compare([billed(3, "0.000123")], [called(4, "0.000123")]).rows
    assert [kinds(row) for row in rows] == [[ExplanationKind.DAY_BOUNDARY]] * 2


def test_differences_that_no_time_zone_can_move_are_not_called_a_boundary() -> None:
    # A dollar too much cannot have been called on a day when fifty cents were metered.
    rows = compare(
        [billed(0, "3.0001"), billed(1, "0"), billed(2, "0.5")],
        [called(0, "2"), called(1, "0.5"), called(2, "1")],
    ).rows
    assert all(ExplanationKind.DAY_BOUNDARY not in kinds(row) for row in rows)
    apart = compare([billed(0, "2"), billed(2, "1.001")], [called(0, "1"), called(2, "2")]).rows
    assert all(ExplanationKind.DAY_BOUNDARY not in kinds(row) for row in apart)


def test_models_not_called_from_here() -> None:
    lines = [billed(0, "1"), billed(0, "7", "gpt-5-image"), billed(3, "2.123456")]
    rows = compare(lines, [called(0, "1")]).rows
    other, again = rows[1], rows[2]
    assert kinds(other) == kinds(again) == [ExplanationKind.NOT_CALLED_HERE]
    assert "gpt-5-image was not called from here in this period" in other.explanations[0].sentence
    assert "on that day" in again.explanations[0].sentence


def test_calls_that_the_invoice_lacks() -> None:
    ledger = [
        called(2, "0.4", low="0.1", high="0.9", stopped=10),
        called(5, "0.5", "o3"),
        called(9, "0.6"),
    ]
    refused, lacking, last = compare([billed(0, "1")], [called(0, "1"), *ledger]).rows[1:]
    assert kinds(refused) == [ExplanationKind.NOT_INVOICED]
    assert "All 10 calls were stopped or failed" in refused.explanations[0].sentence
    assert kinds(lacking) == [ExplanationKind.UNEXPLAINED]
    assert "No line of it stands for these 10 calls" in lacking.explanations[0].sentence
    assert kinds(last) == [ExplanationKind.NOT_INVOICED]
    assert "2026-11-29 is the last day" in last.explanations[0].sentence


def test_another_name_for_the_same_model() -> None:
    result = compare([billed(0, "1.005", "prod-deployment-7")], [called(0, "1")])
    assert [kinds(row) for row in result.rows] == [[ExplanationKind.OTHER_NAME]] * 2
    named = {row.model: row.explanations[0].sentence for row in result.rows}
    assert "the invoice has $1.00 for prod-deployment-7" in named["gpt-5"]
    assert "the ledger has $1.00 for gpt-5" in named["prod-deployment-7"]


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    (
        (("0.5",), "0.5 times what was metered, as for flex or batch"),
        (("2",), "2 times what was metered, as for priority"),
        (("0.9", "2.7000001"), "0.9 times what was metered, as with a discount"),
        (("1.19", "3.57"), "1.19 times what was metered, as with a surcharge, a tax"),
    ),
)
def test_constant_factors(amounts: tuple[str, ...], sentence: str) -> None:
    lines = [billed(3 * at, amount) for at, amount in enumerate(amounts)]
    ledger = [called(0, "1"), called(3, "3")][: len(amounts)]
    for row in compare(lines, ledger).rows:
        assert kinds(row) == [ExplanationKind.FACTOR]
        assert sentence in row.explanations[0].sentence


def test_a_factor_of_one_model_only() -> None:
    lines = [
        *(billed(0, "0.8"), billed(3, "1.6")),
        *(billed(0, "1", "o3"), billed(3, "2.123456789", "o3")),
    ]
    ledger = [called(0, "1"), called(3, "2"), called(0, "1", "o3"), called(3, "2", "o3")]
    found = {(row.model, row.day): kinds(row) for row in compare(lines, ledger).rows}
    assert found["gpt-5", FIRST] == found["gpt-5", day_of(3)] == [ExplanationKind.FACTOR]
    assert found["o3", FIRST] == []
    assert found["o3", day_of(3)] == [ExplanationKind.UNEXPLAINED]


def test_one_ratio_on_one_row_is_no_constant() -> None:
    assert kinds(only_row(compare([billed(0, "0.9")], [called(0, "1")]))) == [
        ExplanationKind.UNEXPLAINED
    ]


def test_requests_and_tokens_that_the_invoice_counts() -> None:
    line = replace(billed(0, "1.2345"), requests=12)
    assert kinds(only_row(compare([line], [called(0, "1")]))) == [ExplanationKind.OTHER_CALLS]
    line = replace(billed(0, "0.8765"), requests=7)
    row = only_row(compare([line], [called(0, "1")]))
    assert kinds(row) == [ExplanationKind.NOT_INVOICED]
    assert "7 requests, this ledger 10 calls" in row.explanations[0].sentence
    line = replace(billed(0, "1.2345"), input_tokens=100, output_tokens=20, requests=10)
    row = only_row(compare([line], [called(0, "1", tokens=(100, 20))]))
    assert kinds(row) == [ExplanationKind.PRICE]
    row = only_row(compare([line], [called(0, "1", tokens=(100, 21))]))
    assert kinds(row) == [ExplanationKind.UNEXPLAINED]


@pytest.mark.parametrize("requests", (9, 11))
def test_one_more_or_less_request_explains_no_more_than_a_request_costs(requests: int) -> None:
    amount = "0.0001" if requests == 9 else "1000.0001"
    line = replace(billed(0, amount), requests=requests)
    assert kinds(only_row(compare([line], [called(0, "10")]))) == [ExplanationKind.UNEXPLAINED]
    near = replace(billed(0, "11.9999" if requests == 11 else "8.0001"), requests=requests)
    assert ExplanationKind.UNEXPLAINED not in kinds(only_row(compare([near], [called(0, "10")])))


def test_a_call_without_a_price_explains_no_more_than_ten_of_the_others() -> None:
    ledger = [called(0, "9", unpriced=1)]
    within = only_row(compare([billed(0, "18.9999")], ledger))
    assert kinds(within) == [ExplanationKind.UNPRICED]
    assert "possibly" in within.explanations[0].sentence
    beyond = only_row(compare([billed(0, "19.0001")], ledger))
    assert kinds(beyond) == [ExplanationKind.UNEXPLAINED]


def test_a_reason_is_told_as_possible_and_what_has_none_in_dollars() -> None:
    agrees = compare([billed(0, "1")], [called(0, "1")])
    assert explained(agrees).endswith("Nothing differs.")
    reasoned = compare([billed(0, "1"), billed(0, "-0.5")], [called(0, "1")])
    assert explained(reasoned).endswith(
        "Every difference has a possible reason; a reason is no proof."
    )
    hidden = compare([billed(0, "1.3"), billed(0, "-0.3")], [called(0, "1")])
    assert explained(hidden).endswith("No reason found for $0.30 of $0.60 that differs.")


def test_credits_are_told_apart_from_what_they_hide() -> None:
    result = compare([billed(0, "1"), billed(0, "-1.5")], [called(0, "1")])
    row = only_row(result)
    assert (row.credits, row.rest, kinds(row)) == (dollars("-1.5"), 0, [ExplanationKind.CREDIT])
    assert "$1.50" in row.explanations[0].sentence
    assert result.unexplained == 0
    hidden = compare([billed(0, "1.3"), billed(0, "-0.3")], [called(0, "1")])
    row = only_row(hidden)
    assert row.difference == 0
    assert kinds(row) == [ExplanationKind.CREDIT, ExplanationKind.UNEXPLAINED]
    assert (hidden.differing, hidden.explained) == (dollars("0.6"), dollars("0.3"))
    assert hidden.unexplained == dollars("0.3")


def test_nothing_is_hidden() -> None:
    result = compare([billed(0, "1.2345")], [called(0, "1")])
    (found,) = only_row(result).explanations
    assert found.kind is ExplanationKind.UNEXPLAINED
    assert "$0.234 more than was metered" in found.sentence
    assert result.unexplained == result.differing == dollars("0.2345")
    less = only_row(compare([billed(0, "0.7")], [called(0, "1")]))
    assert "$0.30 less" in less.explanations[0].sentence


def test_local_calls_that_cost_nothing_differ_in_nothing() -> None:
    rows = compare([billed(0, "1")], [called(0, "1"), called(0, "0", "offline-analyst-1")]).rows
    assert [row.explanations for row in rows] == [(), ()]


def test_from_the_file_to_the_row() -> None:
    text = (
        "start_time,end_time,amount_value,amount_currency,line_item\n"
        '1795392000,1795478400,0.0025,usd,"gpt-5-2025-08-07, input"\n'
        '1795392000,1795478400,0.0010,usd,"gpt-5-2025-08-07, cached input"\n'
        '1795392000,1795478400,0.0120,usd,"gpt-5-2025-08-07, output"\n'
    )
    invoice = read_invoice("costs.csv", text.encode())
    row = only_row(reconcile(invoice, [called(3, "0.0155")]))
    assert (row.day, row.model, row.difference, len(row.lines)) == (day_of(3), "gpt-5", 0, 3)


costs = st.one_of(st.none(), st.integers(0, 10**13))
ledger_days = st.builds(
    LedgerDay,
    day=st.integers(-1, 10).map(day_of),
    provider=st.sampled_from(("openai", "qwen")),
    model=st.sampled_from(MODELS),
    calls=st.integers(1, 500),
    cost=costs,
    cost_low=costs,
    cost_high=costs,
    unpriced=st.integers(0, 5),
    estimated=st.integers(0, 5),
    stopped_or_failed=st.integers(0, 5),
    input_tokens=st.one_of(st.none(), st.integers(0, 10**6)),
    output_tokens=st.one_of(st.none(), st.integers(0, 10**6)),
)
lines_of_an_invoice = st.builds(
    InvoiceLine,
    line=st.integers(2, 10**6),
    day=st.integers(0, 9).map(day_of),
    until=st.just(FIRST),
    model=st.one_of(st.none(), st.sampled_from((*MODELS, "gpt-5-2025-08-07", "sora"))),
    description=st.sampled_from(("", "o3 tokens", "search")),
    kind=st.none(),
    quantity=st.none(),
    amount=st.integers(-(10**11), 10**13),
    requests=st.one_of(st.none(), st.integers(0, 500)),
).map(lambda line: replace(line, until=line.day))


def amounts(result: Reconciliation) -> list[tuple[object, ...]]:
    return [(row.day, row.model, row.invoiced, row.metered, row.difference) for row in result.rows]


@given(st.lists(ledger_days, min_size=1, max_size=30))
def test_an_invoice_made_from_the_ledger_agrees_everywhere(ledger: list[LedgerDay]) -> None:
    ledger = [replace(day, cost=day.cost or 0) for day in ledger if FIRST <= day.day <= LAST]
    assume(ledger)
    cells = (f"{day.day},{day.model},{Decimal(day.cost or 0).scaleb(-12):f}" for day in ledger)
    invoice = read_invoice("costs.csv", "\n".join(("date,model,cost", *cells)).encode())
    result = reconcile(invoice, ledger)
    assert all((row.difference, row.explanations) == (0, ()) for row in result.rows)
    assert (result.differing, result.outside, result.unexplained) == (0, 0, 0)


@given(st.lists(lines_of_an_invoice, max_size=30), st.lists(ledger_days, max_size=30))
def test_rows_add_up_and_nothing_is_lost(lines: list[InvoiceLine], ledger: list[LedgerDay]) -> None:
    result = compare(lines, ledger)
    assert result.invoiced == sum(row.invoiced for row in result.rows)
    assert result.difference == sum(row.difference for row in result.rows)
    assert (result.metered or 0) == sum(row.metered or 0 for row in result.rows)
    assert result.difference == result.invoiced - (result.metered or 0)
    placed = sorted(id(line) for row in result.rows for line in row.lines)
    assert placed == sorted(id(line) for line in lines)
    assert sum(len(row.ledger) for row in result.rows) + result.outside == len(ledger)
    assert len({(row.day, row.model) for row in result.rows}) == len(result.rows)
    assert all(row.explanations or row.rest == 0 for row in result.rows)
    assert 0 <= result.explained <= result.differing


@given(
    st.lists(lines_of_an_invoice, min_size=1, max_size=15),
    st.lists(ledger_days, max_size=15),
    st.integers(0, 14),
    st.integers(0, 100),
)
def test_a_line_split_in_two_changes_no_amount(
    lines: list[InvoiceLine], ledger: list[LedgerDay], at: int, percent: int
) -> None:
    line = lines[at % len(lines)]
    part = line.amount * percent // 100
    halves = [replace(line, amount=part), replace(line, amount=line.amount - part)]
    split = [other for other in lines if other is not line] + halves
    whole, parted = compare(lines, ledger), compare(split, ledger)
    assert amounts(parted) == amounts(whole)
    assert (parted.difference, parted.differing) == (whole.difference, whole.differing)


@given(st.lists(lines_of_an_invoice, max_size=12), st.lists(ledger_days, max_size=12))
def test_the_order_of_lines_and_days_means_nothing(
    lines: list[InvoiceLine], ledger: list[LedgerDay]
) -> None:
    backwards = compare(lines[::-1], ledger[::-1])
    assert amounts(backwards) == amounts(compare(lines, ledger))
    assert [kinds(row) for row in backwards.rows] == [
        kinds(row) for row in compare(lines, ledger).rows
    ]
