from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.conversation import Turn
from assistant.grading import UNKNOWN_GOLD, Gold
from assistant.questions import pair_turns, parse_questions, read_questions
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


def test_what_stands_inside_a_text_breaks_no_line(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    row = json.dumps({"question": "What\u2028now?"}, ensure_ascii=False)
    path.write_text("\ufeff" + row + "\r\n", encoding="utf-8")
    assert [question.text for question in read_questions(path)] == ["What\u2028now?"]


def test_history_in_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    history = [{"role": "user", "content": "Who?"}]
    path.write_text(json.dumps({"question": "How much?", "history": history}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="history"):
        read_questions(path)


def test_what_a_correct_answer_is_comes_with_the_question(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    rows: list[dict[str, object]] = [
        {"question": "How much?", "must_contain": ["125"], "answer": "$125", "answerable": True},
        {"question": "How much?", "answerable": False, "must_contain": None},
        {"question": "How much?"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    golds = [question.gold for question in read_questions(path)]
    assert golds == [Gold(True, ("125",), "$125"), Gold(answerable=False), UNKNOWN_GOLD]


@pytest.mark.parametrize(
    "wrong", [{"must_contain": "125"}, {"must_contain": [5]}, {"answerable": 0}, {"answer": 5}]
)
def test_a_gold_answer_in_another_shape_is_refused(wrong: dict[str, object]) -> None:
    content = json.dumps({"question": "How much?"} | wrong).encode()
    with pytest.raises(ConfigurationError, match=r"set\.jsonl, line 1"):
        parse_questions("set.jsonl", content)


@pytest.mark.parametrize("part", ["", " ", "**", "[1]", "\u200b"])
def test_a_part_of_which_nothing_is_left_is_refused(part: str) -> None:
    content = json.dumps({"question": "How much?", "must_contain": ["5", part]}).encode()
    with pytest.raises(ConfigurationError, match=r"set\.jsonl, line 1: .*nothing is left"):
        parse_questions("set.jsonl", content)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("must_contains", "must_contain"),
        ("must-contain", "must_contain"),
        ("mustContain", "must_contain"),
        ("answers", "answer"),
        ("unanswerable", "answerable"),
        ("ID", "id"),
    ],
)
def test_a_misspelt_key_is_refused_and_the_right_one_named(key: str, meant: str) -> None:
    content = json.dumps({"question": "How much?", key: "5"}).encode()
    with pytest.raises(ConfigurationError, match=f'"{key}" .* mean "{meant}"'):
        parse_questions("set.jsonl", content)


@pytest.mark.parametrize(
    "key", ["gold", "question_id", "question_type", "answer_page", "must_not_contain", "type"]
)
def test_keys_of_other_programs_are_left_alone(key: str) -> None:
    (read,) = parse_questions("s", json.dumps({"question": "How much?", key: "5"}).encode())
    assert read.gold == UNKNOWN_GOLD
