"""A chat model's stream, read by a thread of its own, so that its reader can leave at any time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from assistant.backends.wire import Line

__all__ = ["Stopped", "pump"]

LOOK = 0.05
"""Seconds between two looks at the stop, while the provider is silent."""

Item = AIMessageChunk | BaseException | None
"""A chunk, what the model raised, or None at the end."""


class Stopped(Exception):
    """Whoever asked does not want the rest."""


def pump(
    chat: BaseChatModel, messages: Sequence[BaseMessage], stop: Event
) -> Generator[AIMessageChunk]:
    """Yield the chunks of one streamed call and raise what the model raises.

    Raises Stopped as soon as `stop` is set, however silent the provider is. A reader who leaves
    before the end hangs the call up: the provider sees its connection close.
    """
    queue: SimpleQueue[Item] = SimpleQueue()
    line = Line()
    thread = Thread(target=_fill, args=(queue, line, chat, list(messages)), daemon=True)
    thread.start()
    ended = False
    try:
        while (item := _next(queue, stop)) is not None:
            if isinstance(item, BaseException):
                ended = True
                raise item
            yield item
        ended = True
    finally:
        if not ended:
            line.hang_up()


def _next(queue: SimpleQueue[Item], stop: Event) -> Item:
    while not stop.is_set():
        try:
            return queue.get(timeout=LOOK)
        except Empty:
            continue
    raise Stopped


def _fill(
    queue: SimpleQueue[Item], line: Line, chat: BaseChatModel, messages: list[BaseMessage]
) -> None:
    try:
        with line.open():
            for chunk in chat.stream(messages):
                queue.put(chunk)
        queue.put(None)
    except BaseException as error:  # noqa: BLE001 - raised again where the stream is read
        queue.put(error)
