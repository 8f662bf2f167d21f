"""Questions as commands take them: one on the command line, or a JSON Lines file of many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assistant.conversation import Turn
from assistant.grading import UNKNOWN_GOLD, Gold
from assistant.grading_words import plain
from corpus.errors import ConfigurationError

__all__ = ["Question", "pair_turns", "parse_questions", "read_questions"]

KEYS = ("id", "question", "history", "must_contain", "answer", "answerable")
ALIKE = 0.88
"""Likeness of two keys (difflib's ratio) from which one is the other misspelt: "must_contains" is
0.96 of its own, "question_id" 0.84 of "question" and a key for itself."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the earlier turns that it may refer to, and what its answer should be."""

    id: str | None
    text: str
    history: tuple[Turn, ...] = ()
    gold: Gold = UNKNOWN_GOLD


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read rows {"id", "question", "history": [[role, text], ...]}; other keys are ignored,
    unless they look like one of these misspelt.

    What a correct answer is may be said by {"must_contain": [text, ...], "answer": text,
    "answerable": true or false}.
    Raises ConfigurationError naming the file, the line and what is wrong with it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    return parse_questions(str(path), content)


def parse_questions(name: str, content: bytes) -> tuple[Question, ...]:
    """Read the rows of a file's content; `name` is what errors call it.

    Raises ConfigurationError as `read_questions` does.
    """
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name} cannot be read: {error}.") from error
    return tuple(_parse(name, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _parse(path: str, number: int, line: str) -> Question:
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
    try:
        _refuse_misspelt(row)
        gold = _gold(row)
    except ValueError as error:
        raise ConfigurationError(f"{path}, line {number}: {error}.") from error
    return Question(None if row.get("id") is None else str(row["id"]), question, history, gold)


def _refuse_misspelt(row: Mapping[str, Any]) -> None:
    """A key of grading that is misspelt would leave its question ungraded without a word."""
    for key in row:
        alike = get_close_matches(key.casefold().replace("-", "_"), KEYS, 1, ALIKE)
        if alike and key not in KEYS:
            raise ValueError(f'"{key}" is not read; did you mean "{alike[0]}"? Rename or remove it')


def _gold(row: Mapping[str, Any]) -> Gold:
    answerable, answer = row.get("answerable"), row.get("answer")
    parts = row.get("must_contain") or []
    if not isinstance(answerable, bool | None) or not isinstance(answer, str | None):
        raise ValueError("answerable is true or false, answer is a text")
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"must_contain is a list of texts, not {parts!r}")
    if (empty := next((part for part in parts if not plain(part)), None)) is not None:
        raise ValueError(
            f"must_contain holds {empty!r}, of which nothing is left without emphasis and "
            "citation markers; give words or numbers that a correct answer holds"
        )
    return Gold(answerable is not False, tuple(parts), answer)


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
