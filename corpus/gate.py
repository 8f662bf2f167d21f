"""A readers-writer lock for threads: queries share it, what replaces an index has it alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

__all__ = ["Gate"]


class Gate:
    """Any number read, or one changes; who wants to change goes before new readers."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._reading = 0
        self._waiting = 0
        self._changing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._changing and not self._waiting)
            self._reading += 1
        try:
            yield
        finally:
            with self._condition:
                self._reading -= 1
                self._condition.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self._condition:
            self._waiting += 1
            try:
                self._condition.wait_for(lambda: not self._changing and not self._reading)
                self._changing = True
            finally:
                self._waiting -= 1
                self._condition.notify_all()
        try:
            yield
        finally:
            with self._condition:
                self._changing = False
                self._condition.notify_all()
