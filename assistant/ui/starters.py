"""Questions to begin with: only such as the corpus can be expected to answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.models import Document

__all__ = ["starters"]

BY_COMPANY = (
    ("Amazon", "How much did Amazon spend on capital expenditure in fiscal 2025?"),
    ("Alphabet", "What is Alphabet's capex guidance for 2026, and how has it changed?"),
    ("Meta", "What capital expenditure does Meta expect for 2026?"),
    ("Microsoft", "How large are Microsoft's datacenter leases that have not yet started?"),
    ("Amazon", "How long does Amazon depreciate its servers?"),
    ("Microsoft", "How much were Microsoft's capital expenditures in fiscal 2025?"),
)


def starters(documents: Sequence[Document], most: int = 6) -> tuple[str, ...]:
    """Return at most `most` questions about companies or, failing those, titles in the corpus."""
    held = {company for document in documents for company in document.companies}
    known = [question for company, question in BY_COMPANY if company in held]
    titles = [f"What does “{document.title}” say?" for document in documents]
    return tuple((known or titles)[:most])
