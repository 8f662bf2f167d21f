"""Parts and speakers of earnings calls, in the layouts that transcripts come in."""

from __future__ import annotations

import pytest

from ingest.blocks import Block, BlockKind
from ingest.passages import split
from ingest.transcripts import with_speakers

LONG = "Orders rose in every region and costs fell again this quarter. " * 24
WELCOME = "Welcome to the call. A question and answer session will follow the remarks."
FIRST_QUESTION = "Thank you. Our first question comes from the line of Ada Byron with Harbor Bank."


def paragraphs(*texts: str) -> list[Block]:
    return [Block(BlockKind.PARAGRAPH, text) for text in texts]


def headings(blocks: tuple[Block, ...]) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in blocks if block.kind is BlockKind.HEADING]


def words(blocks: list[Block] | tuple[Block, ...]) -> str:
    return " ".join(" ".join(block.text for block in blocks).split())


TURNS = [
    (2, "Prepared remarks"),
    (3, "Operator"),
    (3, "Mary Quill, CEO"),
    (2, "Questions and answers"),
    (3, "Operator"),
    (3, "Ada Byron, Harbor Bank"),
    (3, "Mary Quill, CEO"),
]

LAYOUTS = {
    "a name and a colon": paragraphs(
        "With us is Mary Quill, CEO, who will speak first.",
        f"Operator: {WELCOME}",
        f"Mary Quill: {LONG}",
        f"Operator: {FIRST_QUESTION}",
        "Ada Byron: Thanks, Mary. What of margins?",
        "Mary Quill: They rise.",
    ),
    "a role behind the name, a firm in parentheses": paragraphs(
        f"Operator: {WELCOME}",
        f"Mary Quill, CEO: {LONG}",
        "Operator: We will now begin the question-and-answer session.",
        "Ada Byron (Harbor Bank): What of margins?",
        "Mary Quill, CEO: They rise.",
    ),
    "dashes and a line of its own": paragraphs(
        "Operator",
        WELCOME,
        "Mary Quill -- CEO",
        LONG,
        "Operator",
        FIRST_QUESTION,
        "Ada Byron -- Harbor Bank -- Analyst",
        "What of margins?",
        "Mary Quill -- CEO",
        "They rise.",
    ),
    "name and role on two lines of a block": paragraphs(
        "Operator",
        WELCOME,
        "Mary Quill\nCEO",
        LONG,
        "Operator",
        FIRST_QUESTION,
        "Ada Byron\nAnalyst, Harbor Bank",
        "What of margins?",
        "Mary Quill\nCEO",
        "They rise.",
    ),
    "a list of participants, then names alone": paragraphs(
        "Company Participants",
        "Mary Quill - CEO",
        "Ian Roe - Head of Investor Relations",
        "Operator",
        WELCOME,
        "Mary Quill",
        LONG,
        "Operator",
        FIRST_QUESTION,
        "Ada Byron",
        "What of margins?",
        "Mary Quill",
        "They rise.",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_turn_stands_under_its_part_and_speaker(layout: str) -> None:
    found = headings(with_speakers(LAYOUTS[layout]))
    assert [level for level, _ in found] == [level for level, _ in TURNS]
    for (_, said), (_, wanted) in zip(found, TURNS, strict=True):
        assert all(part in said for part in wanted.replace(",", "").split()), said


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_said_stays_word_for_word(layout: str) -> None:
    blocks = LAYOUTS[layout]
    said = [block.text for block in with_speakers(blocks) if block.kind is BlockKind.PARAGRAPH]
    for text in (WELCOME, LONG.strip(), "What of margins?", "They rise."):
        assert sum(text in part for part in said) >= 1
    assert all(words(blocks).count(part) for part in map(str.strip, said))


def test_the_marks_of_question_and_answer() -> None:
    blocks = paragraphs(
        f"Mary Quill: Thank you, Ian. {LONG}",
        "Q - Ada Byron: What of margins?",
        "A - Mary Quill: They rise.",
    )
    assert headings(with_speakers(blocks)) == [
        (2, "Prepared remarks"),
        (3, "Mary Quill"),
        (2, "Questions and answers"),
        (3, "Q - Ada Byron"),
        (3, "A - Mary Quill"),
    ]


def test_marks_in_angle_brackets_and_times_behind_a_name() -> None:
    blocks = paragraphs(
        f"Mary Quill, CEO [00:01:10]: {LONG}",
        "<Q - Ada Byron>: What of margins?",
        "<A - Mary Quill>: They rise.",
    )
    cut = with_speakers(blocks)
    assert [text for _, text in headings(cut)][2] == "Questions and answers"
    assert cut[-1].text == "They rise."


def test_a_turn_cut_by_the_minute_is_one() -> None:
    blocks: list[Block] = []
    for minute in range(3):
        blocks += [
            Block(BlockKind.HEADING, "Mary Quill", 4),
            *paragraphs("CEO", f"{minute}. {LONG}"),
        ]
    blocks += [Block(BlockKind.HEADING, "Operator", 4), *paragraphs(FIRST_QUESTION)]
    assert headings(with_speakers(blocks)) == [
        (2, "Prepared remarks"),
        (3, "Mary Quill, CEO"),
        (2, "Questions and answers"),
        (3, "Operator"),
    ]


def test_headings_of_the_document_open_the_parts() -> None:
    blocks = [
        Block(BlockKind.HEADING, "Prepared Remarks:", 3),
        *paragraphs("Mary Quill -- CEO", "Hello.", "Ian Roe -- CFO", "Hello."),
        Block(BlockKind.HEADING, "Questions & Answers:", 3),
        *paragraphs("Operator", "Go ahead.", "Ian Roe -- CFO", "Yes."),
    ]
    parts = [text for level, text in headings(with_speakers(blocks)) if level == 2]
    assert parts == ["Prepared remarks", "Questions and answers"]


def test_a_segment_with_a_colon_is_no_speaker() -> None:
    blocks = paragraphs(
        f"Mary Quill, CEO: {LONG}",
        "Data Center: revenue of the data center rose.",
        "Google Cloud: a partner since May.",
        "Ian Roe, CFO: Thank you, Mary. Margins rose.",
    )
    assert [text for level, text in headings(with_speakers(blocks)) if level == 3] == [
        "Mary Quill, CEO",
        "Ian Roe, CFO",
    ]


def test_a_call_without_labels_is_cut_where_it_is_handed_over() -> None:
    text = (
        "Good day and welcome. With us are Mary Quill, CEO, and Ian Roe, CFO. I will turn the "
        f"call over to Mary. Thanks, Ann. {LONG}Thank you, and here's Ian. Thanks, Mary. {LONG}"
        f"{LONG}We will now open the call for questions. One moment. {FIRST_QUESTION} Please go "
        "ahead. What of margins? They rise. Your last question comes from Cy Dole of Mill & Co. "
        "Please go ahead. And prices? They fall."
    )
    blocks = paragraphs(text)
    cut = with_speakers(blocks)
    assert headings(cut) == [
        (2, "Prepared remarks"),
        (3, "Mary Quill, CEO"),
        (3, "Ian Roe, CFO"),
        (2, "Questions and answers"),
        (3, "Question from Ada Byron, Harbor Bank"),
        (3, "Question from Cy Dole, Mill & Co"),
    ]
    said = [block for block in cut if block.kind is BlockKind.PARAGRAPH]
    assert words(said) == words(blocks)


def test_an_unnamed_speaker_is_given_no_name() -> None:
    text = (
        f"Welcome. I turn the call over to Mary. Thanks, Ann. {LONG}{LONG}That is all. Thanks, "
        f"Mary. {LONG}We will now open the call for questions. {FIRST_QUESTION}"
    )
    assert headings(with_speakers(paragraphs(text)))[:3] == [
        (2, "Prepared remarks"),
        (3, "Mary"),
        (2, "Prepared remarks"),
    ]


def test_a_text_that_tells_no_speaker_stays_as_it_is() -> None:
    blocks = paragraphs("Orders rose.", LONG)
    assert with_speakers(blocks) == tuple(blocks)


def test_a_table_and_a_page_stay_with_their_turn() -> None:
    table = Block(BlockKind.TABLE, "", page=2, rows=(("Item", "2025"), ("Sales", "5")))
    blocks = [
        Block(BlockKind.PARAGRAPH, f"Mary Quill, CEO: {LONG}", page=1),
        table,
        Block(BlockKind.PARAGRAPH, "Ian Roe, CFO: Hello.", page=3),
    ]
    found = with_speakers(blocks)
    assert table in found
    assert [b.page for b in found if b.level == 3] == [1, 3]


def test_passages_know_part_and_speaker_and_a_thank_you_is_none_of_its_own() -> None:
    passages = split(with_speakers(LAYOUTS["a name and a colon"]), "0" * 64, ("Mill",))
    remarks = passages[1]
    assert "Orders rose" in remarks.text
    assert remarks.headings == ("Prepared remarks", "Mary Quill, CEO")
    last = passages[-1]
    assert last.headings[0] == "Questions and answers"
    assert "Ada Byron, Harbor Bank" in last.text
    assert "They rise." in last.text
