import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import InputRefused, ReaderFailed
from corpus.models import Media
from ingest.readers import Limits, read_document
from ingest.readers import process as reader_process

REPOSITORY = Path(__file__).parents[2]


def written(path: Path, text: str = "Some text stands here.") -> Path:
    path.write_text(text)
    return path


def test_the_child_resolves_wherever_the_parent_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = tmp_path / "ingest"
    decoy.mkdir()
    written(decoy / "__init__.py", "raise SystemExit('the decoy was imported')")
    written(tmp_path / "note.txt")
    monkeypatch.chdir(tmp_path)
    reading = read_document(Path("note.txt"), Media.TEXT)
    assert reading.blocks[0].text == "Some text stands here."


def test_a_refusal_passes_intact(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        read_document(written(tmp_path / "blank.txt", " \n"), Media.TEXT)
    assert (type(refused.value), str(refused.value)) == (InputRefused, "no text")


def test_a_missing_file_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ReaderFailed, match="No such file"):
        read_document(tmp_path / "absent.txt", Media.TEXT)


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_a_reader_over_its_memory_fails_and_the_parent_lives(tmp_path: Path) -> None:
    path = written(tmp_path / "large.txt", "word " * 8_000_000)
    with pytest.raises(ReaderFailed, match="memory limit of 200 MiB"):
        read_document(path, Media.TEXT, Limits(memory=200 * 1024**2, characters=10**9))


CHILDREN = {
    "crash": ("import os; os.abort()", "crashed"),
    "noise": ("print('hello')", "did not answer with a reading"),
    "silence": ("", "did not answer with a reading"),
    "exception": ("raise RuntimeError('spilt milk')", "RuntimeError: spilt milk"),
    "exit": ("raise SystemExit(9)", "exit status 9"),
    "endless": ("while True: pass", "stopped after 1 seconds"),
}


@pytest.mark.parametrize("kind", CHILDREN)
def test_whatever_a_child_does_is_a_plain_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    script, reason = CHILDREN[kind]
    readers = tmp_path / "root" / "ingest" / "readers"
    readers.mkdir(parents=True)
    for folder in (readers.parent, readers):
        written(folder / "__init__.py", "")
    written(readers / "__main__.py", script)
    monkeypatch.setattr(reader_process, "_ROOT", tmp_path / "root")
    monkeypatch.setenv("PYTHONPATH", "")
    with pytest.raises(ReaderFailed, match=reason):
        read_document(written(tmp_path / "note.txt"), Media.TEXT, Limits(seconds=1))


@pytest.mark.parametrize("media", (Media.TEXT, Media.MARKDOWN))
def test_a_child_imports_only_the_reader_that_it_needs(tmp_path: Path, media: Media) -> None:
    script = (
        "import sys, os; from ingest.readers.__main__ import main;"
        "main(sys.argv[1:]);"
        "heavy = {'pypdf', 'pypdfium2', 'trafilatura', 'lxml', 'numpy', 'torch'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    path = written(tmp_path / "note.txt")
    done = subprocess.run(
        [sys.executable, "-c", script, "60", str(3 * 1024**3), media, str(path), "9", "9999"],
        cwd=REPOSITORY,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"
