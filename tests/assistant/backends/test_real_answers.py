"""The whole path over a server that we did not write: a cited answer, and flagged babble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.backends.registry import Registry
from assistant.checkup import check_backend
from assistant.conversation import Answer, FlagKind
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import CostSource, UsageSource
from assistant.cost.prices import Prices
from assistant.events import Answered, TextDelta
from assistant.planning import planner
from assistant.research import Inquiry, ask
from tests.assistant.backends.test_real_server import entry
from tests.assistant.packs import document, hit, passage
from tests.assistant.test_research import ShelfCorpus
from tests.servers.real_server import REPLY, RealServer

REPORT = document("Zephyr annual report", "Zephyr", "10-K")
FACT = "In fiscal 2025 Zephyr spent $5 billion on property and equipment."
CORPUS = ShelfCorpus((hit(REPORT, passage(REPORT, FACT), 1),))


@pytest.fixture
def meter(data: Path) -> Iterator[Meter]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Meter(ledger, Prices(), lambda: datetime.now(UTC))


def answer(server: RealServer, meter: Meter, model: str) -> tuple[Answer, list[str]]:
    registry = Registry((entry(server, model),), {})
    seen = list(
        ask(
            Inquiry("How much did Zephyr spend on property and equipment in fiscal 2025?"),
            corpus=CORPUS,
            planner=planner(registry, "real"),
            meter=meter,
        )
    )
    assert isinstance(seen[-1], Answered), seen[-1]
    return seen[-1].answer, [event.text for event in seen if isinstance(event, TextDelta)]


def test_the_real_server_streams_a_cited_answer_end_to_end(
    real_server: RealServer, meter: Meter
) -> None:
    found, deltas = answer(real_server, meter, real_server.model)
    assert len(deltas) > 3
    assert found.text == REPLY
    assert [citation.quote for citation in found.citations] == [FACT]
    assert [(figure.text, figure.verified) for figure in found.figures] == [("$5 billion", True)]
    assert found.supported, found.flags
    row = found.attempt
    assert row.usage.source is UsageSource.PROVIDER
    assert row.usage.input_tokens is not None and row.usage.input_tokens > 100
    assert (row.cost_source, row.cost) == (CostSource.UNPRICED, None)
    assert row.sent_to == "this machine"


def test_what_a_model_babbles_is_flagged(real_server: RealServer, meter: Meter) -> None:
    found, _ = answer(real_server, meter, real_server.babbler)
    kinds = {flag.kind for flag in found.flags}
    assert {FlagKind.NO_CITATION, FlagKind.CUT_SHORT} <= kinds


def test_a_check_of_the_real_server(real_server: RealServer, meter: Meter) -> None:
    registry = Registry((entry(real_server),), {})
    found = check_backend(registry.get("real"), meter)
    assert (found.reachable, found.streams, found.reports_usage, found.priced) == (
        True, True, True, False,
    )  # fmt: skip
