"""`make bench`: every measured claim, one after another."""

from __future__ import annotations

from benchmarks import (
    ai_capex,
    first_text,
    ingest,
    ledger_rows,
    metadata,
    reading,
    retrieval,
)

ai_capex.main()
retrieval.main(["--ablation", "--misses"])
reading.main([])
metadata.main()
ingest.main([])
first_text.main()
ledger_rows.main()
