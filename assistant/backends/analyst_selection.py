"""Pure: which statements make the answer: the best for each thing asked, and no two alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, takewhile

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_fit import company_match, is_guidance, period_match, standing
from assistant.backends.analyst_kinds import defines, satisfies
from assistant.backends.analyst_likeness import alike, disagree
from assistant.backends.analyst_question import Asked, Part
from assistant.backends.analyst_scoring import Pool, Scored, score
from assistant.backends.analyst_terms import stems
from assistant.backends.analyst_wanted import MEASURED, Wanted

__all__ = ["select"]

_MOST = 5
_MOST_TOLD = 3
_FACET_SHARE = 0.6
_CONFLICT_SHARE = 0.85
_COVERAGE_SHARE = 0.65
_TOLD_SHARE = 0.7
_CLOSE_SHARE = 0.85
_COURSE_SHARE = 0.7
_LEAD_IN = 2


@dataclass(frozen=True, slots=True)
class _Ranking:
    asked: Asked
    pool: Pool
    scored: tuple[Scored, ...]

    @property
    def best(self) -> Scored:
        """The best statement; where a figure is asked for, one that holds a figure of that kind."""
        top = self.scored[0]
        close = [
            item
            for item in self.scored
            if item.score >= _FACET_SHARE * top.score
            and item.coverage >= _FACET_SHARE * top.coverage
        ]
        part = self.asked.parts[0]
        kind = [item for item in close if satisfies(item.candidate, self.asked.wanted)]
        fit = [item for item in kind if _fits(item.candidate, part, self.asked.wanted)]
        return self._preferred(fit or kind or [top])

    def _preferred(self, among: Sequence[Scored]) -> Scored:
        """Of what comes close to the best, return a figure of the company's own, or the newest."""
        least = min(among[0].score, _CLOSE_SHARE * among[0].score)
        close = [item for item in among if item.score >= least]
        if self.asked.companies and self.asked.wanted in MEASURED:
            close = [item for item in close if self._own_as_close(item, among[0])] or close
        if not (self.asked.latest or self.asked.expected):
            return close[0]
        dated = [item for item in close if item.candidate.view.dated is not None]
        return max(dated, key=lambda item: item.candidate.view.dated or date.min, default=close[0])

    def _own_as_close(self, item: Scored, first: Scored) -> bool:
        """Tell whether a statement is the company's own, of as much, and of a period as near."""
        own = standing(item.candidate, self.asked) > 1
        as_much = item.whole >= first.whole or first.whole <= 0
        asked = self.asked.periods
        return (
            own
            and as_much
            and period_match(item.candidate, asked) >= period_match(first.candidate, asked)
        )

    def above(self, share: float) -> Iterator[Candidate]:
        least = share * self.best.score
        return (item.candidate for item in self.scored if item.score >= least)


def select(asked: Asked, pool: Pool) -> tuple[Candidate, ...]:
    """Return up to five statements in the order in which they should be read."""
    if not pool.candidates:
        return ()
    ranking = _Ranking(asked, pool, score(asked, pool, asked.weighed, asked.wanted))
    if asked.course:
        return _course(ranking)
    chosen: list[Candidate] = []
    _take(chosen, _per_period(ranking))
    _take(chosen, _per_company(ranking))
    if asked.contrast:
        _take(chosen, (_for_part(ranking, part) for part in asked.parts))
    if not (chosen and (_split(asked) or asked.contrast)):
        _take(chosen, [ranking.best.candidate])
    _take(chosen, _per_part(ranking))
    listed = _list_after(chosen, asked, pool)
    _take(chosen, listed or (*_told(ranking), *_conflicts(ranking)))
    return tuple(chosen)


def _take(chosen: list[Candidate], offered: Iterable[Candidate]) -> None:
    for candidate in offered:
        if len(chosen) < _MOST and not any(alike(candidate, other) for other in chosen):
            chosen.append(candidate)


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
        if not any(alike(item, other) for other in distinct):
            distinct.append(item)
    return tuple(distinct[:_MOST])


def _dated(item: Candidate) -> tuple[date, int]:
    return item.view.dated or date.min, item.position


def _per_period(ranking: _Ranking) -> Iterator[Candidate]:
    asked = ranking.asked
    if not _split(asked):
        return
    for period in (period for period in asked.periods if period.end_month is None):
        fit = [item for item in ranking.above(_FACET_SHARE) if satisfies(item, asked.wanted)]
        named = (item for item in fit if period_match(item, [period]) >= 1)
        meant = (item for item in fit if period_match(item, [period]) > 0)
        found = next(named, next(meant, None))
        if found is not None:
            yield found


def _per_company(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield a statement for each company where no single one speaks of all."""
    asked = ranking.asked
    together = asked.related or company_match(ranking.best.candidate, asked) >= 1
    if len(asked.companies) < 2 or together:
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
    fit = [item for item in scored if _fits(item.candidate, part, wanted)] or scored
    best = max(fit, key=lambda item: item.score + 0.5 * overall[item.candidate.position])
    return best.candidate


def _fits(item: Candidate, part: Part, wanted: Wanted) -> bool:
    return satisfies(item, wanted) and (is_guidance(item) or not part.expected)


def _speaks_of_names(item: Candidate, asked: Asked, best: Candidate) -> bool:
    """Tell whether a statement speaks of the people and things named, as far as the best does."""
    named = {stems(name)[-1] for name in asked.names}
    spoken = named & {*best.stems, *best.near}
    return spoken <= {*item.stems, *item.near}


def _list_after(chosen: Sequence[Candidate], asked: Asked, pool: Pool) -> tuple[Candidate, ...]:
    """Return the items of the list that a chosen statement introduces.

    A statement that ends in a colon introduces the list below it; the answer to "how" may come
    up to two statements before its list.
    """
    for opener in chosen:
        if opener.text.endswith(":") or asked.wanted is Wanted.MANNER:
            below = [
                item
                for item in pool.candidates[opener.position + 1 :]
                if item.view is opener.view and item not in chosen
            ]
            start = next((n for n, item in enumerate(below) if _is_bullet(item)), len(below))
            if start <= (0 if opener.text.endswith(":") else _LEAD_IN):
                return tuple(takewhile(_is_bullet, below[start:]))
    return ()


def _is_bullet(item: Candidate) -> bool:
    return item.text.startswith(("- ", "* ", "• "))


def _told(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield more of what was said, where a question asks for reasons, ways or statements."""
    if ranking.asked.wanted in MEASURED or ranking.asked.wanted in (Wanted.DATE, Wanted.PERSON):
        return
    asked, best = ranking.asked, ranking.best.candidate
    fit = (
        item
        for item in ranking.above(_TOLD_SHARE)
        if _tells(item, asked) and _speaks_of_names(item, asked, best)
    )
    yield from islice(fit, _MOST_TOLD)


def _tells(item: Candidate, asked: Asked) -> bool:
    """Tell whether a statement adds what was asked: of a meaning, another definition."""
    if asked.wanted is Wanted.MEANING:
        return any(defines(item, term.ways) for term in asked.terms)
    return satisfies(item, asked.wanted)


def _conflicts(ranking: _Ranking) -> Iterator[Candidate]:
    """Yield statements of others that give another figure for the same thing."""
    asked, best = ranking.asked, ranking.best
    now = asked.latest or asked.standing
    if asked.wanted not in MEASURED or len(asked.parts) > 1 or now or _split(asked):
        return
    least = _CONFLICT_SHARE * best.score
    for scored in ranking.scored:
        item = scored.candidate
        same_thing = scored.coverage >= _COVERAGE_SHARE * best.coverage
        if scored.score >= least and same_thing and disagree(asked, item, best.candidate):
            yield item
