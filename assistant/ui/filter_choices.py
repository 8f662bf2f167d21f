"""What a filter can be set to: only what the corpus holds and leaves a document. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.filtering import admitted, held_forms, without
from corpus.models import Document, Filters

__all__ = ["Choices", "choices", "document_labels"]

REMOVED = "A removed document"


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of each filter, in the order of a list to choose from; documents are ids."""

    companies: tuple[str, ...]
    forms: tuple[str, ...]
    periods: tuple[str, ...]
    documents: tuple[str, ...]


def choices(filters: Filters, documents: Sequence[Document]) -> Choices:
    """Return what can be chosen beside the other filters, and all that is chosen already."""

    def beside(field: str) -> tuple[Document, ...]:
        return admitted(without(filters, field), documents)

    companies = {name for document in beside("companies") for name in document.companies}
    periods = {d.fiscal_period for d in beside("periods") if d.fiscal_period is not None}
    return Choices(
        companies=tuple(sorted(companies | set(filters.companies), key=str.casefold)),
        forms=_with(held_forms(beside("forms")), filters.forms),
        periods=tuple(sorted(periods | set(filters.periods), reverse=True)),
        documents=_with((d.id for d in beside("documents")), filters.documents),
    )


def document_labels(documents: Sequence[Document], chosen: Iterable[str] = ()) -> dict[str, str]:
    """Return a label for each document id, no two alike: a list tells values by their labels.

    Ids that are chosen and have no document are of documents that were removed since.
    """
    known = Counter(document.title for document in documents)
    labels = {
        document.id: document.title
        if known[document.title] == 1
        else f"{document.title} · {document.name} · {document.id[:6]}"
        for document in documents
    }
    removed = [name for name in chosen if name not in labels]
    several = len(removed) > 1
    return labels | {name: f"{REMOVED} · {name[:6]}" if several else REMOVED for name in removed}


def _with(known: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *chosen)))
