"""What the corpus holds of one document, for whoever wants to trust it; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from corpus.catalog_versions import Version, Versions
from corpus.models import Document, Passage, PassageKind, Source

__all__ = ["Coverage", "Report", "Sample", "report_on"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much text each physical page has: `characters[0]` are those of page 1.

    A passage over several pages counts for each of them in equal parts; that one between two others
    has no text is told by the reader's warnings.
    """

    characters: tuple[int, ...]

    @property
    def without_text(self) -> tuple[int, ...]:
        """The pages that nothing can be found on, or cited from."""
        return tuple(page for page, count in enumerate(self.characters, start=1) if not count)

    @property
    def share(self) -> float:
        """The share of pages with text, 0 to 1."""
        return 1 - len(self.without_text) / len(self.characters)


@dataclass(frozen=True, slots=True)
class Sample:
    """A passage to look at, and why this one: "first", "middle", "last" or "table"."""

    place: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Report:
    """The health of one document.

    `coverage` is None where the format has no pages. `tokens_median` and `tokens_most` are of its
    passages, in word pieces. `amends` is the filing that this one amends, `amended_by` are its
    amendments, the latest first.
    """

    document: Document
    characters: int
    coverage: Coverage | None
    prose: int
    tables: int
    tokens_median: float
    tokens_most: int
    samples: tuple[Sample, ...]
    versions: Versions
    amends: Document | None
    amended_by: tuple[Document, ...]

    def as_json(self) -> dict[str, object]:
        """Return the object of `loadfactor inspect --json`."""
        document = self.document
        return {
            "document_id": document.id,
            "document": document.name,
            "title": document.title,
            "media": document.media.value,
            "state": document.state.value,
            "company": document.company,
            "form": document.form,
            "fiscal_period": document.fiscal_period,
            "pages": document.pages,
            "characters": self.characters,
            "coverage": _coverage_json(self.coverage),
            "passages": {"prose": self.prose, "table": self.tables},
            "tables_found": document.tables,
            "tokens": {"median": self.tokens_median, "most": self.tokens_most},
            "samples": [_sample_json(sample) for sample in self.samples],
            "warnings": list(document.warnings),
            "splitter": document.splitter,
            "sources": [_source_json(source) for source in document.sources],
            "replaced": [_version_json(version) for version in self.versions.replaced],
            "replaced_by": [_version_json(version) for version in self.versions.replaced_by],
            "amends": self.amends and self.amends.id,
            "amended_by": [amendment.id for amendment in self.amended_by],
        }


def report_on(
    document: Document,
    passages: Sequence[Passage],
    versions: Versions,
    amends: Document | None = None,
    amended_by: Sequence[Document] = (),
) -> Report:
    """Return the report on a document with all of its passages, in order."""
    tokens = [passage.tokens for passage in passages] or [0]
    tables = sum(passage.kind is PassageKind.TABLE for passage in passages)
    return Report(
        document=document,
        characters=sum(len(passage.text) for passage in passages),
        coverage=_coverage(document.pages, passages),
        prose=len(passages) - tables,
        tables=tables,
        tokens_median=median(tokens),
        tokens_most=max(tokens),
        samples=tuple(_samples(passages)),
        versions=versions,
        amends=amends,
        amended_by=tuple(amended_by),
    )


def _coverage(pages: int | None, passages: Sequence[Passage]) -> Coverage | None:
    if not pages:
        return None
    shares: defaultdict[int, float] = defaultdict(float)
    for passage in passages:
        if passage.page is not None:
            last = passage.page_last or passage.page
            for page in range(passage.page, last + 1):
                shares[page] += len(passage.text) / (last - passage.page + 1)
    return Coverage(tuple(round(shares[page]) for page in range(1, pages + 1)))


def _samples(passages: Sequence[Passage]) -> Iterator[Sample]:
    """Yield the first, the middle and the last passage, and a table that is none of them."""
    places = {"first": 0, "middle": len(passages) // 2, "last": len(passages) - 1}
    shown: set[int] = set()
    for place, index in places.items():
        if 0 <= index < len(passages) and index not in shown:
            shown.add(index)
            yield Sample(place, passages[index])
    tables = (p for n, p in enumerate(passages) if p.kind is PassageKind.TABLE and n not in shown)
    for table in tables:
        yield Sample("table", table)
        return


def _coverage_json(coverage: Coverage | None) -> dict[str, object] | None:
    if coverage is None:
        return None
    return {
        "share": round(coverage.share, 4),
        "pages_without_text": list(coverage.without_text),
        "characters_by_page": list(coverage.characters),
    }


def _sample_json(sample: Sample) -> dict[str, object]:
    passage = sample.passage
    return {
        "place": sample.place,
        "passage_id": passage.id,
        "kind": passage.kind.value,
        "page": passage.page,
        "page_last": passage.page_last,
        "tokens": passage.tokens,
        "header": passage.header,
        "text": passage.text,
    }


def _source_json(source: Source) -> dict[str, object]:
    return {
        "location": source.location,
        "name": source.name,
        "added": source.added.isoformat(),
        "size": source.size,
    }


def _version_json(version: Version) -> dict[str, object]:
    return {
        "document_id": version.document_id,
        "title": version.title,
        "location": version.location,
        "added": version.added.isoformat(),
        "state": version.state.value,
    }
