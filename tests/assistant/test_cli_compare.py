"""`loadfactor compare` as other programs call it: real store, real servers, real ledger."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.archive_comparisons import ComparisonArchive
from assistant.cli import app
from assistant.cost.ledger import Ledger
from corpus.onnx_embedder import OnnxEmbedder
from tests.servers.loopback import LoopbackServer
from tests.servers.openai_server import completion, failure

QUESTION = "What capital expenditures does Northwind expect in 2026?"
LETTER = "# Northwind\n\nNorthwind expects capital expenditures of $4.2 billion in 2026.\n"
RIGHT = "Northwind expects $4.2 billion in 2026 [1]."
BACKENDS = """
default = "first"
[backends.first]
label = "First"
kind = "openai-compatible"
provider = "openai"
model = "gpt-5"
base_url = "{first}/v1"
[backends.second]
label = "Second"
kind = "openai-compatible"
provider = "openai"
model = "gpt-5-mini"
base_url = "{second}/v1"
locality = "outside"
"""


@pytest.fixture
def servers(
    tmp_path: Path, onnx: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[LoopbackServer, LoopbackServer]]:
    onnx.embed_query("warm")
    letter = tmp_path / "northwind.md"
    letter.write_text(LETTER, encoding="utf-8")
    with (
        LoopbackServer(lambda _: completion(RIGHT)) as first,
        LoopbackServer(lambda _: completion(RIGHT, model="gpt-5-mini")) as second,
    ):
        file = tmp_path / "backends.toml"
        text = BACKENDS.format(first=first.address, second=second.address)
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("LOADFACTOR_BACKENDS", str(file))
        assert run("ingest", letter, "--json").exit_code == 0
        yield first, second


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def questions(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    asked = [
        {"id": "q1", "question": QUESTION, "must_contain": ["4.2"]},
        {"id": "q2", "question": "What did Northwind pay on Mars?", "answerable": False},
    ]
    path.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    return path


Servers = tuple[LoopbackServer, LoopbackServer]


def test_one_question_is_one_object_a_backend(servers: Servers, tmp_path: Path) -> None:
    result = run("compare", QUESTION, "--backends", "second,first", "--json")
    assert result.exit_code == 0, result.output
    told = rows(result)
    assert [(row["kind"], row["backend"]) for row in told] == [
        ("result", "second"),
        ("result", "first"),
    ]
    assert told[0]["evidence"] == told[1]["evidence"] != []
    assert told[0]["cost"]["usd"] == "0.000065"
    assert servers[0].requests[0].body["messages"] == servers[1].requests[0].body["messages"]
    assert "2 calls" in result.stderr and "at most" in result.stderr
    with closing(Ledger(tmp_path / "data" / "ledger.db")) as ledger:
        kept = ComparisonArchive(ledger).find(told[0]["comparison"])
    assert kept is not None and len(kept.results) == 2
    assert f"/compare?comparison={kept.id}" in result.stderr


def test_a_set_ends_with_a_summary_a_backend(servers: Servers, tmp_path: Path) -> None:
    result = run("compare", "--questions", questions(tmp_path), "--backends", "first,second",
                 "--json")  # fmt: skip
    told = rows(result)
    assert [row["kind"] for row in told] == ["result"] * 4 + ["summary"] * 2
    assert [row["id"] for row in told[:4]] == ["q1", "q1", "q2", "q2"]
    summary = told[4]
    assert (summary["correct"], summary["graded"], summary["answered"]) == (1, 2, 2)
    assert summary["per_correct"]["usd"] == summary["cost"]["usd"]


def test_a_failing_backend_is_told_and_ends_with_3(servers: Servers) -> None:
    servers[1].queue(failure(401))
    result = run("compare", QUESTION, "--backends", "first,second", "--json")
    assert result.exit_code == 3
    first, second = rows(result)
    assert (first["state"], second["state"]) == ("answered", "failed")
    assert "refused the key" in second["error"]
    assert "second: failed" in result.stderr


def test_csv_is_all_of_standard_output(servers: Servers, tmp_path: Path) -> None:
    result = run("compare", "--questions", questions(tmp_path), "--backends", "first,second",
                 "--csv")  # fmt: skip
    told = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["backend"] for row in told] == ["first", "second"] * 2


def test_people_get_answers_and_a_table(servers: Servers, tmp_path: Path) -> None:
    one = run("compare", QUESTION, "--backends", "first,second").stdout
    assert one.count(RIGHT) == 2
    assert "Citations valid" in one and "Second · cheapest" in one
    many = run("compare", "--questions", questions(tmp_path), "--backends", "first,second").stdout
    assert "1 of 2" in many and "answered, not correct" in many


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--backends", "first"], "two backends"),
        (["--backends", "first,second", "--json", "--csv"], "not both"),
    ],
)
def test_a_wrong_call_is_explained(servers: Servers, words: list[str], said: str) -> None:
    result = run("compare", QUESTION, *words)
    assert result.exit_code == 2
    assert said in result.output


def test_what_cannot_be_used_is_told_beside_the_others(servers: Servers) -> None:
    result = run("compare", QUESTION, "--backends", "second,first", "--local-only", "--json")
    assert result.exit_code == 3
    first, second = rows(result)
    assert (first["backend"], first["state"], first["answer"]) == ("first", "answered", RIGHT)
    assert (second["backend"], second["state"]) == ("second", "failed")
    assert "local only" in second["error"] and "local only" in result.stderr
    assert "1 question, 0 with a gold answer: 1 call" in result.stderr
    assert servers[0].requests and not servers[1].requests


def test_where_none_can_be_used_nothing_is_asked(servers: Servers, tmp_path: Path) -> None:
    outside = BACKENDS.replace('model = "gpt-5"\n', 'model = "gpt-5"\nlocality = "outside"\n')
    text = outside.format(first=servers[0].address, second=servers[1].address)
    (tmp_path / "backends.toml").write_text(text, encoding="utf-8")
    result = run("compare", QUESTION, "--backends", "first,second", "--local-only")
    assert result.exit_code == 1
    assert "First is outside" in str(result.exception)
    assert "Second is outside" in str(result.exception)
    assert not servers[0].requests and not servers[1].requests


def test_an_unknown_name_is_told_before_anything_is_asked(servers: Servers) -> None:
    result = run("compare", QUESTION, "--backends", "first,third")
    assert result.exit_code == 1
    assert "No backend 'third'" in str(result.exception)
    assert not servers[0].requests


def test_how_many_questions_are_graded_is_told_first(servers: Servers, tmp_path: Path) -> None:
    path = questions(tmp_path)
    path.write_text(path.read_text() + '\n{"question": "Why?"}', encoding="utf-8")
    result = run("compare", "--questions", path, "--backends", "first,second")
    assert result.stderr.startswith("3 questions, 2 with a gold answer: 6 calls: ")


def test_a_misspelt_key_is_refused_before_anything_is_asked(
    servers: Servers, tmp_path: Path
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({"question": QUESTION, "must_contains": ["4.2"]}))
    result = run("compare", "--questions", path, "--backends", "first,second")
    assert result.exit_code == 1
    assert 'did you mean "must_contain"' in str(result.exception)
    assert not servers[0].requests
