"""How it gets in: bytes with provenance become passages in the corpus."""
