"""Pure: which statements make the answer: the best for each thing asked, and no two alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_question import Asked, Part, Wanted
from assistant.backends.analyst_scoring import (
    Pool,
    Scored,
    company_match,
    is_guidance,
    period_match,
    satisfies,
    score,
    standing,
)

__all__ = ["MEASURED", "select"]

MEASURED = frozenset({Wanted.MONEY, Wanted.RATE, Wanted.PERCENT, Wanted.DURATION, Wanted.COUNT})
"""Kinds of answer that are a figure."""

_MOST = 5
_MOST_TOLD = 3
_FACET_SHARE = 0.6
_CONFLICT_SHARE = 0.85
_TOLD_SHARE = 0.7
_COURSE_SHARE = 0.7
_ALIKE = 0.55


@dataclass(frozen=True, slots=True)
class _Ranking:
    asked: Asked
    pool: Pool
    scored: tuple[Scored, ...]

    @property
    def best(self) -> Scored:
        return self.scored[0]

    def above(self, share: float) -> Iterator[Candidate]:
        least = share * self.best.score
        return (item.candidate for item in self.scored if item.score >= least)

    def first(self, share: float, test: Callable[[Candidate], bool]) -> Candidate | None:
        return next((item for item in self.above(share) if test(item)), None)


def select(asked: Asked, pool: Pool) -> tuple[Candidate, ...]:
    """Return up to five statements in the order in which they should be read."""
    if not pool.candidates:
        return ()
    ranking = _Ranking(asked, pool, score(asked, pool, asked.terms, asked.wanted))
    if asked.course:
        return _course(ranking)
    chosen: list[Candidate] = []
    for candidate in (
        *_per_period(ranking),
        *_per_company(ranking),
        *([] if _split(asked) else [ranking.best.candidate]),
        *_per_part(ranking),
        *_told(ranking),
        *_conflicts(ranking),
    ):
        if len(chosen) < _MOST and not any(_alike(candidate, other) for other in chosen):
            chosen.append(candidate)
    return (*chosen, *_list_after(chosen, pool))[:_MOST]


def _split(asked: Asked) -> bool:
    """Tell whether the question falls into periods, so that no single best is called for."""
    return len(_years(asked)) > 1 and len(asked.parts) == 1


def _years(asked: Asked) -> tuple[int, ...]:
    whole = [period.year for period in asked.periods if period.end_month is None]
    return tuple(dict.fromkeys(whole))


def _course(ranking: _Ranking) -> tuple[Candidate, ...]:
    """Return the best statement of each document, in the order of their dates."""
    asked = ranking.asked
    by_document: dict[str, Candidate] = {}
    for item in ranking.above(_COURSE_SHARE):
        fits = satisfies(item, asked.wanted) and period_match(item, asked.periods) >= 0
        if fits and (is_guidance(item) or not asked.expected):
            by_document.setdefault(item.view.title, item)
    told = list(by_document.values()) or [ranking.best.candidate]
    own = [item for item in told if standing(item, asked) > 1] or told
    distinct: list[Candidate] = []
    for item in sorted(own, key=_dated):
        if not any(_alike(item, other) for other in distinct):
            distinct.append(item)
    return tuple(distinct[:_MOST])


def _dated(item: Candidate) -> tuple[date, int]:
    return item.view.dated or date.min, item.position


def _per_period(ranking: _Ranking) -> Iterator[Candidate]:
    asked = ranking.asked
    if not _split(asked):
        return
    for period in (period for period in asked.periods if period.end_month is None):
        found = ranking.first(
            _FACET_SHARE,
            lambda item, period=period: (  # type: ignore[misc]
                satisfies(item, asked.wanted) and period_match(item, [period]) > 0
            ),
        )
        if found is not None:
            yield found


def _per_company(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield a statement for each company where no single one speaks of all."""
    asked = ranking.asked
    if len(asked.companies) < 2 or company_match(ranking.best.candidate, asked) >= 1:
        return
    for name in asked.companies:
        single = replace(asked, companies=(name,))
        ranked = score(single, ranking.pool, asked.terms, asked.wanted)
        best = ranked[0].candidate
        if company_match(best, single) >= 0.5 and satisfies(best, asked.wanted):
            yield best


def _per_part(ranking: _Ranking) -> Iterator[Candidate]:
    for part in ranking.asked.parts[1:]:
        yield _for_part(ranking, part)


def _for_part(ranking: _Ranking, part: Part) -> Candidate:
    """Return the statement that answers a later part, in the light of the whole question."""
    asked = replace(ranking.asked, expected=part.expected, actual=part.actual)
    terms = part.terms or ranking.asked.terms
    wanted = ranking.asked.wanted if part.wanted is Wanted.STATEMENT else part.wanted
    if part.expected and wanted is Wanted.DURATION:
        wanted = Wanted.MONEY
    overall = {item.candidate.position: item.score for item in ranking.scored}
    scored = score(asked, ranking.pool, terms, wanted)
    best = max(scored, key=lambda item: item.score + overall[item.candidate.position])
    return best.candidate


def _list_after(chosen: Sequence[Candidate], pool: Pool) -> tuple[Candidate, ...]:
    """Return the items of the list that a chosen statement ending in a colon introduces."""
    found: list[Candidate] = []
    for opener in chosen:
        if not opener.text.endswith(":"):
            continue
        for item in pool.candidates[opener.position + 1 :]:
            if item.view is not opener.view or not item.text.startswith(("- ", "* ", "• ")):
                break
            if item not in chosen:
                found.append(item)
    return tuple(found)


def _told(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield more of what was said, where a question asks for reasons, ways or statements."""
    if ranking.asked.wanted in MEASURED or ranking.asked.wanted in (Wanted.DATE, Wanted.PERSON):
        return
    for number, item in enumerate(ranking.above(_TOLD_SHARE)):
        if number >= _MOST_TOLD:
            return
        yield item


def _conflicts(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield statements of other documents that give another figure for the same thing."""
    asked, best = ranking.asked, ranking.best.candidate
    if asked.wanted not in MEASURED or len(asked.parts) > 1 or asked.latest or _split(asked):
        return
    for item in ranking.above(_CONFLICT_SHARE):
        elsewhere = item.view.title != best.view.title
        as_close = period_match(item, asked.periods) >= period_match(best, asked.periods)
        if elsewhere and as_close and satisfies(item, asked.wanted) and _figures_differ(item, best):
            yield item


def _figures_differ(left: Candidate, right: Candidate) -> bool:
    return not _values(left) & _values(right)


def _values(item: Candidate) -> frozenset[tuple[object, str]]:
    return frozenset((abs(quantity.value), quantity.unit) for quantity in item.quantities)


def _alike(left: Candidate, right: Candidate) -> bool:
    if left.position == right.position:
        return True
    mine, other = set(left.stems), set(right.stems)
    overlap = len(mine & other) / max(1, min(len(mine), len(other)))
    same_figures = bool(_values(left)) and _values(left) <= _values(right)
    return overlap > 0.85 or (overlap > _ALIKE and same_figures)
