"""Pure: what an earlier conversation still adds to a question, under a small token budget."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citations import without_markers
from assistant.conversation import Turn
from assistant.prompts import is_refusal
from assistant.sentences import spans
from corpus.query import rewrite
from corpus.tokens import count_tokens

__all__ = ["DEFAULT_BUDGET", "left_out", "slim"]

DEFAULT_BUDGET = 600
"""Tokens; a question and a full answer or two."""


def slim(
    question: str, history: Sequence[Turn], budget_tokens: int = DEFAULT_BUDGET
) -> tuple[Turn, ...]:
    """Return the latest turns that `question` leans on, oldest first; none where it stands alone.

    Markers are left out, since they numbered other evidence; refusals keep their first sentence;
    a long answer is cut at the end of a sentence. Together the turns take at most `budget_tokens`,
    but the newest is kept even where its question and the first sentence of its answer take more.
    """
    if rewrite(question, [(turn.question, turn.answer) for turn in history]) == question:
        return ()
    kept: list[Turn] = []
    left = budget_tokens
    for turn in reversed(history):
        short = _shortened(turn, left)
        left -= count_tokens(short.question) + count_tokens(short.answer)
        if left < 0 and kept:
            break
        kept.append(short)
    return _whole_from(history, tuple(reversed(kept)))


def _whole_from(history: Sequence[Turn], kept: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return what is kept, its first question whole where those that it leans on are left out."""
    *before, first = history[: len(history) - len(kept) + 1]
    asked = rewrite(first.question, [(turn.question, turn.answer) for turn in before])
    return (Turn(asked, kept[0].answer), *kept[1:])


def left_out(history: Sequence[Turn], kept: Sequence[Turn]) -> int:
    """Return how many tokens of a conversation a prompt is spared that holds `kept` of it."""
    return max(0, _tokens(history) - _tokens(kept))


def _tokens(turns: Sequence[Turn]) -> int:
    texts = (text for turn in turns for text in (turn.question, without_markers(turn.answer)))
    return sum(map(count_tokens, texts))


def _shortened(turn: Turn, budget: int) -> Turn:
    """Return the turn with as many sentences of its answer as fit, one at the least."""
    answer = without_markers(turn.answer).strip()
    ends = [end for _, end in spans(answer)]
    if is_refusal(answer):
        ends = ends[:1]
    room = budget - count_tokens(turn.question)
    while len(ends) > 1 and count_tokens(answer[: ends[-1]]) > room:
        ends.pop()
    return Turn(turn.question, answer[: ends[-1]] if ends else answer)
