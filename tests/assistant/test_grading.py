from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import CitedFigure, Flag, FlagKind
from assistant.figures import read_figures
from assistant.grading import UNKNOWN_GOLD, Gold, grade
from assistant.grading_words import clause, contains


def figures(text: str, *, verified: bool = True) -> tuple[CitedFigure, ...]:
    return tuple(
        CitedFigure(one.text, one.value, one.unit, verified, 1, one.span)
        for one in read_figures(text)
    )


def mark(gold: Gold, text: str, *, answered: bool = True, verified: bool = True) -> bool | None:
    return grade(gold, text, answered=answered, figures=figures(text, verified=verified))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("$60-65 billion", "60"),
        ("$60–65 billion", "60-65"),
        ("It is **10 %** [1].", "10%"),
        ("ten percent, or 10 percent", "10%"),
        ("from three to Four\u00a0to\nfive years", "four to five"),
        ("the “Intersect” deal", '"intersect" deal'),
        ("it rose to 60.", "60"),
        ("A100 pricing rose", "A100"),
        ("US$60 billion", "60"),
        ("FY2025", "2025"),
        ("USD60 billion", "60"),
        ("$125.0 billion", "125"),
        ("$2.50", "2.5"),
        ("$2.5", "2.50"),
        ("1,000 racks", "1000"),
        ("1000 racks", "1,000"),
        ("60.0-65.0", "60-65"),
        ("All components rose", "component"),
        ("the GPUs", "GPU"),
        ("Nvidia's", "Nvidia"),
        ("Meta预计支出", "Meta"),
        ("预计资本支出增加", "资本支出"),
        ("not less than 60", "60"),
        ("not 50 but 60", "60"),
        ("**$125 billion**", "$125 billion [1]"),
    ],
)
def test_what_an_answer_contains(text: str, part: str) -> None:
    assert contains(text, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("160 billion", "60"),
        ("60.5 billion", "60"),
        ("1.60 billion", "60"),
        ("60,000 units", "60"),
        ("1,600", "600"),
        ("a sentence [60].", "60"),
        ("the A100 and the B200", "100"),
        ("the B200", "200"),
        ("15%", "5%"),
        ("A1000", "A100"),
        ("the GB60", "60"),
        ("the GB200", "200"),
        ("the MI300X", "300"),
        ("amplify25", "25"),
        ("GPT-5.10", "5.1"),
        ("1.000 racks", "1"),
        ("1,000 racks", "1"),
        ("the current quarter", "rent"),
        ("GA100", "A100"),
        ("rentals", "rent"),
        ("not 40 % but 50 %", "40%"),
        ("It isn't about $40", "$40"),
        ("$50 rather than $40", "40"),
    ],
)
def test_what_only_looks_like_it(text: str, part: str) -> None:
    assert not contains(text, part)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_whole_number_is_found_only_as_itself(stated: int, wanted: int) -> None:
    assert contains(f"It was {stated} in all.", str(wanted)) == (stated == wanted)


def test_every_string_must_occur_and_a_refusal_holds_none() -> None:
    gold = Gold(must_contain=("125", "145"))
    assert mark(gold, "Between $125 and $145 billion [1].") is True
    assert mark(gold, "At least $125 billion [1].") is False
    assert mark(gold, "Not in the corpus: 125, 145.", answered=False) is False


def test_what_has_no_answer_is_rightly_refused_and_nothing_else() -> None:
    gold = Gold(answerable=False, must_contain=("never", "read"))
    assert mark(gold, "Not in the corpus.", answered=False) is True
    assert mark(gold, "It is $5 billion [1].") is False
    assert grade(gold, "", answered=False) is False, "a call that failed refused nothing"


@pytest.mark.parametrize(
    ("answer", "said", "correct"),
    [
        ("$37.6 billion", "It was $37.6 billion [1].", True),
        ("$37.6 billion", "It was about $38 billion [1].", True),
        ("$37.6 billion", "It was $37,612 million [1].", True),
        ("$37.6 billion", "It was $37.7 billion [1].", False),
        ("$37.6 billion", "It was 37.6% [1].", False),
        ("$37.6 billion", "It was €37.6 billion [1].", False),
        ("It fell by 78%.", "It declined by 78 percent [1].", True),
        ("9%", "It was 9.4 % [1].", True),
        ("9%", "It was 9.6 % [1].", False),
        ("9%", "It was $9.4 [1].", False),
        ("9.4%", "It was 9 % [1].", False),
        ("40 %", "It is 50 %, not 60 % [1].", False),
        ("40 %", "It is 30 % or 40 % [1].", True),
        ("1,200 employees", "It had $1,200 [1].", False),
    ],
)
def test_one_figure_is_compared_in_unit_and_within_rounding(
    answer: str, said: str, correct: bool
) -> None:
    assert mark(Gold(answer=answer), said) is correct


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("A net loss of $5 billion.", "It earned $5 billion [1]."),
        ("$5 billion", "It made a loss of $5 billion [1]."),
        ("-9.5%", "It was 9.5 % [1]."),
        ("It fell by 78%.", "Sales rose 78 %, while costs fell [1]."),
        ("By 78%.", "It declined by 78 percent [1]."),
        ("40 %", "It is not 40 % but 50 % [1]."),
    ],
)
def test_what_only_words_could_tell_is_not_graded(answer: str, said: str) -> None:
    assert mark(Gold(answer=answer), said) is None


def test_of_several_statements_one_that_is_sure_is_enough() -> None:
    gold = Gold(answer="A loss of $5 billion")
    assert mark(gold, "Not $5 billion; the net loss was $5 billion [1].") is True


def test_a_clause_ends_at_punctuation_and_not_inside_a_number() -> None:
    text = "Costs fell 1.5 %, but sales of $1,200.5 million rose [1]. It fell."
    start = text.index("$")
    assert clause(text, (start, start + 8)).strip() == "sales of $1,200.5 million rose [1]"


def test_a_refusal_that_goes_on_with_an_invented_figure_is_not_correct() -> None:
    gold = Gold(answerable=False)
    said = "The documents do not hold an answer to this. It is $5 billion [1]."
    for kind, correct in ((FlagKind.UNSUPPORTED_FIGURE, False), (FlagKind.CUT_SHORT, True)):
        assert grade(gold, said, answered=False, flags=(Flag(kind, "."),)) is correct


def test_a_right_figure_without_support_is_not_correct() -> None:
    assert mark(Gold(answer="$5 billion"), "It was $5.0 billion.", verified=False) is False


@pytest.mark.parametrize("answer", [None, "", "It fell.", "$5 billion in 2024 and $6 billion"])
def test_what_no_rule_decides_is_not_graded(answer: str | None) -> None:
    gold = Gold(answer=answer)
    assert not gold.gradable
    assert mark(gold, "It was $5 billion [1].") is None
    assert mark(UNKNOWN_GOLD, "Not in the corpus.", answered=False) is None


def test_the_figure_of_an_answer_is_read() -> None:
    found = Gold(answer="About $35.2 billion.").figure
    assert found is not None
    assert (found.value, found.unit) == (Decimal("35200000000"), "USD")
