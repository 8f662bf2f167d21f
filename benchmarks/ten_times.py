"""Both stores ten times larger, without embedding anything: what `retrieval --ten-times` searches.

`MADE` says how. Both sides get the same copies: passages on ours, chunks on the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.usual import BATCH, Chunk, UsualStore
from corpus.catalog import Catalog
from corpus.embedding import Vectors
from corpus.models import Document, Passage, Source
from corpus.store import Corpus

__all__ = ["COPIES", "COSINE", "MADE", "Copy", "grown_ours", "grown_usual", "turned"]

COSINE = 0.85
DECADE = 10
MADE = (
    "Nothing is embedded again. Every document stands nine more times, as other filings and not as "
    "twins: as those of four other companies (the letters of its companies' names moved on in the "
    "alphabet, wherever they stand in it), and of each of the five once more ten years earlier "
    f"(every year and fiscal period moved). Each copy's vectors are turned at random to a cosine "
    f"of {COSINE} with the original's, as near as the like section of another filer's report."
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Copy:
    """Another company's filing, `letters` on in the alphabet, from so many `years` before."""

    letters: int
    years: int

    @property
    def mark(self) -> str:
        return f"x{self.letters}-{self.years}"

    def name(self, name: str) -> str:
        return "".join(self._moved(letter) for letter in name)

    def text(self, text: str, names: Sequence[str]) -> str:
        """Return a text with the names of its companies and its years altered."""
        if self.letters and names:
            longest_first = sorted(names, key=len, reverse=True)
            any_of = "|".join(re.escape(name) for name in longest_first)
            text = re.sub(any_of, lambda found: self.name(found.group()), text, flags=re.IGNORECASE)
        return _YEAR.sub(self._earlier, text) if self.years else text

    def date(self, day: date | None) -> date | None:
        # The first 28 days are in every month of every year.
        return day and day.replace(year=day.year - self.years, day=min(day.day, 28))

    def _earlier(self, year: re.Match[str]) -> str:
        return str(int(year.group()) - self.years)

    def _moved(self, letter: str) -> str:
        if not (letter.isascii() and letter.isalpha()):
            return letter
        first = ord("A" if letter.isupper() else "a")
        return chr(first + (ord(letter) - first + self.letters) % 26)


COPIES = tuple(
    Copy(letters, years)
    for letters in range(5)
    for years in (0, DECADE)
    if (letters, years) != (0, 0)
)


def turned(vectors: Vectors, seed: str) -> Vectors:
    """Return unit vectors of the same shape, each at COSINE to its own; the same for a seed."""
    digits = int.from_bytes(sha256(seed.encode()).digest()[:8])
    noise = np.random.default_rng(digits).standard_normal(vectors.shape)
    along = (noise * vectors).sum(axis=1, keepdims=True)
    across = noise - along * vectors
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    rows: Vectors = (COSINE * vectors + np.sqrt(1 - COSINE**2) * across).astype(np.float32)
    return rows


def grown_ours(corpus: Corpus, folder: Path) -> Corpus:
    """Return a corpus of `corpus` and its copies; what is there already is not written again."""
    grown = Corpus.open(folder, corpus.embedder)
    there = {document.id for document in grown.documents()}
    catalog = Catalog.open(corpus.data / "catalog.db")
    with grown.writing() as writer:
        for document in corpus.documents():
            passages = corpus.passages(document.id)
            _, vectors = catalog.vectors(document.id)
            if document.id not in there:
                writer.add(document, passages, vectors)
            for copy in COPIES:
                other = copied_document(document, copy)
                if other.id not in there:
                    spans = copied_passages(passages, document, other, copy)
                    writer.add(other, spans, turned(vectors, other.id))
    catalog.close()
    return grown


def copied_document(document: Document, copy: Copy) -> Document:
    names = document.companies
    return replace(
        document,
        id=sha256(f"{document.id} {copy.mark}".encode()).hexdigest(),
        title=copy.text(document.title, names),
        companies=tuple(map(copy.name, names)),
        fiscal_period=document.fiscal_period and copy.text(document.fiscal_period, ()),
        period_end=copy.date(document.period_end),
        published=copy.date(document.published),
        amends=None,
        sources=tuple(_moved(source, copy) for source in document.sources),
    )


def _moved(source: Source, copy: Copy) -> Source:
    name = f"{copy.mark}-{source.name}"
    return replace(source, location=f"{source.location}#{copy.mark}", name=name)


def copied_passages(
    passages: Sequence[Passage], document: Document, other: Document, copy: Copy
) -> tuple[Passage, ...]:
    names = document.companies
    return tuple(
        replace(
            passage,
            id=f"{other.id[:16]}-{passage.ordinal:05d}",
            document_id=other.id,
            text=copy.text(passage.text, names),
            header=copy.text(passage.header, names),
            headings=tuple(copy.text(heading, names) for heading in passage.headings),
        )
        for passage in passages
    )


def grown_usual(store: UsualStore, documents: Sequence[Document], folder: Path) -> UsualStore:
    """Return a store of `store`'s files and their copies; files already there are left alone.

    `documents` tell whose names stand in a file.
    """
    companies = {source.name: d.companies for d in documents for source in d.sources}
    grown = UsualStore(folder, store.encode)
    for filed in store.files():
        if not grown.holds(filed.file, filed.size):
            for start in range(0, filed.chunks, BATCH):
                limit = min(BATCH, filed.chunks - start)
                chunks, vectors = store.chunks(filed.file, start, limit)
                grown.put(chunks, vectors, start)
                for copy in COPIES:
                    others = copied_chunks(chunks, companies.get(filed.file, ()), copy)
                    seed = f"{filed.file} {copy.mark} {start}"
                    grown.put(others, turned(np.asarray(vectors), seed), start)
            grown.note(filed)
    return grown


def copied_chunks(chunks: Sequence[Chunk], names: Sequence[str], copy: Copy) -> list[Chunk]:
    return [
        Chunk(f"{copy.mark}-{chunk.source}", chunk.page, copy.text(chunk.text, names))
        for chunk in chunks
    ]
