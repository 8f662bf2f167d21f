"""Faults 1 to 14 that concern the store, with real second processes on the same folder."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus import search as searching
from corpus.errors import CorpusBusy, CorpusDamaged, ModelMismatch
from corpus.models import DocumentState
from corpus.store import Corpus
from corpus.vectors import VectorIndex
from tests.corpus.making import document, passages, put, source, texts
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def corpus(data: Path) -> Iterator[Corpus]:
    with Corpus.open(data, HashingEmbedder(), wait=20) as opened:
        yield opened


@pytest.fixture
def by_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the vector index however small the corpus is."""
    monkeypatch.setattr(searching, "EXACT_PASSAGES", 0)


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.corpus.child", str(data), *arguments]


def run(data: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(data, *arguments), cwd=REPOSITORY, capture_output=True, text=True, check=check
    )


@contextmanager
def started(data: Path, *arguments: str, wait: str = "60") -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(data, *arguments),
        cwd=REPOSITORY,
        env=os.environ | {"CHILD_WAIT": wait},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def best(corpus: Corpus, question: str) -> str:
    return corpus.search(question, 1)[0].document.title


@pytest.mark.usefixtures("by_index")
def test_fault_01_command_line_ingests_while_the_app_is_open(corpus: Corpus, data: Path) -> None:
    put(corpus, document("alpha"), *texts("alpha", 30))
    assert best(corpus, "alpha passage 3") == "About alpha"
    for name in ("beta", "gamma"):
        run(data, "add", "30", name)
        assert best(corpus, f"{name} passage 3 {name}3") == f"About {name}"
    assert corpus.health().ok


@pytest.mark.usefixtures("by_index")
def test_fault_01_an_open_reader_in_another_process_sees_each_document(
    corpus: Corpus, data: Path
) -> None:
    put(corpus, document("alpha"), *texts("alpha", 10))
    with started(data, "search", "delta delta1 delta2 passage") as reader:
        assert reader.stdin is not None
        print(file=reader.stdin, flush=True)
        assert "delta" not in line(reader)
        put(corpus, document("delta"), *texts("delta", 10))
        print(file=reader.stdin, flush=True)
        assert line(reader).startswith("About delta")


@pytest.mark.usefixtures("by_index")
def test_fault_02_the_app_writes_after_the_command_line_wrote(corpus: Corpus, data: Path) -> None:
    put(corpus, document("first"), *texts("first", 300))
    assert best(corpus, "first passage 7 first7") == "About first"
    run(data, "add", "300", "second", "third")
    put(corpus, document("fourth"), *texts("fourth", 300))
    run(data, "add", "300", "fifth")
    put(corpus, document("sixth"), *texts("sixth", 300))
    corpus.close()
    with Corpus.open(data, HashingEmbedder()) as again:
        health = again.health()
        assert (health.documents, health.passages) == (6, 1800)
        assert health.ok, health.lines()


def test_fault_03_two_ingests_at_once_lose_nothing(corpus: Corpus, data: Path) -> None:
    names = [f"one{n}" for n in range(4)], [f"two{n}" for n in range(4)]
    with started(data, "add", "60", *names[0]) as one, started(data, "add", "60", *names[1]) as two:
        for process in (one, two):
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
    assert corpus.health().documents == 8
    assert corpus.health().ok


def test_fault_03_a_writer_that_waits_in_vain_says_so(corpus: Corpus, data: Path) -> None:
    with started(data, "hold", "30") as holder:
        assert line(holder) == "held"
        hasty = Corpus.open(data, HashingEmbedder(), wait=0.2)
        with pytest.raises(CorpusBusy, match="Wait for it to end"), hasty.writing():
            pass
        hasty.close()
    with corpus.writing():
        pass


def test_fault_04_kill_9_at_random_moments(data: Path) -> None:
    names = [f"doc{n}" for n in range(42)]
    dice = random.Random(4)
    for turn in range(20):
        with started(data, "add", "50", *names[: 2 * turn + 3]) as process:
            # The first line says that writing has begun; two documents are new each time.
            line(process)
            time.sleep(dice.uniform(0, 0.25))
            process.kill()
    run(data, "add", "50", *names)
    with Corpus.open(data, HashingEmbedder()) as corpus:
        health = corpus.health()
        assert (health.documents, health.passages) == (42, 2_100)
        assert health.ok, health.lines()


def test_fault_05_kill_between_index_write_and_generation_bump(data: Path) -> None:
    run(data, "add", "40", "before")
    assert run(data, "die_before_the_bump", "victim", check=False).returncode == 9
    with Corpus.open(data, HashingEmbedder()) as corpus:
        assert corpus.generation() % 2 == 1
        assert best(corpus, "before passage 3 before3") == "About before"
        found = corpus.health()
        assert not found.ok
        assert (found.writer_died, found.interrupted) == (True, 1)
        put(corpus, document("after"), *texts("after", 40))
        assert corpus.generation() % 2 == 0
        health = corpus.health()
        assert (health.documents, health.passages) == (3, 120)
        assert health.ok, health.lines()
        assert best(corpus, "victim passage 3 victim3") == "About victim"


def lose_a_segment(data: Path) -> None:
    [segment] = [path for path in (data / "chroma").iterdir() if path.is_dir()]
    shutil.rmtree(segment)


def lose_the_pickle(data: Path) -> None:
    [pickle] = (data / "chroma").rglob("index_metadata.pickle")
    pickle.unlink()


def lose_chroma(data: Path) -> None:
    shutil.rmtree(data / "chroma")


def lose_lexical(data: Path) -> None:
    shutil.rmtree(data / "lexical")


def spoil_lexical(data: Path) -> None:
    (data / "lexical" / "meta.json").write_text("not an index")


@pytest.mark.usefixtures("by_index")
@pytest.mark.parametrize(
    "damage", (lose_a_segment, lose_the_pickle, lose_chroma, lose_lexical, spoil_lexical)
)
def test_fault_06_a_lost_index_is_found_and_rebuilt_without_embedding(
    data: Path, damage: object
) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"), *texts("kept", 1200))
    assert callable(damage)
    damage(data)
    embedder = HashingEmbedder()
    with Corpus.open(data, embedder) as corpus:
        health = corpus.health()
        assert not health.ok
        assert "doctor --repair" in "\n".join(health.lines())
        assert corpus.repair().ok
        assert embedder.batches == []
        assert best(corpus, "kept passage 3 kept3") == "About kept"
        assert corpus.health().ok


@pytest.mark.usefixtures("by_index")
def test_fault_06_search_without_the_vector_index_is_exact(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"), *texts("kept", 50))
        expected = corpus.search("kept passage 3 kept3", 1)
    lose_chroma(data)
    with Corpus.open(data, HashingEmbedder()) as corpus:
        assert corpus.search("kept passage 3 kept3", 1) == expected


def test_fault_06_search_without_the_lexical_index_names_the_remedy(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"))
    lose_lexical(data)
    with (
        Corpus.open(data, HashingEmbedder()) as corpus,
        pytest.raises(CorpusDamaged, match="doctor --repair"),
    ):
        corpus.search("kept")


def test_fault_07_lost_vectors_are_found_by_looking_each_up(corpus: Corpus, data: Path) -> None:
    owner = put(corpus, document("kept"), *texts("kept", 100))
    lost = [passage.id for passage in corpus.passages(owner.id)[10:13]]
    corpus.close()
    index = VectorIndex(data / "chroma")
    index.delete(lost)
    # Another vector under the same id: counts agree, only the look-up tells.
    moved = corpus.passages(owner.id)[50].id
    index.upsert([moved], -HashingEmbedder().embed_passages(["kept passage 50"]))
    index.close()
    health = corpus.health()
    assert not health.ok
    assert health.vectors.missing == tuple(lost)
    assert health.vectors.unreachable == (moved,)
    assert corpus.repair().ok


def test_fault_08_ten_rounds_of_delete_and_reingest(corpus: Corpus) -> None:
    owners = [document(f"doc{n}") for n in range(6)]
    for owner in owners:
        put(corpus, owner, *texts(owner.title, 120))
    for turn in range(10):
        owner = owners[turn % 6]
        with corpus.writing() as writer:
            writer.remove(owner.id)
            put(writer, owner, *texts(owner.title, 120))
    health = corpus.health()
    assert health.passages == 720
    assert health.ok, health.lines()


@pytest.mark.usefixtures("by_index")
def test_fault_09_a_stale_handle_is_reopened_and_asked_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(corpus, document("kept"), *texts("kept", 50))
    calls: list[int] = []
    whole = VectorIndex.nearest

    def once_stale(index: VectorIndex, *arguments: object) -> list[str]:
        calls.append(id(index))
        if len(calls) == 1:
            raise CorpusDamaged("Error finding id")
        return whole(index, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(VectorIndex, "nearest", once_stale)
    assert best(corpus, "kept passage 3 kept3") == "About kept"
    assert len(calls) >= 2


def test_fault_10_another_model_is_refused(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"))
    with pytest.raises(ModelMismatch, match=r"hashing 1 .*other 1.*loadfactor reembed"):
        Corpus.open(data, HashingEmbedder("other"))


def test_fault_10_another_dimension_is_refused_on_writing(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"))
        owner = document("wide")
        wide = HashingEmbedder(dimension=96).embed_passages(["wide"])
        with corpus.writing() as writer, pytest.raises(ModelMismatch, match="96 dimensions"):
            writer.add(owner, passages(owner, "wide"), wide)
        assert corpus.health().ok


def test_fault_10_an_empty_corpus_takes_any_model(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        owner = put(corpus, document("gone"))
        with corpus.writing() as writer:
            writer.remove(owner.id)
    wide = HashingEmbedder("wide", 96)
    with Corpus.open(data, wide) as corpus:
        owner = document("new")
        with corpus.writing() as writer:
            writer.add(owner, passages(owner, "new"), wide.embed_passages(["new"]))
        assert corpus.health().ok


def test_fault_11_ten_thousand_passages_in_one_document(corpus: Corpus) -> None:
    put(corpus, document("long"), *texts("long", 10_000))
    assert corpus.document(document("long").id).passages == 10_000
    health = corpus.health()
    assert health.vectors.passages == health.lexical.passages == 10_000
    assert not health.vectors.missing


def test_fault_12_a_document_that_shrinks_leaves_nothing_in_search(corpus: Corpus) -> None:
    old = put(corpus, document("old", "/in/report.txt"), *texts("old", 40))
    cited = corpus.passages(old.id)[30]
    new = put(corpus, document("new", "/in/report.txt"), *texts("new", 5))
    assert [found.id for found in corpus.documents()] == [new.id]
    assert corpus.document(old.id).state is DocumentState.SUPERSEDED
    assert corpus.document(old.id).name == "report.txt"
    assert corpus.passage(cited.id) == cited
    assert {hit.document.id for hit in corpus.search("old passage 30 old30", 20)} == {new.id}
    health = corpus.health()
    assert (health.passages, health.superseded) == (5, 1)
    assert health.ok, health.lines()


def test_fault_12_the_same_document_split_into_fewer_passages(corpus: Corpus) -> None:
    owner = put(corpus, document("report"), *texts("long", 40))
    put(corpus, owner, *texts("short", 3))
    assert len(corpus.passages(owner.id)) == 3
    assert corpus.health().ok


def test_fault_13_the_same_content_under_two_names(corpus: Corpus) -> None:
    owner = put(corpus, document("same", "/in/one.txt"))
    with corpus.writing() as writer:
        writer.add_source(owner.id, source("/in/two.txt"))
    [kept] = corpus.documents()
    assert [place.name for place in kept.sources] == ["one.txt", "two.txt"]
    assert kept.name == "two.txt"
    with corpus.writing() as writer:
        writer.detach("/in/one.txt")
    assert corpus.source("/in/one.txt") is None
    assert corpus.documents()[0].state is DocumentState.READY
    with corpus.writing() as writer:
        writer.detach("/in/two.txt")
    assert corpus.documents() == ()
    assert corpus.health().ok


def test_fault_14_the_same_document_again_changes_no_index(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = put(corpus, document("same"))
    monkeypatch.setattr(VectorIndex, "upsert", None)
    before = corpus.documents()
    put(corpus, owner)
    assert corpus.documents() == before


def test_fault_14_looking_up_what_is_known_never_imports_chromadb(data: Path) -> None:
    run(data, "add", "3", "known")
    script = (
        "import sys; from pathlib import Path; from corpus.store import Corpus;"
        "from tests.fakes import HashingEmbedder;"
        f"corpus = Corpus.open(Path({str(data)!r}), HashingEmbedder());"
        "assert corpus.source('/in/known.txt');"
        "print(sorted({'chromadb', 'onnxruntime', 'torch'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
