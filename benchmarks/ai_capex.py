"""Retrieval and answers over the AI capex questions: snippet@k, refusals, must-contain, time.

`python -m benchmarks.ai_capex [-v]`: -v prints every answer.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from assistant.conversation import Answer
from assistant.events import Answered
from assistant.inquiry import whole_in
from assistant.planning import only
from assistant.research import Inquiry, ask
from assistant.wiring import Runtime
from benchmarks.found import Piece, Ranks, every_within, share, snippet_ranks, table, within
from benchmarks.material import Case, ai_capex, runtime_over, shared_folder

CUTS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Scored:
    case: Case
    ranks: Ranks
    search_seconds: float
    answer: Answer

    @property
    def right(self) -> bool:
        """Answered with all that it must contain, or refused where there is no answer."""
        if not self.case.answerable:
            return not self.answer.answered
        return self.answer.answered and all(
            part.casefold() in self.answer.text.casefold() for part in self.case.must_contain
        )


def score(case: Case, runtime: Runtime) -> Scored:
    question = case.question
    started = time.perf_counter()
    hits = runtime.corpus.search(
        whole_in(runtime.corpus, question.text, question.history), max(CUTS)
    )
    seconds = time.perf_counter() - started
    ranks = snippet_ranks(case.golds, [Piece.of_hit(hit) for hit in hits])
    *_, last = ask(
        Inquiry(question.text, question.history, conversation="benchmark"),
        corpus=runtime.corpus,
        planner=only(runtime.backends.get("offline")),
        meter=runtime.meter,
    )
    assert isinstance(last, Answered), last
    return Scored(
        case=case,
        ranks=ranks,
        search_seconds=seconds,
        answer=last.answer,
    )


def show(scored: list[Scored]) -> None:
    answerable = [row for row in scored if row.case.answerable]
    unanswerable = [row for row in scored if not row.case.answerable]
    say(f"\nai_capex: {len(answerable)} answerable, {len(unanswerable)} unanswerable questions\n")
    rows = (
        (
            k,
            share(within(row.ranks, k) for row in answerable),
            share(every_within(row.ranks, k) for row in answerable),
        )
        for k in CUTS
    )
    say("\n".join(table(("k", "snippet@k", "all-snippet@k"), rows)))
    say(f"\nanswerable answered: {sum(row.answer.answered for row in answerable)}")
    say(f"answerable with all that the answer must contain: {sum(r.right for r in answerable)}")
    say(f"unanswerable answered: {sum(row.answer.answered for row in unanswerable)}")
    times = [row.search_seconds for row in scored]
    say(f"search seconds, embedding included: median {statistics.median(times):.4f}")
    for row in scored:
        if row.case.answerable and not within(row.ranks, max(CUTS)):
            say(f"not found in {max(CUTS)}: {row.case.question.id} {row.case.question.text}")


def show_answers(scored: list[Scored]) -> None:
    for row in scored:
        mark = "right" if row.right else "WRONG"
        say(f"\n## {row.case.question.id} {mark} · {row.case.question.text}")
        say(f"{row.answer.text}\n(snippets at {row.ranks}; must {row.case.must_contain})")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    runtime = runtime_over([shared_folder() / "docs"], "docs")
    scored = [score(case, runtime) for case in ai_capex()]
    if "-v" in sys.argv[1:]:
        show_answers(scored)
    show(scored)
    runtime.close()


if __name__ == "__main__":
    main()
