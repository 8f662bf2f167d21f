from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.conversation import Turn
from assistant.questions import pair_turns, read_questions
from corpus.errors import ConfigurationError


def test_reads_rows_and_ignores_other_keys(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    history = [["user", "Who?"], ["assistant", "Meta."]]
    rows = [
        {"id": "a", "question": "How much?", "history": history, "gold": []},
        {"question": "Alone?"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    first, second = read_questions(path)
    assert (first.id, first.history) == ("a", (Turn("Who?", "Meta."),))
    assert (second.id, second.text, second.history) == (None, "Alone?", ())


def test_turns_join_replies_and_keep_a_question_without_one() -> None:
    rows = [("assistant", "Hello"), ("user", "A?"), ("assistant", "1"), ("assistant", "2")]
    assert pair_turns([*rows, ("user", "B?")]) == (Turn("A?", "1\n2"), Turn("B?", ""))


@pytest.mark.parametrize("line", ["not json", "[]", '{"id": "x"}', '{"question": " "}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "fine"}\n' + line, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2"):
        read_questions(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.jsonl"):
        read_questions(tmp_path / "absent.jsonl")
