"""`make bench`: every measured claim, one after another."""

from __future__ import annotations

from benchmarks import (
    ai_capex,
    financebench,
    first_text,
    ingest,
    ledger_rows,
    metadata,
    reading,
)

ai_capex.main()
financebench.main()
reading.main([])
metadata.main()
ingest.main([])
first_text.main()
ledger_rows.main()
