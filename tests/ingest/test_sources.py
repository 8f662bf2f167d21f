"""What inputs stand for, and what is never opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest import sources
from ingest.sources import InputAddress, InputFile, InputFilings, SkippedInput, find_inputs


def names(folder: Path) -> list[str]:
    return [i.path.name for i in find_inputs(str(folder)) if isinstance(i, InputFile)]


def refusal(given: str) -> str:
    (item,) = find_inputs(given)
    assert isinstance(item, SkippedInput)
    assert item.refused
    return item.reason


def test_a_folder_is_read_whole_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/z.txt", "b/a.md", "c.pdf", "a.html"):
        (tmp_path / name).write_text("x")
    assert names(tmp_path) == ["a.html", "c.pdf", "a.md", "z.txt"]


def test_hidden_files_are_passed_over_and_other_types_skipped(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("x")
    (tmp_path / ".notes.md").write_text("x")
    (tmp_path / "manifest.jsonl").write_text("{}")
    (item,) = find_inputs(str(tmp_path))
    assert isinstance(item, SkippedInput)
    assert not item.refused
    assert "unsupported type .jsonl" in item.reason


def test_fault_30_links_loops_pipes_and_devices_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (inside / "kept.txt").write_text("kept")
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    (inside / "linked").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "self.txt").symlink_to(inside / "self.txt")
    os.mkfifo(inside / "pipe.txt")
    assert names(inside) == ["kept.txt"]
    skipped = [i for i in find_inputs(str(inside)) if isinstance(i, SkippedInput)]
    assert len(skipped) == 5
    assert not any(item.refused for item in skipped)
    assert refusal(str(inside / "pipe.txt")) == "not a regular file"
    assert refusal("/dev/zero") == "not a regular file"
    assert "cannot be opened" in refusal(str(inside / "self.txt")) or "no such" in refusal(
        str(inside / "self.txt")
    )


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    (item,) = find_inputs(str(tmp_path / "link.txt"))
    assert item == InputFile((tmp_path / "real.txt").resolve())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("no/such/file.txt", "no such file or folder"),
        ("file:///etc/passwd", "only http and https are read"),
        ("https://10.0.0.1/", "10.0.0.1 is in a private network"),
        ("mailto:someone@example.com", "no such file or folder, and no http or https address"),
        ("a\0b", "not a path"),
        ("", "not a path"),
    ],
)
def test_what_cannot_be_taken_says_why(given: str, reason: str) -> None:
    assert reason in refusal(given)


@pytest.mark.parametrize("given", ["https://Example.org:443/a#b", " HTTPS://example.org/a\n"])
def test_an_address_is_known_by_its_one_spelling(given: str) -> None:
    (item,) = find_inputs(given)
    assert item == InputAddress("https://example.org/a")
    assert item.location == "https://example.org/a"


@pytest.mark.parametrize("given", ["edgar:NVDA:10-K", "EDGAR:MSFT:10-Q:4"])
def test_filings_are_handed_on_as_given(given: str) -> None:
    (item,) = find_inputs(given)
    assert item == InputFilings(given)
    assert item.location == given


def test_a_file_may_have_a_colon_in_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "call:2026.txt").write_text("x")
    (item,) = find_inputs("call:2026.txt")
    assert item == InputFile((tmp_path / "call:2026.txt").resolve())


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 1024**2)
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(3 * 1024**2)
    assert refusal(str(tmp_path / "huge.txt")).startswith("3 MiB is over the limit of 1 MiB")
    (item,) = find_inputs(str(tmp_path))
    assert isinstance(item, SkippedInput)
    assert item.refused


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_text("x")
    (item,) = find_inputs(str(tmp_path))
    assert isinstance(item, SkippedInput)
    assert "not valid UTF-8" in item.reason
    assert item.location.endswith("caf\\xe9.txt")
