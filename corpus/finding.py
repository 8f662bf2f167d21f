"""A document by what people call it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from corpus.errors import DocumentNotFound
from corpus.models import Document

__all__ = ["find_by_id", "find_document"]

SHORTEST_PREFIX = 6


def find_document(name: str, documents: Sequence[Document]) -> Document:
    """Return the document of an id, an id's prefix of at least 6, a file name, location or title.

    Raises DocumentNotFound, naming the candidates of an ambiguous name or names close to it.
    """
    for candidates in _by_precision(name, documents):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            listed = ", ".join(f"{found.id[:12]} ({found.name})" for found in candidates[:5])
            raise DocumentNotFound(f"{name!r} is ambiguous: {listed}. Give the id.")
    raise DocumentNotFound(f"No document is called {name!r}.{_suggestion(name, documents)}")


def find_by_id(name: str, documents: Sequence[Document]) -> Document | None:
    """Return the one document whose id begins so, with at least 6 characters; None otherwise."""
    found = [document for document in documents if document.id.startswith(name.lower())]
    return found[0] if len(found) == 1 and len(name) >= SHORTEST_PREFIX else None


def _by_precision(name: str, documents: Sequence[Document]) -> Iterator[list[Document]]:
    yield [document for document in documents if document.id == name]
    yield [d for d in documents if any(source.location == name for source in d.sources)]
    yield [d for d in documents if any(source.name == name for source in d.sources)]
    yield [document for document in documents if document.title == name]
    if len(name) >= SHORTEST_PREFIX:
        yield [document for document in documents if document.id.startswith(name.lower())]


def _suggestion(name: str, documents: Sequence[Document]) -> str:
    known = {source.name for document in documents for source in document.sources}
    known |= {document.title for document in documents}
    close = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    if not close:
        return " `loadfactor documents` lists what there is."
    return f" Did you mean {' or '.join(repr(match) for match in close)}?"
