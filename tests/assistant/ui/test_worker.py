"""Turns run in threads of their own, once each, to their end or to a stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from assistant.archive import Archive
from assistant.archive_values import TurnState
from assistant.conversation import Step
from assistant.cost.errors import LedgerError
from assistant.cost.ledger import Ledger
from assistant.events import Answered, Asking, EvidenceFound, Failed, TextDelta, Waiting
from assistant.events import Event as ResearchEvent
from assistant.ui.conversations import Conversation, Conversations
from assistant.ui.worker import UNEXPECTED, RunningTurn, Shown, Snapshot
from corpus.errors import CorpusBusy, DocumentNotFound
from corpus.models import Document
from tests.assistant.ui.values import answer

DONE = answer()


def whole(stop: Event) -> Iterator[ResearchEvent]:
    yield EvidenceFound(DONE.evidence, 0.01)
    yield TextDelta("Zephyr ")
    yield TextDelta("spent.")
    yield Answered(DONE)


def last(turn: Shown) -> Snapshot:
    assert isinstance(turn, RunningTurn)
    return list(turn.snapshots(interval=0.0))[-1]


class EmptyLibrary:
    """A corpus from which everything was removed."""

    def passage(self, passage_id: str) -> None:
        return None

    def document(self, document_id: str) -> Document:
        raise DocumentNotFound(document_id)


@pytest.fixture
def archive(data: Path) -> Iterator[Archive]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Archive(ledger, EmptyLibrary())


def started(turn: RunningTurn) -> RunningTurn:
    turn.start()
    return turn


class Gated:
    """Yields a first word, waits for the gate, then answers; tells how it was ended."""

    def __init__(self) -> None:
        self.gate, self.spoke, self.closed = Event(), Event(), Event()
        self.calls = 0

    def __call__(self, stop: Event) -> Iterator[ResearchEvent]:
        self.calls += 1
        try:
            yield EvidenceFound(DONE.evidence, 0.0)
            yield TextDelta("Zephyr")
            self.spoke.set()
            assert self.gate.wait(10)
            yield TextDelta(" spent")
            yield Answered(DONE)
        except GeneratorExit:
            self.closed.set()
            raise


def test_text_grows_to_the_answer() -> None:
    turn = started(RunningTurn("t", "q", whole))
    seen = list(turn.snapshots(interval=0.0))
    texts = [snapshot.text for snapshot in seen]
    assert texts == sorted(texts, key=len)
    assert seen[-1].answer == DONE
    assert seen[-1].finished


def test_fault_45_a_stopped_turn_keeps_its_text_and_cancels_the_call() -> None:
    call = Gated()
    turn = started(RunningTurn("t", "q", call))
    assert call.spoke.wait(10)
    turn.stop()
    call.gate.set()
    end = last(turn)
    assert end.stopped
    assert end.answer is None
    assert end.text.startswith("Zephyr")
    assert call.closed.is_set()


def test_fault_46_a_turn_nobody_watches_ends_and_is_there_on_return(archive: Archive) -> None:
    known = Conversations(archive)
    conversation = known.new()
    call = Gated()
    turn = conversation.ask("t", "q", "b", call)
    assert isinstance(turn, RunningTurn)
    watched = turn.snapshots()
    next(watched)
    watched.close()  # type: ignore[attr-defined]  # the tab is gone
    call.gate.set()
    again = known.find(conversation.id)
    assert again is not None
    turn.join(10)
    assert again.turns[0].now.answer == DONE
    assert again.running is None


def test_fault_47_one_submit_is_one_call_however_often_it_arrives(archive: Archive) -> None:
    conversation, call = Conversation("c", archive), Gated()
    meet = Barrier(8)

    def submit() -> None:
        meet.wait()
        conversation.ask("t", "q", "b", call)

    threads = [Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert conversation.ask("another", "q2", "b", call) is conversation.turns[0]
    call.gate.set()
    last(conversation.turns[0])
    conversation.ask("t", "q", "b", call)
    assert call.calls == 1
    assert len(conversation.turns) == 1


def test_expected_errors_speak_for_themselves() -> None:
    def busy(stop: Event) -> Iterator[ResearchEvent]:
        raise CorpusBusy("Another process writes to the corpus.")
        yield

    assert last(started(RunningTurn("t", "q", busy))).error == (
        "Another process writes to the corpus."
    )


def test_unexpected_errors_are_logged_and_kept_from_the_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(stop: Event) -> Iterator[ResearchEvent]:
        raise RuntimeError("secret path /srv/x")
        yield

    assert last(started(RunningTurn("t", "q", broken))).error == UNEXPECTED
    assert "secret path" in caplog.text


def test_a_failure_ends_the_turn_with_its_message() -> None:
    def failing(stop: Event) -> Iterator[ResearchEvent]:
        yield TextDelta("Zeph")
        yield Failed("The backend is out of reach.")

    end = last(started(RunningTurn("t", "q", failing)))
    assert (end.text, end.error, end.finished) == ("Zeph", "The backend is out of reach.", True)


def test_history_holds_answered_turns_only(archive: Archive) -> None:
    conversation = Conversation("c", archive)
    last(conversation.ask("1", "q", "b", whole))
    last(conversation.ask("2", "q", "b", lambda stop: iter([Failed("no")])))
    assert [turn.question for turn in conversation.history()] == [DONE.question]


def test_fault_53_conversations_are_found_by_their_own_id_and_bounded(archive: Archive) -> None:
    known = Conversations(archive, limit=3)
    ids = [known.new().id for _ in range(5)]
    assert known.find(ids[0]) is None
    assert known.find("guessed") is None
    assert known.find(None) is None
    found = [known.find(name) for name in ids[2:]]
    assert [conversation.id for conversation in found if conversation] == ids[2:]


def test_a_second_backend_begins_its_text_afresh() -> None:
    step = Step("b", "Second", "this machine", "First failed")

    def switching(stop: Event) -> Iterator[ResearchEvent]:
        yield TextDelta("half an ")
        yield Waiting("First is overloaded.", 2.0)
        yield Asking(step)
        yield TextDelta("whole")
        yield Answered(DONE)

    turn = RunningTurn("t", "q", switching)
    seen = list(started(turn).snapshots(interval=0.0))
    assert seen[-1].text == "whole"
    assert seen[-1].step == step
    assert seen[-1].notice is None


def test_history_before_a_turn_leaves_it_and_what_follows_out(archive: Archive) -> None:
    conversation = Conversation("c", archive)
    for name in ("1", "2", "3"):
        last(conversation.ask(name, "q", "b", whole))
    assert len(conversation.history()) == 1, "of a question asked again, one answer counts"
    assert conversation.history(before="1") == ()


def test_a_turn_that_cannot_be_kept_is_still_answered(caplog: pytest.LogCaptureFixture) -> None:
    class Full:
        def begin(self) -> None:
            return None

        def end(self, snapshot: Snapshot) -> None:
            raise LedgerError("disk full")

    assert last(started(RunningTurn("t", "q", whole, Full()))).answer == DONE
    assert "was not kept" in caplog.text


def test_an_end_that_the_ledger_did_not_take_is_kept_before_the_next_turn(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Conversations(archive)
    conversation = known.new()
    finish, locked = archive.finish, Event()
    locked.set()

    def busy(turn: str, state: TurnState, **values: Any) -> None:
        if locked.is_set():
            raise LedgerError("database is locked")
        finish(turn, state, **values)

    monkeypatch.setattr(archive, "finish", busy)
    turn = conversation.ask("t1", "q", "b", whole)
    assert last(turn).answer == DONE, "the reader has the answer all the same"
    assert archive.turns(conversation.id)[0].state is TurnState.RUNNING
    locked.clear()
    assert last(known.new().ask("t2", "q", "b", whole)).answer == DONE
    kept = archive.turns(conversation.id)[0]
    assert (kept.state, kept.text) == (TurnState.ANSWERED, "Zephyr spent.")
