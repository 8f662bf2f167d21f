"""Pages and slides in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from corpus.models import Media

__all__ = ["numbers", "page_noun", "page_span"]

MOST_SPANS = 20


def page_noun(media: Media) -> str:
    """Return what a physical page of the format is called."""
    return "slide" if media is Media.PPTX else "page"


def page_span(media: Media, page: int | None, last: int | None, *, short: bool = False) -> str:
    """Return "page 3", "pages 3–4" or "slide 3", `short` "p. 3"; "" where there are no pages."""
    if page is None:
        return ""
    one = last is None or page == last
    noun = page_noun(media)
    forms = ("p.", "pp.") if short and noun == "page" else (noun, f"{noun}s")
    return f"{forms[not one]} {page if one else f'{page}–{last}'}"


def numbers(pages: Iterable[int]) -> str:
    """Return ascending page numbers as "3, 7–9"; after twenty spans the rest is an ellipsis."""
    spans = list(islice(_spans(pages), MOST_SPANS + 1))
    shown = (f"{first}" if first == last else f"{first}–{last}" for first, last in spans)
    listed = ", ".join(islice(shown, MOST_SPANS))
    return f"{listed} …" if len(spans) > MOST_SPANS else listed


def _spans(pages: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for page in pages:
        if page == last + 1 and first:
            last = page
            continue
        if first:
            yield first, last
        first = last = page
    if first:
        yield first, last
