"""Pure: a research note against the texts of its sources; what is found says what to mend.

Each figure must name its source and stand in it, with the same digits and scale, near the subject
that the note gives it. What a check cannot tell (whether a figure is the right one of two about
the same subject) stays with the author.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.note_figures import Figure, figures
from ingest.note_form import copied_runs, form_findings
from ingest.note_sources import (
    Claim,
    claims,
    companies_of,
    dates_named,
    sources_named,
    without_citations,
)
from ingest.note_support import Held, subject_of, supports
from ingest.notes import Finding, FindingKind, Note, NoteSource, Statement, statements

__all__ = ["check_note"]


def check_note(note: Note, held: Mapping[NoteSource, Held | None]) -> tuple[Finding, ...]:
    """Return the findings on a note, by line; none is a note in order.

    `held` has the text of each source of the note, None where it cannot be had: what rests on
    such a source alone is not checked, and a finding that does not fail says so.
    """
    check = _Check(note, statements(note), companies_of(note), held)
    found = [*form_findings(note), *check.sources(), *check.dates(), *check.figures()]
    found += check.copies()
    return tuple(sorted(found, key=lambda finding: finding.line))


@dataclass(frozen=True, slots=True)
class _Check:
    note: Note
    said: tuple[Statement, ...]
    known: tuple[str, ...]
    held: Mapping[NoteSource, Held | None]

    def sources(self) -> Iterator[Finding]:
        """The listed sources that nothing is held of, and those that nothing cites."""
        used = {source for claim in self._claims() for source in self._named(claim)}
        for source in self.note.sources:
            name = f"{source.document}, {source.publisher}, {source.date}"
            if self.held.get(source) is None:
                remedy = "not held: cannot be checked; add the document to the corpus"
                yield self._finding(1, FindingKind.NOT_HELD, name, remedy)
            if source not in used:
                yield self._finding(1, FindingKind.UNUSED, name, "cite it, or leave it out")

    def dates(self) -> Iterator[Finding]:
        """The cited days that no listed source is of."""
        listed = {source.date for source in self.note.sources}
        remedy = "list the document under sources, or mend the date"
        for statement in self.said:
            for day in dates_named(statement):
                if day not in listed:
                    what = f"no source is of {day}: {statement.short}"
                    yield self._finding(statement.line, FindingKind.NO_SOURCE, what, remedy)

    def figures(self) -> Iterator[Finding]:
        for claim in self._claims():
            stated = figures(without_citations(claim.text))
            named = self._named(claim) if stated else ()
            if stated and not named:
                yield self._finding(
                    claim.whole.line,
                    FindingKind.NO_SOURCE,
                    f"{', '.join(figure.text for figure in stated)}: {claim.whole.short}",
                    "name kind and date of a listed source in the sentence, and the company that"
                    ' published it: "(Form 10-K, 2026-02-05)"',
                )
            elif named:
                for figure in self._unsupported(claim, stated, named):
                    yield self._unsupported_finding(claim, figure, named)

    def copies(self) -> Iterator[Finding]:
        for source in self.note.sources:
            text = self.held.get(source)
            for statement, run in copied_runs(self.said, "\n".join(text.texts) if text else ""):
                yield self._finding(
                    statement.line,
                    FindingKind.COPIED,
                    f"eight words of {source.document}: {run}",
                    'say it in your own words; quote a title or a line item in "..."',
                )

    def _unsupported(
        self, claim: Claim, stated: Sequence[Figure], named: Sequence[NoteSource]
    ) -> Iterator[Figure]:
        texts = [self.held.get(source) for source in named]
        subject = subject_of(claim, str(self.note.stated.get("title")), self.known)
        for figure in stated:
            stands = (supports(text, figure, subject, self.known) for text in texts if text)
            if None not in texts and not any(stands):
                yield figure

    def _unsupported_finding(
        self, claim: Claim, figure: Figure, named: Sequence[NoteSource]
    ) -> Finding:
        documents = " or ".join(f"{source.document} ({source.date})" for source in named)
        return self._finding(
            claim.whole.line,
            FindingKind.NOT_IN_SOURCE,
            f"{figure.text} does not stand in {documents} for this subject: {claim.whole.short}",
            "mend digits, scale or source; name the company and the line item as the source does",
        )

    def _claims(self) -> Iterator[Claim]:
        return (claim for statement in self.said for claim in claims(statement))

    def _named(self, claim: Claim) -> tuple[NoteSource, ...]:
        return sources_named(claim, self.note.sources, self.known)

    def _finding(self, line: int, kind: FindingKind, what: str, remedy: str) -> Finding:
        return Finding(self.note.name, line, kind, what, remedy)
