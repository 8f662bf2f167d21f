"""What doctor finds: the catalog against both indexes, every stored vector looked up by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.catalog import Catalog
from corpus.errors import CorpusDamaged
from corpus.indexes import Indexes
from corpus.models import Document, DocumentState
from corpus.originals import missing_originals

__all__ = ["Health", "examine"]

NAMED = 20
"""Ids that a report names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """One index against the catalog; `error` when it cannot be used at all.

    `missing` are passages that it lacks, `orphans` ids that the catalog does not search, and
    `unreachable` passages that are in it and that a search for their own vector does not find.
    """

    passages: int
    missing: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    error: str | None = None

    @property
    def ok(self) -> bool:
        return not (self.missing or self.orphans or self.unreachable or self.error)


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a corpus; `ok` when every passage is found by both indexes.

    `vectors_missing` counts passages without a stored vector: repair cannot bring those back.
    Neither a lost original nor an outdated cut is a failure, for search and citations work:
    `originals_missing` are ids of documents whose page pictures are not to be had, `outdated` those
    of searched documents that an older version cut into passages.
    """

    documents: int
    passages: int
    superseded: int
    interrupted: int
    vectors_missing: int
    writer_died: bool
    vectors: IndexHealth
    lexical: IndexHealth
    originals_missing: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        whole = not (self.interrupted or self.vectors_missing or self.writer_died)
        return whole and self.vectors.ok and self.lexical.ok

    def as_json(self) -> dict[str, object]:
        """Return the report for `loadfactor doctor --json`; at most 20 ids of each kind."""
        report = asdict(self) | {"ok": self.ok}
        for name in ("vectors", "lexical"):
            report[name] = _shortened(getattr(self, name))
        for name in ("originals_missing", "outdated"):
            ids: tuple[str, ...] = getattr(self, name)
            report |= {name: list(ids[:NAMED]), f"{name}_count": len(ids)}
        return report

    def lines(self) -> tuple[str, ...]:
        """Return the report for a reader, the verdict last."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.documents} documents, {self.passages} passages in the catalog"
        if self.superseded:
            yield f"{self.superseded} superseded documents, kept for citations of old answers"
        if self.writer_died:
            yield f"a writer died at work; {self.interrupted} documents are half-indexed"
        if self.vectors_missing:
            yield f"{self.vectors_missing} passages have no stored vector: ingest them again"
        yield from _index_lines("vector index", self.vectors)
        yield from _index_lines("lexical index", self.lexical)
        if self.originals_missing:
            yield (
                f"{len(self.originals_missing)} originals are missing, so that their pages cannot "
                f"be shown: {_named(self.originals_missing)}. Ingest those files again"
            )
        if self.outdated:
            yield (
                f"{len(self.outdated)} documents were cut by an older version: "
                f"{_named(self.outdated)}. Ingest their files again to have them cut anew"
            )
        yield "ok" if self.ok else "not ok: run `loadfactor doctor --repair`"


def examine(catalog: Catalog, indexes: Indexes, data: Path, splitter: str | None = None) -> Health:
    """Compare the indexes and the originals in `data` with the catalog, under the write lock.

    What is outdated is told where `splitter`, the name of today's, is given.
    """
    kept = catalog.passage_ids(DocumentState.READY)
    unbuilt = not kept and indexes.unbuilt
    documents = [stamped.document for stamped in catalog.stamped()]
    states = [document.state for document in documents]
    return Health(
        documents=states.count(DocumentState.READY),
        passages=len(kept),
        superseded=states.count(DocumentState.SUPERSEDED),
        interrupted=states.count(DocumentState.INDEXING),
        vectors_missing=len(kept) - catalog.vector_count(),
        writer_died=catalog.generation() % 2 == 1,
        vectors=IndexHealth(0) if unbuilt else _vectors(catalog, indexes, kept),
        lexical=IndexHealth(0) if unbuilt else _lexical(indexes, kept),
        originals_missing=missing_originals(data, documents),
        outdated=_outdated(documents, splitter),
    )


def _outdated(documents: Sequence[Document], splitter: str | None) -> tuple[str, ...]:
    if splitter is None:
        return ()
    ready = (d for d in documents if d.state is DocumentState.READY)
    return tuple(document.id for document in ready if document.splitter != splitter)


def _vectors(catalog: Catalog, indexes: Indexes, kept: dict[str, str]) -> IndexHealth:
    try:
        index = indexes.vectors_for_examining()
        present = index.ids()
        # Rows that are lost altogether are counted as missing, the others have to be met.
        lost = [
            passage_id
            for document_id in dict.fromkeys(kept.values())
            for passage_id in index.unreachable(*catalog.vectors(document_id))
            if passage_id in present
        ]
    except CorpusDamaged as error:
        return IndexHealth(0, error=str(error))
    missing, orphans = _difference(kept, present)
    return IndexHealth(len(present), missing, orphans, tuple(lost))


def _lexical(indexes: Indexes, kept: dict[str, str]) -> IndexHealth:
    try:
        present = indexes.lexical_for_examining().ids()
    except CorpusDamaged as error:
        return IndexHealth(0, error=str(error))
    missing, orphans = _difference(kept, present.keys())
    return IndexHealth(len(present), missing, orphans)


def _difference(
    kept: Mapping[str, str], present: Set[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(kept.keys() - present)), tuple(sorted(present - kept.keys()))


def _index_lines(name: str, health: IndexHealth) -> Iterator[str]:
    if health.error:
        yield health.error
        return
    yield f"{name}: {health.passages} passages"
    for kind in ("missing", "orphans", "unreachable"):
        ids: tuple[str, ...] = getattr(health, kind)
        if ids:
            yield f"  {len(ids)} {kind}: {_named(ids)}"


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (" …" if len(ids) > 3 else "")


def _shortened(health: IndexHealth) -> dict[str, object]:
    report: dict[str, object] = asdict(health) | {"ok": health.ok}
    for kind in ("missing", "orphans", "unreachable"):
        ids: tuple[str, ...] = getattr(health, kind)
        report[kind] = list(ids[:NAMED])
        report[f"{kind}_count"] = len(ids)
    return report
