"""Commands that answer: ask a backend, and say which backends there are."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant import printing
from assistant.backend_report import backend_json
from assistant.checkup import Checkup, check_backend
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
from assistant.events import Answered, Event, Failed
from assistant.forecasting import forecasts
from assistant.planning import planner
from assistant.reports import answer_json, failure_json
from assistant.research import Inquiry, ask
from assistant.settings import load_settings
from assistant.wiring import Runtime, build

__all__ = ["ask_command", "backends"]

LocalOnly = Annotated[
    bool, typer.Option("--local-only", help="No backend outside this machine and network.")
]


@app.command(name="ask")
def ask_command(
    question: Text = None,
    questions: File = None,
    backend: Annotated[
        str | None, typer.Option("--backend", help='An entry of backends.toml, or "auto".')
    ] = None,
    evidence_tokens: Annotated[
        int | None, typer.Option("--evidence-tokens", min=1, help="Most tokens of evidence.")
    ] = None,
    local_only: LocalOnly = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask even where the same answer is kept.")
    ] = False,
    company: Companies = None,
    form: Forms = None,
    period: Periods = None,
    since: Since = None,
    until: Until = None,
    document: Documents = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the corpus, with citations and cost."""
    given = filters_of(company, form, period, since, until, document)
    items = asked(question, questions)
    failures = 0
    with build(load_settings(data=data)) as runtime:
        name = backend or runtime.settings.default_backend
        plan = planner(
            runtime.backends, name, local_only=local_only, rules=runtime.settings.routing
        )
        filters = runtime.corpus.settled(given)
        budget = evidence_tokens or runtime.settings.evidence_tokens
        for item in items:
            inquiry = Inquiry(item.text, item.history, filters, budget, fresh=fresh)
            *before, last = ask(
                inquiry,
                corpus=runtime.corpus,
                planner=plan,
                meter=runtime.meter,
                cache=runtime.cache,
            )
            failures += isinstance(last, Failed)
            report(runtime, item.id, inquiry, before, last, as_json=as_json)
    raise typer.Exit(INPUTS_REFUSED if failures else 0)


def report(
    runtime: Runtime,
    question_id: str | None,
    inquiry: Inquiry,
    before: list[Event],
    last: Event,
    *,
    as_json: bool,
) -> None:
    assert isinstance(last, Answered | Failed)
    if not as_json:
        printing.show_events(before)
        printing.show_outcome(last, runtime.settings.references, runtime.prices)
        printing.show_budgets(runtime.meter.standings(inquiry.conversation))
    elif isinstance(last, Answered):
        printing.print_lines([answer_json(question_id, last.answer)])
    else:
        printing.print_lines([failure_json(question_id, inquiry.question, last)])


@app.command()
def backends(
    check: Annotated[
        bool, typer.Option("--check", help="Make one short call to each that can be used.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="These alone.")
    ] = None,
    local_only: LocalOnly = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the backends: what can be used now, what the others lack; exit 3 if a check fails."""
    with build(load_settings(data=data)) as runtime:
        registry = runtime.backends
        entries = [registry.entry(name) for name in only or []] or list(registry.entries)
        reasons = [registry.why_not(entry.name, local_only=local_only) for entry in entries]
        checks: list[Checkup | None] = [
            check_backend(registry.get(entry.name, local_only=local_only), runtime.meter)
            if check and reason is None
            else None
            for entry, reason in zip(entries, reasons, strict=True)
        ]
        told = [
            forecast
            for entry in entries
            for _, forecast in forecasts(
                registry, entry.name, runtime.meter, runtime.settings.evidence_tokens
            )
        ]
    if as_json:
        printing.print_lines(map(backend_json, entries, reasons, told, checks))
    else:
        printing.show_backends(entries, reasons, told, checks)
    failed = any(found is not None and found.error is not None for found in checks)
    raise typer.Exit(INPUTS_REFUSED if failed else 0)
