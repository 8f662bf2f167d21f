"""SEC forms: an amended filing carries "/A" behind the form that it amends; pure."""

from __future__ import annotations

__all__ = ["SECOND_HAND", "base_form", "is_amendment"]

SECOND_HAND = frozenset({"article", "note"})
"""What is written about a company by others; a filing or call is its own word."""
AMENDED = "/A"


def is_amendment(form: str | None) -> bool:
    """Tell whether a form is that of an amended filing, such as "10-K/A"."""
    return form is not None and form.endswith(AMENDED)


def base_form(form: str | None) -> str | None:
    """Return the form without the mark of an amendment: "10-K" for "10-K/A" and for "10-K"."""
    return form.removesuffix(AMENDED) if form is not None else None
