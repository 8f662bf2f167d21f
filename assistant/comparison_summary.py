"""Pure: what a comparison says of each backend: quality, dollars, tokens, seconds.

Every sum covers all calls of the backend, failed ones and refusals included: they were paid for
too. A quotient of which the money is not wholly known, or whose divisor is 0, is None with a
reason, never a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median

from assistant.compared import Compared, Comparison, Result, ResultState
from assistant.cost.money import show_usd
from assistant.cost.spent import NOT_METERED, Spent, known_sum

__all__ = ["Each", "Summary", "marks", "summaries"]

UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Each:
    """Pico-dollars for each of something; where it is None, `why` says why in a few words."""

    cost: int | None
    estimated: bool = False
    why: str = ""

    @property
    def dollars(self) -> str:
        """Return "$0.0155", "≈$0.01", "not metered" or "—"."""
        if self.cost is None:
            return NOT_METERED if self.why == NOT_METERED else UNKNOWN
        return show_usd(self.cost, estimated=self.estimated)


@dataclass(frozen=True, slots=True)
class Summary:
    """One backend over all questions. `cited` counts the answers with citations that all held,
    `supported` those in which no check found anything at all.

    `correct` is of `graded` answers. `first_token` and `seconds` are medians over the answers,
    None without any: a refusal is no fast answer. `input` and `output` are sums of tokens.
    `served` are the models that say they answered.
    """

    backend: Compared
    questions: int
    answered: int
    refused: int
    failed: int
    stopped: int
    correct: int
    graded: int
    cited: int
    supported: int
    citations: int
    dropped: int
    figures: int
    figures_verified: int
    spent: Spent
    cost_low: int | None
    cost_high: int | None
    per_question: Each
    per_answer: Each
    per_correct: Each
    per_cited: Each
    input: int | None
    output: int | None
    tokens_estimated: bool
    first_token: float | None
    seconds: float | None
    served: tuple[str, ...]

    @property
    def quality(self) -> float | None:
        """Return the share of graded questions answered correctly, None where none was graded."""
        return self.correct / self.graded if self.graded else None

    @property
    def cited_share(self) -> float | None:
        """Return the share of questions whose answer has citations that all held."""
        return self.cited / self.questions if self.questions else None


def summaries(comparison: Comparison) -> tuple[Summary, ...]:
    """Return one summary a backend, in the comparison's order."""
    return tuple(
        _summary(backend, comparison.of_backend(backend.name)) for backend in comparison.backends
    )


def marks(summed: Sequence[Summary]) -> dict[str, tuple[str, ...]]:
    """Return what to say of a backend that stands out: the cheapest by answer, the fastest."""
    priced = [one for one in summed if one.answered and one.per_answer.cost is not None]
    cheapest = _least({one.backend.name: one.per_answer.cost or 0 for one in priced})
    word = "cheapest"
    if len(priced) < sum(one.answered > 0 for one in summed):
        word += " of those priced"
    if any(one.per_answer.estimated for one in priced):
        word += ", by estimate"
    fastest = _least(
        {one.backend.name: one.seconds for one in summed if one.answered and one.seconds}
    )
    return {
        one.backend.name: (word,) * (one.backend.name in cheapest)
        + ("fastest",) * (one.backend.name in fastest)
        for one in summed
    }


def _least(values: Mapping[str, float]) -> frozenset[str]:
    """Return the names of the least value; where all are equal none stands out."""
    least = min(values.values(), default=None)
    won = frozenset(name for name, value in values.items() if value == least)
    return won if len(won) < len(values) else frozenset()


def _summary(backend: Compared, results: Sequence[Result]) -> Summary:
    states = [result.state for result in results]
    answers = [result for result in results if result.state is ResultState.ANSWERED]
    graded = [result for result in results if result.correct is not None]
    cited = sum(result.cited for result in results)
    correct = sum(result.correct is True for result in graded)
    money = _together(results)
    return Summary(
        backend=backend,
        questions=len(results),
        answered=len(answers),
        refused=states.count(ResultState.REFUSED),
        failed=states.count(ResultState.FAILED),
        stopped=states.count(ResultState.STOPPED),
        correct=correct,
        graded=len(graded),
        cited=cited,
        supported=sum(result.supported for result in results),
        citations=sum(result.citations for result in results),
        dropped=sum(result.dropped for result in results),
        figures=sum(result.figures for result in results),
        figures_verified=sum(result.figures_verified for result in results),
        spent=money,
        cost_low=known_sum(result.cost_low for result in results),
        cost_high=known_sum(result.cost_high for result in results),
        per_question=_each(money, len(results) if money.calls else 0, "not asked"),
        per_answer=_each(money, len(answers), "no answer"),
        per_correct=_each(
            _together(graded), correct, "no correct answer" if graded else "not graded"
        ),
        per_cited=_each(money, cited, "no answer with all citations valid"),
        input=known_sum(result.tokens.input for result in results),
        output=known_sum(result.tokens.output for result in results),
        tokens_estimated=any(result.tokens.estimated for result in results),
        first_token=_median(result.first_token for result in answers),
        seconds=_median(result.seconds for result in answers),
        served=tuple(dict.fromkeys(model for result in results for model in result.served)),
    )


def _together(results: Sequence[Result]) -> Spent:
    return Spent(
        calls=sum(result.spent.calls for result in results),
        cost=known_sum(result.spent.cost for result in results if result.spent.calls),
        estimated=any(result.spent.estimated for result in results),
        unpriced=sum(result.spent.unpriced for result in results),
        unmetered=sum(result.spent.unmetered for result in results),
    )


def _each(money: Spent, number: int, none: str) -> Each:
    if not number:
        return Each(None, why=none)
    if money.whole is None:
        unpriced = f"{money.unpriced} of {money.calls} calls have no known price"
        return Each(None, why=unpriced if money.unpriced else NOT_METERED)
    each = (Decimal(money.whole) / number).quantize(Decimal(1), ROUND_HALF_EVEN)
    return Each(int(each), money.estimated)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
