"""The Costs page's data over a ledger of 100,000 calls: its sums, charts and repricing.

`python -m benchmarks.ledger_rows` builds a ledger of ten months, 6 backends, 20 users and 3,000
conversations in a temporary folder and measures all that the page's first view needs over the
whole of it, which is more than its default of one month.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.cost.cost_reading import read_costs, reprice_costs
from assistant.cost.cost_report import CostReport
from assistant.cost.cost_sums import Dimension, Period
from assistant.cost.ledger import Ledger
from assistant.cost.models import Reference
from assistant.cost.prices import Prices
from assistant.settings import load_settings

__all__ = ["build_ledger", "main"]

CALLS = 100_000
CONVERSATIONS = 3_000
TURNS = 55_000
USERS = 20
DAYS = 304
START = datetime(2026, 1, 29, tzinfo=UTC)
RUNS = 7
MONTH = timedelta(days=30)
MARKED = 0.08
SUPPORTED = 0.9
ANSWERED = 0.92


@dataclass(frozen=True, slots=True)
class Kind:
    """A backend and its rates in pico-dollars a token; None where it has no price."""

    name: str
    provider: str
    model: str
    rates: tuple[int, int, int] | None


KINDS = (
    Kind("openai", "openai", "gpt-5", (1_250_000, 125_000, 10_000_000)),
    Kind("anthropic", "anthropic", "claude-sonnet-4-6", (3_000_000, 300_000, 15_000_000)),
    Kind("deepseek", "deepseek", "deepseek-v4-pro", (660_000, 22_000, 1_980_000)),
    Kind("glm", "zai", "glm-5.2", (1_400_000, 260_000, 4_400_000)),
    Kind("qwen", "dashscope", "qwen3-max", None),
    Kind("offline", "local", "offline-analyst-1", (0, 0, 0)),
)
PURPOSES = ("answer",) * 11 + ("rewrite",) * 5 + ("route", "judge", "embed")
RAW = {"prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0}, "total_tokens": 0}
RATES = {"provider": "openai", "model": "gpt-5", "input_mtok": "1.25", "output_mtok": "10"}
RECORD = json.dumps({"version": 2, "evidence": ["x" * 64] * 40, "answer": {"text": "y" * 400}})


def build_ledger(path: Path, calls: int = CALLS) -> None:
    """Fill a new ledger at `path`; the rows are the same at every call."""
    Ledger(path).close()
    chance = random.Random(7)
    with closing(sqlite3.connect(path)) as file, file:
        _insert(file, "attempts", _attempts(chance, calls))
        _insert(file, "turns", _turns(chance))
        _insert(file, "feedback", _feedback(chance))
        _insert(file, "savings", _savings(chance))


def _insert(file: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    names = ", ".join(f'"{name}"' for name in first)
    values = ", ".join(f":{name}" for name in first)
    command = f"INSERT INTO {table} ({names}) VALUES ({values})"
    file.execute(command, first)
    file.executemany(command, rows)


def _moment(chance: random.Random, number: int, of: int) -> datetime:
    """Office hours for the most part, evenly over the days."""
    day = START + timedelta(days=number * DAYS // of)
    return day + timedelta(seconds=int(chance.gauss(13 * 3600, 3 * 3600)) % 86_400)


def _attempts(chance: random.Random, calls: int) -> Iterator[dict[str, object]]:
    for number in range(calls):
        kind = chance.choices(KINDS, (30, 20, 15, 15, 5, 15))[0]
        started = _moment(chance, number, calls)
        turn = number * TURNS // calls
        sent = max(200, int(chance.gauss(5_500, 2_000)))
        if chance.random() < 0.002:
            sent *= 50
        cached, received = int(sent * chance.choice((0, 0, 0.6))), int(chance.expovariate(1 / 450))
        state = chance.choices(("ok", "error", "stopped", "cached"), (93, 3, 2, 2))[0]
        known = state != "error"
        cost = _cost(kind, sent, cached, received) if known else 0
        yield {
            "id": f"{number:032x}",
            "turn": f"turn{turn:028x}",
            "conversation": f"talk{turn * CONVERSATIONS // TURNS:028x}",
            "user": f"user{turn * CONVERSATIONS // TURNS % USERS}",
            "parent": None,
            "purpose": chance.choice(PURPOSES),
            "backend": kind.name,
            "provider": kind.provider,
            "model_requested": kind.model,
            "model_served": kind.model if known else None,
            "started": started.isoformat(timespec="microseconds"),
            "ended": (started + timedelta(seconds=4)).isoformat(timespec="microseconds"),
            "state": state,
            "finish_reason": "stop" if known else "http 500",
            "input_tokens": sent if known else None,
            "cache_read_tokens": cached,
            "cache_write_5m_tokens": None,
            "cache_write_1h_tokens": None,
            "output_tokens": received if known else None,
            "reasoning_tokens": received // 3 if known else None,
            "web_searches": None,
            "tier": None,
            "raw_usage": json.dumps({**RAW, "prompt_tokens": sent, "completion_tokens": received}),
            "usage_source": "estimated" if state == "stopped" else "provider",
            "cost_low": cost,
            "cost": cost,
            "cost_high": cost and cost * 2 if state == "stopped" else cost,
            "cost_source": _source(kind, cost, state),
            "rates": json.dumps({**RATES, "source": "genai-prices 0.2.3"}),
            "price_version": "genai-prices 0.2.3",
            "overlay_hash": None,
            "first_token_seconds": 0.8,
            "total_seconds": round(chance.expovariate(1 / 4), 3),
            "owner": "benchmark",
            "sent_to": "api.example.com",
            "day": started.date().isoformat(),
        }


def _cost(kind: Kind, sent: int, cached: int, received: int) -> int | None:
    if kind.rates is None:
        return None
    fresh, kept, out = kind.rates
    return (sent - cached) * fresh + cached * kept + received * out


def _source(kind: Kind, cost: int | None, state: str) -> str:
    if kind.name == "offline" or state == "cached":
        return "local"
    if state == "error":
        return "billed"
    if cost is None:
        return "unpriced"
    return "estimated" if state == "stopped" else "priced"


def _turns(chance: random.Random) -> Iterator[dict[str, object]]:
    for number in range(TURNS):
        started = _moment(chance, number, TURNS).isoformat(timespec="microseconds")
        answered = chance.random() < ANSWERED
        yield {
            "id": f"turn{number:028x}",
            "conversation": f"talk{number * CONVERSATIONS // TURNS:028x}",
            "ordinal": number * CONVERSATIONS % TURNS * CONVERSATIONS // TURNS,
            "question": "How much did the company spend on property and equipment?",
            "backend": "auto",
            "state": "answered",
            "text": "z" * 400,
            "error": None,
            "record": RECORD,
            "started": started,
            "ended": started,
            "owner": "benchmark",
            "answered": answered,
            "supported": answered and chance.random() < SUPPORTED,
        }


def _feedback(chance: random.Random) -> Iterator[dict[str, object]]:
    for number in range(TURNS):
        if chance.random() < MARKED:
            talk = number * CONVERSATIONS // TURNS
            yield {
                "turn": f"turn{number:028x}",
                "user": f"user{talk % USERS}",
                "conversation": f"talk{talk:028x}",
                "useful": chance.random() < 0.8,
                "given": START.isoformat(timespec="microseconds"),
            }


def _savings(chance: random.Random) -> Iterator[dict[str, object]]:
    kinds = ("answer cache", "provider cache", "slimming", "routing")
    for number in range(0, TURNS, 4):
        talk = number * CONVERSATIONS // TURNS
        instead = chance.randrange(10**9, 10**11)
        yield {
            "turn": f"turn{number:028x}",
            "kind": kinds[number // 4 % len(kinds)],
            "conversation": f"talk{talk:028x}",
            "user": f"user{talk % USERS}",
            "day": (START + timedelta(days=number * DAYS // TURNS)).date().isoformat(),
            "backend": KINDS[number % len(KINDS)].name,
            "counterfactual": instead,
            "actual": int(instead * chance.uniform(0.1, 1.1)),
            "overhead": chance.choice((0, 10**8)),
            "estimated": True,
        }


@dataclass(frozen=True, slots=True)
class View:
    """The page's first view, and its repricing on every priced backend of the shipped file."""

    ledger: Ledger
    prices: Prices
    elsewhere: tuple[Reference, ...]
    period: Period

    def read(self) -> CostReport:
        report = read_costs(self.ledger.file, self.period, Dimension.BACKEND)
        now = datetime.now(UTC)
        reprice_costs(self.ledger.file, report, self.elsewhere, self.prices, now)
        return report


def measure(label: str, view: View) -> None:
    view.read()
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        report = view.read()
        seconds.append(time.perf_counter() - began)
    sys.stdout.write(
        f"Costs page, {label}, {report.total.sums.calls + report.total.sums.cached:,} rows: median "
        f"{statistics.median(seconds):.3f} s, {min(seconds):.3f} to {max(seconds):.3f} s\n"
    )


def priced_backends() -> tuple[Reference, ...]:
    """Return the shipped backends that are billed by the token; one has prices by the hour."""
    entries = [entry for entry in load_settings({}).backends if not entry.local]
    names = [(entry.label, *(entry.price or (entry.provider, entry.model))) for entry in entries]
    return tuple(Reference(*name) for name in names)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        build_ledger(path)
        with closing(Ledger(path)) as ledger:
            prices = Prices()
            elsewhere = priced_backends()
            measure("everything", View(ledger, prices, elsewhere, Period()))
            last = (START + timedelta(days=DAYS)).date()
            measure("one month", View(ledger, prices, elsewhere, Period(last - MONTH, last)))


if __name__ == "__main__":
    main()
