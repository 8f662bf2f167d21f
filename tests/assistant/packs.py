"""Evidence written for tests: documents, passages and packs in a line or two each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from langchain_core.messages import BaseMessage

from assistant.backends.analyst import OfflineAnalyst
from assistant.conversation import Evidence, Turn
from assistant.evidence import build_evidence
from assistant.prompts import render
from corpus.models import Document, Hit, Media, Passage, PassageKind, Reason
from corpus.tokens import count_tokens

__all__ = ["answer", "document", "evidence", "hit", "messages", "passage"]


def document(
    title: str,
    company: str | None = None,
    form: str | None = None,
    period: str | None = None,
    published: date | None = None,
    ended: date | None = None,
) -> Document:
    return Document(
        id=sha256(title.encode()).hexdigest(),
        title=title,
        media=Media.TEXT,
        companies=(company,) if company else (),
        form=form,
        fiscal_period=period,
        period_end=ended,
        published=published,
    )


def passage(
    owner: Document,
    text: str,
    ordinal: int = 0,
    *,
    kind: PassageKind = PassageKind.PROSE,
    page: int | None = None,
    page_last: int | None = None,
    header: str = "",
    headings: tuple[str, ...] = (),
) -> Passage:
    return Passage(
        id=f"{owner.id[:16]}:{ordinal:05d}",
        document_id=owner.id,
        ordinal=ordinal,
        text=text,
        header=header,
        headings=headings,
        kind=kind,
        page=page,
        page_last=page_last or page,
        tokens=count_tokens(header) + count_tokens(text),
    )


def hit(owner: Document, found: Passage, rank: int, *reasons: Reason) -> Hit:
    return Hit(found, owner, rank, 1.0 / rank, reasons=reasons)


def evidence(*sources: tuple[Document, str]) -> tuple[Evidence, ...]:
    """Return one piece of evidence a source, in the order given."""
    hits = [
        hit(owner, passage(owner, text, 10 * rank), rank)
        for rank, (owner, text) in enumerate(sources, start=1)
    ]
    return build_evidence(hits, 100_000)


def messages(
    question: str, *sources: tuple[Document, str], history: Sequence[Turn] = ()
) -> list[BaseMessage]:
    return render(question, history, evidence(*sources))


def answer(question: str, *sources: tuple[Document, str], history: Sequence[Turn] = ()) -> str:
    """Return what the offline analyst answers from these sources."""
    return str(OfflineAnalyst().invoke(messages(question, *sources, history=history)).text)
