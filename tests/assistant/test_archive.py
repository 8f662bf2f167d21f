"""Conversations in the ledger's file, over a real corpus and with real second processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from assistant.archive import Archive, StoredConversation, StoredTurn, TurnState
from assistant.conversation import (
    Answer,
    Citation,
    CitedFigure,
    Evidence,
    Flag,
    FlagKind,
    Seconds,
    Step,
)
from assistant.cost.errors import LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.models import AttemptState, CostSource
from assistant.evidence import evidence_of
from corpus.models import DocumentState
from corpus.store import Corpus
from tests.assistant.cost.samples import attempt
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAID = "Zephyr spent $5 billion on turbines."
THREADS, PROCESSES, EACH = 16, 2, 15

ASKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.archive import Archive
from assistant.cost.ledger import Ledger
from tests.assistant.test_archive import Nothing
archive = Archive(Ledger(Path(sys.argv[1])), Nothing())
for n in range(int(sys.argv[3])):
    archive.begin("c", "local", f"{sys.argv[2]}-{n}", "q", "b", datetime.now(UTC))
print("asked", flush=True)
sys.stdin.readline()
"""


class Nothing:
    """A corpus that is never asked."""

    def passage(self, passage_id: str) -> None:
        raise AssertionError(passage_id)

    def document(self, document_id: str) -> None:
        raise AssertionError(document_id)


@pytest.fixture
def path(data: Path) -> Path:
    return data / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder()) as opened:
        put(opened, document("report", "/in/report.txt"), SAID, "Its turbines stand in the north.")
        yield opened


@pytest.fixture
def archive(ledger: Ledger, corpus: Corpus) -> Archive:
    return Archive(ledger, corpus)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def pack(corpus: Corpus) -> tuple[Evidence, ...]:
    (report,) = corpus.documents()
    return (evidence_of(1, report, corpus.passages(report.id), 21),)


def answered(ledger: Ledger, corpus: Corpus, turn: str = "t", conversation: str = "c") -> Answer:
    """Return an answer whose two attempts are in the ledger."""
    rows = []
    for name in (f"{turn}-1", f"{turn}-2"):
        row = attempt(conversation, id=name)
        ledger.open_attempt(row)
        ended = replace(row, state=AttemptState.OK, cost_low=5, cost=5, cost_high=5)
        rows.append(replace(ended, cost_source=CostSource.PRICED))
        ledger.settle(rows[-1])
    (item,) = evidence = pack(corpus)
    return Answer(
        question="How much was spent?",
        text="$5 billion [1], or $6 billion.",
        answered=True,
        citations=(Citation(1, item.document, item.passages[0], "spent $5 billion"),),
        figures=(CitedFigure("$5 billion", Decimal(5_000_000_000), "USD", True, 1, (0, 10)),),
        evidence=evidence,
        dropped_citations=1,
        attempt=rows[1],
        seconds=Seconds(0.1, 0.2, 0.3),
        flags=(Flag(FlagKind.UNSUPPORTED_FIGURE, "Not found: $6 billion.", ((19, 29),)),),
        steps=(Step("b", "B", "api.example.com", "first", "answered", rows[1]),),
        attempts=tuple(rows),
    )


def begin(archive: Archive, turn: str = "t", conversation: str = "c", minutes: int = 0) -> None:
    archive.begin(conversation, "local", turn, "How much was spent?", "b", at(minutes))


def finish(archive: Archive, answer: Answer, turn: str = "t") -> None:
    archive.finish(
        turn,
        TurnState.ANSWERED,
        text=answer.text,
        answer=answer,
        evidence=answer.evidence,
        error=None,
        at=at(1),
    )


def stop(archive: Archive, turn: str = "t", text: str = "$5") -> None:
    archive.finish(
        turn, TurnState.STOPPED, text=text, answer=None, evidence=(), error=None, at=at(1)
    )


def only(archive: Archive, conversation: str = "c") -> StoredTurn:
    (turn,) = archive.turns(conversation)
    return turn


def test_the_first_turn_begins_the_conversation(archive: Archive) -> None:
    begin(archive)
    known = StoredConversation("c", "local", "How much was spent?", NOON, NOON, 1)
    assert archive.conversation("c") == known
    assert only(archive) == StoredTurn(
        id="t",
        conversation="c",
        question="How much was spent?",
        backend="b",
        state=TurnState.RUNNING,
        text="",
        error=None,
        answer=None,
        evidence=(),
        started=NOON,
        ended=None,
    )


def test_what_is_not_known_is_none(archive: Archive) -> None:
    assert archive.conversation("c") is None
    assert archive.turns("c") == ()
    assert archive.conversations("local", 10) == ()


@pytest.mark.parametrize(
    ("question", "title"),
    (
        ("What?\n  And why? ", "What? And why?"),
        ("x" * 80, "x" * 80),
        ("word " * 20, f"{'word ' * 15}word…"),
        ("x" * 81, f"{'x' * 79}…"),
        ("a " + "電" * 100, f"a {'電' * 77}…"),
        ("y" * 79 + " z", f"{'y' * 79}…"),
    ),
    ids=("lines", "fits", "between words", "one word", "no spaces", "at the limit"),
)
def test_a_title_is_the_question_on_one_line_cut_between_words(
    archive: Archive, question: str, title: str
) -> None:
    archive.begin("c", "local", "t", question, "b", NOON)
    found = archive.conversation("c")
    assert found is not None
    assert found.title == title
    assert len(title) <= 80
    assert only(archive).question == question


def test_the_same_turn_twice_is_one_turn(archive: Archive) -> None:
    begin(archive)
    begin(archive, minutes=5)
    assert only(archive).started == NOON
    found = archive.conversation("c")
    assert found is not None
    assert (found.turns, found.updated) == (1, NOON)


def test_an_answer_returns_as_it_was_in_another_process_s_archive(
    archive: Archive, ledger: Ledger, corpus: Corpus, path: Path
) -> None:
    begin(archive)
    answer = answered(ledger, corpus)
    finish(archive, answer)
    with closing(Ledger(path)) as other:
        turn = only(Archive(other, corpus))
    assert turn.answer == answer
    assert turn.evidence == answer.evidence
    assert (turn.state, turn.text, turn.ended) == (TurnState.ANSWERED, answer.text, at(1))


def test_a_failure_is_kept_with_what_there_was(archive: Archive, corpus: Corpus) -> None:
    begin(archive)
    archive.finish(
        "t",
        TurnState.FAILED,
        text="half an",
        answer=None,
        evidence=pack(corpus),
        error="The backend is out of reach.",
        at=at(1),
    )
    turn = only(archive)
    assert (turn.state, turn.text, turn.error) == (
        TurnState.FAILED,
        "half an",
        "The backend is out of reach.",
    )
    assert turn.answer is None
    assert turn.evidence == pack(corpus)


def test_the_first_end_of_a_turn_stands(archive: Archive, ledger: Ledger, corpus: Corpus) -> None:
    begin(archive)
    answer = answered(ledger, corpus)
    finish(archive, answer)
    stop(archive)
    finish(archive, replace(answer, text="another"))
    turn = only(archive)
    assert (turn.state, turn.answer) == (TurnState.ANSWERED, answer)
    assert archive.citations_of(answer.evidence[0].document.id) == 1


def test_a_turn_does_not_end_as_running(archive: Archive) -> None:
    begin(archive)
    with pytest.raises(ValueError, match="still running"):
        archive.finish(
            "t", TurnState.RUNNING, text="", answer=None, evidence=(), error=None, at=NOON
        )


def test_turns_are_in_the_order_in_which_they_were_asked(archive: Archive) -> None:
    names = [f"{n:x}" for n in (5, 2, 9, 1)]
    for name in names:
        begin(archive, name)
    begin(archive, "elsewhere", "d")
    assert [turn.id for turn in archive.turns("c")] == names


def test_conversations_are_listed_by_user_the_last_asked_in_first(archive: Archive) -> None:
    for minute, conversation in enumerate(("a", "b", "c")):
        begin(archive, f"t{minute}", conversation, minute)
    archive.begin("ada's", "ada", "t-ada", "q", "b", at(9))
    begin(archive, "again", "a", 5)
    listed = archive.conversations("local", 10)
    assert [(one.id, one.turns) for one in listed] == [("a", 2), ("c", 1), ("b", 1)]
    assert (listed[0].created, listed[0].updated) == (at(0), at(5))
    assert archive.conversations("local", 2) == listed[:2]
    assert [one.id for one in archive.conversations("ada", 10)] == ["ada's"]


def test_a_renamed_conversation_keeps_its_name_and_place(archive: Archive) -> None:
    begin(archive, "1", "a")
    begin(archive, "2", "b", 1)
    archive.rename("a", "Turbines")
    begin(archive, "3", "b", 2)
    assert [one.title for one in archive.conversations("local", 10)] == [
        "How much was spent?",
        "Turbines",
    ]


def test_a_deleted_conversation_is_gone_and_its_cost_stays(
    archive: Archive, ledger: Ledger, corpus: Corpus
) -> None:
    for turn, conversation in (("t", "c"), ("u", "d")):
        begin(archive, turn, conversation)
        finish(archive, answered(ledger, corpus, turn, conversation), turn)
    cited = corpus.documents()[0].id
    spent, rows = ledger.totals(), ledger.attempts()
    archive.delete("c")
    assert archive.conversation("c") is None
    assert archive.turns("c") == ()
    assert archive.citations_of(cited) == 1, "those of the other conversation"
    assert only(archive, "d").answer is not None
    assert (ledger.totals(), ledger.attempts()) == (spent, rows)


def test_a_turn_that_ends_after_its_conversation_was_deleted_leaves_nothing(
    archive: Archive, ledger: Ledger, corpus: Corpus
) -> None:
    begin(archive)
    archive.delete("c")
    finish(archive, answered(ledger, corpus))
    assert archive.turns("c") == ()
    assert archive.citations_of(corpus.documents()[0].id) == 0


def test_citations_are_counted_by_document(
    archive: Archive, ledger: Ledger, corpus: Corpus
) -> None:
    report = corpus.documents()[0].id
    for turn in ("t", "u"):
        begin(archive, turn)
        finish(archive, answered(ledger, corpus, turn), turn)
    put(corpus, document("other"))
    assert archive.citations_of(report) == 2
    assert archive.citations_of(document("other").id) == 0


def test_fault_12_an_old_turn_opens_the_passage_of_a_document_that_was_replaced(
    archive: Archive, ledger: Ledger, corpus: Corpus
) -> None:
    begin(archive)
    answer = answered(ledger, corpus)
    finish(archive, answer)
    put(corpus, document("newer", "/in/report.txt"), *texts("newer", 3))
    found = only(archive).answer
    assert found is not None
    assert found.citations[0].quote == "spent $5 billion"
    assert found.evidence[0].text == answer.evidence[0].text
    assert found.citations[0].document.state is DocumentState.SUPERSEDED
    assert found.citations[0].document.name == "report.txt"


def test_fault_12_a_document_that_is_cut_anew_lends_no_other_words_to_an_old_citation(
    archive: Archive, ledger: Ledger, corpus: Corpus
) -> None:
    begin(archive)
    finish(archive, answered(ledger, corpus))
    put(corpus, document("report", "/in/report.txt"), "Zephyr also made a loss of $9 billion.")
    found = only(archive).answer
    assert found is not None
    assert found.citations[0].quote == ""
    assert found.evidence[0].text == ""


def test_a_removed_document_takes_its_text_out_of_old_turns(
    archive: Archive, ledger: Ledger, corpus: Corpus, path: Path
) -> None:
    begin(archive)
    answer = answered(ledger, corpus)
    finish(archive, answer)
    (report,) = corpus.documents()
    with corpus.writing() as writer:
        writer.remove(report.id)
    found = only(archive).answer
    assert found is not None
    assert found.text == answer.text
    (citation,) = found.citations
    assert (citation.n, citation.quote, citation.passage.text) == (1, "", "")
    assert (citation.document.name, citation.document.title) == ("report.txt", report.title)
    assert found.evidence_tokens == answer.evidence_tokens
    with closing(sqlite3.connect(path)) as connection:
        kept = " ".join(connection.iterdump())
    assert "turbines" not in kept, "nowhere in the file"
    assert archive.citations_of(report.id) == 1


def test_a_record_of_another_version_is_an_error_with_a_remedy(
    archive: Archive, ledger: Ledger, corpus: Corpus, path: Path
) -> None:
    begin(archive)
    finish(archive, answered(ledger, corpus))
    with closing(sqlite3.connect(path)) as connection, connection:
        (record,) = connection.execute("SELECT record FROM turns").fetchone()
        later = json.dumps(json.loads(record) | {"version": 2})
        connection.execute("UPDATE turns SET record = ?", (later,))
    with pytest.raises(LedgerError, match=r"record of turn t .*update Load Factor or delete"):
        archive.turns("c")
    archive.delete("c")
    assert archive.turns("c") == ()


def test_a_running_turn_of_a_living_process_is_left_alone(
    archive: Archive, ledger: Ledger, corpus: Corpus, path: Path
) -> None:
    begin(archive)
    assert archive.interrupt_stale(at(1)) == 0
    with closing(Ledger(path)) as other:
        assert Archive(other, corpus).interrupt_stale(at(1)) == 0
    assert only(archive).state is TurnState.RUNNING


def test_fault_48_a_turn_whose_process_was_killed_is_interrupted(
    archive: Archive, ledger: Ledger, path: Path
) -> None:
    asker = spawn(path, "killed", 2)
    assert asker.stdout is not None
    assert asker.stdout.readline() == "asked\n"
    stop(archive, "killed-0")
    assert archive.interrupt_stale(at(5)) == 0, "its process lives"
    asker.kill()
    asker.communicate(timeout=60)
    ledger.settle_stale(at(5))
    assert archive.interrupt_stale(at(5)) == 1
    assert archive.interrupt_stale(at(6)) == 0
    ended, running = archive.turns("c")
    assert (running.state, running.ended) == (TurnState.INTERRUPTED, at(5))
    assert ended.state is TurnState.STOPPED, "what had ended stays as it ended"


def test_an_answer_that_comes_after_all_replaces_an_interruption(
    ledger: Ledger, corpus: Corpus, path: Path
) -> None:
    with closing(Ledger(path)) as first:
        slow = Archive(first, corpus)
        begin(slow)
        first.close()  # it counts as gone, and its thread goes on
        archive = Archive(ledger, corpus)
        assert archive.interrupt_stale(at(1)) == 1
        answer = answered(ledger, corpus)
        finish(slow, answer)
    turn = only(archive)
    assert (turn.state, turn.answer) == (TurnState.ANSWERED, answer)


def test_threads_lose_and_double_no_turn(archive: Archive) -> None:
    names = [f"t{n}" for n in range(THREADS)] * 2
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda name: begin(archive, name), names))
        list(pool.map(lambda name: stop(archive, name, name), names))
    found = archive.turns("c")
    assert sorted(turn.id for turn in found) == sorted(set(names))
    assert all((turn.state, turn.text) == (TurnState.STOPPED, turn.id) for turn in found)


def spawn(path: Path, name: str, turns: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ASKER, str(path), name, str(turns)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_lose_no_turn_and_number_them_through(path: Path) -> None:
    """They create the file together, too."""
    askers = [spawn(path, str(number), EACH) for number in range(PROCESSES)]
    for asker in askers:
        asker.communicate("go\n", timeout=120)
        assert asker.returncode == 0
    with closing(sqlite3.connect(path)) as connection:
        ordinals = connection.execute("SELECT ordinal FROM turns ORDER BY ordinal").fetchall()
        names = connection.execute("SELECT count(*) FROM conversations").fetchone()
    assert ordinals == [(n,) for n in range(PROCESSES * EACH)]
    assert names == (1,)


def test_naive_times_are_refused(archive: Archive) -> None:
    with pytest.raises(StatementError, match="aware"):
        archive.begin("c", "local", "t", "q", "b", datetime(2026, 11, 23))
    assert archive.conversation("c") is None
