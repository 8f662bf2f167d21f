"""The research notes of a corpus, checked against the documents in it that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.companies import canonical
from corpus.errors import InputRefused
from corpus.models import Document, Media, Passage
from corpus.store import Corpus
from ingest.note_check import check_note
from ingest.note_support import Held
from ingest.notes import Finding, FindingKind, Note, NoteSource
from ingest.originals import original_path
from ingest.readers import read_document
from ingest.readers.decoding import decode
from ingest.readers.front_matter import body_below

__all__ = ["CheckedNote", "check_notes", "document_of", "held_text"]

_NOTE = "note"
_OTHERS_WORDS = frozenset({None, "article", _NOTE})
"""Forms in which anyone may write about a company; in all others it speaks of itself."""
_FORM = re.compile(r"\b(10-[KQ]|8-K|6-K|20-F|40-F)\b|\b(call|transcript)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckedNote:
    document: Document
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not any(finding.fails for finding in self.findings)


def check_notes(corpus: Corpus) -> Iterator[CheckedNote]:
    """Check every note with sources in its front matter, as its kept original has it.

    What the corpus does not hold is a finding that does not fail. Raises CorpusError.
    """
    documents = corpus.documents()
    texts: dict[str, Held] = {}
    for document in documents:
        if document.form != _NOTE or document.media is not Media.MARKDOWN:
            continue
        # What names no source at all is no research note.
        if not document.references:
            continue
        try:
            note = _note(corpus, document)
        except (InputRefused, OSError) as error:
            lost = Finding(
                document.name,
                1,
                FindingKind.FRONT_MATTER,
                f"its original cannot be read: {error}",
                "ingest the note again",
            )
            yield CheckedNote(document, (lost,))
            continue
        if note is not None:
            others = [other for other in documents if other.id != document.id]
            yield CheckedNote(document, check_note(note, _held(note, others, corpus, texts)))


def document_of(source: NoteSource, documents: Sequence[Document]) -> Document | None:
    """Return the document that a source names: by file name, address, title, else by publisher,
    date and form, where these fit one document alone."""
    for names in (_by_file, _by_address, _by_title):
        found = next((document for document in documents if names(source, document)), None)
        if found is not None:
            return found
    fitting = [document for document in documents if _by_publisher(source, document)]
    return fitting[0] if len(fitting) == 1 else None


def held_text(document: Document, passages: Iterable[Passage]) -> Held:
    """Return the text of a document as the check reads it."""
    by = None if document.form in _OTHERS_WORDS else document.company
    texts = (f"{' > '.join(passage.headings)}\n{passage.text}" for passage in passages)
    return Held(document.title, tuple(texts), by)


def _note(corpus: Corpus, document: Document) -> Note | None:
    """Return a note with its front matter, None for one that lists no sources."""
    path = original_path(corpus.data, document.id, document.media)
    content = decode(path.read_bytes()).text
    stated = read_document(path, document.media).metadata
    rows = stated.get("sources")
    if not isinstance(rows, list) or not any(isinstance(row, Mapping) for row in rows):
        return None
    return Note(document.name, stated, *body_below(content))


def _held(
    note: Note, documents: Sequence[Document], corpus: Corpus, texts: dict[str, Held]
) -> dict[NoteSource, Held | None]:
    """Return the text of each source; `texts` keeps those of notes before, by document."""
    held: dict[NoteSource, Held | None] = {}
    for source in note.sources:
        document = document_of(source, documents)
        if document is not None and document.id not in texts:
            texts[document.id] = held_text(document, corpus.passages(document.id))
        held[source] = texts[document.id] if document else None
    return held


def _by_file(source: NoteSource, document: Document) -> bool:
    wanted = (source.file or "").casefold()
    return any(place.name.casefold() == wanted for place in document.sources)


def _by_address(source: NoteSource, document: Document) -> bool:
    if source.url is None:
        return False
    # What others list among their sources is not what they are; an article's own address is first.
    own = document.references[:1] if document.form != _NOTE else ()
    return source.url in (*own, *(place.location for place in document.sources))


def _by_title(source: NoteSource, document: Document) -> bool:
    return source.document.casefold() == document.title.casefold()


def _by_publisher(source: NoteSource, document: Document) -> bool:
    publishers = {(document.publisher or "").casefold()}
    if document.form not in _OTHERS_WORDS:
        publishers.add((document.company or "").casefold())
    forms = [form.upper() or "EARNINGS CALL" for form, _ in _FORM.findall(source.document)]
    return (
        document.published == source.date
        and bool({source.publisher.casefold(), canonical(source.publisher).casefold()} & publishers)
        and (not forms or (document.form or "").upper() in forms)
    )
