"""Questions as commands take them: one on the command line, or a JSON Lines file of many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.conversation import Turn
from corpus.errors import ConfigurationError

__all__ = ["Question", "pair_turns", "read_questions"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the earlier turns that it may refer to."""

    id: str | None
    text: str
    history: tuple[Turn, ...] = ()


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read rows {"id", "question", "history": [[role, text], ...]}; other keys are ignored.

    Raises ConfigurationError naming the file, the line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    return tuple(_parse(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _parse(path: Path, number: int, line: str) -> Question:
    try:
        row = json.loads(line)
        history = pair_turns([_said(row) for row in row.get("history") or ()])
        question = row["question"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f'{path}, line {number}: needs {{"id": "...", "question": "...", '
            f'"history": [["user", "..."], ["assistant", "..."]]}} ({error}).'
        ) from error
    if not isinstance(question, str) or not question.strip():
        raise ConfigurationError(f"{path}, line {number}: the question is empty.")
    return Question(None if row.get("id") is None else str(row["id"]), question, history)


def _said(row: object) -> tuple[str, str]:
    if not isinstance(row, list) or len(row) != 2:
        raise ValueError(f"history holds {row!r}")
    return str(row[0]), str(row[1])


def pair_turns(history: Sequence[tuple[str, str]]) -> tuple[Turn, ...]:
    """Pair (role, text) rows into turns: each user text with the assistant texts after it."""
    return tuple(_turns(history))


def _turns(history: Sequence[tuple[str, str]]) -> Iterator[Turn]:
    question: str | None = None
    replies: list[str] = []
    for role, text in history:
        if role != "user":
            replies.append(text)
            continue
        if question is not None:
            yield Turn(question, "\n".join(replies))
        question, replies = text, []
    if question is not None:
        yield Turn(question, "\n".join(replies))
