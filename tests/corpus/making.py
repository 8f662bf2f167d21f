"""Small documents for tests of the corpus."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

from corpus.embedded import embedded_text
from corpus.models import Document, Media, Passage, Source
from corpus.store import Corpus, Writer
from tests.fakes import HashingEmbedder

__all__ = ["document", "passages", "put", "source", "texts"]

WORDS = ("capex", "lease", "servers", "backlog", "margin", "tokens", "power", "debt")


def source(location: str) -> Source:
    return Source(location, Source.name_of(location), datetime(2026, 1, 2, tzinfo=UTC), 10, 1)


def document(content: str, *locations: str, **facts: object) -> Document:
    """A document whose id is the hash of `content`."""
    told: dict[str, object] = {"title": f"About {content}", "media": Media.TEXT} | facts
    places = tuple(source(place) for place in locations or (f"/in/{content}.txt",))
    return Document(id=sha256(content.encode()).hexdigest(), sources=places, **told)  # type: ignore[arg-type]


def passages(owner: Document, *contents: str, header: str = "") -> tuple[Passage, ...]:
    return tuple(
        Passage(f"{owner.id[:16]}-{number:05d}", owner.id, number, text, header, tokens=9)
        for number, text in enumerate(contents)
    )


def texts(name: str, count: int) -> list[str]:
    """Texts that differ from one another and from those of other names."""
    return [
        f"{name} passage {number} on {WORDS[number % len(WORDS)]} {name}{number} {number * 7919}"
        for number in range(count)
    ]


def put(writing: Corpus | Writer, owner: Document, *contents: str, header: str = "") -> Document:
    """Embed the texts with the fake and add the document."""
    spans = passages(owner, *(contents or texts(owner.title, 5)), header=header)
    vectors = HashingEmbedder().embed_passages([embedded_text(span) for span in spans])
    if isinstance(writing, Writer):
        writing.add(owner, spans, vectors)
    else:
        with writing.writing() as writer:
            writer.add(owner, spans, vectors)
    return owner


PUBLISHED = date(2026, 1, 31)
