"""What it cost: prices, the meter and the ledger."""
