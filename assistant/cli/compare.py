"""The command that asks several backends the same."""

from __future__ import annotations

import sys
from threading import Event
from typing import Annotated

import typer

from assistant import comparison_printing, printing
from assistant.archive_comparisons import ComparisonArchive
from assistant.cli.answers import LocalOnly
from assistant.cli.app import INPUTS_REFUSED, app
from assistant.cli.options import (
    AsJson,
    Companies,
    Data,
    Documents,
    File,
    Forms,
    Periods,
    Since,
    Text,
    Until,
    asked,
    filters_of,
)
from assistant.compared import Comparison, ResultState
from assistant.comparing import Run
from assistant.comparing_job import Job, usable
from assistant.comparison_forecast import at_most
from assistant.comparison_report import result_json, results_csv, summary_json
from assistant.comparison_summary import summaries
from assistant.settings import load_settings
from assistant.wiring import Runtime, build

__all__ = ["compare_command"]


@app.command(name="compare")
def compare_command(
    question: Text = None,
    questions: File = None,
    backends: Annotated[
        str,
        typer.Option("--backends", metavar="A,B", help="Entries of backends.toml, two or more."),
    ] = "",
    evidence_tokens: Annotated[
        int | None, typer.Option("--evidence-tokens", min=1, help="Most tokens of evidence.")
    ] = None,
    local_only: LocalOnly = False,
    company: Companies = None,
    form: Forms = None,
    period: Periods = None,
    since: Since = None,
    until: Until = None,
    document: Documents = None,
    data: Data = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output.")] = False,
) -> None:
    """Ask several backends the same over the same evidence: cost, speed and quality, measured."""
    names = list(dict.fromkeys(name.strip() for name in backends.split(",") if name.strip()))
    if len(names) < 2:
        raise typer.BadParameter("name two backends or more: --backends A,B")
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    given = filters_of(company, form, period, since, until, document)
    items = asked(question, questions)
    if not items:
        raise typer.BadParameter(f"{questions} holds no question")
    with build(load_settings(data=data)) as runtime:
        asks, unasked = usable(runtime.backends, names, local_only=local_only)
        job = Job(
            questions=items,
            backends=asks,
            filters=runtime.corpus.settled(given),
            evidence_tokens=evidence_tokens or runtime.settings.evidence_tokens,
            name=questions.name if questions is not None else None,
            unasked=unasked,
        )
        tell(f"{size(job)}: {at_most(runtime.meter, job)}")
        found = run(runtime, job, as_json=as_json)
    report(found, as_json=as_json, as_csv=as_csv)
    failed = any(result.state is ResultState.FAILED for result in found.results)
    raise typer.Exit(INPUTS_REFUSED if failed else 0)


def run(runtime: Runtime, job: Job, *, as_json: bool) -> Comparison:
    """Do the job; what was found is kept even where it is cut short."""
    doing = Run(job, runtime.corpus, runtime.meter, Event())
    try:
        for happened in doing.events():
            comparison_printing.show_happened(job, happened)
            found = doing.so_far
            if as_json and happened.result is not None and found.is_done(happened.question):
                rows = found.of_question(happened.question)
                printing.print_lines(result_json(found, row) for row in rows)
    finally:
        ComparisonArchive(runtime.meter.ledger).keep(doing.so_far)
    tell(f"Kept; in the app at /compare?comparison={job.id}")
    return doing.so_far


def report(found: Comparison, *, as_json: bool, as_csv: bool) -> None:
    if as_csv:
        sys.stdout.write(results_csv(found))
    elif not as_json:
        comparison_printing.show_comparison(found)
    elif found.is_set:
        printing.print_lines(summary_json(found, one) for one in summaries(found))


def size(job: Job) -> str:
    number = len(job.questions)
    return f"{number:,} question{'s' * (number != 1)}, {job.graded:,} with a gold answer"


def tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
