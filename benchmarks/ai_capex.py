"""Retrieval and answers over the AI capex questions: snippet@k, refusals, must-contain, time.

`python -m benchmarks.ai_capex [-v]`: -v prints every answer.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.conversation import Answer
from assistant.events import Answered
from assistant.planning import only
from assistant.research import Inquiry, ask, whole_question
from assistant.wiring import Runtime
from benchmarks.material import Case, ai_capex, overlaps, runtime_over, shared_folder

CUTS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Scored:
    case: Case
    first: int | None
    every: int | None
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
    hits = runtime.corpus.search(whole_question(question.text, question.history), max(CUTS))
    seconds = time.perf_counter() - started
    ranks = [next((hit.rank for hit in hits if overlaps(gold, hit)), None) for gold in case.golds]
    found = [rank for rank in ranks if rank is not None]
    *_, last = ask(
        Inquiry(question.text, question.history, conversation="benchmark"),
        corpus=runtime.corpus,
        planner=only(runtime.backends.get("offline")),
        meter=runtime.meter,
    )
    assert isinstance(last, Answered), last
    return Scored(
        case=case,
        first=min(found, default=None),
        every=max(found) if found and len(found) == len(ranks) else None,
        search_seconds=seconds,
        answer=last.answer,
    )


def show(scored: list[Scored]) -> None:
    answerable = [row for row in scored if row.case.answerable]
    unanswerable = [row for row in scored if not row.case.answerable]
    say(f"\nai_capex: {len(answerable)} answerable, {len(unanswerable)} unanswerable questions\n")
    say("| k | snippet@k | all-snippet@k |\n|---|---|---|")
    for k in CUTS:
        any_found = share(row.first is not None and row.first <= k for row in answerable)
        all_found = share(row.every is not None and row.every <= k for row in answerable)
        say(f"| {k} | {any_found:.2f} | {all_found:.2f} |")
    say(f"\nanswerable answered: {sum(row.answer.answered for row in answerable)}")
    say(f"answerable with all that the answer must contain: {sum(r.right for r in answerable)}")
    say(f"unanswerable answered: {sum(row.answer.answered for row in unanswerable)}")
    times = [row.search_seconds for row in scored]
    say(f"search seconds, embedding included: median {statistics.median(times):.4f}")
    for row in scored:
        if row.first is None and row.case.answerable:
            say(f"not found in {max(CUTS)}: {row.case.question.id} {row.case.question.text}")


def show_answers(scored: list[Scored]) -> None:
    for row in scored:
        mark = "right" if row.right else "WRONG"
        say(f"\n## {row.case.question.id} {mark} · {row.case.question.text}")
        say(f"{row.answer.text}\n(first snippet at {row.first}; must {row.case.must_contain})")


def share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values)


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
