"""`make bench`: every measured claim, one after another."""

from __future__ import annotations

from benchmarks import ai_capex, metadata

ai_capex.main()
metadata.main()
