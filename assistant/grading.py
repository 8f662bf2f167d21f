"""Pure: is an answer correct, as far as what is known of the right one can tell?

The rules are few and mechanical, so that a reader can repeat every mark by hand:

1. A question without an answer in the corpus is answered correctly by a refusal, by nothing else;
   a refusal that goes on with a figure which nothing supports is none.
2. Where strings are given that the answer must contain, all of them must occur in it.
3. Where only the right answer is given and it holds exactly one figure, the answer must state that
   figure, in its unit and within rounding, with a citation that supports it. Where one of the two
   speaks of a loss or a decline and the other does not, or the answer denies the figure, words
   decide, and no rule reads them: it is not graded.
4. Anything else is not graded. Nothing is judged by a model.

An answer that states several figures is correct if one of them is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.conversation import CitedFigure, Flag, FlagKind
from assistant.figures import read_figures, same_quantity
from assistant.grading_words import clause, contains, is_denied, tells_of_a_fall
from assistant.quantities import Quantity

__all__ = ["UNKNOWN_GOLD", "Gold", "grade"]


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known of the right answer to a question.

    `answerable` is False where the corpus holds no answer. `must_contain` are strings that a
    correct answer holds; `answer` is the right answer in words.
    """

    answerable: bool = True
    must_contain: tuple[str, ...] = ()
    answer: str | None = None

    @property
    def gradable(self) -> bool:
        return not self.answerable or bool(self.must_contain) or self.figure is not None

    @property
    def figure(self) -> Quantity | None:
        """Return the only figure of the right answer, None where it holds none or several."""
        found = read_figures(self.answer or "")
        return found[0] if len(found) == 1 else None


UNKNOWN_GOLD = Gold()


def grade(
    gold: Gold,
    text: str,
    *,
    answered: bool,
    figures: Sequence[CitedFigure] = (),
    flags: Sequence[Flag] = (),
) -> bool | None:
    """Tell whether an answer is correct; None where `gold` does not say.

    `answered` is False for a refusal, and for a call that gave no answer at all `text` is empty:
    that is correct for no question. `figures` are those of `text` with what the checks found,
    `flags` their doubts.
    """
    if not gold.answerable:
        invents = any(flag.kind is FlagKind.UNSUPPORTED_FIGURE for flag in flags)
        return not answered and not invents and bool(text.strip())
    if gold.must_contain:
        return answered and all(contains(text, part) for part in gold.must_contain)
    if (figure := gold.figure) is not None:
        return answered and _states(text, figures, figure, gold.answer or "")
    return None


def _states(
    text: str, figures: Sequence[CitedFigure], wanted: Quantity, answer: str
) -> bool | None:
    """Tell whether a text states a figure; None where only its words could tell."""
    verified = {figure.span for figure in figures if figure.verified}
    equal = [
        stated
        for stated in read_figures(text)
        if stated.span in verified and _equal(stated, wanted)
    ]
    falls = _falls(wanted, answer)
    sure = any(
        _falls(stated, clause(text, stated.span)) == falls and not is_denied(text[: stated.span[0]])
        for stated in equal
    )
    return sure or (None if equal else False)


def _falls(figure: Quantity, words: str) -> bool:
    return figure.value < 0 or tells_of_a_fall(words)


def _equal(stated: Quantity, wanted: Quantity) -> bool:
    """Tell whether one of two quantities rounds to the other; a unit is never left out."""
    if bool(stated.unit) != bool(wanted.unit):
        return False
    return same_quantity(stated, wanted) or _rounds_to(stated, wanted)


def _rounds_to(stated: Quantity, wanted: Quantity) -> bool:
    same_unit = same_quantity(replace(wanted, value=stated.value), stated)
    return same_unit and abs(abs(stated.value) - abs(wanted.value)) * 2 <= wanted.quantum
