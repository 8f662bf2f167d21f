"""Backends: named ways to produce an answer."""
