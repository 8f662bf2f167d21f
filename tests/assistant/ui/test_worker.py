"""Turns run in threads of their own, once each, to their end or to a stop."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event, Thread

import pytest

from assistant.research import Answered, EvidenceFound, Failed, TextDelta
from assistant.research import Event as ResearchEvent
from assistant.ui.conversations import Conversation, Conversations
from assistant.ui.worker import UNEXPECTED, RunningTurn, Snapshot
from corpus.errors import CorpusBusy
from tests.assistant.ui.values import answer

DONE = answer()


def whole() -> Iterator[ResearchEvent]:
    yield EvidenceFound(DONE.evidence, 0.01)
    yield TextDelta("Zephyr ")
    yield TextDelta("spent.")
    yield Answered(DONE)


def last(turn: RunningTurn) -> Snapshot:
    return list(turn.snapshots(interval=0.0))[-1]


def started(turn: RunningTurn) -> RunningTurn:
    turn.start()
    return turn


class Gated:
    """Yields a first word, waits for the gate, then answers; tells how it was ended."""

    def __init__(self) -> None:
        self.gate, self.spoke, self.closed = Event(), Event(), Event()
        self.calls = 0

    def __call__(self) -> Iterator[ResearchEvent]:
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


def test_fault_46_a_turn_nobody_watches_ends_and_is_there_on_return() -> None:
    known = Conversations()
    conversation = known.new()
    call = Gated()
    watched = conversation.ask("t", "q", call).snapshots()
    next(watched)
    watched.close()  # type: ignore[attr-defined]  # the tab is gone
    call.gate.set()
    again = known.find(conversation.id)
    assert again is not None
    again.turns[0].join(10)
    assert again.turns[0].now.answer == DONE
    assert again.running is None


def test_fault_47_one_submit_is_one_call_however_often_it_arrives() -> None:
    conversation, call = Conversation("c"), Gated()
    meet = Barrier(8)

    def submit() -> None:
        meet.wait()
        conversation.ask("t", "q", call)

    threads = [Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert conversation.ask("another", "q2", call) is conversation.turns[0]
    call.gate.set()
    last(conversation.turns[0])
    conversation.ask("t", "q", call)
    assert call.calls == 1
    assert len(conversation.turns) == 1


def test_expected_errors_speak_for_themselves() -> None:
    def busy() -> Iterator[ResearchEvent]:
        raise CorpusBusy("Another process writes to the corpus.")
        yield

    assert last(started(RunningTurn("t", "q", busy))).error == (
        "Another process writes to the corpus."
    )


def test_unexpected_errors_are_logged_and_kept_from_the_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> Iterator[ResearchEvent]:
        raise RuntimeError("secret path /srv/x")
        yield

    assert last(started(RunningTurn("t", "q", broken))).error == UNEXPECTED
    assert "secret path" in caplog.text


def test_a_failure_ends_the_turn_with_its_message() -> None:
    def failing() -> Iterator[ResearchEvent]:
        yield TextDelta("Zeph")
        yield Failed("The backend is out of reach.", None)

    end = last(started(RunningTurn("t", "q", failing)))
    assert (end.text, end.error, end.finished) == ("Zeph", "The backend is out of reach.", True)


def test_history_holds_answered_turns_only() -> None:
    conversation = Conversation("c")
    last(conversation.ask("1", "q", whole))
    last(conversation.ask("2", "q", lambda: iter([Failed("no", None)])))
    assert [turn.question for turn in conversation.history()] == [DONE.question]


def test_fault_53_conversations_are_found_by_their_own_id_and_bounded() -> None:
    known = Conversations(limit=3)
    ids = [known.new().id for _ in range(5)]
    assert known.find(ids[0]) is None
    assert known.find("guessed") is None
    assert known.find(None) is None
    found = [known.find(name) for name in ids[2:]]
    assert [conversation.id for conversation in found if conversation] == ids[2:]
