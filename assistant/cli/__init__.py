"""`loadfactor`: the commands. They parse, call and print; they hold no logic."""

from __future__ import annotations

from assistant.cli import answers, compare, costs, documents, prices, store
from assistant.cli.app import app, main

__all__ = ["answers", "app", "compare", "costs", "documents", "main", "prices", "store"]
