"""Measured claims: one script a claim; `make bench` runs them all."""
