"""Make both indexes hold exactly what the catalog says, without embedding anything.

The caller holds the write lock and has started writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from corpus.catalog import Catalog
from corpus.catalog_changes import CatalogChanges
from corpus.errors import CorpusDamaged
from corpus.generation import Generation
from corpus.indexes import Indexes
from corpus.models import DocumentState
from corpus.vectors import VectorIndex

__all__ = ["finish_interrupted", "rebuild", "rebuild_lexical", "reconcile"]

KEPT = (DocumentState.READY, DocumentState.INDEXING)
"""What the indexes have to hold: a half-indexed document is whole in the catalog."""


def reconcile(catalog: Catalog, indexes: Indexes) -> None:
    """Mend the indexes after a writer died: add what is missing, delete what is left over.

    The vector index is rebuilt when a row of it cannot be found even so.
    """
    kept = catalog.passage_ids(*KEPT)
    interrupted = {s.document.id for s in catalog.stamped(DocumentState.INDEXING)}
    try:
        index = indexes.vectors()
        _mend_vectors(catalog, index, kept, interrupted)
        lost = _any_unreachable(catalog, index, set(kept.values()))
    except CorpusDamaged:
        lost = True
    if lost:
        _upsert(catalog, indexes.erase_vectors(), set(kept.values()))
    try:
        _mend_lexical(catalog, indexes, kept, interrupted)
    except CorpusDamaged:
        _fill_lexical(catalog, indexes, set(kept.values()))


def rebuild(catalog: Catalog, indexes: Indexes) -> None:
    """Build both indexes anew from the catalog."""
    kept = {stamped.document.id for stamped in catalog.stamped(*KEPT)}
    _upsert(catalog, indexes.erase_vectors(), kept)
    _fill_lexical(catalog, indexes, kept)


def rebuild_lexical(catalog: Catalog, indexes: Indexes) -> None:
    """Build the lexical index anew from the catalog."""
    _fill_lexical(catalog, indexes, [s.document.id for s in catalog.stamped(*KEPT)])


def finish_interrupted(catalog: Catalog, generation: Generation, indexes: Indexes) -> None:
    """Make half-indexed documents ready, once the indexes hold them."""
    changes = CatalogChanges(catalog)
    for stamped in catalog.stamped(DocumentState.INDEXING):
        left = changes.finish(stamped.document.id, generation.after())
        for document_id in left:
            indexes.vectors().delete([p.id for p in catalog.passages(document_id)])
            indexes.lexical().delete(document_id)
    indexes.lexical().commit()
    generation.publish()


def _mend_vectors(
    catalog: Catalog, index: VectorIndex, kept: Mapping[str, str], interrupted: set[str]
) -> None:
    present = index.ids()
    index.delete(sorted(present - kept.keys()))
    short = {document_id for passage_id, document_id in kept.items() if passage_id not in present}
    _upsert(catalog, index, short | interrupted)


def _mend_lexical(
    catalog: Catalog, indexes: Indexes, kept: Mapping[str, str], interrupted: set[str]
) -> None:
    index = indexes.lexical()
    wanted, present = _by_document(kept), _by_document(index.ids())
    differing = {key for key in wanted if wanted[key] != present.get(key)} | interrupted
    for document_id in present.keys() - wanted.keys():
        index.delete(document_id)
    for document_id in differing:
        index.replace(document_id, catalog.passages(document_id))
    index.commit()


def _any_unreachable(catalog: Catalog, index: VectorIndex, documents: Iterable[str]) -> bool:
    return any(index.unreachable(*catalog.vectors(document_id)) for document_id in documents)


def _fill_lexical(catalog: Catalog, indexes: Indexes, documents: Iterable[str]) -> None:
    index = indexes.erase_lexical()
    for document_id in sorted(documents):
        index.replace(document_id, catalog.passages(document_id))
    index.commit()


def _upsert(catalog: Catalog, index: VectorIndex, documents: Iterable[str]) -> None:
    for document_id in sorted(documents):
        index.upsert(*catalog.vectors(document_id))


def _by_document(pairs: Mapping[str, str]) -> dict[str, set[str]]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for passage_id, document_id in pairs.items():
        grouped[document_id].add(passage_id)
    return dict(grouped)
