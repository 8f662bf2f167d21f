"""Pure: why the evidence holds no answer, in terms that a financial analyst would accept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_fit import answers, company_match, period_match
from assistant.backends.analyst_kinds import defines, satisfies
from assistant.backends.analyst_question import Asked
from assistant.backends.analyst_scoring import Pool, mentions
from assistant.backends.analyst_terms import Term, contains, stems
from assistant.backends.analyst_topic import SELECTING
from assistant.backends.analyst_wanted import MEASURED, Wanted
from corpus.forms import base_form

__all__ = ["refusal"]

_LEAST_COVERAGE = 0.5
_LEAST_TOLD = 0.4
_ELSEWHERE = 0.6
_SHORT_NAME = 2


def refusal(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """Return what is missing as the end of "I looked for ...", None where an answer stands."""
    if not chosen:
        return "anything on this question, and nothing was found"
    if not (asked.terms or asked.companies or asked.names):
        return "words to search for, and the question has none"
    checks: tuple[Callable[[Asked, Pool, Sequence[Candidate]], str | None], ...] = (
        _form, _company, _together, _name, _kind, _period, _terms,
    )  # fmt: skip
    return next((reason for check in checks if (reason := check(asked, pool, chosen))), None)


def _form(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A named filing of a named company must be among what was found."""
    for form in asked.forms:
        for company in asked.companies:
            found = any(
                (base_form(item.view.form) or "").casefold() == form.casefold()
                and item.view.company == company
                for item in pool.candidates
            )
            if not found:
                return f"a {form} of {company}, and found none"
    return None


def _company(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    for name in asked.companies:
        if not any(_speaks_of(item, name) for item in chosen):
            return f"statements on this about {name}, and found none"
    return None


def _speaks_of(item: Candidate, name: str) -> bool:
    own = item.view.company == name or name in item.view.others
    return own or name in item.companies or name in item.companies_near


def _together(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """Dealings between two companies must be stated of both at once, with what was asked."""
    if len(asked.companies) < 2 or asked.wanted not in MEASURED or not asked.related:
        return None
    for item in chosen:
        if company_match(item, asked) >= 0.5 and satisfies(item, asked.wanted):
            return None
    return f"{asked.wanted} that is stated for {' with '.join(asked.companies)}, and found none"


def _name(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A person, product or place that was named must be spoken of in the statements."""
    for name in asked.names:
        if not any(_named(name, item) for item in chosen):
            return f"statements on this that speak of {name}, and found none"
    return None


def _named(name: str, item: Candidate) -> bool:
    """Tell whether a name is spoken of: in full, or by its last part if that is distinctive."""
    full = stems(name)
    if contains(item.stems, full) or contains(item.near, full):
        return True
    return len(full[-1]) > _SHORT_NAME and bool({full[-1]} & {*item.stems, *item.near})


def _kind(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """The figure, date or name asked for must be stated of the company that it is asked of."""
    if asked.wanted is Wanted.MEANING and not any(
        defines(item, term.ways) for item in chosen for term in asked.terms
    ):
        return "a definition, and found none"
    strict = asked.wanted in MEASURED or asked.wanted in (Wanted.DATE, Wanted.PERSON)
    if strict and not any(answers(item, asked) for item in chosen):
        about = f" for {' and '.join(asked.companies)}" if asked.companies else ""
        per = f" per {asked.per}" if asked.per else ""
        return f"{asked.wanted}{per} that is stated{about}, and found none"
    return None


def _spoken_of(item: Candidate, term: Term) -> float:
    """Return how far a term is mentioned, in the statement or elsewhere in its evidence."""
    elsewhere = any(contains(item.whole, way) for way in term.ways)
    return max(mentions(item, term), _ELSEWHERE if elsewhere else 0.0)


def _period(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A figure for a named period must not be answered with another period's."""
    if not asked.periods or asked.ahead or asked.wanted not in MEASURED:
        return None
    if any(period_match(item, asked.periods) > 0 for item in chosen):
        return None
    years = " or ".join(str(period.year) for period in asked.periods)
    return f"figures for {years}, and found none"


def _terms(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """Most of what was asked about, rare words above all, must occur in the statements."""
    weights = {term: pool.rarity(_as_said(term, asked.wanted)) for term in asked.terms}
    total = sum(weights.values())
    if total == 0:
        return None
    least = _LEAST_COVERAGE if asked.wanted in MEASURED else _LEAST_TOLD
    best = {term: max(_spoken_of(item, term) for item in chosen) for term in weights}
    if sum(weights[term] * best[term] for term in weights) / total >= least:
        return None
    missing = [term.word for term in weights if best[term] < _LEAST_COVERAGE]
    return f"statements on {', '.join(missing)}, and found none"


def _as_said(term: Term, wanted: Wanted) -> Term:
    """Return a term as it weighs here: which one is asked for is shown by figures, else told."""
    shown = wanted in MEASURED or wanted is Wanted.PERSON
    return term if shown or term.word.lower() not in SELECTING else replace(term, weight=1.0)
