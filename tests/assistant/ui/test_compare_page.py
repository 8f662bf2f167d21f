"""The Compare page, run without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, Timer

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from assistant.archive_comparisons import ComparisonArchive
from assistant.compared import ResultState
from assistant.comparing_job import Job
from assistant.cost.spent import Spent
from assistant.inquiry import NO_FILTERS
from assistant.prompts import REFUSAL
from assistant.questions import Question
from assistant.ui import comparing, resources
from assistant.ui.comparing import RunningComparison
from assistant.wiring import Runtime
from corpus.models import Filters, Hit
from tests.assistant.compared_values import CENT, UNPRICED, comparison, result
from tests.assistant.ui.conftest import CHATS, REPLY, REPOSITORY, scripted, use
from tests.assistant.ui.test_chat_page import html, markdown, press

QUESTION = "How much did Zephyr spend on property and equipment in fiscal 2025?"
WRONG = "Zephyr spent $7 billion on property and equipment [1][9]."
PAGE = str(REPOSITORY / "streamlit_app.py")


@pytest.fixture
def two(zephyr: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    entries = (
        scripted(REPLY, name="one", label="One"),
        scripted(REPLY, name="two", label="Two <b>"),
    )
    use(monkeypatch, zephyr, *entries)
    yield zephyr
    comparing._known.clear()


def page(comparison: str | None = None) -> AppTest:
    shown = AppTest.from_file(PAGE, default_timeout=30)
    if comparison is not None:
        shown.query_params["comparison"] = comparison
    shown.run()
    shown.switch_page("assistant/ui/pages/compare_page.py")
    if comparison is not None:
        shown.query_params["comparison"] = comparison
    shown.run()
    assert not shown.exception
    return shown


def compare(shown: AppTest, question: str = QUESTION) -> AppTest:
    shown.text_area[0].set_value(question)
    return press(shown, "compare-run")


def rows(shown: AppTest) -> str:
    return html(shown).partition("lf-comparison")[2]


def test_two_backends_are_asked_the_same_and_measured(two: Runtime) -> None:
    CHATS["two"].replies = [WRONG]
    shown = compare(page())
    assert markdown(shown).count(r"\$5 billion") == 1
    assert r":orange-background[\$7 billion]" in markdown(shown)
    assert "<td>1 of 1</td><td>1 of 2</td>" in rows(shown)
    assert "<td>1 of 1</td><td>0 of 1</td>" in rows(shown)
    assert "Two &lt;b&gt;" in html(shown)
    assert CHATS["one"].asked == CHATS["two"].asked
    assert len(two.meter.ledger.attempts()) == 2
    (kept,) = ComparisonArchive(two.meter.ledger).listed("local", 10)
    assert f"comparison={kept.id}" in shown.code[0].value


def test_the_link_opens_the_result_again_and_asks_nobody(two: Runtime) -> None:
    compare(page())
    (kept,) = ComparisonArchive(two.meter.ledger).listed("local", 10)
    comparing._known.clear()  # another process
    again = page(kept.id)
    assert r"\$5 billion" in markdown(again)
    assert len(two.meter.ledger.attempts()) == 2


def test_a_reload_charges_once(two: Runtime) -> None:
    shown = compare(page())
    shown.run().run()
    assert len(two.meter.ledger.attempts()) == 2


def test_before_sending_the_page_says_where_it_goes_and_what_it_costs(two: Runtime) -> None:
    told = html(page())
    assert "go to one.example.com, two.example.com" in told
    assert "2 calls" in told and "at most $" in told


def test_nothing_is_sent_without_a_question_or_a_second_backend(two: Runtime) -> None:
    shown = compare(page(), " ")
    assert "Type a question" in shown.warning[0].value
    shown.multiselect[0].set_value(["one"])
    shown = compare(shown)
    assert "two backends" in shown.warning[0].value
    assert not two.meter.ledger.attempts()


def test_one_backend_is_too_few_to_compare(zephyr: Runtime) -> None:
    assert "two usable backends" in page().info[0].value


def test_an_unknown_address_says_so(two: Runtime) -> None:
    assert "no comparison at this address" in page("compare-guessed").warning[0].value


def test_a_backend_that_fails_shows_why_beside_the_others(two: Runtime) -> None:
    CHATS["two"].replies = [ValueError("no")]
    shown = compare(page())
    assert r"\$5 billion" in markdown(shown)
    assert "broke off" in shown.warning[0].value
    assert "<td>answered</td><td>failed</td>" in rows(shown)


def test_a_refusal_is_no_failure(two: Runtime) -> None:
    CHATS["two"].replies = [REFUSAL]
    shown = compare(page())
    assert "<td>answered</td><td>refused</td>" in rows(shown)
    assert "Not in the corpus" in html(shown)
    assert "cheapest" not in html(shown)


def test_a_question_set_is_summed_charted_and_read(two: Runtime) -> None:
    CHATS["two"].replies = [WRONG]
    shown = page()
    shown.segmented_control[0].set_value("A question set").run()
    asked = [
        {"id": "q1", "question": QUESTION, "must_contain": ["5"]},
        {"id": "q2", "question": "What is it?", "answer": "$5 billion"},
    ]
    content = "\n".join(map(json.dumps, asked)).encode()
    shown.file_uploader[0].set_value(("set.jsonl", content, "application/jsonl")).run()
    assert "2 questions, 2 with a gold answer" in html(shown)
    shown = press(shown, "compare-run")
    assert "<td>2 of 2</td><td>0 of 2</td>" in rows(shown)
    assert shown.get("vega_lite_chart") or shown.get("arrow_vega_lite_chart")
    shown.selectbox[0].set_value(1).run()
    assert "answered, correct" in html(shown)


def test_a_label_is_one_heading_and_its_marks_stand_apart(
    zephyr: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = (
        scripted(REPLY, name="one", label="One · EU"),
        scripted(REFUSAL, name="two", label="Two"),
    )
    use(monkeypatch, zephyr, *entries)
    CHATS["two"].replies = [REFUSAL]
    shown = compare(page())
    assert '<th scope="col">One · EU<' in rows(shown)
    comparing._known.clear()


def test_marks_of_the_chart_are_told_apart_by_shape_and_legend() -> None:
    dear = Spent(1, 2 * CENT, False, 0, 0)
    found = comparison(
        result(0, backend="first", correct=True),
        result(1, backend="first", state=ResultState.REFUSED, correct=True),
        result(0, backend="second", spent=dear, correct=True),
        result(1, backend="second", spent=dear, correct=False),
        result(0, backend="third", spent=UNPRICED),
    )
    named = tuple(replace(one, label="Same") for one in found.backends)
    script = AppTest.from_function(_drawn, args=(replace(found, backends=named),)).run()
    assert not script.exception
    (chart,) = script.get("vega_lite_chart") or script.get("arrow_vega_lite_chart")
    spec = json.loads(chart.proto.spec)
    assert spec["mark"]["type"] == "point" and spec["mark"]["filled"] is False
    drawn = spec["encoding"]
    assert drawn["x"]["title"] == "Dollars per question"
    legend = drawn["shape"]["legend"]
    assert (legend["orient"], legend["columns"], legend["labelLimit"]) == ("bottom", 2, 150)
    assert drawn["color"]["scale"]["domain"] == drawn["shape"]["scale"]["domain"]
    assert drawn["shape"]["scale"]["domain"] == ["Same (first)", "Same (second)"]
    assert len(set(drawn["shape"]["scale"]["range"])) == 2
    frame = convert_arrow_bytes_to_pandas_df(chart.proto.data.data)
    points = {row.Backend: (row.Dollars, row.Quality) for row in frame.itertuples()}
    assert points == {"Same (first)": (0.01, 100.0), "Same (second)": (0.02, 50.0)}
    assert "Not in the chart: Same (1 of 1 calls have no known price)" in html(script)


def _drawn(found: object) -> None:
    from assistant.comparison_summary import summaries
    from assistant.ui.compare_charts import cost_against_quality

    cost_against_quality(summaries(found), graded=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "said"), [(b"{}", "line 1"), (b"", "0 questions"), (b"\xff", "cannot be read")]
)
def test_a_bad_question_set_is_named(two: Runtime, content: bytes, said: str) -> None:
    shown = page()
    shown.segmented_control[0].set_value("A question set").run()
    shown.file_uploader[0].set_value(("set.jsonl", content, "application/jsonl")).run()
    assert said in shown.warning[0].value.replace("\\", "")


def test_earlier_comparisons_are_listed_but_not_to_other_readers(
    two: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = press(compare(page()), "compare-new")
    assert "Earlier comparisons" in html(mine)
    assert "Earlier comparisons" in html(page())
    shared = page()
    monkeypatch.setattr("assistant.ui.compare_state.several_readers", lambda: True)
    assert "Earlier comparisons" not in html(page())
    assert "Earlier comparisons" in html(mine.run())
    assert not shared.exception


def test_a_running_comparison_goes_on_without_its_reader(two: Runtime) -> None:
    registry = resources.runtime().backends
    job = Job((Question(None, QUESTION),), (registry.get("one"), registry.get("two")))
    gate = Event()
    held = RunningComparison(job, Gated(two, gate), ComparisonArchive(two.meter.ledger))
    held.start()
    watched = held.views()
    assert not next(watched).finished
    watched.close()  # type: ignore[attr-defined]  # the tab is gone
    Timer(0.1, gate.set).start()
    held.join(20)
    assert held.now.finished
    assert len(held.now.comparison.results) == 2


class Gated:
    """A corpus whose search waits."""

    def __init__(self, product: Runtime, gate: Event) -> None:
        self._corpus, self._gate = product.corpus, gate

    def search(self, question: str, k: int = 10, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        assert self._gate.wait(20)
        return self._corpus.search(question, k, filters)

    def whole(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        return self._corpus.whole(question, history)
