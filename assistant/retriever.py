"""The corpus as a LangChain retriever, for chains that others write."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, PrivateAttr

from assistant.settings import load_settings
from assistant.wiring import build_corpus
from corpus.models import Filters, Hit
from corpus.store import Corpus

__all__ = ["LoadFactorRetriever"]


class LoadFactorRetriever(BaseRetriever):
    """Finds up to `k` passages within `filters`, best first, as LangChain documents.

    A document's `page_content` is the passage under its header (company, form, period, section),
    for a table's row says little without it; its `id` is the passage's. `metadata` holds plain
    JSON values: document (file name), document_id, passage_id, title, company, companies, form,
    fiscal_period, published ("2026-02-05"), page and page_last (1-based, None where the format has
    none), rank (from 1), score, and why (what of the question the passage matches).

    Safe to share between threads, as the corpus is. Searching raises CorpusError,
    DocumentNotFound for a filter that no document meets, and ModelUnavailable.
    """

    corpus: Corpus
    k: int = Field(default=10, ge=1)
    filters: Filters = Filters()
    _opened: bool = PrivateAttr(default=False)

    @classmethod
    def open(cls, data: str | Path | None = None, **fields: Any) -> Self:
        """Open the corpus of a data folder, LOADFACTOR_DATA by default; `close` releases it.

        `fields` are those of the class. Raises CorpusError and ConfigurationError.
        """
        settings = load_settings(data=Path(data) if data is not None else None)
        corpus = build_corpus(settings)
        try:
            retriever = cls(corpus=corpus, **fields)
        except ValueError:
            corpus.close()
            raise
        retriever._opened = True
        return retriever

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the corpus that `open` opened; one that was given is its owner's to close."""
        if self._opened:
            self.corpus.close()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        filters = self.corpus.settled(self.filters)
        return [_document(hit) for hit in self.corpus.search(query, self.k, filters)]


def _document(hit: Hit) -> Document:
    passage = hit.passage
    content = f"{passage.header}\n{passage.text}" if passage.header else passage.text
    return Document(page_content=content, id=passage.id, metadata=_metadata(hit))


def _metadata(hit: Hit) -> dict[str, Any]:
    document, passage = hit.document, hit.passage
    return {
        "document": document.name,
        "document_id": document.id,
        "passage_id": passage.id,
        "title": document.title,
        "company": document.company,
        "companies": list(document.companies),
        "form": document.form,
        "fiscal_period": document.fiscal_period,
        "published": document.published.isoformat() if document.published else None,
        "page": passage.page,
        "page_last": passage.page_last,
        "rank": hit.rank,
        "score": float(hit.score),
        "why": [reason.text for reason in hit.reasons],
    }
