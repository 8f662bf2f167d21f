import json

import pytest

from corpus.models import Media
from ingest.blocks import Block, BlockKind, Reading, reading_from_json, reading_to_json

READING = Reading(
    media=Media.PDF,
    blocks=(
        Block(BlockKind.HEADING, "Item 7. Analyse – “x”", level=2, page=3),
        Block(BlockKind.PARAGRAPH, "Text\nof two lines", page=3),
        Block(BlockKind.TABLE, "(in millions)", page=4, rows=(("", "2024"), ("Capex", "$(1)"))),
    ),
    pages=9,
    title="A title",
    metadata={"dei:DocumentType": "10-K", "tags": ["a", "b"], "generated": None},
    warnings=("no text on page 5 of 9",),
)


def test_a_reading_survives_the_way_through_json() -> None:
    assert reading_from_json(reading_to_json(READING)) == READING


def test_the_json_is_one_ascii_line_even_for_odd_characters() -> None:
    odd = Reading(Media.TEXT, (Block(BlockKind.PARAGRAPH, "lone \ud800 and é"),))
    text = reading_to_json(odd)
    assert text.isascii() and "\n" not in text
    assert reading_from_json(text.encode()) == odd


@pytest.mark.parametrize(
    "text",
    (
        "",
        "not json",
        "[]",
        "{}",
        "null",
        json.dumps({"media": "pdf", "blocks": [["paragraph"]]}),
        json.dumps({**json.loads(reading_to_json(READING)), "media": "spreadsheet"}),
        json.dumps({**json.loads(reading_to_json(READING)), "blocks": [["verse", "", 0, 1, []]]}),
        "[" * 100_000,
    ),
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        reading_from_json(text)
