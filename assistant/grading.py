"""Pure: is an answer correct, as far as what is known of the right one can tell?

The rules are few and mechanical, so that a reader can repeat every mark by hand:

1. A question without an answer in the corpus is answered correctly by a refusal, by nothing else.
2. Where strings are given that the answer must contain, all of them must occur in it.
3. Where only the right answer is given and it holds exactly one figure, the answer must state that
   figure, in its unit and within rounding, with a citation that supports it.
4. Anything else is not graded. Nothing is judged by a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations import without_markers
from assistant.conversation import CitedFigure
from assistant.figures import read_figures, same_quantity
from assistant.quantities import Quantity

__all__ = ["UNKNOWN_GOLD", "Gold", "contains", "grade"]

DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
SINGLE_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u2032`]")
DOUBLE_QUOTES = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")
INVISIBLE = re.compile("[*\u00ad\u200b-\u200d\u2060\ufeff]")
PERCENT = re.compile(r"(?<=\d)\s*(?:%|percent\b|per cent\b)")
NOT_IN_A_NUMBER = r"(?<!\d)(?<!\d[.,])(?<!\b[a-z])"
"""Before a number: no digit, no decimal point, no letter of a name such as A100 or B200."""
NUMBER_ENDS = r"(?!\d)(?![.,]\d)"


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
    gold: Gold, text: str, *, answered: bool, figures: Sequence[CitedFigure] = ()
) -> bool | None:
    """Tell whether an answer is correct; None where `gold` does not say.

    `answered` is False for a refusal, and for a call that gave no answer at all `text` is empty:
    that is correct for no question. `figures` are those of `text` with what the checks found.
    """
    if not gold.answerable:
        return not answered and bool(text.strip())
    if gold.must_contain:
        return answered and all(contains(text, part) for part in gold.must_contain)
    if (figure := gold.figure) is not None:
        return answered and _states(text, figures, figure)
    return None


def contains(text: str, part: str) -> bool:
    """Tell whether `part` occurs in an answer: case, spaces, dashes and quotes do not matter.

    A number occurs only as a whole: "60" is neither in "160" nor in "60.5" nor in "60,000".
    """
    wanted = _plain(part)
    before = NOT_IN_A_NUMBER if wanted[:1].isdigit() else ""
    after = NUMBER_ENDS if wanted[-1:].isdigit() else ""
    pattern = f"{before}{re.escape(wanted)}{after}"
    return re.search(pattern, _plain(without_markers(text))) is not None


def _plain(text: str) -> str:
    same = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    same = DASHES.sub("-", same)
    same = DOUBLE_QUOTES.sub('"', SINGLE_QUOTES.sub("'", same)).casefold()
    return PERCENT.sub("%", " ".join(same.split()))


def _states(text: str, figures: Sequence[CitedFigure], wanted: Quantity) -> bool:
    verified = {figure.span for figure in figures if figure.verified}
    return any(_equal(stated, wanted) for stated in read_figures(text) if stated.span in verified)


def _equal(stated: Quantity, wanted: Quantity) -> bool:
    """Tell whether one of two quantities rounds to the other; a unit is never left out."""
    if bool(stated.unit) != bool(wanted.unit):
        return False
    return same_quantity(stated, wanted) or same_quantity(wanted, stated)
