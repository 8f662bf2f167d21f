from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import CostSource, Purpose
from assistant.cost.prices import Prices
from assistant.cost.spent import spent
from assistant.embedding_meter import MeteredEmbedder, on_behalf_of
from corpus.tokens import count_tokens
from tests.assistant.cost.samples import NOON, dollars
from tests.fakes import HashingEmbedder

TEXTS = ("Meta spends.", "Amazon spends more than Meta does.")


@pytest.fixture
def ledger(data: Path) -> Iterator[Ledger]:
    with closing(Ledger(data / "ledger.db")) as opened:
        yield opened


def metered(ledger: Ledger, hourly: str | None = None) -> MeteredEmbedder:
    """An embedder whose every batch takes two seconds."""
    ticks = count(step=2)
    price = None if hourly is None else Decimal(hourly)
    meter = Meter(ledger, Prices(), lambda: NOON)
    return MeteredEmbedder(HashingEmbedder(), meter, price, lambda: float(next(ticks)))


def test_it_embeds_as_the_one_inside_does(ledger: Ledger) -> None:
    inner, outer = HashingEmbedder(), metered(ledger)
    assert (outer.embed_passages(TEXTS) == inner.embed_passages(TEXTS)).all()
    assert (outer.embed_query(TEXTS[0]) == inner.embed_query(TEXTS[0])).all()
    assert (outer.name, outer.revision) == (inner.name, inner.revision)
    assert (outer.dimension, outer.max_tokens) == (inner.dimension, inner.max_tokens)


def test_a_batch_is_a_row_in_seconds_that_is_not_metered(ledger: Ledger) -> None:
    embedder = metered(ledger)
    embedder.embed_passages(TEXTS)
    embedder.embed_passages(())
    embedder.close()
    (row,) = ledger.attempts()
    assert (row.purpose, row.backend, row.model_requested) == (
        Purpose.EMBED,
        "embedder",
        "hashing 1",
    )
    assert (row.total_seconds, row.cost, row.cost_source) == (2.0, None, CostSource.LOCAL)
    assert row.usage.input_tokens == sum(map(count_tokens, TEXTS))
    assert (row.conversation, row.sent_to, row.day) == ("corpus", "this machine", NOON.date())
    assert spent((row,)).dollars == "not metered"


def test_an_hour_that_has_a_price_makes_dollars(ledger: Ledger) -> None:
    embedder = metered(ledger, "0.36")
    embedder.embed_passages(TEXTS)
    embedder.close()
    (row,) = ledger.attempts()
    assert row.cost == dollars("0.0002")
    assert ledger.totals().cost == row.cost


def test_a_question_is_counted_for_its_turn_and_its_tokens_for_no_model(ledger: Ledger) -> None:
    embedder = metered(ledger)
    with on_behalf_of("c", "t", "ada"):
        embedder.embed_query(TEXTS[0])
    embedder.embed_query(TEXTS[1])
    embedder.close()
    counted_for = {(row.conversation, row.turn, row.user) for row in ledger.attempts()}
    assert counted_for == {("c", "t", "ada"), ("corpus", "corpus", "local")}
    totals = ledger.totals(conversation="c")
    assert (totals.attempts, totals.input_tokens, totals.unknown_tokens) == (1, 0, 0)
    assert (totals.unpriced, totals.unmetered, totals.cost) == (0, 1, None)


def test_a_ledger_that_cannot_be_written_keeps_nobody_from_searching(
    ledger: Ledger, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = metered(ledger)
    with closing(sqlite3.connect(data / "ledger.db")) as connection, connection:
        connection.execute("DROP TABLE attempts")
    assert embedder.embed_query(TEXTS[0]).shape == (embedder.dimension,)
    embedder.close()
    assert "not metered" in caplog.text
