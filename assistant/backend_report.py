"""Pure: backends, their forecasts and checks as JSON objects."""

from __future__ import annotations

from assistant.backends.entry import BackendEntry
from assistant.checkup import Checkup
from assistant.cost.forecast import Forecast
from assistant.reports import Json, turn_cost_json, usd

__all__ = ["backend_json"]


def backend_json(
    entry: BackendEntry, why_not: str | None, forecast: Forecast, check: Checkup | None
) -> Json:
    """One object of `loadfactor backends --json`; `check` is null where none was made."""
    return {
        "name": entry.name,
        "label": entry.label,
        "kind": entry.kind.value,
        "provider": entry.provider,
        "model": entry.model,
        "tier": entry.tier.value,
        "locality": entry.locality.value,
        "host": entry.host,
        "sent_to": entry.destination,
        "usable": why_not is None,
        "reason": why_not,
        "next_question": {
            "expected_usd": usd(forecast.expected),
            "most_usd": usd(forecast.most),
        },
        "check": check and _checkup_json(check),
    }


def _checkup_json(check: Checkup) -> Json:
    return {
        "reachable": check.reachable,
        "streams": check.streams,
        "reports_usage": check.reports_usage,
        "priced": check.priced,
        "error": check.error,
        "first_token_seconds": check.attempt and check.attempt.first_token_seconds,
        "cost": check.attempt and turn_cost_json((check.attempt,)),
    }
