"""`loadfactor`: the commands. Parses, calls and prints; holds no logic."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from assistant import printing
from assistant.questions import Question, read_questions
from assistant.reports import answer_json, document_json, failure_json, search_json
from assistant.research import Answered, Failed, ask, whole_question
from assistant.settings import load_settings
from assistant.wiring import Runtime, build, build_corpus
from corpus.errors import ConfigurationError, LoadFactorError
from corpus.models import Filters
from corpus.store import Corpus
from ingest.console import run_ingest
from ingest.originals import remove_document

__all__ = ["app", "main"]

INPUTS_REFUSED = 3

app = typer.Typer(
    help="Ask filings and articles about AI capex; every answer cited and metered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the store [LOADFACTOR_DATA, data/].")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")]
Text = Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="One question.")]
File = Annotated[
    Path | None, typer.Option("--questions", help='JSON Lines: {"id", "question", "history"}.')
]
Companies = Annotated[list[str] | None, typer.Option("--company", help="Only this company.")]
Forms = Annotated[list[str] | None, typer.Option("--form", help='Only this form, say "10-K".')]
Periods = Annotated[
    list[str] | None, typer.Option("--period", help="Only this fiscal period: FY2025, FY2026Q2.")
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Only what was published since."),
]


@app.command()
def ingest(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files or folders.")],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read documents into the corpus; unchanged ones cost nothing."""
    with opened(data) as corpus:
        code = run_ingest(inputs, corpus, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(code)


@app.command()
def documents(data: Data = None, as_json: AsJson = False) -> None:
    """List the documents of the corpus."""
    with opened(data) as corpus:
        listed = corpus.documents()
    if as_json:
        printing.print_lines(document_json(document) for document in listed)
    else:
        printing.show_documents(listed)


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(metavar="DOCUMENT...", help="Id, file name or title.")
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Remove documents from search and from citations."""
    with opened(data) as corpus:
        found = dict.fromkeys(corpus.find(name).id for name in names)
        removed = [remove_document(corpus, document_id) for document_id in found]
    if as_json:
        printing.print_lines(
            {**document_json(document), "status": "removed"} for document in removed
        )
    else:
        printing.show_removed(removed)


@app.command()
def search(
    question: Text = None,
    questions: File = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    company: Companies = None,
    form: Forms = None,
    period: Periods = None,
    since: Since = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to a question."""
    filters = filters_of(company, form, period, since)
    items = asked(question, questions)
    with opened(data) as corpus:
        for item in items:
            hits = corpus.search(whole_question(item.text, item.history), k, filters)
            if as_json:
                printing.print_lines([search_json(item.id, item.text, hits)])
            else:
                printing.show_hits(item.text, hits)


@app.command(name="ask")
def ask_command(
    question: Text = None,
    questions: File = None,
    backend: Annotated[str | None, typer.Option("--backend", help="From backends.toml.")] = None,
    evidence_tokens: Annotated[
        int | None, typer.Option("--evidence-tokens", min=1, help="Most tokens of evidence.")
    ] = None,
    company: Companies = None,
    form: Forms = None,
    period: Periods = None,
    since: Since = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the corpus, with citations and cost."""
    filters = filters_of(company, form, period, since)
    items = asked(question, questions)
    runtime = build(load_settings(data=data))
    failures = 0
    for item in items:
        outcome = answer(runtime, item, backend, evidence_tokens, filters)
        failures += isinstance(outcome, Failed)
        if not as_json:
            printing.show_outcome(outcome, runtime.settings.references, runtime.prices)
        elif isinstance(outcome, Answered):
            printing.print_lines([answer_json(item.id, outcome.answer)])
        else:
            printing.print_lines([failure_json(item.id, item.text, outcome.message)])
    runtime.corpus.close()
    raise typer.Exit(INPUTS_REFUSED if failures else 0)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild both indexes from the catalog.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Check that every passage is found by both indexes; exit 1 when one is not."""
    with opened(data) as corpus:
        health = corpus.repair() if repair else corpus.health()
    if as_json:
        printing.print_lines([health.as_json()])
    else:
        printing.show_health(health)
    raise typer.Exit(0 if health.ok else 1)


@app.command()
def reembed(data: Data = None) -> None:
    """Embed every passage anew, after a change of the embedding model."""
    corpus = build_corpus(load_settings(data=data), any_model=True)
    for done, total in corpus.reembed():
        sys.stderr.write(f"\r{done} of {total} passages")
    corpus.close()
    sys.stderr.write("\nThe corpus is embedded with the configured model.\n")


def answer(
    runtime: Runtime,
    item: Question,
    backend: str | None,
    evidence_tokens: int | None,
    filters: Filters,
) -> Answered | Failed:
    """Run one question to its last event."""
    settings = runtime.settings
    name = backend or settings.default_backend
    if name not in runtime.backends:
        raise ConfigurationError(f"No backend {name!r}; there are: {', '.join(runtime.backends)}.")
    events = ask(
        item.text,
        corpus=runtime.corpus,
        backend=runtime.backends[name],
        meter=runtime.meter,
        history=item.history,
        filters=filters,
        evidence_tokens=evidence_tokens or settings.evidence_tokens,
        conversation=uuid4().hex,
        turn=uuid4().hex,
    )
    *_, last = events
    assert isinstance(last, Answered | Failed)
    return last


def opened(data: Path | None) -> Corpus:
    return build_corpus(load_settings(data=data))


def asked(question: str | None, file: Path | None) -> tuple[Question, ...]:
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
) -> Filters:
    return Filters(
        companies=tuple(company or ()),
        forms=tuple(form or ()),
        periods=tuple(period or ()),
        since=since.date() if since else None,
    )


def main() -> None:
    """Run a command; what could not run is told on standard error with exit code 1."""
    try:
        app()
    except LoadFactorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
