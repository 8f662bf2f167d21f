"""Questions to begin with: those that the notes of the corpus say they answer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from corpus.models import Document

__all__ = ["starters"]


def starters(documents: Sequence[Document], most: int = 6) -> tuple[str, ...]:
    """Return at most `most` questions of notes, of topics as unlike as can be.

    Where no note has any, they ask what the documents say, by title.
    """
    asked = dict.fromkeys(islice(_of_notes(documents), most))
    titles = (f"What does “{document.title}” say?" for document in documents)
    return tuple(asked or islice(titles, most))


def _of_notes(documents: Sequence[Document]) -> Iterator[str]:
    """Yield the questions, each of the note whose topics were shown least; newest notes first."""
    notes = sorted(
        (document for document in documents if document.questions),
        key=lambda note: (note.published or date.min, note.title),
        reverse=True,
    )
    waiting = {note.id: list(note.questions) for note in notes}
    shown: Counter[str] = Counter()
    while open_notes := [note for note in notes if waiting[note.id]]:
        note = min(open_notes, key=lambda note: _likeness(note, shown))
        yield waiting[note.id].pop(0)
        shown.update([note.id, *_subjects(note)])


def _likeness(note: Document, shown: Counter[str]) -> tuple[int, float]:
    """Return how often the note was drawn on, and how often its subjects were, on average."""
    subjects = _subjects(note)
    return shown[note.id], sum(shown[one] for one in subjects) / max(1, len(subjects))


def _subjects(note: Document) -> set[str]:
    return {name.casefold() for name in (*note.topics, *note.companies)}
