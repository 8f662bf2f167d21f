"""Many writers and sudden deaths: no row is lost, no total drops."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.cost.ledger import Ledger
from assistant.cost.models import AttemptState, CostSource
from tests.assistant.cost.samples import NOON, USAGE_A, attempt, dollars

REPOSITORY = Path(__file__).parents[3]
THREADS, PROCESSES, EACH = 32, 2, 25

WRITER = """
import sys
from pathlib import Path
from assistant.cost.ledger import Ledger
from tests.assistant.cost.samples import attempt
from tests.assistant.cost.test_ledger_shared import write
sys.stdin.readline()
ledger = Ledger(Path(sys.argv[1]))
for n in range({each}):
    write(ledger, f"{{sys.argv[2]}}-{{n}}")
ledger.close()
"""

CALLER = """
import sys
from pathlib import Path
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter, Prompt
from assistant.cost.prices import Prices
from tests.assistant.cost.samples import NOON, FakeBackend
meter = Meter(Ledger(Path(sys.argv[1])), Prices(), lambda: NOON)
meter.start(
    FakeBackend(), turn="t", conversation="c", prompt=Prompt(2000, 2000), max_output_tokens=1000
)
print("calling", flush=True)
sys.stdin.readline()
"""


def write(ledger: Ledger, id: str) -> None:
    row = attempt(id=id)
    ledger.open_attempt(row)
    done = replace(row, state=AttemptState.OK, usage=USAGE_A, cost_low=1, cost=1, cost_high=1)
    ledger.settle(replace(done, cost_source=CostSource.PRICED))


def spawn(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(data: Path) -> Path:
    return data / "ledger.db"


def test_threads_lose_no_row(path: Path) -> None:
    with closing(Ledger(path)) as ledger, ThreadPoolExecutor(THREADS) as pool:
        ids = [f"{thread}-{n}" for thread in range(THREADS) for n in range(4)]
        list(pool.map(lambda id: write(ledger, id), ids))
        rows = ledger.attempts()
        total = ledger.totals()
    assert {row.id for row in rows} == set(ids)
    assert all(row.state is AttemptState.OK for row in rows)
    assert (total.attempts, total.cost) == (len(ids), len(ids))


def test_threads_that_settle_the_same_row_count_it_once(path: Path) -> None:
    row = attempt()
    done = replace(row, state=AttemptState.OK, cost_low=1, cost=1, cost_high=1)

    with closing(Ledger(path)) as ledger, ThreadPoolExecutor(THREADS) as pool:
        ledger.open_attempt(row)
        outcomes = [pool.submit(ledger.settle, done) for _ in range(THREADS)]
        refused = [outcome.exception() for outcome in outcomes if outcome.exception()]
        assert len(refused) == THREADS - 1
        assert ledger.totals().cost == 1


def test_processes_lose_no_row(path: Path) -> None:
    """They create the file together, too."""
    writers = [
        spawn(WRITER.format(each=EACH), str(path), str(number)) for number in range(PROCESSES)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    with closing(Ledger(path)) as ledger:
        assert ledger.totals().cost == ledger.totals().attempts == PROCESSES * EACH


def test_a_killed_process_leaves_an_estimate_and_no_total_drops(path: Path) -> None:
    caller = spawn(CALLER, str(path))
    assert caller.stdout is not None
    assert caller.stdout.readline() == "calling\n"
    with closing(Ledger(path)) as ledger:
        before = ledger.totals()
        assert ledger.settle_stale(NOON) == 0, "its process lives"
        caller.kill()
        caller.communicate(timeout=60)
        assert ledger.settle_stale(NOON + timedelta(minutes=5)) == 1
        (row,) = ledger.attempts()
        assert ledger.totals() == before
    assert row.state is AttemptState.ERROR
    assert row.cost_source is CostSource.ESTIMATED
    assert (row.cost_low, row.cost, row.cost_high) == (
        dollars("0.0025"),
        dollars("0.0025"),
        dollars("0.0125"),
    )
