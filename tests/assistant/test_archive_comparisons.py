"""Comparisons stored in the ledger's file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assistant.archive_comparisons import ComparisonArchive
from assistant.archive_records import record_of
from assistant.compared import from_json, to_json
from assistant.conversation import Flag, FlagKind
from assistant.cost.errors import LedgerError
from assistant.cost.ledger import Ledger
from assistant.cost.ledger_tables import comparisons
from assistant.grading import Gold
from tests.assistant.compared_values import UNMETERED, asked, comparison, result
from tests.assistant.packs import document, evidence

FLAG = Flag(FlagKind.UNSUPPORTED_FIGURE, "Not found: $5 billion.", ((13, 23),))
SECRET = "Zephyr Wind spent $37.6 billion on turbines."


@pytest.fixture
def ledger(data: Path) -> Iterator[Ledger]:
    with closing(Ledger(data / "ledger.db")) as opened:
        yield opened


def test_a_comparison_comes_back_as_it_was(ledger: Ledger, data: Path) -> None:
    stored = record_of(evidence((document("Letter"), SECRET)), None).evidence
    question = replace(asked(gold=Gold(True, ("5",), "$5 billion")), evidence=stored)
    found = comparison(
        result(flags=(FLAG,), correct=True, served=("gpt-5-2025-08-07",)),
        result(backend="second", spent=UNMETERED, cost_low=None, cost_high=None),
        questions=(question,),
    )
    ComparisonArchive(ledger).keep(found)
    with closing(Ledger(data / "ledger.db")) as again:
        assert ComparisonArchive(again).find(found.id) == found


def test_the_record_holds_no_text_of_a_document_and_whole_money() -> None:
    stored = record_of(evidence((document("Letter"), SECRET)), None).evidence
    record = to_json(comparison(result(), questions=(replace(asked(), evidence=stored),)))
    assert "turbines" not in json.dumps(record)
    assert isinstance(record["results"][0]["spent"]["cost"], int)
    assert record["version"] == 1


def test_a_record_from_before_a_field_was_added_still_loads() -> None:
    found = comparison(result(served=()))
    record = to_json(found)
    del record["results"][0]["served"]
    assert from_json(record) == found


def test_what_grows_is_kept_in_place_of_what_it_was(ledger: Ledger) -> None:
    archive = ComparisonArchive(ledger)
    archive.keep(comparison(planned=2))
    grown = comparison(result(), planned=2)
    archive.keep(grown)
    assert archive.find("compare-1") == grown
    assert len(archive.listed("local", 10)) == 1


def test_a_users_comparisons_are_listed_newest_first(ledger: Ledger) -> None:
    archive = ComparisonArchive(ledger)
    for number in range(4):
        made = comparison(result(), id=f"compare-{number}", title=str(number))
        archive.keep(replace(made, created=made.created + timedelta(days=number)))
    archive.keep(comparison(result(), id="compare-x", user="other"))
    assert [one.title for one in archive.listed("local", 3)] == ["3", "2", "1"]
    assert archive.find("guessed") is None


def test_a_record_that_cannot_be_read_is_named(ledger: Ledger) -> None:
    archive = ComparisonArchive(ledger)
    archive.keep(comparison(result()))
    with ledger.file.write() as connection:
        connection.execute(update(comparisons).values(record={"version": 2}))
    with pytest.raises(LedgerError, match="compare-1"):
        archive.find("compare-1")
