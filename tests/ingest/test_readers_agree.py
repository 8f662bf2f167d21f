"""An HTML and a PDF filing of one company show the same figures for the years that both hold."""

from pathlib import Path

import pytest

from benchmarks.agreement import PAIRS, Pair, agreement

pytestmark = pytest.mark.shared


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.pdf)
def test_statements_agree_between_html_and_pdf(shared: Path, pair: Pair) -> None:
    found = agreement(shared / "docs", pair)
    assert found.matched >= 80
    assert found.share >= 0.97, found.disagreements
