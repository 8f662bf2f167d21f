"""Pure: why the evidence holds no answer, in terms that a financial analyst would accept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.backends.analyst_candidates import Candidate
from assistant.backends.analyst_question import Asked, Wanted
from assistant.backends.analyst_scoring import (
    Pool,
    company_match,
    mentions,
    period_match,
    satisfies,
)
from assistant.backends.analyst_selection import MEASURED
from assistant.backends.analyst_terms import stems

__all__ = ["refusal"]

_LEAST_COVERAGE = 0.5
_COMPARED = re.compile(r"\bcompar|\bversus\b|\bvs\b|\bbetween\b|\beach\b", re.IGNORECASE)


def refusal(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """Return what is missing as the end of "I looked for ...", None where an answer stands."""
    if not chosen:
        return "anything on this question, and nothing was found"
    checks: tuple[Callable[[Asked, Pool, Sequence[Candidate]], str | None], ...] = (
        _form, _company, _together, _name, _kind, _period, _terms,
    )  # fmt: skip
    return next((reason for check in checks if (reason := check(asked, pool, chosen))), None)


def _form(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A named filing of a named company must be among what was found."""
    for form in asked.forms:
        for company in asked.companies:
            found = any(
                (item.view.form or "").casefold() == form.casefold()
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
    if len(asked.companies) < 2 or asked.wanted not in MEASURED or _compares(asked):
        return None
    for item in chosen:
        if company_match(item, asked) >= 0.7 and satisfies(item, asked.wanted):
            return None
    return f"{asked.wanted} that is stated for {' with '.join(asked.companies)}, and found none"


def _compares(asked: Asked) -> bool:
    first, second = (re.escape(name.split()[0]) for name in asked.companies[:2])
    joined = re.search(rf"{first}\S*(?:,| and| or) .{{0,30}}{second}", asked.text, re.IGNORECASE)
    return _COMPARED.search(asked.text) is not None or joined is not None


def _name(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A person, product or place that was named must be spoken of in the statements."""
    for name in asked.names:
        wanted = stems(name)[-1:]
        if not any({*wanted} & {*item.stems, *item.near} for item in chosen):
            return f"statements on this that speak of {name}, and found none"
    return None


def _kind(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    accepted = {asked.wanted, Wanted.MONEY} if asked.wanted is Wanted.PERCENT else {asked.wanted}
    strict = asked.wanted in MEASURED or asked.wanted in (Wanted.DATE, Wanted.PERSON)
    if strict and not any(satisfies(item, kind) for item in chosen for kind in accepted):
        return f"{asked.wanted} and found none that is stated for this"
    return None


def _period(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """A figure for a named period must not be answered with another period's."""
    if not asked.periods or asked.wanted not in MEASURED:
        return None
    if any(period_match(item, asked.periods) > 0 for item in chosen):
        return None
    years = " or ".join(str(period.year) for period in asked.periods)
    return f"figures for {years}, and found none"


def _terms(asked: Asked, pool: Pool, chosen: Sequence[Candidate]) -> str | None:
    """Most of what was asked about, rare words above all, must occur in the statements."""
    weights = {term: pool.rarity(term) for term in asked.terms}
    total = sum(weights.values())
    if total == 0:
        return None
    best = {term: max(mentions(item, term) for item in chosen) for term in weights}
    if sum(weights[term] * best[term] for term in weights) / total >= _LEAST_COVERAGE:
        return None
    missing = [term.word for term in weights if best[term] < _LEAST_COVERAGE]
    return f"statements on {', '.join(missing)}, and found none"
