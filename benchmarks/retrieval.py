"""Whether the right page and passage is found, and at what cost: ours against the usual pipeline.

`python -m benchmarks.retrieval [--ten-times] [--ablation] [--misses] [--ours DIR] [--usual DIR]`
asks both question sets of ../shared of one shared store (FinanceBench's filings, the documents and
our notes; build/bench/all and build/bench/usual, built where they are not there yet, the usual one
in most of an hour) and prints markdown:

- FinanceBench: page@k, all@k, doc@k and MRR@10, k counting distinct pages and documents;
- AI capex: snippet@k and all-snippet@k, k counting passages, and each follow-up;
- evidence recall: the share of questions of which a gold page or snippet, every gold one, and one
  that prints the answer's figure is in a pack of so many tokens;
- milliseconds of a search, the question's embedding included, in turns on both sides (run it
  with nothing else on the machine);
- with --misses every question missed at 10, the reason, and the first three that were found;
- with --ablation what each part of our ranking adds, with --ten-times both sides over ten times
  the filings (see `benchmarks.ten_times`).

A follow-up is searched as our assistant makes it whole, on both sides.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import load_settings
from assistant.wiring import Runtime, build
from benchmarks import usual
from benchmarks.ablation import ablation
from benchmarks.financebench import CUTS, DEPTH, Found, mean_reciprocal, questions, shares
from benchmarks.found import (
    Piece,
    Ranks,
    every_within,
    only_figure,
    share,
    snippet_ranks,
    states,
    table,
    why_missed,
    within,
)
from benchmarks.material import STORE, Asked, ai_capex, runtime_over, shared_store_inputs
from benchmarks.sides import Ours, Side, Times, Usual, timed
from benchmarks.ten_times import MADE, grown_ours, grown_usual
from benchmarks.usual import UsualStore, sentence_encoder
from corpus.store import Corpus

__all__ = ["main"]

SNIPPET_CUTS = (1, 3, 5, 10)
MISSED_AT = 10
BUDGETS = (1_500, 3_000)
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side found for a question, and what it would put before a backend."""

    asked: Asked
    pieces: tuple[Piece, ...]
    packs: dict[int, tuple[Piece, ...]]

    @property
    def snippets(self) -> Ranks:
        return snippet_ranks(self.asked.golds, self.pieces)

    def covers(self, tokens: int) -> bool:
        return within(snippet_ranks(self.asked.golds, self.packs[tokens]), len(self.packs[tokens]))

    def covers_all(self, tokens: int) -> bool:
        pack = self.packs[tokens]
        return every_within(snippet_ranks(self.asked.golds, pack), len(pack))

    def prints_figure(self, tokens: int) -> bool:
        """Tell whether a piece of the pack that holds a gold prints the answer's figure."""
        figure = self.asked.figure
        golden = [p for p in self.packs[tokens] if any(g.held_by(p) for g in self.asked.golds)]
        return figure is not None and any(states(piece, figure) for piece in golden)


def follow(side: Side, asked: Sequence[Asked]) -> list[Outcome]:
    return [
        Outcome(
            each,
            tuple(side.pieces(each.whole, DEPTH)),
            {tokens: tuple(side.pack(each, tokens)) for tokens in BUDGETS},
        )
        for each in asked
    ]


def capex_questions() -> list[Asked]:
    """Return the answerable AI capex questions."""
    return [
        Asked(case.question, case.golds, only_figure(case.answer))
        for case in ai_capex()
        if case.answerable
    ]


@dataclass(frozen=True, slots=True)
class Measured:
    """A side's outcomes on both sets."""

    side: str
    filings: list[Outcome]
    capex: list[Outcome]

    @property
    def sets(self) -> dict[str, list[Outcome]]:
        return {"FinanceBench": self.filings, "AI capex": self.capex}

    @property
    def found(self) -> list[Found]:
        return [Found.of(row.asked, row.pieces) for row in self.filings]


def pages(measured: Sequence[Measured]) -> Iterator[str]:
    yield f"\n### FinanceBench, {len(measured[0].filings)} questions\n"
    heads = [f"{m.side} {what}" for m in measured for what in ("page@k", "all@k", "doc@k")]
    found = [m.found for m in measured]
    rows = ((k, *(cell for side in found for cell in shares(side, k))) for k in CUTS)
    yield from table(("k", *heads), rows)
    means = (f"{m.side} {mean_reciprocal(m.found):.3f}" for m in measured)
    yield f"\nMRR@10: {', '.join(means)}"


def snippets(measured: Sequence[Measured]) -> Iterator[str]:
    yield f"\n### AI capex, {len(measured[0].capex)} answerable questions\n"
    heads = [f"{m.side} {what}" for m in measured for what in ("snippet@k", "all-snippet@k")]
    yield from table(("k", *heads), ((k, *_snippet_shares(measured, k)) for k in SNIPPET_CUTS))
    for m in measured:
        for row in m.capex:
            if row.asked.question.history:
                ranks = [str(rank) for rank in row.snippets if rank is not None]
                found = f"found at {', '.join(ranks)}" if ranks else "not found"
                yield f"\nFollow-up {row.asked.question.id}, {m.side}: {found}"


def _snippet_shares(measured: Sequence[Measured], k: int) -> Iterator[float]:
    for m in measured:
        yield share(within(row.snippets, k) for row in m.capex)
        yield share(every_within(row.snippets, k) for row in m.capex)


def evidence(measured: Sequence[Measured]) -> Iterator[str]:
    yield "\n### Evidence recall\n"
    heads = ("set", "tokens", "side", "a gold", "every gold", "its figure printed")
    yield from table(heads, _evidence_rows(measured))


def _evidence_rows(measured: Sequence[Measured]) -> Iterator[tuple[object, ...]]:
    for name in measured[0].sets:
        for tokens in BUDGETS:
            for m in measured:
                rows = m.sets[name]
                figures = [row for row in rows if row.asked.figure is not None]
                printed = share(row.prints_figure(tokens) for row in figures)
                yield (
                    name,
                    tokens,
                    m.side,
                    share(row.covers(tokens) for row in rows),
                    share(row.covers_all(tokens) for row in rows),
                    f"{printed:.2f} of {len(figures)}" if figures else "–",
                )


def seconds(times: Sequence[Times]) -> Iterator[str]:
    yield "\n### Search, milliseconds\n"
    rows = ((t.side, f"{1000 * t.median:.1f}", f"{1000 * t.slow:.1f}") for t in times)
    yield from table(("side", "p50", "p95"), rows)
    by = {t.side: t for t in times}
    for one, other in (("ours", "usual"), ("ours x10", "ours"), ("ours x10", "usual x10")):
        if one in by and other in by:
            median, slow = by[one].median / by[other].median, by[one].slow / by[other].slow
            yield f"\n{one} to {other}: {median:.2f} at p50, {slow:.2f} at p95"


def misses(measured: Measured) -> Iterator[str]:
    yield f"\n### Missed at {MISSED_AT}, {measured.side}"
    both = [(found.asked, found.pages, row) for found, row in _paired(measured)]
    both += [(row.asked, row.snippets, row) for row in measured.capex]
    for asked, ranks, row in both:
        if not within(ranks, MISSED_AT):
            reason = why_missed(asked.golds, ranks, row.pieces, MISSED_AT)
            yield f"\n- {asked.question.id} ({reason}): {asked.whole}"
            yield f"  - gold: {', '.join(map(str, asked.golds))}"
            yield f"  - found: {'; '.join(map(_place, row.pieces[:SHOWN]))}"


def _paired(measured: Measured) -> Iterator[tuple[Found, Outcome]]:
    yield from zip(measured.found, measured.filings, strict=True)


def _place(piece: Piece) -> str:
    numbers = ", ".join(f"p{page}" for page in piece.pages)
    return f"{piece.names[-1]} {numbers}".strip()


def compare(sides: Sequence[Side], *, with_misses: bool) -> list[Measured]:
    filings, capex = list(questions()), capex_questions()
    measured = [Measured(s.name, follow(s, filings), follow(s, capex)) for s in sides]
    say(pages(measured))
    say(snippets(measured))
    say(evidence(measured))
    if with_misses:
        say(misses(measured[0]))
    return measured


def say(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def open_ours(folder: Path | None) -> Runtime:
    if folder is not None:
        return build(load_settings(data=folder))
    return runtime_over(shared_store_inputs(), "all")


def open_usual(folder: Path | None) -> UsualStore:
    store = UsualStore(folder or STORE / "usual", sentence_encoder())
    if folder is None:
        usual.build(store, shared_store_inputs())
    return store


def ten_times(corpus: Corpus, store: UsualStore) -> list[Side]:
    """Return both sides over ten times the filings, kept beside the stores that they grow from."""
    sys.stdout.write(f"\n## Ten times the filings\n\n{MADE}\n")
    sys.stdout.flush()
    big = grown_ours(corpus, corpus.data.with_name(f"{corpus.data.name}-x10"))
    usual_big = grown_usual(
        store, corpus.documents(), store.folder.with_name(f"{store.folder.name}-x10")
    )
    return [Ours(big, "ours x10"), Usual(usual_big, "usual x10")]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    for switch in ("--ten-times", "--ablation", "--misses"):
        parser.add_argument(switch, action="store_true")
    for folder in ("--ours", "--usual"):
        parser.add_argument(folder, type=Path)
    given = parser.parse_args(arguments)
    ours, store = open_ours(given.ours), open_usual(given.usual)
    sides: list[Side] = [Ours(ours.corpus), Usual(store)]
    compare(sides, with_misses=given.misses)
    if given.ablation:
        say(ablation(ours.corpus, list(questions()), capex_questions()))
    if given.ten_times:
        big = ten_times(ours.corpus, store)
        compare(big, with_misses=False)
        sides += big
    asked = [each.whole for each in (*questions(), *capex_questions())]
    say(seconds(timed(sides, asked)))
    # Beside other work torch waits for its threads, so that the usual side looks slow.
    say(
        iter(
            [f"\nLoad of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
        )
    )
    ours.close()


if __name__ == "__main__":
    main()
