"""Faults 1 to 14 and 16 that concern the store, with real second processes on the same folder."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus import candidates as searching
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


def killed_at(data: Path, folder: Path, step: str | None, delay: float) -> list[str]:
    """Kill an ingest a while after it began a step (default: its first); return what it told."""
    with started(data, "ingest", str(folder)) as process:
        said = [line(process)]
        while step is not None and said[-1] not in (step, ""):
            said.append(line(process))
        time.sleep(delay)
        process.kill()
        assert process.stdout is not None
        return said + process.stdout.read().split()


def test_fault_04_kill_9_during_ingest_20_times_at_random_moments(
    data: Path, tmp_path: Path
) -> None:
    folder, dice, within = tmp_path / "in", random.Random(4), Counter[str]()
    folder.mkdir()
    for turn in range(20):
        # As many passages as keep the vector index at work for longer than a kill takes.
        lots = (f"Lot {n} of {turn} holds {n * 7919 % 9973} units. " * 9 for n in range(300))
        (folder / f"{turn}.txt").write_text("\n\n".join(lots))
        step = (">vectors", None)[turn % 2]
        said = killed_at(data, folder, step, dice.uniform(0, 0.015 if step else 0.6))
        if said[-1].startswith(">"):
            within[said[-1]] += 1
    assert within[">vectors"] >= 5, within
    done = run(data, "ingest", str(folder))
    assert done.returncode == 0, done.stderr
    with Corpus.open(data, HashingEmbedder()) as corpus:
        documents = corpus.documents()
        assert sorted(found.name for found in documents) == sorted(
            path.name for path in folder.iterdir()
        )
        assert all(len(found.sources) == 1 for found in documents)
        for found in documents:
            spans = corpus.passages(found.id)
            assert [span.ordinal for span in spans] == list(range(found.passages))
            assert len({span.text for span in spans}) == found.passages
        health = corpus.health()
        assert health.passages == sum(found.passages for found in documents)
        assert (health.ok, health.originals_missing) == (True, ()), health.lines()
    again = run(data, "ingest", str(folder))
    assert "<vectors" not in again.stdout, "nothing is left to do"


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
    owners = [put(corpus, document(f"doc{n}"), *texts(f"doc{n}", 700)) for n in range(3)]
    ids = [passage.id for owner in owners for passage in corpus.passages(owner.id)]
    corpus.close()
    dice = random.Random(7)
    lost, moved = dice.sample(ids[::2], 30), dice.sample(ids[1::2], 30)
    index = VectorIndex(data / "chroma")
    index.delete(lost)
    # Other vectors under the same ids: counts agree, only the look-up of every one tells.
    index.upsert(moved, -HashingEmbedder().embed_passages([f"elsewhere {key}" for key in moved]))
    index.close()
    health = corpus.health()
    assert not health.ok
    assert health.vectors.missing == tuple(sorted(lost))
    assert sorted(health.vectors.unreachable) == sorted(moved)
    embedder = HashingEmbedder()
    with Corpus.open(data, embedder) as again:
        assert again.repair().ok
        assert again.health().vectors.passages == 2_100
    assert embedder.batches == []


def test_fault_08_ten_rounds_of_delete_and_reingest(corpus: Corpus) -> None:
    owners = [document(f"doc{n}") for n in range(6)]
    for owner in owners:
        put(corpus, owner, *texts(owner.title, 60))
    for _ in range(10):
        with corpus.writing() as writer:
            for owner in owners:
                writer.remove(owner.id)
                put(writer, owner, *texts(owner.title, 60))
        health = corpus.health()
        assert (health.passages, health.vectors.unreachable) == (360, ())
        assert health.ok, health.lines()


def pull_out(chroma: Path) -> None:
    """Take the files from under whoever has them open."""
    for path in chroma.rglob("*"):
        if path.is_file():
            os.truncate(path, 0)
    shutil.rmtree(chroma)


@pytest.mark.usefixtures("by_index")
def test_fault_09_a_stale_handle_is_reopened_and_asked_again(corpus: Corpus, data: Path) -> None:
    put(corpus, document("kept"), *texts("kept", 50))
    question = "kept passage 3 kept3"
    expected = corpus.search(question, 5)
    whole = data / "whole"
    shutil.copytree(data / "chroma", whole)
    stale = corpus._indexes._vectors
    assert stale is not None
    pull_out(data / "chroma")
    with pytest.raises(CorpusDamaged):
        stale.nearest(HashingEmbedder().embed_query(question), 5)
    whole.rename(data / "chroma")
    assert corpus.search(question, 5) == expected
    assert corpus._indexes._vectors not in (stale, None), "reopened"
    assert corpus.health().ok


@pytest.mark.usefixtures("by_index")
def test_fault_09_where_nothing_can_be_reopened_search_is_exact_and_doctor_says_so(
    corpus: Corpus, data: Path
) -> None:
    put(corpus, document("kept"), *texts("kept", 50))
    expected = corpus.search("kept passage 3 kept3", 5)
    pull_out(data / "chroma")
    (data / "chroma").write_text("no folder")
    assert corpus.search("kept passage 3 kept3", 5) == expected
    assert "doctor --repair" in "\n".join(corpus.health().lines())


@pytest.mark.usefixtures("by_index")
def test_fault_09_a_stale_lexical_handle_ends_in_a_friendly_error(
    corpus: Corpus, data: Path
) -> None:
    put(corpus, document("kept"), *texts("kept", 50))
    assert corpus.search("kept passage 3", 1)
    shutil.rmtree(data / "lexical")
    with corpus.writing() as writer:
        writer.add_source(document("kept").id, source("/in/other.txt"))
    with pytest.raises(CorpusDamaged, match="doctor --repair"):
        corpus.search("kept passage 3", 1)
    assert corpus.repair().ok
    put(corpus, document("later"))
    assert corpus.health().ok


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


READ_ONLY = """
import os, sys
from pathlib import Path
from corpus.errors import CorpusUnwritable
from corpus.store import Corpus
from tests.corpus.making import document, put
from tests.fakes import HashingEmbedder
if os.geteuid() == 0:
    os.setuid(65534)
try:
    with Corpus.open(Path(sys.argv[1]), HashingEmbedder(), wait=5) as corpus:
        print(corpus.search("kept passage 3", 1)[0].document.title)
        put(corpus, document("later"))
except CorpusUnwritable as error:
    print("unwritable:", error)
"""


@contextmanager
def read_only(data: Path) -> Iterator[None]:
    """Nobody may write below `data`; root, whom no mode binds, has to become another user."""
    paths = [data, *data.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def open_data() -> Iterator[Path]:
    """A data folder that every user of this machine reaches."""
    away = [folder for folder in REPOSITORY.parents if not folder.stat().st_mode & 0o001]
    if os.geteuid() == 0 and away:
        pytest.skip("root is bound by no mode, and no other user reaches the checkout")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"


def test_fault_16_a_read_only_folder_is_told_and_left_as_it_was(open_data: Path) -> None:
    data = open_data
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"), *texts("kept", 50))
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    with read_only(data):
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(data)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("unwritable: ")
    assert "make the folder writable" in done.stdout
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
    with Corpus.open(data, HashingEmbedder()) as corpus:
        assert [found.title for found in corpus.documents()] == ["About kept"]
        assert corpus.health().ok


FULL = """
import subprocess, sys
from pathlib import Path
from corpus import candidates as searching
from corpus.errors import CorpusUnwritable
from corpus.store import Corpus
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder
searching.EXACT_PASSAGES = 0
def sized(kilobytes, *options):
    size = f"size={kilobytes}k"
    subprocess.run(["mount", "-o", ",".join([*options, size]), sys.argv[1]], check=True)
for room in map(int, sys.argv[2:]):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", sys.argv[1]], check=True)
    data = Path(sys.argv[1]) / "data"
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("kept"), *texts("kept", 50))
        used = sum(path.stat().st_blocks for path in data.rglob("*")) // 2
        sized(used + room, "remount")
        try:
            for name in ("one", "two", "three", "four"):
                put(corpus, document(name), *texts(name, 400))
        except CorpusUnwritable as error:
            print("Free disk space" in str(error) or "free disk space" in str(error))
        assert corpus.search("kept passage 3 kept3", 1)[0].document.title == "About kept"
    sized(65536, "remount")
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("after"))
        health = corpus.health()
        assert health.ok, health.lines()
        assert {"About kept", "About after"} <= {d.title for d in corpus.documents()}
"""


def test_fault_16_a_full_disk_is_told_as_such_wherever_it_strikes(tmp_path: Path) -> None:
    alone = ["unshare", "--map-root-user", "--mount"]
    mounted = [*alone, "mount", "-t", "tmpfs", "none", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    rooms = ("50", "400", "600", "1000", "1200", "2000", "3000")
    done = subprocess.run(
        [*alone, sys.executable, "-c", FULL, str(tmp_path), *rooms],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"] * len(rooms)
