"""`make bench`: every measured claim, one after another."""

from __future__ import annotations

from benchmarks import ai_capex, first_text, ledger_rows, metadata

ai_capex.main()
metadata.main()
first_text.main()
ledger_rows.main()
