"""Which figures a sentence states, and what is none."""

from __future__ import annotations

import pytest

from ingest.note_figures import agree, figures, numbers


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("$91,447 million", [("money", "91447000000")]),
        ("$3.2M of €4bn", [("money", "3200000"), ("money", "4000000000")]),
        ("$60 to $65 billion", [("money", "60000000000"), ("money", "65000000000")]),
        ("$175-185 billion", [("money", "175000000000"), ("amount", "185000000000")]),
        ("between $180 and $190 billion", [("money", "180000000000"), ("money", "190000000000")]),
        ("over five to six years", [("years", "5"), ("years", "6")]),
        ("seven to 40 years", [("years", "7"), ("years", "40")]),
        ("a six-year life", [("years", "6")]),
        ("38%, 9.4 per cent and 2 percentage points", [("percent", n) for n in ("38", "9.4", "2")]),
        ("5 GW and 470 megawatts", [("MW", "5000"), ("MW", "470")]),
        ("250,000 NVIDIA GPUs", [("GPUs", "250000")]),
        ("1.2 trillion tokens a day", [("tokens", "1200000000000")]),
        ("two million developers", [("people", "2000000")]),
        ("$2.35/GPU-hr", [("money", "2.35")]),
    ],
)
def test_figures_are_read_in_base_units(text: str, stated: list[tuple[str, str]]) -> None:
    found = [(figure.unit, f"{figure.value.normalize():f}") for figure in figures(text)]
    assert found == stated


@pytest.mark.parametrize(
    "text",
    [
        "Form 10-K for fiscal 2025, filed on February 5, 2026 (2026-02-05)",
        "Q1 2026 and H2 2025",
        "H100 GPUs, GPT-5 tokens and Claude 3 tokens",
        "in 2026 customers bought more",
        "30 times more tokens, three times as many",
        "a one-year contract",
        "four plans",
    ],
)
def test_years_dates_and_names_are_no_figures(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("stated", "held", "same"),
    [
        ("$128.3 billion", "$128,320 million", True),
        ("$128.3 billion", "$128.36 billion", False),
        ("$43.24 billion", "$43.2 billion", False),
        ("$43.2 billion", "43.2 billion", True),
        ("$43.2 billion", "€43.2 billion", False),
        ("$43.2 billion", "43.2%", False),
        ("$2.35 an hour", "$2.35 per GPU-hour", True),
        ("$2.35 an hour", "$2.35 per million tokens", False),
        ("$3 per million input tokens", "$3.00", True),
        ("1,200 MW", "1.2 gigawatts", True),
        ("1.2 trillion tokens", "1.2 trillion", True),
        ("1.2 trillion tokens", "1.2 trillion customers", False),
        ("six years", "5.5 years", False),
        ("0.0%", "0.04%", False),
        ("17%", "17", True),
    ],
)
def test_a_source_may_be_more_exact_but_of_no_other_unit(
    stated: str, held: str, same: bool
) -> None:
    (figure,), (number,) = figures(stated), numbers(held)
    assert agree(figure, number) is same
