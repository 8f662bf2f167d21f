from __future__ import annotations

import pytest

from assistant.backends.resolver import REMEMBERED, Resolver


class Names:
    """Addresses that change from one look to the next; remembers who was looked for."""

    def __init__(self, *found: frozenset[str] | None) -> None:
        self._found = list(found)
        self.asked: list[str] = []

    def __call__(self, host: str) -> frozenset[str]:
        self.asked.append(host)
        addresses = self._found.pop(0)
        if addresses is None:
            raise OSError("unknown")
        return addresses


OLD, NEW = frozenset({"10.0.0.5"}), frozenset({"10.0.0.6"})


def test_a_name_is_looked_up_again_after_a_while_and_no_sooner() -> None:
    now, names = [0.0], Names(OLD, NEW)
    resolver = Resolver(lambda: now[0], names)
    assert resolver("gpu-box") == OLD
    now[0] = REMEMBERED - 0.1
    assert resolver("gpu-box") == OLD
    now[0] = REMEMBERED + 0.1
    assert resolver("gpu-box") == NEW
    assert names.asked == ["gpu-box", "gpu-box"]


def test_each_name_has_its_own_answer() -> None:
    names = Names(OLD, NEW)
    resolver = Resolver(lambda: 0.0, names)
    assert (resolver("one"), resolver("two"), resolver("one")) == (OLD, NEW, OLD)


def test_that_a_name_is_unknown_is_remembered_too() -> None:
    names = Names(None)
    resolver = Resolver(lambda: 0.0, names)
    for _ in range(2):
        with pytest.raises(OSError, match="gpu-box"):
            resolver("gpu-box")
    assert names.asked == ["gpu-box"]


def test_the_systems_own_resolver_knows_this_machine() -> None:
    assert Resolver()("localhost") & {"127.0.0.1", "::1"}
