"""Parsing in the child: the way through JSON; a stranger's text cannot hold up the parent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.errors import ReaderFailed
from corpus.models import Media, Passage, PassageKind, Source
from corpus.store import Corpus
from ingest.blocks import Block, BlockKind, Reading
from ingest.intake import Arrival, parse
from ingest.limits import Limits
from ingest.outcome import Finished, Status
from ingest.parsed import Parsed, Task, parsed_from_json, parsed_of, parsed_to_json
from ingest.pipeline import ingest
from ingest.recognise import Recognised
from tests.fakes import HashingEmbedder

PARSED = Parsed(
    media=Media.PDF,
    pages=3,
    tables=1,
    recognised=Recognised(
        title="Zephyr 10-K FY2025 “—”",
        companies=("Zephyr",),
        form="10-K",
        fiscal_period="FY2025",
        period_end=date(2025, 12, 31),
        published=None,
        topics=("capex",),
        warnings=("no text on page 2 of 3",),
    ),
    passages=(
        Passage("d:0", "d", 0, "Capex | $5", "Zephyr", ("Item 7",), PassageKind.TABLE, 1, 2, 9),
        Passage("d:1", "d", 1, "It rose.", "Zephyr"),
    ),
)


@pytest.fixture
def corpus(data: Path, embedder: HashingEmbedder) -> Iterator[Corpus]:
    with Corpus.open(data, embedder) as opened:
        yield opened


def test_what_was_parsed_survives_the_way_through_json() -> None:
    assert parsed_from_json(parsed_to_json(PARSED)) == PARSED
    assert parsed_to_json(PARSED).isascii()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"media": "pdf"}', '{"media": "vinyl"}'])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parsed_from_json(text)


def test_what_the_source_states_counts() -> None:
    blocks = (Block(BlockKind.PARAGRAPH, "Zephyr spent $5 billion on turbines."),)
    task = Task("d", "x.htm", 256, {"header:form": "10-K", "header:filing_date": "2026-02-05"})
    parsed = parsed_of(Reading(Media.HTML, blocks), task)
    assert (parsed.recognised.form, parsed.recognised.published) == ("10-K", date(2026, 2, 5))


def test_parsing_that_meets_its_limit_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Harbor Mills rents accelerators by the hour. " * 40_000, encoding="utf-8")
    content = path.read_bytes()
    arrival = Arrival(Source(str(path), path.name, datetime.now(UTC), len(content)), path, content)
    with pytest.raises(ReaderFailed, match=r"stopped after|limit of processor time"):
        parse(arrival, 256, limits=Limits(seconds=1.0))


@pytest.mark.parametrize(
    "text",
    [
        "FOR IMMEDIATE RELEASE\n" + "welcome " * 700,
        "Results " + "." * 200_000,
        "```\n" + "\n" * 150_000 + "```\n",
        "---\ntitle: x\ncompanies: [" + "," * 20_000 + "]\n---\nText.",
        "x" * 300_000,
    ],
    ids=["welcome", "dots", "blank lines", "commas", "one word"],
)
def test_patterns_do_not_hang_on_a_small_file(corpus: Corpus, tmp_path: Path, text: str) -> None:
    """Each of these had one of our expressions at work for minutes; now none meets the limit."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "odd.md").write_text(text, encoding="utf-8")
    (tmp_path / "in" / "zephyr.md").write_text("Zephyr spent $5 billion.", encoding="utf-8")
    events = ingest([str(tmp_path / "in")], corpus)
    odd, good = (event.outcome for event in events if isinstance(event, Finished))
    assert good.status is Status.ADDED
    assert "stopped after" not in (odd.reason or "")
