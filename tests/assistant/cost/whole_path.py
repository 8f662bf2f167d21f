"""A chat call's whole path: a server that speaks a protocol, the registry, `ask`, and the row in
the ledger's file, read back through a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from threading import Event as StopSignal
from typing import Any

from assistant.backends.entry import BackendEntry
from assistant.backends.registry import Registry
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import Attempt, Usage
from assistant.cost.prices import Prices
from assistant.events import Event
from assistant.planning import planner
from assistant.research import Inquiry, ask
from tests.assistant.cost.samples import NOON
from tests.assistant.test_research import ShelfCorpus
from tests.servers.loopback import LoopbackServer, Reply
from tests.servers.protocols import KEY, PROTOCOLS

__all__ = ["MAX_OUTPUT", "TEXT", "Clock", "WholePath", "from_rates", "said", "whole_path"]

TEXT = "Meta expects $125 billion to $145 billion in capex for 2026 [1]."
MAX_OUTPUT = 4096
BY_NAME = {protocol.name: protocol for protocol in PROTOCOLS}
PER_MTOK = 10**6
PER_THOUSAND = 10**9
"""What a rate of one dollar is in pico-dollars for one token, and for one search or request."""


@dataclass
class Clock:
    """Goes on by `step` each time it is read: a call ends later than it started."""

    now: datetime = NOON
    step: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        found, self.now = self.now, self.now + self.step
        return found


@dataclass
class WholePath:
    """Asks a loopback server; `entry` names how it speaks and whose model it serves."""

    server: LoopbackServer
    file: Path
    clock: Clock
    ledger: Ledger
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(self.ledger, Prices(), self.clock)

    def entry(self, protocol: str, provider: str, model: str, **changes: Any) -> BackendEntry:
        named = replace(BY_NAME[protocol], provider=provider, model=model)
        return replace(named.entry(self.server), **{"max_output": MAX_OUTPUT, **changes})

    def events(
        self, entry: BackendEntry, *replies: Reply, stop: StopSignal | None = None
    ) -> Iterator[Event]:
        self.server.queue(*replies)
        registry = Registry((entry,), {"TEST_KEY": KEY})
        return ask(
            Inquiry("What capex does Meta expect for 2026?", conversation="c", turn="t"),
            corpus=ShelfCorpus(),
            planner=planner(registry, entry.name),
            meter=self.meter,
            stop=stop,
        )

    def ask(self, entry: BackendEntry, *replies: Reply) -> Attempt:
        """Return the last row that the question added to the ledger's file."""
        known = {row.id for row in self.rows()}
        list(self.events(entry, *replies))
        *_, last = (row for row in self.rows() if row.id not in known)
        return last

    def rows(self) -> tuple[Attempt, ...]:
        with closing(Ledger(self.file)) as ledger:
            return ledger.attempts()


@contextmanager
def whole_path(folder: Path) -> Iterator[WholePath]:
    """Yield a path with an empty ledger in `folder` and a server that knows no reply yet."""
    file = folder / "ledger.db"
    with LoopbackServer() as server, closing(Ledger(file)) as ledger:
        yield WholePath(server, file, Clock(), ledger)


def from_rates(row: Attempt, usage: Usage | None = None) -> int:
    """Return what a usage costs by the rates that the row keeps, in pico-dollars.

    A kind of token without a rate of its own costs what input does.
    """
    rates, usage = row.rates or {}, usage or row.usage
    read, short, long = (
        count or 0
        for count in (
            usage.cache_read_tokens,
            usage.cache_write_5m_tokens,
            usage.cache_write_1h_tokens,
        )
    )
    given = rates["input_mtok"]
    counts = {
        "input_mtok": (usage.input_tokens or 0) - read - short - long,
        "cache_read_mtok": read,
        "cache_write_mtok": short,
        "cache_write_1h_mtok": long,
        "output_mtok": usage.output_tokens or 0,
    }
    tokens = sum(count * Decimal(rates.get(name, given)) for name, count in counts.items())
    searches = (usage.web_searches or 0) * Decimal(rates.get("web_searches_kcount", 0))
    fee = Decimal(rates.get("requests_kcount", 0))
    pico = tokens * PER_MTOK + (searches + fee) * PER_THOUSAND
    return int(pico.to_integral_value(ROUND_HALF_EVEN))


def said(raw: Mapping[str, object] | None) -> dict[str, object] | None:
    """Return a raw usage without the nulls that an SDK puts where nothing was said."""
    if raw is None:
        return None
    return {
        name: said(value) if isinstance(value, Mapping) else value
        for name, value in raw.items()
        if value is not None
    }
