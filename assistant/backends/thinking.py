"""Thoughts that a server leaves in the text of an answer: kept from readers as they stream."""

from __future__ import annotations

__all__ = ["ThoughtFilter", "without_thought"]

OPEN, CLOSE = "<think>", "</think>"
"""The tags of models that think aloud, where their server runs without a parser for them."""


def without_thought(text: str) -> str:
    """Return an answer without a thought that only ends in it.

    Some chat templates open the thought themselves: all before a closing tag that nothing opened
    was never meant for readers, though that is known no sooner than the tag comes.
    """
    thought, closed, rest = text.partition(CLOSE)
    return rest.lstrip() if closed and OPEN not in thought else text


class ThoughtFilter:
    """Leaves out a thought at the beginning of a stream; anywhere else the tags are text."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking: bool | None = None
        self._shown = False

    def feed(self, delta: str) -> str:
        """Return what of the text so far may be shown now; blanks before the answer are not."""
        self._held += delta
        if self._thinking is None:
            self._begin()
        if self._thinking:
            self._end()
        if self._thinking is not False:
            return ""
        text, self._held = self._held if self._shown else self._held.lstrip(), ""
        self._shown = self._shown or bool(text)
        return text

    def close(self) -> str:
        """Return what was held when the stream ended, unless it was a thought."""
        return "" if self._thinking else self._held.lstrip()

    def _begin(self) -> None:
        start = self._held.lstrip()
        if start.startswith(OPEN):
            self._thinking = True
        elif start and not OPEN.startswith(start):
            self._thinking = False

    def _end(self) -> None:
        _, closed, rest = self._held.partition(CLOSE)
        if closed:
            self._thinking, self._held = False, rest
        else:
            # No more than what may be the beginning of the tag.
            self._held = self._held[1 - len(CLOSE) :]
