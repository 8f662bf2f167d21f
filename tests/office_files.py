"""Office files changed part by part, as no library would write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["rewritten"]


def rewritten(
    source: Path,
    target: Path,
    changes: Mapping[str, tuple[str, str]],
    added: Mapping[str, str] | None = None,
) -> Path:
    """Copy a package to `target`, in each named part one text replaced, and parts added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name in changes:
                before, after = (text.encode() for text in changes[name])
                assert before in data, f"{name} does not hold {before!r}"
                data = data.replace(before, after)
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
        for name, text in (added or {}).items():
            new.writestr(name, text, zipfile.ZIP_DEFLATED)
    return target
