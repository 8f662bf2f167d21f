"""Ingest at the terminal: progress on standard error, outcomes on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from corpus.errors import CorpusBusy
from corpus.models import Source
from corpus.store import Corpus
from ingest.outcome import Event, Finished, Found, Outcome, Progress, Status
from ingest.pipeline import ingest
from ingest.preparing import Refusals
from ingest.watching import FolderWatch
from ingest.web.edgar import Edgar

__all__ = ["INPUTS_REFUSED", "run_ingest", "run_watch"]

INPUTS_REFUSED = 3
"""Exit code: done, some inputs refused."""

_MOST_QUIET_ROWS = 30
_WIDTH_OF_A_FILE = 200
_RETRY_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 300.0
"""Drives of a network tell nothing of what other machines change."""
_QUIET = frozenset({Status.UNCHANGED, Status.SKIPPED})
_COLOURS = {Status.REFUSED: "red", Status.ADDED: "green", Status.UPDATED: "green"}


def run_ingest(
    inputs: Sequence[str],
    corpus: Corpus,
    dry_run: bool = False,
    as_json: bool = False,
    contact: str | None = None,
) -> int:
    """Ingest, showing progress and then what became of each input.

    `contact` is who asks the SEC for filings, a name and an e-mail. Returns the exit code: 0, or 3
    when some inputs were refused. Raises as `ingest` does.
    """
    outcomes: list[Outcome] = []
    started = time.monotonic()
    with _Display() as display, Edgar.of(contact) as edgar:
        for event in ingest(inputs, corpus, dry_run=dry_run, edgar=edgar):
            display.show(event)
            if isinstance(event, Finished):
                outcomes.append(event.outcome)
                if as_json:
                    _print_json(event.outcome)
    if not as_json:
        _print_table(outcomes)
    sys.stderr.write(_summary(outcomes, dry_run, time.monotonic() - started) + "\n")
    return INPUTS_REFUSED if any(o.status is Status.REFUSED for o in outcomes) else 0


def run_watch(folders: Sequence[str], corpus: Corpus, as_json: bool = False) -> None:
    """Keep the corpus as the folders are until interrupted; tells only what changes.

    A refused file is told once for the same reason. Raises as `ingest` does, but for a store that
    another process holds for too long: that is tried again.
    """
    told: dict[str, str | None] = {}
    sys.stderr.write(f"Following {', '.join(folders)}; Ctrl-C ends it.\n")
    refusals: Refusals = {}
    with suppress(KeyboardInterrupt):
        while True:
            # Anew each time: the name may stand for another folder or drive by now.
            with FolderWatch(_there(folders)) as watch:
                news: list[Outcome] = []
                pause = _LOOK_AGAIN_SECONDS
                try:
                    for outcome in _followed(folders, corpus, refusals):
                        if told.get(outcome.input, "") != outcome.reason:
                            news.append(outcome)
                except CorpusBusy as error:
                    sys.stderr.write(f"{error} Trying again.\n")
                    pause = _RETRY_SECONDS
                told |= {o.input: o.reason for o in news if o.status is Status.REFUSED}
                _tell(news, as_json)
                watch.wait(timeout=pause)


def _there(folders: Sequence[str]) -> list[Path]:
    paths = [Path(folder).expanduser().resolve() for folder in folders]
    return [path for path in paths if path.is_dir()]


def _tell(news: Sequence[Outcome], as_json: bool) -> None:
    if not news:
        return
    if as_json:
        for outcome in news:
            _print_json(outcome)
    else:
        _print_table(news)
    sys.stderr.write(_summary(news) + "\n")


def _followed(folders: Sequence[str], corpus: Corpus, refusals: Refusals) -> Iterator[Outcome]:
    for event in ingest(folders, corpus, follow=True, refusals=refusals):
        if isinstance(event, Finished) and event.outcome.status not in _QUIET:
            yield event.outcome


def _print_json(outcome: Outcome) -> None:
    sys.stdout.write(json.dumps(outcome.as_json()) + "\n")
    sys.stdout.flush()


def _print_table(outcomes: Sequence[Outcome]) -> None:
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    Console(markup=False, highlight=False, width=width).print(_table(outcomes))


@dataclass(slots=True)
class _Display:
    """The bar: inputs done, and pages, passages and passages a second so far."""

    bar: Bar = field(
        default_factory=lambda: Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
    )
    task: TaskID = field(default=TaskID(0))
    inputs: int = 0
    finished: int = 0
    pages: int = 0
    passages: int = 0

    def __enter__(self) -> _Display:
        self.task = self.bar.add_task("ingest", total=None, counts="")
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def show(self, event: Event) -> None:
        if isinstance(event, Found):
            self.inputs = event.inputs
            self.bar.update(self.task, total=event.inputs)
        elif isinstance(event, Progress):
            share = event.done / event.passages
            self._update(event.name, share, event.pages or 0, event.done)
        else:
            outcome = event.outcome
            self.finished += 1
            if outcome.status in (Status.ADDED, Status.UPDATED):
                self.pages += outcome.pages or 0
                self.passages += outcome.passages
            self._update(Source.name_of(outcome.input), 0.0, 0, 0)

    def _update(self, name: str, share: float, pages: int, passages: int) -> None:
        done = self.passages + passages
        elapsed = self.bar.tasks[self.task].elapsed or 0.0
        rate = f", {done / elapsed:.0f}/s" if elapsed >= 1 else ""
        self.bar.update(
            self.task,
            description=_printable(name)[:40],
            completed=self.finished + share,
            counts=f"{self.pages + pages} pages, {done} passages{rate}",
        )


def _table(outcomes: Sequence[Outcome]) -> Table:
    """What happened to each input; unchanged and skipped ones only while they are few."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("status", "document", "company", "form", "period"):
        table.add_column(heading, overflow="fold")
    table.add_column("pages", justify="right")
    table.add_column("passages", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("reason", overflow="fold")
    few = sum(outcome.status in _QUIET for outcome in outcomes) <= _MOST_QUIET_ROWS
    for outcome in outcomes:
        if few or outcome.status not in _QUIET:
            table.add_row(*_row(outcome))
    return table


def _row(outcome: Outcome) -> Iterable[Text]:
    yield Text(str(outcome.status), style=_COLOURS.get(outcome.status, ""))
    cells = (
        Source.name_of(outcome.input),
        outcome.company,
        outcome.form,
        outcome.fiscal_period,
        None if outcome.pages is None else str(outcome.pages),
        str(outcome.passages) if outcome.passages else None,
        f"{outcome.seconds:.1f}",
        "; ".join(filter(None, (outcome.reason, *outcome.warnings))),
    )
    yield from (Text(_printable(cell or "")) for cell in cells)


def _summary(
    outcomes: Sequence[Outcome], dry_run: bool = False, seconds: float | None = None
) -> str:
    """`seconds` is the time of the whole run: inputs overlap, their own times do not add up."""
    counts = Counter(outcome.status for outcome in outcomes)
    told = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    new = [o for o in outcomes if o.status in (Status.ADDED, Status.UPDATED)]
    passages = sum(outcome.passages for outcome in new)
    rehearsed = "Dry run, nothing stored: " if dry_run else ""
    inputs = f"{len(outcomes)} input{'' if len(outcomes) == 1 else 's'}"
    took = "" if seconds is None else f", {seconds:.1f} s"
    return f"{rehearsed}{inputs}: {told or 'nothing found'}; {passages} passages{took}"


def _printable(text: str) -> str:
    """A file's name must not steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
