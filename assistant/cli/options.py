"""Options that several commands share, and what they mean."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.questions import Question, read_questions
from corpus.models import Filters

__all__ = [
    "AsJson",
    "Companies",
    "Data",
    "Documents",
    "File",
    "Forms",
    "Periods",
    "Since",
    "Text",
    "Until",
    "asked",
    "filters_of",
]

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the store [LOADFACTOR_DATA, data/].")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")]
Text = Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="One question.")]
File = Annotated[
    Path | None, typer.Option("--questions", help='JSON Lines: {"id", "question", "history"}.')
]
Companies = Annotated[
    list[str] | None, typer.Option("--company", help="Only this company: name or ticker.")
]
Forms = Annotated[list[str] | None, typer.Option("--form", help='Only this form, say "10-K".')]
Periods = Annotated[
    list[str] | None, typer.Option("--period", help="Only this fiscal period: FY2025, FY2026Q2.")
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Only what was published since."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Only what was published until."),
]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", help="Only this document: id, file name or title."),
]


def asked(question: str | None, file: Path | None) -> tuple[Question, ...]:
    """Return the questions of a command; exactly one of both must be given."""
    if question is not None and file is None and question.strip():
        return (Question(None, question),)
    if file is not None and question is None:
        return read_questions(file)
    raise typer.BadParameter("give one QUESTION, or --questions FILE.jsonl")


def filters_of(
    company: list[str] | None,
    form: list[str] | None,
    period: list[str] | None,
    since: datetime | None,
    until: datetime | None,
    document: list[str] | None,
) -> Filters:
    """Return the filters as they were given; `corpus.filtering.settle` finds what they name."""
    if since and until and since > until:
        raise typer.BadParameter("--since is after --until: nothing was published then")
    return Filters(
        companies=tuple(company or ()),
        forms=tuple(form or ()),
        periods=tuple(period or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
        documents=tuple(document or ()),
    )
