"""Several backends at the same time over one evidence: real HTTP, a real ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as StopSignal

import pytest

from assistant.backends.backend import Backend
from assistant.backends.entry import BackendEntry, Kind
from assistant.backends.errors import BackendUnavailable
from assistant.backends.registry import Registry
from assistant.compared import Compared, Comparison, Result, ResultState
from assistant.comparing import UNEXPECTED, Happened, Run, compare, turn_of
from assistant.comparing_job import Job, Unasked, usable
from assistant.cost.budget import Budgets, Scope
from assistant.cost.ledger import Ledger
from assistant.cost.meter import Meter
from assistant.cost.models import AttemptState, Purpose
from assistant.cost.prices import Prices
from assistant.events import Answered, EvidenceFound, Failed, Stopped, TextDelta
from assistant.grading import Gold
from assistant.inquiry import Inquiry
from assistant.prompts import REFUSAL
from assistant.questions import Question
from corpus.errors import ConfigurationError, CorpusBusy
from tests.assistant.test_research import ShelfCorpus
from tests.fakes import ScriptedChat
from tests.servers.loopback import Hold, LoopbackServer, Received
from tests.servers.openai_server import completion, failure

QUESTION = "What capex does Meta expect for 2026?"
RIGHT = "Meta expects capex of $125 billion to $145 billion in 2026 [1]."
WRONG = "Meta expects capex of $99 billion in 2026 [1][7]."


@dataclass
class Two:
    """Two servers and the backends that ask them."""

    first: LoopbackServer
    second: LoopbackServer

    @property
    def backends(self) -> tuple[Backend, ...]:
        entries = (
            _entry("first", "gpt-5", self.first),
            _entry("second", "gpt-5-mini", self.second),
        )
        registry = Registry(entries, {})
        return tuple(registry.get(entry.name) for entry in entries)


def _entry(name: str, model: str, server: LoopbackServer) -> BackendEntry:
    url = f"{server.address}/v1"
    return BackendEntry(name, name.title(), Kind.COMPATIBLE, "openai", model, url)


@pytest.fixture
def two() -> Iterator[Two]:
    with (
        LoopbackServer(lambda _: completion(RIGHT)) as first,
        LoopbackServer(lambda _: completion(RIGHT, model="gpt-5-mini")) as second,
    ):
        yield Two(first, second)


@pytest.fixture
def meter(data: Path) -> Iterator[Meter]:
    with closing(Ledger(data / "ledger.db")) as ledger:
        yield Meter(ledger, Prices(), lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


def scripted(name: str, *replies: object) -> Backend:
    chat = ScriptedChat(replies=list(replies))
    return Backend(name, name.title(), "openai", "gpt-5", chat, local=False)


def run(
    meter: Meter,
    backends: Sequence[Backend],
    *questions: Question,
    corpus: ShelfCorpus | None = None,
    stop: StopSignal | None = None,
) -> Comparison:
    job = Job(questions or (Question(None, QUESTION),), tuple(backends))
    doing = Run(job, corpus or ShelfCorpus(), meter, stop or StopSignal())
    for happened in doing.events():
        assert isinstance(happened, Happened)
    return doing.so_far


def one(comparison: Comparison, backend: str) -> Result:
    (found,) = comparison.of_backend(backend)
    return found


def said(request: Received) -> object:
    return request.body["messages"]


def test_all_backends_get_the_same_evidence_word_for_word(two: Two, meter: Meter) -> None:
    corpus = ShelfCorpus()
    found = run(meter, two.backends, corpus=corpus)
    assert said(two.first.requests[0]) == said(two.second.requests[0])
    assert "$125 billion to $145 billion" in str(said(two.first.requests[0]))
    assert corpus.asked == [QUESTION], "the evidence is searched once"
    assert found.questions[0].passages == tuple(hit.passage.id for hit in corpus.hits)


def test_a_result_holds_what_was_measured(two: Two, meter: Meter) -> None:
    two.second.queue(completion(WRONG, model="gpt-5-mini"))
    found = run(meter, two.backends)
    first, second = one(found, "first"), one(found, "second")
    assert (first.state, first.text) == (ResultState.ANSWERED, RIGHT)
    assert (first.citations, first.dropped) == (1, 0)
    assert (first.figures_verified, first.figures, first.supported) == (2, 2, True)
    assert (first.tokens.input, first.tokens.output, first.tokens.estimated) == (100, 20, False)
    assert first.spent.whole == 100 * 1_250_000 + 20 * 10_000_000
    assert first.cost_low == first.cost_high == first.spent.cost
    assert first.first_token is not None and first.seconds is not None
    assert (second.citations, second.dropped) == (1, 1)
    assert (second.figures_verified, second.figures, second.supported) == (0, 1, False)
    assert second.text[slice(*second.doubtful[0])] == "$99 billion"


def test_every_call_is_a_row_under_the_comparison(two: Two, meter: Meter) -> None:
    found = run(meter, two.backends)
    rows = meter.ledger.attempts(conversation=found.id)
    assert found.id.startswith("compare-")
    assert {row.id for row in rows} == {name for r in found.results for name in r.attempts}
    assert len({row.turn for row in rows}) == 2
    assert {(row.state, row.purpose) for row in rows} == {(AttemptState.OK, Purpose.COMPARE)}


def test_a_failing_backend_is_a_result_and_hurts_nobody(two: Two, meter: Meter) -> None:
    two.second.queue(failure(401))
    found = run(meter, two.backends)
    assert one(found, "first").state is ResultState.ANSWERED
    failed = one(found, "second")
    assert failed.state is ResultState.FAILED
    assert failed.error and "refused the key" in failed.error
    assert failed.spent.whole == 0, "a refused call is billed nothing"
    assert (failed.correct, failed.supported) == (None, False)


def test_a_repeated_call_counts_in_what_the_answer_took(two: Two, meter: Meter) -> None:
    two.first.queue(failure(429, retry_after=0))
    first = one(run(meter, two.backends), "first")
    assert first.state is ResultState.ANSWERED
    assert (len(first.attempts), first.spent.calls) == (2, 2)


def test_an_error_of_ours_is_a_result_too(meter: Meter, caplog: pytest.LogCaptureFixture) -> None:
    backends = (scripted("first", RIGHT), scripted("second", RIGHT))
    inquiry = Inquiry(QUESTION, conversation="compare-x")
    events = dict(compare(inquiry, backends, ShelfCorpus(), _Unready(meter)))
    assert events["first"] == Failed(UNEXPECTED)
    assert isinstance(events["second"], Answered)
    assert "first failed in a comparison" in caplog.text


class _Unready(Meter):
    """Breaks, as no error of ours does, when the backend `first` is about to be called."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter.ledger, Prices(), meter.now)

    def start(self, backend, **facts):  # type: ignore[no-untyped-def]
        if backend.name == "first":
            raise RuntimeError("unready")
        return super().start(backend, **facts)


def test_over_budget_is_a_result_and_nothing_is_sent(two: Two, meter: Meter) -> None:
    three_cents = Budgets({Scope.DAY: 3 * 10**10})
    limited = Meter(meter.ledger, Prices(), meter.now, budgets=three_cents)
    gold = Gold(must_contain=("125",))
    found = run(limited, two.backends, Question(None, QUESTION, gold=gold))
    first, second = one(found, "first"), one(found, "second")
    assert (first.correct, second.correct) == (None, True), "it was given no chance"
    assert (first.state, second.state) == (ResultState.FAILED, ResultState.ANSWERED)
    assert first.error and "budget" in first.error
    assert (first.spent.calls, first.source) == (0, None)
    assert not two.first.requests


def test_what_cannot_be_used_is_listed_as_failed_beside_the_others(meter: Meter) -> None:
    keyless = Compared("keyless", "Keyless", "anthropic", "claude", "api.anthropic.com")
    job = Job(
        (Question(None, QUESTION, gold=Gold(must_contain=("125",))), Question(None, QUESTION)),
        (scripted("first", RIGHT),),
        unasked=(Unasked(keyless, "Keyless needs a key."),),
    )
    doing = Run(job, ShelfCorpus(), meter, StopSignal())
    ended = [one.backend for one in doing.events() if one.result is not None]
    found = doing.so_far
    assert ended == ["first", "keyless"] * 2
    assert found.backends[1] == keyless and found.is_done(0) and found.is_done(1)
    assert [r.error for r in found.of_backend("keyless")] == ["Keyless needs a key."] * 2
    assert {(r.state, r.correct) for r in found.of_backend("keyless")} == {
        (ResultState.FAILED, None)
    }
    assert found.questions[0].passages, "the evidence is that of the others"
    assert {row.backend for row in meter.ledger.attempts()} == {"first"}


def test_of_backends_of_which_none_can_be_used_all_reasons_are_told() -> None:
    entries = tuple(
        BackendEntry(name, name.title(), Kind.ANTHROPIC, "anthropic", "claude", key="NO_KEY")
        for name in ("one", "two")
    )
    with pytest.raises(BackendUnavailable, match=r"One needs a key: .* Two needs a key: "):
        usable(Registry(entries, {}), ["one", "two"])
    found, unasked = usable(Registry(entries, {"NO_KEY": "k"}), ["two"])
    assert ([one.name for one in found], unasked) == (["two"], ())
    with pytest.raises(ConfigurationError, match="No backend 'three'"):
        usable(Registry(entries, {}), ["one", "three"])


def test_the_model_that_served_is_kept(two: Two, meter: Meter) -> None:
    two.first.queue(completion(RIGHT, model="gpt-5-2025-08-07"))
    found = run(meter, two.backends)
    assert one(found, "first").served == ("gpt-5-2025-08-07",)
    assert one(found, "second").served == ("gpt-5-mini",)


def test_a_refusal_with_an_invented_figure_is_not_correct(meter: Meter) -> None:
    invents = scripted("invents", f"{REFUSAL} It is $5 billion [1].")
    refuses = scripted("refuses", REFUSAL)
    asked = Question("a", "What is it on Mars?", gold=Gold(answerable=False))
    found = run(meter, (invents, refuses), asked)
    assert {result.state for result in found.results} == {ResultState.REFUSED}
    assert [result.correct for result in found.results] == [False, True]


def test_a_slow_backend_keeps_nobody_waiting(two: Two, meter: Meter) -> None:
    hold = Hold()
    two.second.queue(completion("Meta", hold=hold))
    inquiry = Inquiry(QUESTION, conversation="compare-x")
    ended = []
    for name, event in compare(inquiry, two.backends, ShelfCorpus(), meter):
        if isinstance(event, Answered):
            ended.append(name)
            hold.until.set()
    assert ended == ["first", "second"]


def test_a_stop_ends_all_and_keeps_what_there_was(two: Two, meter: Meter) -> None:
    two.first.queue(completion("Meta expects a lot", hold=Hold()))
    two.second.queue(completion("Meta will spend", hold=Hold()))
    job = Job((Question(None, QUESTION), Question(None, "Next?")), two.backends)
    stop = StopSignal()
    doing = Run(job, ShelfCorpus(), meter, stop)
    spoke = {"first": "", "second": ""}
    for happened in doing.events():
        if isinstance(happened.event, TextDelta):
            spoke[happened.backend] += happened.event.text
            if all(text.endswith(("lot", "spend")) for text in spoke.values()):
                stop.set()
    found = doing.so_far
    assert [(r.state, r.text) for r in found.results] == [
        (ResultState.STOPPED, "Meta expects a lot"),
        (ResultState.STOPPED, "Meta will spend"),
    ]
    assert (len(found.questions), found.planned, found.complete) == (1, 2, False)
    rows = meter.ledger.attempts(conversation=found.id)
    assert {row.state for row in rows} == {AttemptState.STOPPED}
    assert all(r.spent.estimated and r.cost_low and r.cost_high for r in found.results)
    assert all(r.cost_low < r.cost_high for r in found.results if r.cost_low and r.cost_high)
    assert two.first.hung_up.wait(10) and two.second.hung_up.wait(10)


def test_who_leaves_early_leaves_no_open_row(two: Two, meter: Meter) -> None:
    two.first.queue(completion("Meta", hold=Hold()))
    two.second.queue(completion("Meta", hold=Hold()))
    inquiry = Inquiry(QUESTION, conversation="compare-x", turn="t")
    events = compare(inquiry, two.backends, ShelfCorpus(), meter)
    for _, event in events:
        if isinstance(event, TextDelta):
            break
    events.close()
    rows = meter.ledger.attempts(conversation="compare-x")
    assert rows and {row.state for row in rows} <= {AttemptState.STOPPED}
    assert {row.turn for row in rows} <= {turn_of(inquiry, b.name) for b in two.backends}


def test_more_backends_than_are_asked_at_once_all_answer(meter: Meter) -> None:
    backends = [scripted(f"b{number}", RIGHT) for number in range(11)]
    found = run(meter, backends)
    assert [result.backend for result in found.results] == [b.name for b in backends]
    assert {result.state for result in found.results} == {ResultState.ANSWERED}


def test_a_search_that_fails_fails_for_all_and_costs_nothing(meter: Meter) -> None:
    corpus = ShelfCorpus(error=CorpusBusy("Another process writes."))
    found = run(meter, (scripted("first", RIGHT), scripted("second", RIGHT)), corpus=corpus)
    assert {result.error for result in found.results} == {"Another process writes."}
    assert meter.ledger.attempts() == ()
    assert len(found.questions) == 1


def test_a_question_set_is_graded_question_by_question(meter: Meter) -> None:
    questions = (
        Question("a", QUESTION, gold=Gold(must_contain=("125", "145"))),
        Question("b", "And Mars?", gold=Gold(answerable=False)),
        Question("c", "Why?"),
    )
    good = scripted("good", RIGHT, REFUSAL, RIGHT)
    bad = scripted("bad", WRONG, RIGHT, failure_of())
    found = run(meter, (good, bad), *questions)
    assert [r.correct for r in found.of_backend("good")] == [True, True, None]
    assert [r.correct for r in found.of_backend("bad")] == [False, False, None]
    assert [r.state for r in found.of_backend("good")][1] is ResultState.REFUSED
    assert (found.is_set, found.graded, found.complete) == (True, True, True)


def failure_of() -> Exception:
    return ValueError("no more")


def test_a_failed_call_is_no_correct_answer(meter: Meter) -> None:
    gold = Gold(answerable=False)
    found = run(
        meter,
        (scripted("first", failure_of()), scripted("second", REFUSAL)),
        Question("a", QUESTION, gold=gold),
    )
    assert [r.correct for r in found.results] == [False, True]


def test_evidence_is_told_to_every_backend_with_the_time_of_the_one_search(meter: Meter) -> None:
    backends = (scripted("first", RIGHT), scripted("second", RIGHT))
    told = list(compare(Inquiry(QUESTION), backends, ShelfCorpus(), meter))
    found = {name: event for name, event in told if isinstance(event, EvidenceFound)}
    assert found["first"] == found["second"]
    assert not [event for _, event in told if isinstance(event, Failed | Stopped)]
