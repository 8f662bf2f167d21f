"""A provider's invoice against the ledger, by UTC day and model: what agrees, what differs, why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.cost.differences import explain
from assistant.cost.invoice import Invoice, InvoiceLine
from assistant.cost.model_names import ModelKey, find_model, model_key
from assistant.cost.reconciliation import (
    Explanation,
    ExplanationKind,
    LedgerDay,
    ReconciledRow,
    Reconciliation,
)

__all__ = [
    "Explanation",
    "ExplanationKind",
    "LedgerDay",
    "ReconciledRow",
    "Reconciliation",
    "reconcile",
]

RowKey = tuple[date, ModelKey | None]


def reconcile(
    invoice: Invoice, ledger_days: Sequence[LedgerDay], provider: str | None = None
) -> Reconciliation:
    """Compare an invoice with the ledger, one row a day and model, oldest first.

    `provider` is the ledger's name of the one who sent the invoice; without it, the one whose
    format was recognised, or else every row of the ledger is compared. An invoice that names no
    model is compared by day; one with a line that covers several days, over its whole period.
    """
    provider = provider or invoice.provider
    within = [day for day in ledger_days if invoice.first <= day.day <= invoice.last]
    ours = [day for day in within if provider in (None, day.provider)]
    rows = explain(_rows(invoice, ours), invoice.last)
    low, metered, high = _metered(ours)
    return Reconciliation(
        *(invoice.name, provider, invoice.first, invoice.last, rows),
        *(sum(line.amount for line in invoice.rows), low, metered, high),
        difference=sum(row.difference for row in rows),
        differing=sum(_size(row) for row in rows),
        explained=sum(_size(row) for row in rows if row.is_explained)
        + sum(-row.credits for row in rows if not row.is_explained),
        outside=len(ledger_days) - len(within),
        outside_calls=_calls(ledger_days) - _calls(within),
        elsewhere=len(within) - len(ours),
        elsewhere_calls=_calls(within) - _calls(ours),
    )


def _size(row: ReconciledRow) -> int:
    return abs(row.credits) + abs(row.rest)


def _calls(days: Iterable[LedgerDay]) -> int:
    return sum(day.calls for day in days)


@dataclass(frozen=True, slots=True)
class _Names:
    """What lines and calls are matched by: their model, or None where only days are compared."""

    shown: Mapping[ModelKey, str]
    lines: Mapping[tuple[str | None, str], ModelKey | None]
    by_day: bool

    def of_line(self, line: InvoiceLine) -> ModelKey | None:
        return None if self.by_day else self.lines[line.model, line.description]

    def of_call(self, day: LedgerDay) -> ModelKey | None:
        return None if self.by_day else _key(day.model)


def _rows(invoice: Invoice, ledger: Sequence[LedgerDay]) -> list[ReconciledRow]:
    names = _names(invoice.rows, ledger)
    whole = any(line.until > line.day for line in invoice.rows)
    lines: defaultdict[RowKey, list[InvoiceLine]] = defaultdict(list)
    calls: defaultdict[RowKey, list[LedgerDay]] = defaultdict(list)
    for line in invoice.rows:
        lines[invoice.first if whole else line.day, names.of_line(line)].append(line)
    for day in ledger:
        calls[invoice.first if whole else day.day, names.of_call(day)].append(day)
    return [
        _row(key, invoice.last if whole else key[0], names, lines[key], calls[key])
        for key in sorted(lines.keys() | calls.keys(), key=lambda key: (key[0], key[1] or ()))
    ]


def _row(
    key: RowKey,
    until: date,
    names: _Names,
    lines: Sequence[InvoiceLine],
    calls: Sequence[LedgerDay],
) -> ReconciledRow:
    day, model = key
    invoiced = sum(line.amount for line in lines)
    low, metered, high = _metered(calls)
    return ReconciledRow(
        *(day, until, None if model is None else names.shown[model], tuple(lines), tuple(calls)),
        *(invoiced, low, metered, high),
        difference=invoiced - (metered or 0),
    )


def _metered(days: Sequence[LedgerDay]) -> tuple[int | None, int | None, int | None]:
    """Return the sums of low, cost and high; None where calls were made and none has a price."""
    costs = ([day.cost_low, day.cost, day.cost_high] for day in days)
    low, cost, high = zip(*costs, strict=True) if days else ((), (), ())
    return _sum(low), _sum(cost), _sum(high)


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return None if amounts and not known else sum(known)


def _names(lines: Sequence[InvoiceLine], ledger: Sequence[LedgerDay]) -> _Names:
    called = {_key(day.model): day.model for day in sorted(ledger, key=_longest_name_first)}
    named = {(line.model, line.description) for line in lines}
    keys = {pair: _line_key(*pair, called.values()) for pair in named}
    texts = {key: model or text for (model, text), key in sorted(keys.items(), key=str) if key}
    by_day = not any(model or keys[model, text] in called for model, text in named)
    return _Names({**texts, **called}, keys, by_day)


def _longest_name_first(day: LedgerDay) -> tuple[int, str]:
    """Order names so that the last one kept of a model's names is the shortest."""
    return -len(day.model), day.model


def _line_key(model: str | None, text: str, called: Iterable[str]) -> ModelKey | None:
    if model:
        return _key(model)
    found = find_model(text, called)
    if found is not None:
        return _key(found)
    # The blank keeps a product's name apart from every model's words.
    return ("", text) if text else None


def _key(model: str) -> ModelKey:
    return model_key(model) or ("", model)
