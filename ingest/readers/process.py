"""Readers run in processes of their own: a hostile file ends a child, not the product."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import InputRefused, ReaderFailed
from ingest.limits import Limits

__all__ = ["REFUSED", "run_module"]

REFUSED = 3
"""Exit status of a child that refuses its input; its output is the reason in JSON."""

_ROOT = Path(__file__).resolve().parents[2]


def run_module(module: str, arguments: Sequence[str], limits: Limits, what: str) -> bytes:
    """Run `python -m module` under the limits and return what it wrote.

    The child is given the limits as its first two arguments: CPU seconds and bytes. Raises
    InputRefused with the child's own reason, ReaderFailed when it crashes or meets a limit.
    """
    command = [sys.executable, "-m", module, f"{limits.seconds:.0f}", str(limits.memory)]
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            # `-m` would look for our packages in the working directory first.
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"the {what} was stopped after {limits.seconds:g} seconds"
        raise ReaderFailed(reason) from error
    if done.returncode == REFUSED:
        raise InputRefused(_reason(done.stdout))
    if done.returncode:
        raise ReaderFailed(f"the {what} {_ending(done.returncode, done.stderr, limits)}")
    return done.stdout


def _reason(output: bytes) -> str:
    try:
        return str(json.loads(output)["refused"])
    except (ValueError, KeyError, TypeError):
        return "refused by its reader without a reason"


def _ending(status: int, errors: bytes, limits: Limits) -> str:
    last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2][:300]
    if "MemoryError" in last or "bad_alloc" in last:
        return f"met its memory limit of {limits.memory // 1024**2} MiB"
    if status > 0:
        return f"failed: {last or f'exit status {status}'}"
    if -status in {getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")}:
        return "met its limit of processor time or memory"
    return f"crashed (signal {-status})"
