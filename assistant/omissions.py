"""The lines of evidence that say that something between is left out."""

__all__ = ["ROWS_LEFT_OUT", "TEXT_LEFT_OUT", "is_omission"]

ROWS_LEFT_OUT = "…"
"""Among the rows of one table: what follows stands under the same head and unit."""
TEXT_LEFT_OUT = "[…]"
"""Begins the line between any other passages: a table above it has ended."""


def is_omission(line: str) -> bool:
    """Tell whether a line, without white space around it, is one of these."""
    return line == ROWS_LEFT_OUT or line.startswith(TEXT_LEFT_OUT)
