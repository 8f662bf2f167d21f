from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.catalog import Catalog
from corpus.catalog_changes import CatalogChanges
from corpus.errors import CorpusBusy, CorpusUnwritable
from corpus.gate import Gate
from corpus.generation import TRUST_SECONDS, Generation
from corpus.write_lock import WriteLock


@pytest.fixture
def catalog(data: Path) -> Iterator[Catalog]:
    opened = Catalog.open(data / "catalog.db")
    yield opened
    opened.close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def generation(catalog: Catalog, data: Path, clock: Clock) -> Generation:
    return Generation(catalog, data / "generation", clock)


def test_odd_at_work_even_at_rest_and_never_back(generation: Generation) -> None:
    seen = [generation.current()]
    for step in (generation.start, generation.start, generation.finish, generation.finish):
        seen.append(step())
    assert seen == [0, 1, 3, 4, 6]


def test_the_row_wins_over_a_mirror_that_says_otherwise(generation: Generation, data: Path) -> None:
    generation.start()
    (data / "generation").write_text("77")
    assert generation.current() == 1


def test_a_mirror_left_behind_is_not_believed_for_long(
    generation: Generation, catalog: Catalog, clock: Clock
) -> None:
    generation.finish()
    assert generation.current() == 2
    CatalogChanges(catalog).set_generation(4)
    clock.now += TRUST_SECONDS
    assert generation.current() == 4


def test_a_mirror_that_cannot_be_written_is_told(catalog: Catalog, data: Path) -> None:
    with pytest.raises(CorpusUnwritable, match="generation"):
        Generation(catalog, data / "no folder" / "generation").start()


def test_the_lock_is_held_by_one(data: Path) -> None:
    path = data / "write.lock"
    with WriteLock(path, 1).held():
        with WriteLock(path, 1).held_if_free() as free:
            assert not free
        with (
            pytest.raises(CorpusBusy, match="Another process is writing"),
            WriteLock(path, 0.1).held(),
        ):
            pass
    with WriteLock(path, 1).held_if_free() as free:
        assert free


def test_a_lock_in_no_folder_is_unwritable(data: Path) -> None:
    (data / "file").write_text("")
    lock = WriteLock(data / "file" / "write.lock", 1)
    with pytest.raises(CorpusUnwritable), lock.held():
        pass
    with lock.held_if_free() as free:
        assert not free


def test_a_change_waits_for_readers_and_keeps_new_ones_out() -> None:
    gate, order = Gate(), list[str]()
    reading, go_on = threading.Event(), threading.Event()

    def read() -> None:
        with gate.reading():
            reading.set()
            go_on.wait(10)
            order.append("read")

    def change() -> None:
        with gate.changing():
            order.append("changed")

    threads = [threading.Thread(target=read), threading.Thread(target=change)]
    threads[0].start()
    assert reading.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    with gate.reading():
        order.append("after")
    assert order == ["read", "changed", "after"]


def test_readers_share() -> None:
    gate, together = Gate(), threading.Barrier(3, timeout=10)

    def read() -> None:
        with gate.reading():
            together.wait()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not together.broken
