"""The corpus in other people's chains: every way that LangChain calls a retriever."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from langchain_core.documents import Document as Found
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from pydantic import ValidationError

from assistant.retriever import LoadFactorRetriever
from corpus.errors import CorpusError, ModelMismatch
from corpus.models import Filters, Reason, ReasonKind
from corpus.onnx_embedder import OnnxEmbedder
from corpus.store import Corpus
from ingest.outcome import Finished
from ingest.pipeline import ingest
from tests.corpus.making import document, passages, put
from tests.fakes import HashingEmbedder, ScriptedChat

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "use-in-langchain.md"
META = document(
    "meta",
    "/in/meta.pdf",
    companies=("Meta", "Instagram"),
    form="10-K",
    fiscal_period="FY2025",
    published=date(2026, 1, 29),
)
AMAZON = document("amazon", companies=("Amazon",), form="10-K", fiscal_period="FY2025")
QUESTION = "What capital expenditure does Meta expect?"
EXPECTED = "Meta expects capital expenditure of 125 billion dollars"


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder()) as opened:
        spans = passages(META, EXPECTED, "Servers last five years", header="Meta 10-K FY2025")
        spans = tuple(replace(span, page=3, page_last=4) for span in spans)
        with opened.writing() as writer:
            texts = [span.text for span in spans]
            writer.add(META, spans, HashingEmbedder().embed_passages(texts))
        put(opened, AMAZON, "Amazon expects capital expenditure of 200 billion dollars")
        yield opened


def test_a_passage_comes_under_its_header_with_all_that_is_known_of_it(corpus: Corpus) -> None:
    found = LoadFactorRetriever(corpus=corpus).invoke(QUESTION)[0]
    hit = corpus.search(QUESTION)[0]
    assert found.page_content == f"Meta 10-K FY2025\n{EXPECTED}"
    assert found.id == hit.passage.id
    why = found.metadata.pop("why")
    assert why == [reason.text for reason in hit.reasons]
    assert found.metadata == {
        "document": "meta.pdf",
        "document_id": META.id,
        "passage_id": hit.passage.id,
        "title": "About meta",
        "company": "Meta",
        "companies": ["Meta", "Instagram"],
        "form": "10-K",
        "fiscal_period": "FY2025",
        "published": "2026-01-29",
        "page": 3,
        "page_last": 4,
        "rank": 1,
        "score": hit.score,
    }


def test_why_a_passage_was_chosen_is_told_in_words(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = replace(corpus.search(QUESTION)[0], reasons=(Reason(ReasonKind.PERIOD, "FY2025"),))
    monkeypatch.setattr(corpus, "search", lambda *_: (hit,))
    assert LoadFactorRetriever(corpus=corpus).invoke("x")[0].metadata["why"] == ["FY2025"]


def test_metadata_are_json(corpus: Corpus) -> None:
    for found in LoadFactorRetriever(corpus=corpus).invoke(QUESTION):
        assert json.loads(json.dumps(found.metadata)) == found.metadata


def test_a_passage_without_header_is_its_text(corpus: Corpus) -> None:
    found = LoadFactorRetriever(corpus=corpus).invoke("Amazon")[0]
    assert found.page_content.startswith("Amazon expects")
    assert found.metadata["published"] is found.metadata["page"] is None


def test_k_bounds_what_is_found(corpus: Corpus) -> None:
    assert len(LoadFactorRetriever(corpus=corpus).invoke(QUESTION)) == 3
    assert len(LoadFactorRetriever(corpus=corpus, k=1).invoke(QUESTION)) == 1


@pytest.mark.parametrize("filters", (Filters(companies=("amazon",)), {"companies": ["amazon"]}))
def test_filters_confine_the_search(corpus: Corpus, filters: Filters) -> None:
    found = LoadFactorRetriever(corpus=corpus, filters=filters).invoke(QUESTION)
    assert {one.metadata["company"] for one in found} == {"Amazon"}


@pytest.mark.parametrize("question", ("", "  \n", "?"))
def test_an_empty_question_raises_nothing(corpus: Corpus, question: str) -> None:
    assert isinstance(LoadFactorRetriever(corpus=corpus).invoke(question), list)


def test_no_passages_at_all_is_refused_at_once(corpus: Corpus) -> None:
    with pytest.raises(ValidationError):
        LoadFactorRetriever(corpus=corpus, k=0)


def test_every_way_to_call_it_finds_the_same(corpus: Corpus) -> None:
    retriever = LoadFactorRetriever(corpus=corpus)
    found = retriever.invoke(QUESTION)
    assert retriever.batch([QUESTION, "Servers"]) == [found, retriever.invoke("Servers")]
    assert asyncio.run(retriever.ainvoke(QUESTION)) == found
    assert asyncio.run(retriever.abatch([QUESTION])) == [found]
    assert list(retriever.stream(QUESTION)) == [found]


def test_threads_may_share_it(corpus: Corpus) -> None:
    retriever = LoadFactorRetriever(corpus=corpus)
    expected = retriever.invoke(QUESTION)
    with ThreadPoolExecutor(4) as threads:
        assert all(found == expected for found in threads.map(retriever.invoke, [QUESTION] * 40))


def numbered(documents: list[Found]) -> str:
    return "\n".join(f"[{one.metadata['rank']}] {one.page_content}" for one in documents)


def test_it_feeds_a_chain(corpus: Corpus) -> None:
    model = ScriptedChat(replies=["125 billion dollars [1]"])
    prompt = ChatPromptTemplate.from_template("{passages}\n\n{question}")
    passages = LoadFactorRetriever(corpus=corpus, k=1) | numbered
    asked = {"passages": passages, "question": RunnablePassthrough()}
    chain = asked | prompt | model | StrOutputParser()
    assert chain.invoke(QUESTION) == "125 billion dollars [1]"
    assert model.asked[0][0].text == f"[1] Meta 10-K FY2025\n{EXPECTED}\n\n{QUESTION}"


def test_a_folder_is_opened_and_closed(data: Path, onnx: OnnxEmbedder) -> None:
    assert onnx.dimension
    with LoadFactorRetriever.open(data, k=2) as retriever:
        assert retriever.k == 2
        assert retriever.invoke(QUESTION) == []
        closed = closings(retriever.corpus)
    assert closed == [True]


def test_a_corpus_that_was_given_stays_open(corpus: Corpus) -> None:
    with LoadFactorRetriever(corpus=corpus) as retriever:
        closed = closings(corpus)
        retriever.invoke(QUESTION)
    assert closed == []


def test_a_wrong_field_leaves_nothing_open(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Corpus] = []
    monkeypatch.setattr(Corpus, "close", lambda corpus: closed.append(corpus))
    with pytest.raises(ValidationError):
        LoadFactorRetriever.open(data, k=0)
    assert len(closed) == 1
    monkeypatch.undo()
    closed[0].close()


def test_errors_are_ours(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch):
        LoadFactorRetriever.open(corpus.data)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CorpusError, match="cannot be made"):
        LoadFactorRetriever.open(tmp_path / "file")


def closings(corpus: Corpus) -> list[bool]:
    """Record the closings of a corpus."""
    closed: list[bool] = []
    close = corpus.close

    def noted() -> None:
        closed.append(True)
        close()

    corpus.close = noted  # type: ignore[method-assign]
    return closed


def test_the_page_about_it_runs_as_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    onnx: OnnxEmbedder,
) -> None:
    with Corpus.open(tmp_path / "data", onnx) as corpus:
        note = str(REPOSITORY / "corpus" / "notes" / "meta-capex.md")
        done = [event for event in ingest([note], corpus) if isinstance(event, Finished)]
        assert done[0].outcome.passages
    monkeypatch.chdir(tmp_path)
    alone, chain = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(alone, {})
    assert "meta-capex.md None" in capsys.readouterr().out
    model = ScriptedChat(replies=["It expects more [1]."])
    exec(chain, {"model": model})
    assert capsys.readouterr().out == "It expects more [1].\n"
    assert "[1] Meta" in model.asked[0][0].text


def test_the_page_names_every_key_and_field(corpus: Corpus) -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = LoadFactorRetriever(corpus=corpus).invoke(QUESTION)[0]
    assert all(f"`{key}`" in page for key in [*found.metadata, "k", "filters"])
