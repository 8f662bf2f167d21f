"""Keeps questions and evidence on this machine: LangChain's tracing is off, whatever is set."""

from __future__ import annotations

import os

import langsmith

__all__ = ["silence_tracing"]

_FIRST_TRACER = ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER")


def silence_tracing() -> None:
    """Switch tracing off for the process; LANGSMITH_TRACING and its kin no longer count.

    The variables of LangChain's first tracer are removed: they would make every call fail.
    """
    langsmith.configure(enabled=False)
    for name in _FIRST_TRACER:
        os.environ.pop(name, None)
