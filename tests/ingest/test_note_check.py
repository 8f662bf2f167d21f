"""What the check of research notes accepts, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from ingest.note_check import check_note
from ingest.note_form import copied_runs
from ingest.note_support import Held
from ingest.notes import Finding, FindingKind, Note, NoteSource, statements

ANNUAL = NoteSource("Northwind Form 10-K for fiscal 2025", "Northwind", date(2026, 2, 5))
CALL = NoteSource("Northwind Q4 2025 earnings call (transcript)", "Northwind", date(2026, 2, 5))
HARBOR = NoteSource("Harbor Lines Form 10-K for fiscal 2025", "Harbor Lines", date(2026, 2, 5))
NEWS = NoteSource("What the builders spend", "The Lantern", date(2026, 4, 9))
TEXTS: Mapping[NoteSource, Held] = {
    ANNUAL: Held(
        "Northwind 10-K FY2025",
        (
            "Cash Flows\nConsolidated Statements of Cash Flows\n(in millions)\n2024 | 2025\n"
            "Purchases of property and equipment | $(52,535) | $(128,320)\n"
            "Operating income | 31,200 | 44,610",
            "Useful lives\nServers and network equipment | Four to six years\nBuildings | 40 years",
            "Capacity\nNorthwind runs 1.2 gigawatts of data centers with 250,000 NVIDIA GPUs, and "
            "served 3.4 trillion tokens a month in December. Revenue from the cloud rose 17%.",
        ),
        by="Northwind",
    ),
    CALL: Held(
        "Northwind earnings call FY2025Q4",
        (
            "Outlook\nWe expect capital expenditures of $60 to $65 billion in 2026, or 38% of "
            "revenue, most of it for servers. An hour of an H100 costs us $2.35.",
        ),
        by="Northwind",
    ),
    HARBOR: Held(
        "Harbor Lines 10-K FY2025",
        ("Liquidity\nCapital expenditures of Harbor Lines were $43.2 billion in fiscal 2025.",),
        by="Harbor Lines",
    ),
    NEWS: Held(
        "What the builders spend",
        (
            "Harbor Lines will spend $71 billion on data centers this year. Northwind plans capital"
            " spending of $62 billion in the same year, its chief said.\n"
            "Builder | capital expenditure\nNorthwind | $62B\nHarbor Lines | $71B",
        ),
    ),
}
FRONT: Mapping[str, object] = {
    "title": "Northwind capital expenditure",
    "companies": ["Northwind", "Harbor Lines"],
    "topics": ["capital expenditure"],
    "as_of": "2026-04-09",
    "form": "note",
    "publisher": "Load Factor",
    "questions": ["What did Northwind spend?", "What will Northwind spend?"],
}
RIGHT = (
    "Northwind spent $128.3 billion on property and equipment in fiscal 2025 (Form 10-K,"
    " 2026-02-05)."
)


def note(body: str, rests_on: tuple[NoteSource, ...] = (ANNUAL,)) -> Note:
    rows = [
        {"document": one.document, "publisher": one.publisher, "date": one.date.isoformat()}
        for one in rests_on
    ]
    newest = max(source.date for source in rests_on).isoformat()
    stated = {**FRONT, "as_of": newest, "sources": rows}
    return Note("northwind.md", stated, body, line=20)


def found(body: str, *sources: NoteSource, kind: FindingKind | None = None) -> list[Finding]:
    """The findings of one kind, or all but on length, on a note with all sources or these."""
    checked = note(body, sources or (ANNUAL, CALL, HARBOR, NEWS))
    every = check_note(checked, {source: TEXTS[source] for source in checked.sources})
    skipped = {FindingKind.LENGTH, FindingKind.UNUSED} - {kind}
    return [f for f in every if f.kind not in skipped and kind in (None, f.kind)]


@pytest.mark.parametrize(
    "claim",
    [
        RIGHT,
        "Northwind's capital expenditure was $128,320 million (Form 10-K, 2026-02-05).",
        "Northwind guides to capital expenditure of $60 billion to $65 billion for 2026, or 38% of"
        " revenue (call, 2026-02-05).",
        "Northwind depreciates servers over four to six years (Form 10-K, 2026-02-05).",
        "Northwind runs 250,000 GPUs on 1,200 MW and served 3.4 trillion tokens monthly"
        " (Form 10-K, 2026-02-05).",
        "Northwind's hour of an H100 costs $2.35 an hour (call, 2026-02-05).",
        "Harbor Lines spent $43.2 billion on capital expenditure in fiscal 2025 (Form 10-K,"
        " 2026-02-05).",
        "Northwind plans $62 billion of capital spending (news, 2026-04-09).",
        "For 2026 The Lantern gives Northwind $62 billion of capital spending (news, 2026-04-09),"
        " where its own range reaches $65 billion (call, 2026-02-05).",
        "| Northwind | **$62 billion** of capital spending | The Lantern, 2026-04-09 |",
        "In fiscal 2025 and on April 9, 2026 Northwind filed Form 10-K and spoke of H100 GPUs.",
    ],
)
def test_what_its_source_states_is_accepted(claim: str) -> None:
    assert found(f"| Company | Capex | Source |\n|---|---|---|\n{claim}\n") == []


@pytest.mark.parametrize(
    "claim",
    [
        RIGHT.replace("128.3", "128.4"),
        RIGHT.replace("128.3", "128.32").replace("32 b", "33 b"),
        RIGHT.replace("billion", "million"),
        RIGHT.replace("$128.3 billion", "$1,283 billion"),
        "Northwind depreciates servers over five to six years (Form 10-K, 2026-02-05).",
        "Northwind runs 250,000 GPUs on 120 MW of power (Form 10-K, 2026-02-05).",
        "Northwind's capital expenditure is 39% of revenue (call, 2026-02-05).",
        "Northwind's hour of an H100 costs $2.35 per million tokens (Form 10-K, 2026-02-05).",
    ],
)
def test_a_wrong_digit_or_scale_is_found(claim: str) -> None:
    (finding,) = found(claim)
    assert (finding.kind, finding.line) == (FindingKind.NOT_IN_SOURCE, 20)
    assert finding.fails and finding.remedy


def test_a_figure_of_another_line_item_is_found() -> None:
    claim = "Northwind spent $44.6 billion on property and equipment (Form 10-K, 2026-02-05)."
    assert found(claim, kind=FindingKind.NOT_IN_SOURCE)


@pytest.mark.parametrize(
    "claim",
    [
        RIGHT.replace("Northwind", "Harbor Lines"),
        "Northwind spent $43.2 billion on capital expenditure (Form 10-K, 2026-02-05).",
        "Northwind plans capital spending of $71 billion (news, 2026-04-09).",
        "| Harbor Lines | $62 billion of capital expenditure | news, 2026-04-09 |",
    ],
)
def test_a_figure_under_the_wrong_company_is_found(claim: str) -> None:
    body = f"| Company | Capex | Source |\n|---|---|---|\n{claim}\n"
    assert found(body, kind=FindingKind.NOT_IN_SOURCE)


@pytest.mark.parametrize(
    "claim",
    [
        "Northwind spent $128.3 billion on property and equipment.",
        "Northwind spent $128.3 billion on property and equipment (news, 2026-02-05).",
        "Harbor Lines spent $38 billion, by the call of another (call, 2026-02-05).",
    ],
)
def test_a_figure_without_a_source_is_found(claim: str) -> None:
    (finding,) = found(claim)
    assert finding.kind is FindingKind.NO_SOURCE


def test_a_day_that_is_no_sources_is_found() -> None:
    kinds = {finding.kind for finding in found(RIGHT.replace("02-05", "02-06"))}
    assert kinds == {FindingKind.NO_SOURCE}


def test_a_source_that_is_cited_nowhere_is_found() -> None:
    unused = found(RIGHT, ANNUAL, NEWS, kind=FindingKind.UNUSED)
    assert [finding.what.partition(",")[0] for finding in unused] == [NEWS.document]


def test_what_is_not_held_cannot_be_checked_and_does_not_fail() -> None:
    checked = check_note(note(RIGHT.replace("128.3", "999.9")), {ANNUAL: None})
    held = [finding for finding in checked if finding.kind is not FindingKind.LENGTH]
    assert [(finding.kind, finding.fails) for finding in held] == [(FindingKind.NOT_HELD, False)]


def test_a_copied_sentence_is_found_and_a_quoted_title_is_not() -> None:
    copied = "Northwind, we read, runs 1.2 gigawatts of data centers with 250,000 NVIDIA GPUs now"
    (finding,) = found(f"{copied} (Form 10-K, 2026-02-05).", kind=FindingKind.COPIED)
    assert "gigawatts of data centers" in finding.what
    line = 'The line is "Northwind runs 1.2 gigawatts of data centers with 250,000" there.'
    assert list(copied_runs(statements(note(line)), TEXTS[ANNUAL].texts[2])) == []
    assert found(RIGHT, kind=FindingKind.COPIED) == []


def test_a_figure_in_a_leaning_sentence_is_found() -> None:
    leaning = RIGHT.replace("Northwind", "It")
    assert found(leaning, ANNUAL, kind=FindingKind.LEANING)
    assert not found("It has given no figure.", ANNUAL, kind=FindingKind.LEANING)


def test_sentences_are_found_over_lines_and_by_their_line() -> None:
    body = "# Head\n\nNorthwind grew.\nNorthwind spent\n$129 billion on property\nand equipment."
    (finding,) = found(body, ANNUAL)
    assert finding.line == 23
    assert [
        one.line for one in statements(note("- One item.\n- Another one.\n\n```\n$5\n```"))
    ] == [
        20,
        21,
    ]


@pytest.mark.parametrize(("words", "wrong"), [(399, True), (400, False), (900, False), (901, True)])
def test_a_note_has_400_to_900_words(words: int, wrong: bool) -> None:
    lengths = found("word " * words, kind=FindingKind.LENGTH)
    assert bool(lengths) is wrong


@pytest.mark.parametrize("questions", [[], ["What did Northwind spend?"], ["a?"] * 4, ["a?", "b"]])
def test_starter_questions_are_two_or_three(questions: list[str]) -> None:
    plain = note(RIGHT)
    checked = check_note(replace(plain, stated={**plain.stated, "questions": questions}), TEXTS)
    assert FindingKind.QUESTIONS in {finding.kind for finding in checked}


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ({"title": None}, "title"),
        ({"publisher": ""}, "publisher"),
        ({"form": "article"}, "form"),
        ({"companies": None}, "companies"),
        ({"topics": []}, "topics"),
        ({"as_of": "spring"}, "as_of"),
        ({"as_of": "2026-02-06"}, "as_of"),
        ({"sources": []}, "sources"),
        ({"sources": ["Form 10-K"]}, "source 1"),
        ({"sources": [{"document": "Form 10-K", "publisher": "N", "date": "2026"}]}, "source 1"),
        (
            {"sources": [{"document": "a", "publisher": "b", "date": "2026-02-05", "url": "a.b"}]},
            "address",
        ),
    ],
)
def test_incomplete_front_matter_is_found(front: dict[str, object], told: str) -> None:
    plain = note("Northwind has given no figure.")
    checked = check_note(replace(plain, stated={**plain.stated, **front}), TEXTS)
    whats = [f.what for f in checked if f.kind is FindingKind.FRONT_MATTER]
    assert any(told in what for what in whats)
    complete = check_note(note(RIGHT), TEXTS)
    assert FindingKind.FRONT_MATTER not in {finding.kind for finding in complete}
